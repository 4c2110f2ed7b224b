"""The page with which customers take part from a browser, as a relay serves it: without a browser."""

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from codec.wire.customer_page import address_of
from relay.app import running
from relay.pages.built_page import BuiltFile, NotBuiltError, read_page
from relay.pages.join import HEADERS
from tests.support.relays import RunningRelay, settings_for

WHOLE = 130 * 1024
"""How many bytes a visit may take with gzip in any language, fonts apart: the relay's other pages share those."""
LATER = (
    "Digits",
    "Ended",
    "InQueue",
    "NoWay",
    "NotCaptured",
    "NotShown",
    "SmallWindow",
    "Survey",
    "Terms",
    "Wait",
    "stats",
)
"""What only some visits need, or their end: it is loaded then (applet/web/src/views/lazily.tsx)."""
MOST_LATER = 12 * 1024
CHECK = 33 * 1024
"""The same of the page that tests."""
CAMERA = 10 * 1024


def built(folder: Path, **changed: bytes) -> Path:
    """Write a page of three files, with the digests of what it should hold; `changed` is what it holds instead."""
    files = {
        "index.html": b"<title>Get help",
        "index.nl.html": b"<title>Hulp",
        "check.html": b"<title>Test",
        "assets/a-1.js": b"run()" * 999,
    }
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    (folder / "assets").mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(changed.get(name, content))
    (folder / "assets/a-1.js.gz").write_bytes(changed.get("assets/a-1.js.gz", gzip.compress(files["assets/a-1.js"])))
    (folder / "manifest.json").write_text(json.dumps({"files": digests}))
    return folder


def test_a_page_is_read_as_its_build_left_it(tmp_path: Path) -> None:
    page = read_page(built(tmp_path))
    assert page.indexes.keys() == {"en", "nl"}
    assert page.checks.keys() == {"en"}
    script = page.files["assets/a-1.js"]
    assert script.content_type == "text/javascript"
    assert script.packed is not None
    assert gzip.decompress(script.packed) == script.content
    assert page.files["index.html"].packed is None


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(b"send(keys)"), b"run()", gzip.compress(b"run()" * 999)[:-9]],
    ids=["something else", "not packed", "torn"],
)
def test_a_compressed_file_of_something_else_is_not_served(tmp_path: Path, packed: bytes) -> None:
    with pytest.raises(NotBuiltError, match=r"a-1\.js\.gz"):
        read_page(built(tmp_path, **{"assets/a-1.js.gz": packed}))


@pytest.mark.parametrize("name", ["index.html", "assets/a-1.js"])
def test_a_file_that_was_changed_is_not_served(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotBuiltError, match=name):
        read_page(built(tmp_path, **{name: b"send(keys)"}))


@pytest.mark.parametrize(
    "manifest",
    [None, "", "[]", '{"files": {}}', '{"files": {"../../key": "00"}}', '{"files": {"/etc/passwd": "00"}}'],
)
def test_a_page_without_a_manifest_that_fits_is_not_served(tmp_path: Path, manifest: str | None) -> None:
    folder = built(tmp_path)
    if manifest is None:
        (folder / "manifest.json").unlink()
    else:
        (folder / "manifest.json").write_text(manifest)
    with pytest.raises(NotBuiltError):
        read_page(folder)


