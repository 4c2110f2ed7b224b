"""`python -m tests.hostile [--runs N]`: what a hostile relay reaches in so many attempts, beside what chance allows."""

import argparse
import random
import time

from codec.session import handshake
from codec.session.responder import SECRET_GUESSES
from tests.hostile.middle import AppletEnd, ConsoleEnd, force_words, restarted, search_digits
from tests.hostile.pake import IdealPake


def main() -> None:
    """Attack, count, and print a table; exit with 1 when the relay did better than chance allows."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    runs = parser.parse_args().runs
    began, attempts, won, silent = time.monotonic(), 0, 0, 0
    while attempts < runs:
        run = force_words(ConsoleEnd(None), AppletEnd(None))
        attempts, won, silent = attempts + run.attempts, won + run.won, silent + run.silent
    print(f"words    {attempts:>9,} attempts  {won} won, {silent} of them silently; "
          f"by chance {attempts / 2**24:.4f}; {time.monotonic() - began:.0f} s")  # fmt: skip
    began, hits, codes, secret_attempts = time.monotonic(), 0, 0, 0
    handshake._spake = IdealPake
    chance = random.Random(1)
    while secret_attempts < runs:
        run = search_digits(f"{chance.randrange(10_000):04}", chance, restarted)
        codes, secret_attempts, hits = codes + 1, secret_attempts + 2 * run.attempts, hits + run.won
    expected = codes * 2 * SECRET_GUESSES / 10_000
    print(f"digits   {secret_attempts:>9,} guesses   {hits} of {codes:,} codes found; by chance {expected:.0f}; "
          f"{time.monotonic() - began:.0f} s")  # fmt: skip
    if won > 1 or hits > expected + 5 * expected**0.5:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
