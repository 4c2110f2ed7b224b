"""`python -m tests.perf [ROW…] [--check] [--json FILE]`: measure, print the table, and hold it against the bars.

`python -m tests.perf codec CLIP… [--check] [--json FILE]` compares encoders on recorded desktops.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.perf import admin, changes, codec, key_to_pixel, page, session, settings, tunnel
from tests.perf.table import Row, as_text

MEASUREMENTS: dict[str, Callable[[], Awaitable[list[Row]]]] = {
    "admin": admin.measure,
    "changes": changes.measure,
    "key-to-pixel": key_to_pixel.measure,
    "page": page.measure,
    "session": session.measure,
    "settings": settings.measure,
    "tunnel": tunnel.measure,
}


def main() -> int:
    """Return 1 where --check finds a bar that is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.perf", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(MEASUREMENTS)} (default: all)")
    parser.add_argument("--check", action="store_true", help="exit 1 where a bar is missed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures")
    options = parser.parse_args()
    if options.rows[:1] == ["codec"]:
        return _codec([Path(clip) for clip in options.rows[1:]], options.check, options.json)
    unknown = set(options.rows) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    for name in options.rows or MEASUREMENTS:
        print(f"… measuring {name}", file=sys.stderr, flush=True)
        rows += asyncio.run(_measured(MEASUREMENTS[name]))
    print(as_text(rows))
    if options.json is not None:
        figures = {"machine": _machine(), "rows": [row.as_dict() for row in rows]}
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    return 1 if options.check and not all(row.passes for row in rows) else 0


def _codec(clips: list[Path], check: bool, file: Path | None) -> int:
    """Compare encoders on recorded desktops."""
    measured = []
    for clip in clips:
        results = codec.measure(clip)
        print(codec.as_text(clip, results), flush=True)
        measured.append((clip, results))
    if file is not None:
        figures = {"machine": _machine(), "clips": [codec.as_dict(clip, results) for clip, results in measured]}
        file.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    return 1 if check and any(codec.misses(clip, results) for clip, results in measured) else 0


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
