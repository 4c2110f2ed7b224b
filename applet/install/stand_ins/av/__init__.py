"""Replaces PyAV in the packed help program: aiortc imports its names, and never calls them for data channels.

The real one brings FFmpeg, 25 MB. Videos are encoded without (codec/picture/vp9.py).
"""

from av.frame import Frame
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext

__all__ = ["AudioFrame", "AudioResampler", "CodecContext", "FFmpegError", "Packet", "VideoCodecContext", "VideoFrame"]


class FFmpegError(Exception):
    """There is no FFmpeg here."""


class CodecContext:
    """Is only named."""


class AudioFrame(Frame):
    """Is only named."""


class VideoFrame(Frame):
    """Is only named."""


class AudioResampler:
    """Is only named."""
