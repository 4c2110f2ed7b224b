"""Good inputs changed by chance, the same for the same seed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random

INTERESTING = (0, 1, 2, 3, 5, 6, 7, 15, 16, 17, 127, 128, 254, 255)
MOST_CHANGES = 4


def mutations(seeds: Sequence[bytes], seed: int) -> Iterator[bytes]:
    """Give changed inputs without end."""
    random = Random(seed)
    while True:
        data = bytearray(random.choice(seeds))
        for _ in range(random.randint(1, MOST_CHANGES)):
            _change(data, random, seeds)
        yield bytes(data)


def try_each(try_one: Callable[[bytes], None], inputs: Iterable[bytes]) -> int:
    """Try inputs one after the other; return how many. The one that fails is in the error's notes."""
    tried = 0
    for data in inputs:
        try:
            try_one(data)
        except Exception as error:
            error.add_note(f"input {tried}: {data.hex()}")
            raise
        tried += 1
    return tried


def _change(data: bytearray, random: Random, seeds: Sequence[bytes]) -> None:
    """Change bytes, cut some out, say some twice, or go on as another input does. The first byte, the form, stays."""
    length = len(data)
    near_the_start = random.random() < 0.5
    at = random.randint(1, min(length, 40) if near_the_start else length)
    how = random.randrange(6)
    if how == 0 and at < length:
        data[at] ^= 1 << random.randrange(8)
    elif how == 1 and at < length:
        data[at] = random.choice(INTERESTING)
    elif how == 2:
        data[at : at + random.randint(1, 20)] = random.randbytes(random.randint(0, 20))
    elif how == 3:
        del data[at : at + random.randint(1, 60)]
    elif how == 4:
        data[at:at] = data[at : at + random.randint(1, 60)]
    else:
        other = random.choice(seeds)
        data[at:] = other[random.randint(1, len(other)) :]
