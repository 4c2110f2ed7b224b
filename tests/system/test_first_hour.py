"""The first hour: from an empty Debian to a recording that is played and verified, as people would do it.

Counted is what people do: a click, a form filled in and sent, a block of lines pasted into a terminal. Already there
when the clock begins: the package, and the packages of Python that pip would fetch (those of this environment serve).
"""

import contextlib
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from applet.install.bootstrap import READY, cache_folder, place_for
from tests.packaging.wheel import ROOT
from tests.support.browsers import chromium
from tests.support.consoles import running_console
from tests.support.debian import Debian, debian, package
from tests.support.documents import shell_lines
from tests.support.installed import install, outside
from tests.support.relays import free_port
from tests.support.xvfb import VirtualDisplay, end, virtual_display

INSTALL = ROOT / "docs" / "install.md"
MOST_ACTIONS = 25
MOST_SECONDS = 600.0
DESK = {"width": 1280, "height": 800}
ANNA, NOOR = "anna@northwind.example", "noor@northwind.example"
HERS, GIVEN, OWN = "Tulips in the rain 7", "Roses in the snow 8", "Snow on the roses 9"
CUSTOMER = "Hélène Fournier"


class Hour:
    """What was done, and when."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.actions: list[str] = []

    def did(self, action: str) -> None:
        """Somebody has done one thing."""
        self.actions.append(action)
        print(f"{time.monotonic() - self._began:6.1f} s  {len(self.actions):2}  {action}", flush=True)

    @property
    def seconds(self) -> float:
        """How long it took so far."""
        return time.monotonic() - self._began


@pytest.mark.finding("use-A5", "use-A7")
async def test_from_an_empty_debian_to_a_verified_recording(tmp_path: Path) -> None:
    parcel = package()
    with debian(tmp_path) as server, virtual_display(DESK["width"], DESK["height"]) as display:
        async with async_playwright() as playwright:
            browser = await chromium(playwright)
            hour = Hour()
            url, token = _installs_the_relay(hour, server, parcel)
            await _sets_it_up(hour, browser, url, token)
            async with _technician(hour, browser, url, tmp_path) as page:
                with _customer(hour, display, tmp_path) as customer:
                    await _session(hour, browser, page, url, customer, tmp_path)
                    await _recording_is_played_and_verified(hour, page, url)
            await browser.close()
    assert len(hour.actions) <= MOST_ACTIONS, hour.actions
    assert hour.seconds <= MOST_SECONDS


def _installs_the_relay(hour: Hour, server: Debian, parcel: Path) -> tuple[str, str]:
    """The administrator installs the package and asks for the token; return the relay's address too."""
    url = f"http://127.0.0.1:{free_port()}"
    own = {"DESKSIDE_RELAY_LISTEN": url.removeprefix("http://"), "DESKSIDE_RELAY_STUN_PORT": "0"}
    own["DESKSIDE_RELAY_PUBLIC_URL"] = url
    server.set_for_service(**own)  # the port is the test's own need
    server.give_sudo()
    server.run("mkdir", "/root/dist")
    shutil.copyfile(parcel, server.folder / "root" / "dist" / parcel.name)
    lines = [line for line in shell_lines(INSTALL, "The server, as a Debian package") if line != "make deb"]
    told = "".join(
        server.run("sh", "-c", f"cd && {line}", check=not line.endswith("doctor"), **own).stdout for line in lines
    )
    hour.did(f"administrator: pastes {len(lines)} lines of the install page, from apt install to doctor")
    token = re.search(r"[Tt]oken: (\S{40,})", told)
    assert token is not None, told
    return url, token[1]


