"""The page's decoder in Chromium, at 1080p: how long packets take to become pixels, and those to reach the canvas."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import numpy as np
from playwright.async_api import async_playwright

from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from codec.picture.packet import parse_header
from codec.picture.rate.picture_budget import PictureBudget
from tests.perf.table import Row
from tests.support.browsers import chromium
from tests.support.decoders import as_text, build_decoder, page_decoder
from tests.support.desktops import photograph, text

SIZE = (1920, 1080)
FILM = (1280, 720)
PICTURES = 60
ROUNDS = 4
ROUGH_BYTES_PER_SECOND = 250_000.0
FILM_BYTES_PER_SECOND = 500_000.0
BARS = {"scrolled page": 4.0, "dragged window": 4.0, "whole picture": 40.0, "rough whole picture": 60.0, "film": 16.0}
"""Milliseconds; a film's picture must leave half of its time for everything else."""


async def measure() -> list[Row]:
    """Decode each stream in the page, and keep the packets that are of the kind that is asked about."""
    streams = {
        "scrolled page": _exact(_scrolling()),
        "dragged window": _exact(_dragging()),
        "whole picture": _whole(None),
        "rough whole picture": _whole(ROUGH_BYTES_PER_SECOND),
        "film": _film(),
    }
    rows = []
    with TemporaryDirectory() as folder:
        build_decoder(Path(folder))
        async with async_playwright() as playwright:
            browser = await chromium(playwright)
            for name, packets in streams.items():
                async with page_decoder(browser, Path(folder)) as decoder:
                    times = await asyncio.wait_for(decoder.call("times", as_text(packets), ROUNDS), 120)
                rows.append(_row(name, packets, times))
            await browser.close()
    return rows


def _row(name: str, packets: list[bytes], times: list[list[float]]) -> Row:
    """One row of the packets that count."""
    heads = [parse_header(packet) for packet in packets]
    counts = [head.video is not None if name == "film" else head.key == ("whole" in name) for head in heads]
    kept = [time for time, does in zip(times, counts, strict=True) if does]
    decoding, painting = ([each[part] for each in kept] for part in (0, 1))
    note = f"p95 {quantiles(decoding, n=20)[-1]:.1f}, onto the canvas {median(painting):.1f} ms"
    return Row(f"page: decoding a {name}, 1080p", median(decoding), "ms", BARS[name], note=note)


def _exact(frames: Iterator[Frame]) -> list[bytes]:
    encoder = Encoder(*SIZE)
    return [packet for frame in frames if (packet := encoder.encode(frame)) is not None]


def _whole(bytes_per_second: float | None) -> list[bytes]:
    """Keys: a page of text beside a photograph, or a photograph alone that must be rough."""
    packets = []
    for seed in range(8):
        picture = photograph(*SIZE, seed)
        means = None
        if bytes_per_second is None:
            picture[:, : SIZE[0] // 2] = text(SIZE[0] // 2, SIZE[1], seed)
        else:
            means = PictureBudget(0.0, int(bytes_per_second / 10), bytes_per_second)
        packet = Encoder(*SIZE).encode(picture, means)
        assert packet is not None
        packets.append(packet)
    return packets


def _film() -> list[bytes]:
    encoder, packets, ground = Encoder(*SIZE), [], text(*SIZE)
    for turn in range(PICTURES):
        picture = ground.copy()
        picture[160 : 160 + FILM[1], 320 : 320 + FILM[0]] = _film_picture(turn)
        means = PictureBudget(turn / 30, int(FILM_BYTES_PER_SECOND / 30), FILM_BYTES_PER_SECOND, videos=True)
        packet = encoder.encode(picture, means)
        if packet is not None:
            packets.append(packet)
    return packets


def _film_picture(turn: int) -> Frame:
    """Waves of light that run across."""
    down = 128 + 90 * np.sin(np.arange(FILM[1]) / (19 + turn / 4) + turn / 3)
    light = np.add.outer(down, 60 * np.cos(np.arange(FILM[0]) / 43 - turn / 5)).clip(0, 255)
    picture: Frame = (light[..., None] * (1, 0.7, 0.5, 0)).astype(np.uint8)
    return picture


def _scrolling() -> Iterator[Frame]:
    page, ground = text(SIZE[0], SIZE[1] + 53 * PICTURES), photograph(*SIZE)
    for turn in range(PICTURES):
        picture = ground.copy()
        picture[80:-40, 200:-30] = page[53 * turn :][: SIZE[1] - 120, : SIZE[0] - 230]
        yield picture


def _dragging() -> Iterator[Frame]:
    ground, window = photograph(*SIZE), text(900, 600)
    for turn in range(PICTURES):
        picture = ground.copy()
        x, y = 40 + 13 * turn, 30 + 6 * turn
        picture[y : y + 600, x : x + 900] = window
        yield picture
