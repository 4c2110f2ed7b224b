"""How the customer's program ends: `python -m tests.perf endings [--times 100]` closes it in every way, in turn.

One in two is in a session or after one. Returns 1 where one ends with another exit code than 0, or writes anything.
"""

import argparse
import asyncio
import sys
from collections import Counter
from itertools import chain, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.endings import ALL_TOGETHER, ALONE, Ended, end_alone, end_together
from tests.support.relays import running_relay
from tests.support.technicians import technician
from tests.support.xvfb import virtual_display


def main(arguments: list[str]) -> int:
    """Close it so often, print how each way ended, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.perf endings", description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    ended = asyncio.run(_close(parser.parse_args(arguments).times))
    for (way, clean), times in sorted(Counter((each.way, each.is_clean) for each in ended).items()):
        print(f"{way:<24} {times:>4} {'clean' if clean else 'NOT CLEAN'}")
    wrong = [each for each in ended if not each.is_clean]
    for each in wrong:
        print(f"{each.way}: exit code {each.code}: {each.wrote}")
    print(f"{len(ended)} endings, {len(wrong)} not clean")
    return 1 if wrong else 0


async def _close(times: int) -> list[Ended]:
    ways = chain.from_iterable(zip(cycle(ALONE), cycle(ALL_TOGETHER), strict=False))
    ended = []
    with TemporaryDirectory() as name, virtual_display(window_manager=True) as display:
        folder = Path(name)
        async with running_relay(folder) as relay, technician(relay.url) as anna:
            for number, way in enumerate(islice(ways, times)):
                print(f"\r… {number + 1} of {times}", end="", file=sys.stderr, flush=True)
                own = folder / f"applet-{number}"
                alone = way in ALONE
                ended.append(
                    await end_alone(display, own, way)
                    if alone
                    else await end_together(display, own, relay.url, anna, way)
                )
    print(file=sys.stderr)
    return ended