async def _sets_it_up(hour: Hour, browser: Browser, url: str, token: str) -> None:
    """The administrator sets the relay up and follows its first steps."""
    context = await browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{url}/setup")
    for label, text in (("Setup token", token), ("Organisation", "Northwind IT"), ("Your name", "Anna de Vries")):
        await page.get_by_label(label).fill(text)
    await page.get_by_label("E-mail address").fill(ANNA)
    await page.get_by_label("Password", exact=True).fill(HERS)
    await page.get_by_role("button", name="Set up").click()
    hour.did("administrator: opens the address, fills in the first form: organisation, own name, address, password")
    for heading, button in (("Your organisation", "Save and continue"), ("E-mail", "Continue")):
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()
        await page.get_by_role("button", name=button, exact=True).click()
        hour.did(f"administrator: first steps, {heading}")
    await expect(page.get_by_role("heading", name="Recordings")).to_be_visible()
    await page.get_by_role("button", name="Save and continue").click()
    hour.did("administrator: first steps, recordings stay on the technicians’ computers")
    await page.get_by_label("Name of your first group").fill("Service desk")
    await page.get_by_role("button", name="Save and continue").click()
    hour.did("administrator: first steps, names the first group")
    await page.get_by_label("Name", exact=True).fill("Noor Bouzid")
    await page.get_by_label("E-mail").fill(NOOR)
    await page.get_by_label("Set a password now").check()
    await page.get_by_label("Password", exact=True).fill(GIVEN)
    await page.get_by_role("button", name="Add technician").click()
    hour.did("administrator: first steps, adds the first technician, by one form")
    await expect(page.get_by_role("heading", name="First PIN")).to_be_visible()
    await context.close()


@asynccontextmanager
async def _technician(hour: Hour, browser: Browser, url: str, folder: Path) -> AsyncIterator[Page]:
    """The technician installs the console, signs in and chooses a password of her own."""
    installed = install(folder / "technician", dependencies=True)
    program, kept = [installed.program("deskside-console")], str(folder / "recordings")
    with running_console(url, "--recordings", kept, program=program, env=outside()) as console:
        context = await browser.new_context(viewport=DESK)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(console.link)
        hour.did("technician: pastes 3 lines of the install page; the console opens the browser")
        await page.get_by_label("E-mail address").fill(NOOR)
        await page.get_by_label("Password").fill(GIVEN)
        await page.keyboard.press("Enter")
        hour.did("technician: signs in")
        await page.get_by_label("New password", exact=True).fill(OWN)
        await page.get_by_label("Repeat").fill(OWN)
        await page.get_by_role("button", name="Save and sign in").click()
        hour.did("technician: chooses her own password")
        await expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
        yield page
        await context.close()


class Customer:
    """Sits at a desktop, with a browser and a terminal."""

    def __init__(self, hour: Hour, display: VirtualDisplay, folder: Path) -> None:
        self._hour = hour
        self._display = display
        self._folder = folder
        self._program: subprocess.Popen[bytes] | None = None

    async def joins(self, browser: Browser, url: str, pin: str) -> None:
        """Enter the PIN on the relay's page, download the help program, and start it: it has the PIN already."""
        agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        context = await browser.new_context(viewport=DESK, user_agent=agent)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(url)
        await page.get_by_role("textbox", name="PIN").fill(pin)
        await page.get_by_role("button", name="Continue").click()
        self._hour.did("customer: opens the address and types the PIN")
        await page.get_by_text("Use the help program").click()
        async with page.expect_download() as waiting:
            await page.get_by_role("button", name="Download for Linux").click()
        download = await waiting.value
        downloads = self._folder / "Downloads"
        file = downloads / download.suggested_filename
        await download.save_as(file)
        self._hour.did("customer: downloads the help program")
        line = (await page.locator("#command").inner_text()).strip()
        await context.close()
        self._starts(line, file)
        self._hour.did("customer: pastes the line that the page shows into a terminal")

    def _starts(self, line: str, file: Path) -> None:
        """Run the line in a shell of the customer's. What a first start downloads is there already."""
        cache = self._folder / "cache"
        self._prepare(file, place_for(file.read_bytes(), cache_folder({"XDG_CACHE_HOME": str(cache)}, "linux", cache)))
        programs = self._folder / "bin"
        programs.mkdir()
        _script(programs / "xdg-user-dir", f"echo {file.parent}")
        env = {name: text for name, text in outside().items() if name != "XDG_SESSION_TYPE"}
        env |= {"PATH": f"{programs}:{env['PATH']}", "XDG_CACHE_HOME": str(cache), "LC_ALL": "C.UTF-8"}
        env |= {"DISPLAY": self._display.name, "QT_QPA_PLATFORM": "xcb"}
        self._program = subprocess.Popen(["sh", "-c", f"exec {line}"], env=env, stdin=subprocess.PIPE, cwd=file.parent)

    def _prepare(self, file: Path, place: Path) -> None:
        """Unpack what was downloaded, with a Python that puts a scripted person in front of its window."""
        place.mkdir(parents=True, mode=0o700)
        with zipfile.ZipFile(file) as packed:
            packed.extractall(place / "program")
        (place / "python" / "bin").mkdir(parents=True)
        person = ROOT / "tests" / "rehearsal" / "person.py"
        _script(
            place / "python" / "bin" / "python",
            f'[ "$1 $2 $3" = "-P -m applet" ] && shift 3 && exec {sys.executable} -P {person} "$@"',
        )
        (place / READY).touch()

    def leaves(self) -> None:
        """End the program, if it runs."""
        if self._program is not None:
            end(self._program)
            assert self._program.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                self._program.stdin.close()


