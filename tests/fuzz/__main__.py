"""`python -m tests.fuzz TARGET [--seconds N] [--seed S]`: give a part of Deskside what nobody would send.

A target is a module of this folder with `seeds`, `try_one` and `try_all`.

Where `atheris` is installed (it is no dependency: it has no builds for every Python) what the decoder does with an
input decides which ones are changed further; else, or with --seed, inputs are changed by chance, repeatably.
"""

import argparse
import importlib.util
import sys
import tempfile
import time
from itertools import takewhile
from pathlib import Path
from typing import Any

TARGETS = ("decoder", "handshake", "handshake_ts", "http", "limiter", "stream", "stream_ts")


def main() -> None:
    """Run until something fails or the time is over."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, help="inputs that this number stands for, without atheris")
    options = parser.parse_args()
    if options.seed is None and importlib.util.find_spec("atheris") is not None:
        _guided(importlib.import_module("atheris"), options.target, options.seconds)
        return
    print(f"{_by_chance(options.target, options.seed or 0, options.seconds)} inputs, nothing found")


def _by_chance(name: str, seed: int, seconds: int) -> int:
    from tests.fuzz import mutations  # noqa: PLC0415  (atheris must come before what it watches)

    target = importlib.import_module(f"tests.fuzz.{name}")
    until = time.monotonic() + seconds
    changed = mutations.mutations(target.seeds(), seed)
    tried: int = target.try_all(takewhile(lambda _data: time.monotonic() < until, changed))
    return tried


def _guided(atheris: Any, name: str, seconds: int) -> None:
    with atheris.instrument_imports(include=["codec", "console", "relay"]):
        target = importlib.import_module(f"tests.fuzz.{name}")
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(target.seeds()):
            (Path(folder) / str(number)).write_bytes(data)
        limits = ["-max_len=20000", f"-max_total_time={seconds}", "-timeout=5", "-rss_limit_mb=2048"]
        atheris.Setup([sys.argv[0], *limits, folder], target.try_one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