async def test_only_this_page_may_compile_wasm_start_workers_and_show_the_screen(relay: RunningRelay) -> None:
    for path in (
        "/join",
        "/join/" + "a" * 22,
        "/join/about",
        "/check",
        "/check/about",
        "/join/manifest.json",
        _script(),
    ):
        async with relay.http.get(relay.url + path) as response:
            assert response.status == 200, path
            for name, value in HEADERS.items():
                assert response.headers[name] == value, path
            assert response.headers["X-Content-Type-Options"] == "nosniff"
    policy = HEADERS["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "worker-src 'self';" in policy
    assert "unsafe-inline" not in policy
    for path in ("/", "/start", "/sign-in"):
        async with relay.http.get(relay.url + path) as response:
            assert "wasm" not in response.headers["Content-Security-Policy"]
            assert "display-capture=()" in response.headers["Permissions-Policy"]


async def test_the_page_speaks_the_visitors_language_and_remembers_it(relay: RunningRelay) -> None:
    async with relay.http.get(f"{relay.url}/join", headers={"Accept-Language": "nl-BE"}) as response:
        assert '<html lang="nl" dir="ltr">' in await response.text()
        assert "Set-Cookie" not in response.headers
    async with relay.http.get(f"{relay.url}/join?lang=nl", headers={"Accept-Language": "en"}) as response:
        assert '<html lang="nl" dir="ltr">' in await response.text()
        assert "deskside-language=nl" in response.headers["Set-Cookie"]
    async with relay.http.get(f"{relay.url}/join?lang=xx", headers={"Accept-Language": "fr"}) as response:
        assert '<html lang="en" dir="ltr">' in await response.text()


async def test_it_says_whose_relay_this_is(relay: RunningRelay) -> None:
    async with relay.http.get(f"{relay.url}/join/about") as response:
        told = await response.json()
    assert told["organisation"] == "Northwind IT"
    assert {"code": "nl", "name": "Nederlands"} in told["languages"]
    assert told["logo"] == ""


async def test_files_are_kept_for_ever_and_asked_for_once(relay: RunningRelay) -> None:
    packed = {"Accept-Encoding": "gzip"}
    async with relay.http.get(relay.url + _script(), headers=packed) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert "immutable" in response.headers["Cache-Control"]
        tag = response.headers["ETag"]
    async with relay.http.get(relay.url + _script(), headers={"If-None-Match": tag}) as response:
        assert response.status == 304
    async with relay.http.get(f"{relay.url}/join") as response:
        assert response.headers["Cache-Control"] == "no-cache"
    for path in ("/join/assets/none.js", "/join/assets/..%2f..%2fapp.py", "/join/short"):
        async with relay.http.get(relay.url + path) as response:
            assert response.status == 404, path


async def test_what_is_served_is_what_the_manifest_says(relay: RunningRelay) -> None:
    async with relay.http.get(f"{relay.url}/join/manifest.json") as response:
        files = (await response.json())["files"]
    assert {"index.html", "index.nl.html", "check.html", "check.nl.html"} <= files.keys()
    for name, digest in files.items():
        async with relay.http.get(relay.url + address_of(name)) as response:
            assert hashlib.sha256(await response.read()).hexdigest() == digest, name


async def test_before_the_set_up_there_is_nothing_to_join(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with running(settings), aiohttp.ClientSession() as http, http.get(f"http://{settings.listen}/join") as answer:
        assert answer.status == 503
        assert "has not been set up" in await answer.text()


def test_the_whole_page_is_small() -> None:
    files = read_page().files
    of_check = _only_of_check(files)
    elsewhere = {*of_check, *_only_for_a_camera(files)}
    taken = {name: len(file.packed or file.content) for name, file in files.items() if name not in elsewhere}
    pages = [size for name, size in taken.items() if name.endswith(".html")]
    catalogues = [size for name, size in taken.items() if ".gen-" in name and ".later." not in name]
    texts_later = [size for name, size in taken.items() if ".later.gen-" in name]
    assert len(catalogues) == len(texts_later) == len(pages), "two lists of texts for each language"
    code = [name for name in taken if name.endswith((".js", ".css", ".wasm")) and ".gen-" not in name]
    later = [name for name in code if name.removeprefix("assets/").startswith(LATER)]
    assert {name.split("-")[0] for name in later} == {f"assets/{each}" for each in LATER}
    visit = sum(taken[name] for name in set(code) - set(later)) + max(catalogues) + max(pages)
    apart = sum(taken[name] for name in later) + max(texts_later)
    print(
        f"a visit to the page for customers: {visit:,} bytes with gzip, of {WHOLE:,}; a language: {max(catalogues):,}"
        f"; what is loaded later: {apart:,}"
    )
    assert visit <= WHOLE, taken
    assert apart <= MOST_LATER, taken


def test_what_a_camera_needs_is_loaded_apart_and_small() -> None:
    files = read_page().files
    taken = {name: len(files[name].packed or files[name].content) for name in _only_for_a_camera(files)}
    print(f"what a camera needs besides: {sum(taken.values()):,} bytes with gzip, of {CAMERA:,}")
    assert len(taken) == 5
    assert sum(taken.values()) <= CAMERA


def test_the_page_that_tests_is_small() -> None:
    files = read_page().files
    texts = {name for name in files if ".gen-" in name}
    code = {name for name in _only_of_check(files) if not name.endswith(".html")} - texts
    shared = set(_named_in(files, "check.html")) - code
    size = {name: len(file.packed or file.content) for name, file in files.items()}
    catalogues = sum(sorted(size[name] for name in texts)[-2:])  # one of each page, in the longest language
    visit = sum(size[name] for name in code | shared) + catalogues
    print(f"a visit to /check: {visit:,} bytes with gzip, of {CHECK:,}")
    assert visit <= CHECK


def _only_for_a_camera(files: Mapping[str, BuiltFile]) -> list[str]:
    """Return what is loaded when a technician asks for the camera, and by no other visit."""
    return [name for name in files if re.match(r"assets/(camera|CameraQuestion|Camera|films)-", name)]


def _named_in(files: Mapping[str, BuiltFile], page: str) -> list[str]:
    """Return a page, and the files that it loads as it is opened."""
    text = files[page].content.decode()
    return [page, *(name for name in files if f"/join/{name}" in text)]


def _only_of_check(files: Mapping[str, BuiltFile]) -> set[str]:
    """Return what /join does not load: the other page, its files, and what its scripts name."""
    first = set(_named_in(files, "check.html")) - set(_named_in(files, "index.html"))
    scripts = [files[name].content for name in first if name.endswith(".js")]
    pages = {name for name in files if name.startswith("check") and name.endswith(".html")}
    texts = {name for name in files if any(Path(name).name.encode() in script for script in scripts)}
    return first | pages | {name for name in texts if ".gen-" in name}


def _script() -> str:
    """Return the address of one of its scripts."""
    return "/join/" + next(name for name in read_page().files if name.endswith(".js"))