def _script(file: Path, line: str) -> None:
    file.write_text(f"#!/bin/sh\n{line}\n")
    file.chmod(0o755)


@contextmanager
def _customer(hour: Hour, display: VirtualDisplay, folder: Path) -> Iterator[Customer]:
    made = Customer(hour, display, folder)
    try:
        yield made
    finally:
        made.leaves()


async def _session(hour: Hour, browser: Browser, page: Page, url: str, customer: Customer, folder: Path) -> None:
    """The technician makes a PIN, sees and controls the customer's desktop, and records it."""
    await page.get_by_role("button", name="New session", exact=True).first.click()
    hour.did("technician: New session")
    await expect(page.get_by_role("dialog")).to_contain_text("the help program, which runs on Linux (X11).")
    await page.locator("#field-0").fill(CUSTOMER)
    await page.get_by_role("button", name="Create PIN").click()
    hour.did("technician: writes the customer's name, Create PIN, reads it aloud")
    await expect(page.locator(".pin")).to_be_visible()
    pin = "".join(await page.locator(".pin").locator("span").all_inner_texts())
    await customer.joins(browser, url, pin)
    await page.get_by_role("button", name="Request control").click(timeout=60_000)
    hour.did("technician: asks for control")
    await expect(page.locator("canvas")).to_be_visible(timeout=30_000)
    hour.did("customer: allows it")
    await page.get_by_role("button", name="Record", exact=True).click()
    hour.did("technician: asks to record")
    await expect(page.get_by_role("button", name="Recording, 0:02")).to_be_visible(timeout=30_000)
    hour.did("customer: allows it")
    await page.get_by_role("button", name="End session").click()
    hour.did("technician: End session")
    await page.get_by_role("dialog").get_by_role("button", name="End session").click()
    hour.did("technician: yes, end it")
    assert list((folder / "recordings").glob("*.proof"))


async def _recording_is_played_and_verified(hour: Hour, page: Page, url: str) -> None:
    await page.get_by_role("button", name="Recordings").click()
    hour.did("technician: Recordings")
    await page.get_by_role("button", name=f"Play the recording of {CUSTOMER}").click()
    hour.did("technician: plays the recording")
    await expect(page.locator("canvas")).to_be_visible(timeout=30_000)
    await page.get_by_role("button", name="Verify").click()
    hour.did("technician: verifies it")
    proof = page.locator("[title*='Signed by']")
    await expect(proof).to_be_visible(timeout=30_000)
    said = await proof.get_attribute("title") or ""
    for signer in ("this side", "the customer’s side", url):
        assert signer in said.partition("Signed by ")[2], said
