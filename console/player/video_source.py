"""Plays the films that recordings make: FFmpeg decodes them from key to key."""

from collections.abc import Iterator

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

from codec.picture.diff import Frame
from codec.recording.avi import Stream
from codec.recording.avi_reader import Chunk, Content, NotAnAviError, read_avi
from codec.recording.journal import MICROSECONDS
from console.player.source import Moment, Outline

_DECODERS = {b"RASC": "rasc", b"H264": "h264", b"FMP4": "mpeg4", b"MJPG": "mjpeg", b"ZMBV": "zmbv"}


class VideoSource:
    """The pictures of an AVI that Deskside wrote; the pointer is in them."""

    def __init__(self, content: Content) -> None:
        """Raises NotAnAviError."""
        avi = read_avi(content)
        if avi.stream.fourcc not in _DECODERS:
            raise NotAnAviError(f"pictures of the kind {avi.stream.fourcc!r} are none that Deskside records")
        self._content = content
        self._stream = avi.stream
        self._stretches: list[list[Chunk]] = []
        self.outline = Outline(self._time(avi.slots), is_cut=bool(avi.damage) and avi.damage[-1][1] == len(content))
        self._arrange(avi.chunks, [begins for begins, _ in avi.damage])

    def pictures(self, stretch: int) -> Iterator[Moment]:
        """Yield the pictures of a stretch; see Source."""
        decoder = _decoder(self._stream)
        try:
            for chunk in self._stretches[stretch]:
                packet = av.Packet(bytes(self._content[chunk.offset : chunk.offset + chunk.size]))
                packet.pts = packet.dts = chunk.slot
                for frame in decoder.decode(packet):
                    yield self._time(frame.pts or 0), _picture(frame), None
            for frame in decoder.decode(None):
                yield self._time(frame.pts or 0), _picture(frame), None
        except av.FFmpegError:
            return

    def _arrange(self, chunks: list[Chunk], gaps: list[int]) -> None:
        """Sort the pictures into stretches, and leave out those that build on lost ones."""
        outline, whole, before, lost_from = self.outline, False, 0, 0
        for chunk in chunks:
            time = self._time(chunk.slot)
            if any(before <= gap < chunk.offset for gap in gaps) and whole:
                whole, lost_from = False, outline.changes[-1] if outline.changes else 0
            before = chunk.offset
            if chunk.key:
                if not whole and outline.changes:
                    outline.missing.append((lost_from, time))
                whole = True
                self._stretches.append([])
                outline.stretches.append(time)
            if whole and (not outline.changes or time > outline.changes[-1]):
                self._stretches[-1].append(chunk)
                outline.changes.append(time)
                outline.weights.append(chunk.size)
        if not whole and outline.changes:
            outline.missing.append((lost_from, outline.duration))

    def _time(self, slot: int) -> int:
        return slot * MICROSECONDS // self._stream.rate


def _decoder(stream: Stream) -> VideoCodecContext:
    context = av.CodecContext.create(_DECODERS[stream.fourcc], "r")
    assert isinstance(context, VideoCodecContext)  # noqa: S101
    context.width, context.height, context.thread_count = stream.width, stream.height, 1
    if stream.extra:
        context.extradata = stream.extra
    return context


def _picture(frame: av.VideoFrame) -> Frame:
    if frame.format.name == "bgr0":
        lines = np.frombuffer(bytes(frame.planes[0]), np.uint8).reshape(frame.height, frame.planes[0].line_size)
        picture: Frame = lines[:, : 4 * frame.width].reshape(frame.height, frame.width, 4)
        return picture
    return np.asarray(frame.to_ndarray(format="bgra"), np.uint8)
