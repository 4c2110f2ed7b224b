"""Whole numbers that others write into addresses and forms: one reader, which nothing can make slow or fail. Pure."""

from relay.store.database import MAX_ID


def whole(text: str, most: int = MAX_ID) -> int | None:
    """Return the number that `text` is, from 0 to `most`; None for anything else.

    Only the digits 0 to 9 count, and no more of them than `most` has: Python's own `int` takes digits of every script,
    needs long for many, and refuses thousands of them with an error.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        return None
    number = int(text)
    return number if number <= most else None
