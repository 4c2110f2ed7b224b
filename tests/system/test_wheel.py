"""The wheel, installed into an empty environment: all three programs are complete, in Dutch too."""

import ast
import io
import re
import zipfile
from collections.abc import Iterator
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

PROGRAMS = ("codec", "relay", "applet", "console")
POINTERS = re.compile(r"\bdocs/[\w.-]*|\b[\w-]+\.(?:md|rst)\b|`make [a-z]+`")
"""Words that send a reader to a file or command of a checkout."""
FOR_DEVELOPERS = {"`make wheel`"}
"""What those who have a checkout are told, as such."""
GENERATORS = (
    "codec/wire/typescript.py",
    "codec/wire/group_settings.py",
    "codec/wire/customer_settings.py",
    "relay/settings/shared_struct.py",
    "relay/settings/reference.py",
    "relay/config/reference.py",
)
"""These write files of a checkout, which say how they are made."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(tmp_path_factory.mktemp("installed") / "venv", dependencies=True)


@pytest.mark.finding("use-A5")
def test_nothing_of_the_checkout_can_be_imported(installed: Installed) -> None:
    where = installed.run(installed.python, "-c", "import relay, applet, console, codec; print(relay.__file__)")
    assert where.stdout.startswith(str(installed.folder)), where
    assert installed.run(installed.python, "-c", "import tests").returncode == 1


def test_no_source_of_the_page_is_shipped(installed: Installed) -> None:
    (site,) = (installed.folder / "lib").glob("python*/site-packages")
    assert (site / "codec/wire/messages.py").is_file()
    assert not (site / "codec/ts").exists()
    assert not (site / "console/ui").exists()
    assert not (site / "applet/web").exists()


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
def test_without_its_dependencies_a_program_says_what_to_install(tmp_path: Path) -> None:
    bare = install(tmp_path / "venv", dependencies=False)
    for program in ("relay", "console", "applet"):
        for command in ([bare.program(f"deskside-{program}")], [bare.python, "-m", program]):
            told = bare.run(*command)
            assert told.returncode == 1
            assert told.stderr.count("\n") == 1, told.stderr
            assert f"pip install 'deskside[{program}]'" in told.stderr


@pytest.mark.finding("use-A5")
def test_a_package_without_page_catalogues_or_help_program_is_not_built(tmp_path: Path) -> None:
    assert build_step.missing_files(ROOT) == []
    lacking = build_step.missing_files(tmp_path)
    assert lacking == [
        "console/page/static/index.html",
        "relay/downloads/deskside-help.pyz",
        "relay/join/manifest.json",
        "console/customer_page/released.json",
        "relay/locale",
        "applet/locale",
    ]
    (tmp_path / "relay" / "locale" / "fr").mkdir(parents=True)
    assert "relay/locale/fr/LC_MESSAGES/*.po" in build_step.missing_files(tmp_path)


@pytest.mark.finding("use-A5")
def test_no_message_points_to_a_file_that_only_a_checkout_has() -> None:
    found = []
    for file, text in (each for each in _texts() if str(each[0]) not in GENERATORS):
        pointers = set(POINTERS.findall(text)) - FOR_DEVELOPERS
        found += [f"{file}: {pointer} in {text.strip()[:120]!r}" for pointer in pointers]
    assert found == []


def _texts() -> Iterator[tuple[Path, str]]:
    """Yield what programs may say: the texts in their code, without docstrings except those of errors."""
    for file in (file for program in PROGRAMS for file in (ROOT / program).rglob("*.py") if "/ui/" not in str(file)):
        tree = ast.parse(file.read_text())
        silent = set()
        for node in ast.walk(tree):
            is_error = isinstance(node, ast.ClassDef) and node.name.endswith("Error")
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not is_error:
                silent |= {id(each.value) for each in node.body if isinstance(each, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
                yield file.relative_to(ROOT), node.value
    for folder, ending in (("relay/web/templates", ".html"), ("relay/web/static", ".js"), ("console/ui/src", ".tsx")):
        for file in (each for each in sorted((ROOT / folder).rglob("*")) if each.suffix == ending):
            yield file.relative_to(ROOT), re.sub(r"//.*", "", file.read_text())
