"""See the package."""


class Frame:
    """Is only named."""
