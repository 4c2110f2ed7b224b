"""The console as its own process, and its page in a real browser."""

import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.support.relays import EMAIL, PASSWORD, free_port
from tests.support.xvfb import end

_LINK = re.compile(r"http://\S+/#open=\S+")
CLIPBOARD = ["clipboard-read", "clipboard-write"]


@dataclass
class ConsoleProcess:
    """A console that runs. `link` opens its page once."""

    link: str
    process: "subprocess.Popen[str]"


@contextmanager
def running_console(
    relay: str,
    *more: str,
    program: Sequence[str] = (sys.executable, "-m", "console"),
    env: Mapping[str, str] | None = None,
) -> Iterator[ConsoleProcess]:
    """Run deskside-console without a browser, with these options too. What it remembers goes with it.

    `program` is another console than that of the checkout, `env` another environment than ours.
    """
    data = tempfile.TemporaryDirectory()
    listen = f"127.0.0.1:{free_port()}"
    command = [
        *program,
        "--relay",
        relay,
        "--listen",
        listen,
        "--no-browser",
        "--verbose",
        "--data",
        data.name,
        *more,
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    try:
        assert process.stdout is not None
        found = _LINK.search(process.stdout.readline())
        assert found is not None, "the console did not say where its page is"
        yield ConsoleProcess(found[0], process)
    finally:
        end(process)
        assert process.stdout is not None
        process.stdout.close()
        data.cleanup()


@asynccontextmanager
async def console_page(
    browser: Browser,
    link: str,
    password: str = PASSWORD,
    email: str = EMAIL,
    before: str = "",
    permissions: Sequence[str] = CLIPBOARD,
    **context: Any,
) -> AsyncIterator[Page]:
    """Open the page and sign in; anything that the page logs as an error fails the test.

    `before` is run in the page before anything else.
    """
    made: BrowserContext = await browser.new_context(**context)
    await made.grant_permissions(permissions)
    await made.add_init_script(before)
    page = await made.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    try:
        await page.goto(link)
        await sign_in(page, password, email)
        yield page
        assert errors == [], errors
    finally:
        await made.close()


async def sign_in(page: Page, password: str = PASSWORD, email: str = EMAIL) -> None:
    """Fill in the sign-in page."""
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Sessions")).to_be_visible(timeout=15_000)


async def open_chat(page: Page) -> None:
    """Open the panel beside the picture, which waits for the first message."""
    await page.get_by_role("button", name="Chat and details").click()
    await expect(page.get_by_role("tab", name="Chat")).to_be_visible()


async def make_pin(page: Page, name: str = "", button: str = "New session") -> str:
    """Make a PIN in the page and return it as it is read aloud."""
    await page.get_by_role("button", name=button, exact=True).first.click()
    if name:
        await page.locator("#field-0").fill(name)
    await page.get_by_role("button", name="Create PIN").click()
    pin = page.locator(".pin")
    await expect(pin).to_be_visible()
    return " ".join(await pin.locator("span").all_inner_texts())
