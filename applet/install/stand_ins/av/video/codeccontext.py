"""See the package."""


class VideoCodecContext:
    """Is only named."""
