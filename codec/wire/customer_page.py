"""The page with which customers take part from a browser, as its build left it: each file with its SHA-256, and where
a relay serves it. The same on every relay of a version, so that anyone can compare.
"""

import msgspec

MANIFEST = "manifest.json"
PAGES = {"index": "/join", "check": "/check"}
"""What the pages are called, each there once in each language, and where they are served."""
SOURCE = "en"
"""The language of a page whose name tells none."""


class Manifest(msgspec.Struct, frozen=True):
    """Every file of the page with its SHA-256, as 64 hexadecimal digits, and the version that it is of."""

    files: dict[str, str]
    version: str = ""


def is_of(name: str, page: str) -> bool:
    """Whether a file is one of the languages of a page. Pure."""
    return name.startswith(f"{page}.") and name.endswith(".html")


def language_of(name: str, page: str) -> str:
    """Return which language of a page a file is. Pure."""
    return name.removeprefix(page).removesuffix(".html").removeprefix(".") or SOURCE


def address_of(name: str) -> str:
    """Return where a relay serves a file of its page. Pure."""
    for page, address in PAGES.items():
        if is_of(name, page):
            return f"{address}?lang={language_of(name, page)}"
    return f"/join/{name}"
