"""See the package."""


class Packet:
    """Is only named."""
