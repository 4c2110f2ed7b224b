"""`make run` on computers on which something is in its way: taken ports, leftovers of earlier runs, weak luck."""

import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from relay.credentials.password_strength import Level, level_of
from tests.rehearsal.__main__ import EMAIL, NAME, problem_on
from tests.rehearsal.places import (
    CONSOLE,
    RELAY,
    CannotStartError,
    Place,
    choose,
    environment_of,
    free_port,
    is_free,
    kept_password,
    new_password,
    set_half_aside,
)
from tests.rehearsal.prepare import ROOT
from tests.support.rehearsals import Rehearsal, rehearsal

LETTERS_ONLY = "abcdEFGHijklMNOP"
BLOCK_OTHERS = """
import importlib, sys
from importlib.metadata import packages_distributions
allowed = set(sys.argv[1].split(","))
owners = packages_distributions()
class Block:
    def find_spec(self, name, path=None, target=None):
        of = {each.lower().replace("_", "-") for each in owners.get(name.partition(".")[0], ())}
        if of and not of & allowed:
            raise ImportError(f"{name} is not installed by make run")
sys.meta_path.insert(0, Block())
for name in ("relay.app", "console.app", "applet.ui.app", "tests.rehearsal.__main__", "tests.rehearsal.person"):
    importlib.import_module(name)
"""


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield f"127.0.0.1:{other.getsockname()[1]}"


@pytest.mark.finding("use-A6")
def test_a_password_is_drawn_until_the_relay_accepts_it() -> None:
    drawn = iter([LETTERS_ONLY, EMAIL, "short1A", "abcdefgh1jkmnopQ"])
    assert new_password(EMAIL, NAME, lambda: next(drawn)) == "abcdefgh1jkmnopQ"
    assert all(level_of(new_password(EMAIL, NAME)) >= Level.GOOD for _ in range(500))


@pytest.mark.finding("use-A6")
@pytest.mark.parametrize("left", [LETTERS_ONLY.encode(), b"", b"\xff\xfe", b"short1A"])
def test_a_password_that_an_earlier_run_left_is_replaced_where_the_relay_would_refuse_it(
    tmp_path: Path, left: bytes
) -> None:
    place = Place(RELAY, CONSOLE, tmp_path)
    place.sign_in.write_bytes(left)
    place.sign_in.chmod(0o600)
    password = kept_password(place, EMAIL, NAME)
    assert level_of(password) >= Level.GOOD
    assert kept_password(place, EMAIL, NAME) == password


@pytest.mark.finding("use-A6")
def test_a_password_file_that_cannot_be_replaced_is_named(tmp_path: Path) -> None:
    place = Place(RELAY, CONSOLE, tmp_path)
    place.sign_in.mkdir()
    with pytest.raises(CannotStartError, match=re.escape(str(place.sign_in))):
        kept_password(place, EMAIL, NAME)


