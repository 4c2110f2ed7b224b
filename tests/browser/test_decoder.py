"""The page's decoder is Python's, pixel for pixel: golden streams, every kind of tile, films, bad packets."""

import asyncio
from collections.abc import AsyncIterator
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from codec.picture.geometry import Grid
from codec.picture.packet import VideoPart, bitmap_bytes, parse_header
from codec.picture.rate.picture_budget import PictureBudget
from codec.picture.video import VideoWriter
from tests.fuzz.inputs import seeds, stream_of
from tests.fuzz.mutations import mutations
from tests.support.browsers import chromium
from tests.support.decoders import PageDecoder, as_picture, as_text, build_decoder, page_decoder
from tests.support.desktops import DRAG, SCROLL, dragging, filming, photograph, scrolling
from tests.support.packets import (
    COLORS,
    GOLDEN,
    PacketWriter,
    covered,
    every_kind,
    kept,
    planes_of_every_kind,
    sums,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIZES = ((64, 48), (1, 1), (17, 16), (1280, 800), (333, 777))
PICTURES = 8
POOR_LINE = 60_000
FILM_PICTURES = 40
LATE = 40
FUZZED, FUZZED_SECONDS = 2_000, 60
FILM_ERROR = 2.0
"""Mean of absolute differences: each end rounds colours in its own way."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The decoder, built alone."""
    folder = tmp_path_factory.mktemp("decoder")
    build_decoder(folder)
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chrome() -> AsyncIterator[Browser]:
    """One browser for all tests here: a decoder is newly made for each call."""
    async with async_playwright() as playwright:
        opened = await chromium(playwright)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def decoder(chrome: Browser, built: Path) -> AsyncIterator[PageDecoder]:
    """A page from which the decoder can be called."""
    async with page_decoder(chrome, built) as opened:
        yield opened


def story(width: int, height: int) -> list[Frame]:
    """Pictures that change in different ways: noise, stripes, a block, everything, one pixel."""
    random = np.random.default_rng(width * height)
    picture = random.integers(0, 255, (height, width, 4), np.uint8)
    pictures = [picture.copy()]
    for turn in range(1, PICTURES):
        y, x = int(random.integers(height)), int(random.integers(width))
        if turn % 3 == 0:
            picture = random.integers(0, 255, (height, width, 4), np.uint8)
        elif turn % 3 == 1:
            picture[y : y + 40, x : x + 90, :3] = turn * 20
            picture[y : y + 40, x : x + 90 : 3, 1] = 7
        else:
            picture[y, x, 0] ^= 1
        pictures.append(picture.copy())
    return pictures


def slides() -> list[Frame]:
    """Photographs, one after the other, on an odd size."""
    return [photograph(333, 251, seed) for seed in range(4)]


STORIES = {f"{width}x{height}": (lambda size=(width, height): story(*size)) for width, height in SIZES} | {
    "drag": lambda: list(dragging(DRAG)),
    "scroll": lambda: list(scrolling(SCROLL)),
    "slides": slides,
}


def encoded(pictures: list[Frame], bytes_per_second: float | None = None, films: bool = False) -> list[bytes]:
    """Return the packets of pictures, thirty a second, over a line that carries so much."""
    encoder = Encoder(pictures[0].shape[1], pictures[0].shape[0])
    packets = []
    for turn, picture in enumerate(pictures):
        means = None
        if bytes_per_second is not None:
            means = PictureBudget(turn / 30, int(bytes_per_second / 30), bytes_per_second, films)
        packets.append(encoder.encode(picture, means))
    return [packet for packet in packets if packet is not None]


@pytest.mark.parametrize("line", [None, POOR_LINE], ids=["exact", "rough"])
@pytest.mark.parametrize("name", STORIES)
async def test_the_page_shows_what_python_shows(decoder: PageDecoder, name: str, line: float | None) -> None:
    packets = encoded(STORIES[name](), line)
    assert await decoder.call("sums", as_text(packets)) == sums(packets)


@pytest.mark.parametrize("seed", range(12))
async def test_every_kind_of_tile_after_any_moves_is_the_same_to_the_bit(decoder: PageDecoder, seed: int) -> None:
    packets = every_kind(90 + 7 * seed, 120 - 9 * seed, seed)
    assert await decoder.call("sums", as_text(packets)) == sums(packets)


@pytest.mark.parametrize("seed", range(6))
async def test_planes_after_any_moves_are_the_same_to_the_bit(decoder: PageDecoder, seed: int) -> None:
    packets = planes_of_every_kind(90 + 7 * seed, 120 - 9 * seed, seed)
    assert await decoder.call("sums", as_text(packets)) == sums(packets)


@pytest.mark.parametrize("name", ["covered", "every-kind", "median", "odd", "planes"])
async def test_a_kept_stream_shows_what_it_always_showed(decoder: PageDecoder, name: str) -> None:
    wanted = (GOLDEN / f"{name}.sums").read_text().split()
    assert await decoder.call("sums", as_text(kept(GOLDEN / f"{name}.packets"))) == wanted


@pytest.mark.parametrize("name", ["drag", "scroll", "1280x800", "333x777"])
async def test_what_is_painted_anew_is_all_that_changed(decoder: PageDecoder, name: str) -> None:
    packets = encoded(STORIES[name]())
    assert await decoder.call("dirtyAreasSuffice", as_text(packets)) == [True] * len(packets)


async def test_any_moves_are_painted_again(decoder: PageDecoder) -> None:
    for seed in range(8):
        packets = (every_kind if seed % 2 else planes_of_every_kind)(201, 150, seed)
        assert await decoder.call("dirtyAreasSuffice", as_text(packets)) == [True] * len(packets)


@cache
def film_packets() -> list[bytes]:
    """A film in a page of text, over a line of 4 Mbit/s."""
    return encoded(list(filming(FILM_PICTURES)), 500_000, films=True)


def film_of(packet: bytes) -> VideoPart | None:
    """The film's part of a packet."""
    return parse_header(packet).video


def film_starts(packets: list[bytes]) -> int:
    """The place of the first packet with a film."""
    return next(place for place, packet in enumerate(packets) if film_of(packet) is not None)


def looks_like(shown: str, reference: Decoder, film: VideoPart | None) -> None:
    """Prove that the page shows what Python does: about the same in the film, exactly the same outside."""
    got, wanted = as_picture(shown, reference).copy(), reference._picture.copy()
    if film is not None:
        inside = np.s_[film.y : film.y + film.height, film.x : film.x + film.width]
        assert np.abs(got[inside].astype(int) - wanted[inside]).mean() <= FILM_ERROR
        got[inside] = wanted[inside]
    assert (got == wanted).all()


async def test_a_film_looks_the_same_and_everything_around_it_is_exact(decoder: PageDecoder) -> None:
    packets, reference = film_packets(), Decoder()
    start = film_starts(packets)
    looked_at = packets[start : start + 10]
    shown = await decoder.call("pictures", as_text(packets[:start] + looked_at), start)
    for packet in packets[:start]:
        reference.decode(packet)
    film = film_of(looked_at[0])
    for packet, picture in zip(looked_at, shown, strict=True):
        reference.decode(packet)
        film = film_of(packet) or film
        looks_like(picture, reference, film)
    assert film is not None
    assert any(film_of(packet) is None for packet in looked_at)


async def test_a_film_over_planes_is_shown_until_the_planes_are_again(decoder: PageDecoder) -> None:
    width, height = 160, 112
    planes, reference = planes_of_every_kind(width, height, 3, 6), Decoder()
    writer, on_planes = VideoWriter(width, height), PacketWriter(Grid(width, height), COLORS)
    pictures = [np.ascontiguousarray(each[:height, :width]) for each in islice(filming(4), 4)]
    parts = [
        VideoPart(0, 0, width, height, writer.write(picture, 200_000, turn / 30), restarts=turn == 0)
        for turn, picture in enumerate(pictures)
    ]
    first, *others = (on_planes.film(part) for part in parts)
    story = [*planes[:2], first, *others, covered(planes[2]), planes[3], planes[4]]
    story += [on_planes.film(parts[0], key=True), on_planes.film(parts[1]), covered(planes[0]), planes[1]]
    shown = await decoder.call("pictures", as_text(story), 0)
    film: VideoPart | None = None
    for packet, picture in zip(story, shown, strict=True):
        reference.decode(packet)
        head = parse_header(packet)
        film = None if head.shows_planes else head.video or film
        looks_like(picture, reference, film)


async def test_pictures_that_come_at_once_are_shown_in_order(decoder: PageDecoder) -> None:
    packets, reference = film_packets()[:30], Decoder()
    for packet in packets:
        reference.decode(packet)
    shown = await decoder.call("atOnce", as_text(packets))
    assert shown["answers"] == [[place, "shown"] for place in range(len(packets))]
    assert shown["painted"] == len(packets)
    looks_like(shown["last"], reference, next(film for packet in reversed(packets) if (film := film_of(packet))))


async def test_a_film_that_lags_far_behind_is_given_up_for_a_whole_picture(decoder: PageDecoder) -> None:
    packets = film_packets()
    start = film_starts(packets)
    flood = packets[: start + 1] + [packets[start + 1]] * LATE
    shown = await decoder.call("atOnce", as_text([*flood, packets[0]]))
    outcomes = [outcome for _, outcome in shown["answers"]]
    assert outcomes.count("refresh") == 1
    assert outcomes[:start] == ["shown"] * start
    assert outcomes[-1] == "shown"
    assert outcomes.count("lost") == LATE


async def test_a_picture_that_is_given_up_disturbs_nothing_after_it(decoder: PageDecoder) -> None:
    packets, reference = film_packets(), Decoder()
    start = film_starts(packets)
    reference.decode(packets[0])
    shown = await decoder.call("givenUp", as_text(packets[: start + 3]), as_text(packets[:1]))
    assert shown["outcomes"] == ["shown"] * start + ["lost"] * 3 + ["shown"]
    looks_like(shown["last"], reference, None)


async def test_a_browser_that_does_not_turn_colours_itself_shows_films_too(chrome: Browser, built: Path) -> None:
    before = "VideoFrame.prototype.allocationSize = () => 1"
    packets, reference = film_packets()[:25], Decoder()
    async with page_decoder(chrome, built, before) as opened:
        shown = await opened.call("atOnce", as_text(packets))
    for packet in packets:
        reference.decode(packet)
    looks_like(shown["last"], reference, next(film for packet in reversed(packets) if (film := film_of(packet))))


COUNTS = """globalThis.decoders = []; globalThis.frames = 0;
    const Native = VideoDecoder;
    globalThis.VideoDecoder = class extends Native {
        constructor(init) {
            super({ ...init, output: (frame) => {
                frames += 1;
                const close = frame.close;
                frame.close = () => { frames -= 1; frame.close = close; frame.close(); };
                init.output(frame);
            } });
            decoders.push(this);
        }
    };"""


async def test_no_decoder_and_no_picture_of_a_film_is_left_open(chrome: Browser, built: Path) -> None:
    packets = film_packets()
    start = film_starts(packets)
    until_the_second = packets[: start + 2]
    broken = [*until_the_second, with_film(packets[start + 1], b"\x86" + bytes(30))]
    async with page_decoder(chrome, built, COUNTS) as opened:
        streams = [until_the_second, [*until_the_second, *until_the_second], broken]
        await opened.call("survive", [as_text(stream) for stream in streams])
        await opened.call("givenUp", as_text(until_the_second), as_text(packets[:1]))
        states = await opened.page.evaluate("decoders.map((decoder) => decoder.state)")
        assert states == ["closed"] * 5
        assert await opened.page.evaluate("frames") == 0


def with_film(packet: bytes, change: bytes) -> bytes:
    """Return a packet whose film's bytes are others."""
    head = parse_header(packet)
    assert head.video is not None
    film = VideoPart(head.video.x, head.video.y, head.video.width, head.video.height, change, head.video.restarts)
    return type(head)(head.key, head.grid, head.raw_bytes, film).pack() + packet[head.end :]


async def test_a_damaged_film_is_named_and_a_whole_picture_repairs_it(decoder: PageDecoder) -> None:
    packets = film_packets()
    start = film_starts(packets)
    begun = film_of(packets[start])
    assert begun is not None
    damaged = [
        with_film(packets[start], b""),
        with_film(packets[start], bytes(200)),
        with_film(packets[start], begun.packet[:20]),
        with_film(packets[start], begun.packet[:4] + b"\xff" * 4 + begun.packet[8:]),
        with_film(packets[start], b"\x86" + begun.packet[1:]),
        packets[start + 1],
    ]
    before = packets[:start]
    for bad in damaged:
        shown = await decoder.call("sums", as_text([*before, bad, packets[start], *packets[: start + 1]]))
        assert shown[start : start + 2] == ["bad packet"] * 2
        assert "bad packet" not in shown[start + 2 :]


@cache
def vp9(width: int, height: int) -> bytes:
    """A whole picture of a film of this size."""
    return VideoWriter(width, height).write(np.zeros((height, width, 4), np.uint8), 500_000, 0.0)


def together(pictures: list[bytes]) -> bytes:
    """Several pictures in one packet, with the index that VP9 has for that (bitstream specification, annex B)."""
    marker = bytes([0b110_11_000 | len(pictures) - 1])
    return b"".join([*pictures, marker, *(len(each).to_bytes(4, "little") for each in pictures), marker])


def of_another_size(width: int, height: int) -> bytes:
    """The head of a picture that builds on others and has a size of its own."""
    bits = "10000110" + "00" + "00000001" + "0000" * 3 + "000" + f"{width - 1:016b}{height - 1:016b}" + "0" * 7
    return int(bits, 2).to_bytes(len(bits) // 8, "big") + bytes(60)


GIVEN = """globalThis.given = [];
    const Native = VideoDecoder;
    globalThis.VideoDecoder = class extends Native {
        decode(chunk) {
            const data = new Uint8Array(chunk.byteLength);
            chunk.copyTo(data);
            given.push(Array.from(data.subarray(-6)));
            super.decode(chunk);
        }
    };"""


async def test_f11_no_more_of_a_film_is_decoded_than_one_picture_of_its_size(chrome: Browser, built: Path) -> None:
    """F11: a second picture behind the first was decoded, of any size: 470 million pixels for a film of 64 times 64."""
    small, large = vp9(64, 64), vp9(4096, 2176)
    writer = PacketWriter(Grid(64, 64))
    key = writer.raw(b"\0" + bytes(bitmap_bytes(Grid(64, 64))), key=True)

    def film(packet: bytes, restarts: bool = True) -> bytes:
        return writer.film(VideoPart(0, 0, 64, 64, packet, restarts))

    hidden = [film(small + large), film(together([small, large])), film(together([small, large]) + large)]
    async with page_decoder(chrome, built, GIVEN) as opened:
        shown = await opened.call("sums", as_text([key, film(small), *hidden]))
        assert "bad packet" not in shown
        assert set(shown[2:]) == {shown[1]}, "something but the film's own picture was shown"
        for tail, packet in zip(
            await opened.page.evaluate("given"),
            [small, small + large, together([small, large]), together([small, large]) + large],
            strict=True,
        ):
            assert bytes(tail) == b"\xd8" + len(packet).to_bytes(4, "little") + b"\xd8"


async def test_f11_a_film_cannot_grow_while_it_runs(chrome: Browser, built: Path) -> None:
    writer = PacketWriter(Grid(64, 64))
    key = writer.raw(b"\0" + bytes(bitmap_bytes(Grid(64, 64))), key=True)
    begins = writer.film(VideoPart(0, 0, 64, 64, vp9(64, 64), restarts=True))
    grows = writer.film(VideoPart(0, 0, 64, 64, of_another_size(1024, 1024), restarts=False))
    async with page_decoder(chrome, built, GIVEN) as opened:
        shown = await opened.call("sums", as_text([key, begins, grows]))
        assert shown[2] == "bad packet"
        assert len(await opened.page.evaluate("given")) == 1, "it reached the browser's decoder"


async def test_damaged_packets_are_named_and_a_whole_picture_repairs_everything(decoder: PageDecoder) -> None:
    good, update = encoded(story(64, 48)[:2])
    flipped = bytearray(update)
    flipped[14] ^= 0xFF
    bad = [update, b"", good[:9], bytes(flipped[:-3]), b"\x01" + good[1:], good[:2] + b"\xff\xff\xff\xff" + good[6:]]
    shown = await decoder.call("sums", as_text(packet for each in bad for packet in (each, good)))
    assert shown[0::2] == ["bad packet"] * len(bad)
    assert set(shown[1::2]) == set(sums([good]))


async def test_f11_whole_pictures_one_after_the_other_take_the_memory_of_one(decoder: PageDecoder) -> None:
    """Each had a memory of its own, and sixty of the largest took 10.6 GB."""
    first, last = await decoder.call("memoryOfKeys", as_text(encoded(story(1280, 800)[:1]))[0], 200)
    assert last == first


async def test_changed_packets_are_named_or_shown_and_nothing_else(decoder: PageDecoder) -> None:
    streams = [as_text(stream_of(data)) for data in islice(mutations(seeds(), seed=2), FUZZED)]
    async with asyncio.timeout(FUZZED_SECONDS):
        count = await decoder.call("survive", streams)
    assert count["refused"] > FUZZED / 4
    assert count["shown"] > FUZZED / 4
    assert count["slowest"] < 3_000


async def test_a_browser_with_webcodecs_decodes_films_and_one_without_says_so(chrome: Browser, built: Path) -> None:
    for before, decodes in (("", True), ("delete globalThis.VideoDecoder", False)):
        async with page_decoder(chrome, built, before) as opened:
            assert await opened.call("films") is decodes
            packets = film_packets()
            shown = await opened.call("sums", as_text(packets))
            assert ("bad packet" in shown) is not decodes
