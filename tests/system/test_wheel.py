"""The wheel, installed into an empty environment: all three programs are complete, in Dutch too."""

import io
import zipfile
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import async_playwright, expect

import setup as build_step
from tests.rehearsal.prepare import ROOT
from tests.support.browsers import chromium
from tests.support.consoles import running_console
from tests.support.installed import Installed, install, outside
from tests.support.relay_process import RelayProcess


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(tmp_path_factory.mktemp("installed") / "venv", dependencies=True)


@pytest.mark.finding("use-A5")
def test_nothing_of_the_checkout_can_be_imported(installed: Installed) -> None:
    where = installed.run(installed.python, "-c", "import relay, applet, console, codec; print(relay.__file__)")
    assert where.stdout.startswith(str(installed.folder)), where
    assert installed.run(installed.python, "-c", "import tests").returncode == 1


@pytest.mark.finding("use-A5")
async def test_the_console_opens_in_dutch_and_the_relay_speaks_dutch(installed: Installed, tmp_path: Path) -> None:
    relay = RelayProcess(tmp_path, program=[installed.program("deskside-relay")], env=outside())
    try:
        await relay.start()
        async with aiohttp.ClientSession() as http:
            async with http.get(relay.url, headers={"Accept-Language": "nl"}) as response:
                assert "Voer de pincode van uw technicus in" in await response.text()
            async with http.get(f"{relay.url}/download/deskside-help.pyz") as response:
                program = zipfile.ZipFile(io.BytesIO(await response.read()))
        assert {"__main__.py", "applet/app.py", "requirements.txt"} <= set(program.namelist())
        console = [installed.program("deskside-console")]
        async with async_playwright() as playwright:
            browser = await chromium(playwright)
            with running_console(relay.url, program=console, env=outside()) as running:
                page = await (await browser.new_context(locale="nl-NL")).new_page()
                await page.goto(running.link)
                await expect(page.get_by_role("button", name="Aanmelden")).to_be_visible()
            await browser.close()
    finally:
        relay.end()


@pytest.mark.finding("use-A5")
def test_a_package_without_page_catalogues_or_help_program_is_not_built(tmp_path: Path) -> None:
    assert build_step.missing_files(ROOT) == []
    lacking = build_step.missing_files(tmp_path)
    assert lacking == ["console/page/index.html", "relay/downloads/deskside-help.pyz", "relay/locale", "applet/locale"]
    (tmp_path / "relay" / "locale" / "fr").mkdir(parents=True)
    assert "relay/locale/fr/LC_MESSAGES/*.po" in build_step.missing_files(tmp_path)
