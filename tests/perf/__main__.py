"""`python -m tests.perf [ROW…] [--check] [--json FILE]`: measure, print the table, and hold it against the bars.

`python -m tests.perf codec CLIP… [--check] [--json FILE]` compares encoders on recorded desktops, which
`python -m tests.perf record FOLDER` makes; `python -m tests.perf recording CLIP…` what recordings are made with.

`python -m tests.perf endings` closes the customer's program 100 times; `python -m tests.perf soak` runs sessions for as
long as you like, and prints what they leave behind. Both have options of their own (`--help`).
"""

import argparse
import asyncio
import json
import os
import platform
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.perf import (
    admin,
    bars,
    calls,
    changes,
    codec,
    desk,
    diagnosis,
    endings,
    herd,
    join,
    key_to_pixel,
    page,
    page_encoder,
    photographs,
    record,
    recording,
    session,
    settings,
    soak,
    tunnel,
)
from tests.perf.table import Row, as_text

MEASUREMENTS: dict[str, Callable[[], Awaitable[list[Row]]]] = {
    "admin": admin.measure,
    "calls": calls.measure,
    "changes": changes.measure,
    "desk": desk.measure,
    "diagnosis": diagnosis.measure,
    "herd": herd.measure,
    "join": join.measure,
    "key-to-pixel": key_to_pixel.measure,
    "page": page.measure,
    "page-encoder": page_encoder.measure,
    "photographs": photographs.measure,
    "session": session.measure,
    "settings": settings.measure,
    "tunnel": tunnel.measure,
}
ALONE: dict[str, Callable[[list[str]], int]] = {"endings": endings.main, "record": record.main, "soak": soak.main}
"""What has options of its own."""


def main() -> int:
    """Return 1 where --check finds a bar that is missed."""
    if sys.argv[1:2] and (alone := ALONE.get(sys.argv[1])) is not None:
        return alone(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="python -m tests.perf", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(MEASUREMENTS)} (default: all)")
    parser.add_argument("--check", action="store_true", help="exit 1 where a bar is missed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures")
    options = parser.parse_args()
    if options.rows[:1] == ["codec"]:
        return _codec([Path(clip) for clip in options.rows[1:]], options.check, options.json)
    if options.rows[:1] == ["recording"]:
        return _report(recording.measure([Path(clip) for clip in options.rows[1:]]), options.check, options.json)
    unknown = set(options.rows) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    for name in options.rows or MEASUREMENTS:
        print(f"… measuring {name}", file=sys.stderr, flush=True)
        rows += asyncio.run(_measured(MEASUREMENTS[name]))
    return _report(rows, options.check, options.json)


def _report(rows: list[Row], check: bool, file: Path | None) -> int:
    print(as_text(rows))
    if file is not None:
        _keep(file, rows)
    return _verdict(rows, check)


def _codec(clips: list[Path], check: bool, file: Path | None) -> int:
    """Compare encoders on recorded desktops, then print what they are held against."""
    rows, compared = asyncio.run(changes.measure()), []
    for clip in clips:
        print(f"… comparing encoders on {clip.stem}", file=sys.stderr, flush=True)
        comparison, frames = codec.measure(clip)
        print(codec.as_text(comparison), flush=True)
        compared.append(codec.as_dict(comparison))
        rows += bars.rows(comparison)
        if clip.stem in bars.FILMS:
            rows += bars.film_rows(clip.stem, frames)
    print("\n" + as_text(rows))
    print("From the key to the pixel, and decoding in the page: python -m tests.perf key-to-pixel page")
    if file is not None:
        _keep(file, rows, clips=compared)
    return _verdict(rows, check)


def _keep(file: Path, rows: list[Row], **more: object) -> None:
    figures = {"machine": _machine(), "rows": [row.as_dict() for row in rows], **more}
    file.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")


def _verdict(rows: list[Row], check: bool) -> int:
    return 1 if check and not all(row.passes for row in rows) else 0


async def _measured(measure: Callable[[], Awaitable[list[Row]]]) -> list[Row]:
    return await measure()


def _machine() -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.platform(),
        "python": sys.version.split()[0],
    }


if __name__ == "__main__":
    sys.exit(main())
