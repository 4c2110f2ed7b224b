"""The doctor's check of the page with which customers take part: what visitors get must be what was built."""

import asyncio
import hashlib
from collections.abc import Callable

import aiohttp

from codec.wire.customer_page import address_of
from relay.config.settings import Settings
from relay.monitoring.findings import Finding
from relay.monitoring.network_checks import Answer
from relay.pages.built_page import BuiltPage, NotBuiltError, read_page

NAME = "page for customers"
FILES_SHOWN = 3


async def check_page(
    settings: Settings, http: aiohttp.ClientSession, answer: Answer, read: Callable[[], BuiltPage] = read_page
) -> Finding:
    """Whether the page is there, and whether the public address serves each of its files as it was built."""
    try:
        page = await asyncio.to_thread(read)
    except NotBuiltError as error:
        remedy = "Until then customers can only use the help program. Install the relay’s package again."
        return Finding(NAME, str(error), remedy)
    if answer.why_not:
        return Finding(NAME, f"complete here, but not compared with what visitors get: {answer.why_not}")
    other = [name for name, file in page.files.items() if await _served(settings, http, name) != file.sha256]
    if other:
        shown = ", ".join(other[:FILES_SHOWN]) + (
            f" and {len(other) - FILES_SHOWN} more" if other[FILES_SHOWN:] else ""
        )
        return Finding(
            NAME,
            f"{settings.url} does not serve these files as they were built: {shown}",
            "Restart the relay if it was upgraded. Otherwise find out what changes pages on their way: "
            "a page that was changed could show a customer’s screen to others.",
        )
    return Finding(NAME, f"visitors get all {len(page.files)} files as they were built")


async def _served(settings: Settings, http: aiohttp.ClientSession, name: str) -> str:
    """Return the digest of a file as visitors get it, empty where they do not."""
    try:
        async with http.get(settings.url + address_of(name)) as response:
            return hashlib.sha256(await response.read()).hexdigest() if response.status == 200 else ""
    except (aiohttp.ClientError, OSError, TimeoutError):
        return ""