@pytest.mark.finding("use-D4")
def test_usual_ports_that_are_taken_are_replaced_and_named(taken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.rehearsal.places.RELAY", taken)
    monkeypatch.setattr("tests.rehearsal.places.CONSOLE", taken)
    place, told = choose(None, None, Path("var"))
    assert len({taken, place.relay, place.console}) == 3
    assert is_free(place.relay)
    for name, line in zip(("RELAY", "CONSOLE"), told, strict=True):
        assert taken in line
        assert f"make run {name}=" in line
    assert place.relay in told[0]
    assert place.console in told[1]


@pytest.mark.finding("use-D4")
@pytest.mark.parametrize("asked", ["0.0.0.0:8080", "example.com:80", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000"])
def test_addresses_that_cannot_be_used_are_refused_with_an_example(asked: str) -> None:
    with pytest.raises(CannotStartError, match="127"):
        choose(asked, None, Path("var"))


@pytest.mark.finding("use-D4")
def test_an_address_that_was_asked_for_is_never_replaced(taken: str) -> None:
    with pytest.raises(CannotStartError, match=f"RELAY={taken} is used by another program"):
        choose(taken, None, Path("var"))
    both = f"127.0.0.1:{free_port()}"
    with pytest.raises(CannotStartError, match=f"CONSOLE={both} is used"):
        choose(both, both, Path("var"))


@pytest.mark.finding("use-D4")
def test_make_passes_both_addresses_on() -> None:
    command = ["make", "--dry-run", "run", "RELAY=127.0.0.1:1", "CONSOLE=127.0.0.1:2"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "-m tests.rehearsal --relay 127.0.0.1:1 --console 127.0.0.1:2" in told


def test_settings_of_another_relay_on_this_computer_are_not_used() -> None:
    kept = environment_of(Place(RELAY, CONSOLE, Path(), 5), {"DESKSIDE_RELAY_LISTEN": "0.0.0.0:443", "HOME": "/root"})
    assert kept == {"HOME": "/root", "DESKSIDE_RELAY_STUN_PORT": "5"}


@pytest.mark.finding("use-D4")
def test_running_needs_only_what_its_lock_names() -> None:
    names = re.findall(r"^([\w.-]+)==", (ROOT / "locks" / "run.txt").read_text(), re.MULTILINE)
    assert not {"mypy", "moto", "pytest", "schemathesis", "playwright", "ruff", "hypothesis"} & set(names)
    allowed = ",".join([*names, "deskside"])
    subprocess.run([sys.executable, "-c", BLOCK_OTHERS, allowed], cwd=ROOT, check=True)


def test_what_a_page_refuses_is_told_with_the_name_of_the_field() -> None:
    page = (
        '<input class="input" id="name" name="name" required><input class="input is-bad" id="password" name="password" '
        'aria-invalid="true"><p id="problem" role="alert"><svg></svg><span>Use &lt;8&gt; characters.</span></p>'
    )
    assert problem_on(page) == "password: Use <8> characters."
    assert problem_on("<p>Fine</p>") == ""


def test_only_half_of_a_relay_is_set_aside(tmp_path: Path) -> None:
    place = Place(RELAY, CONSOLE, tmp_path)
    assert set_half_aside(place, EMAIL) is None
    for people, moved in (([], False), ([EMAIL], True), ([EMAIL, "eva@northwind.example"], False)):
        _database(place, people)
        assert (set_half_aside(place, EMAIL) is not None) == moved
    _database(place, [EMAIL])
    place.furnished.touch()
    assert set_half_aside(place, EMAIL) is None
    assert [each.name for each in tmp_path.glob("*.half")] == ["relay-1.half"]
    place.database.write_bytes(b"no database")
    place.furnished.unlink()
    assert set_half_aside(place, EMAIL) is None


def _database(place: Place, people: list[str]) -> None:
    place.data.mkdir(exist_ok=True)
    place.database.unlink(missing_ok=True)
    with closing(sqlite3.connect(place.database)) as database:
        database.execute("CREATE TABLE person (email TEXT)")
        database.executemany("INSERT INTO person VALUES (?)", [(each,) for each in people])
        database.commit()


@pytest.mark.finding("use-A6")
async def test_what_earlier_runs_left_is_repaired_and_the_printed_password_holds(tmp_path: Path) -> None:
    place = Place(RELAY, CONSOLE, tmp_path)
    place.sign_in.write_text(LETTERS_ONLY)
    place.sign_in.chmod(0o600)
    with rehearsal(tmp_path) as first:
        assert first.password != LETTERS_ONLY
        assert await _can_sign_in(first)
    place.sign_in.unlink()
    with rehearsal(tmp_path) as second:
        assert second.password != first.password
        assert await _can_sign_in(second)


async def _can_sign_in(running: Rehearsal) -> bool:
    body = {"email": EMAIL, "password": running.password, "console": "test"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"http://{running.relay}/api/v1/sign-in", json=body) as response,
    ):
        return response.status == 200
