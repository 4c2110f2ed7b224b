"""A second start finds the console of the same person, and nobody else does."""

from pathlib import Path

import pytest
from msgspec import json

from codec.host.private_files import NotPrivateError
from console.page.running_instance import (
    SECRET_BYTES,
    AnotherProgramError,
    Answer,
    Ask,
    Found,
    NotRunningError,
    RunningFile,
    answer,
    ask,
    may_ask,
    understand,
)

SECRET, OTHER = bytes(SECRET_BYTES), bytes([1]) * SECRET_BYTES
CODE, RELAY = "23456789AB", "https://help.example"


def test_who_knows_the_secret_gets_a_code_and_knows_from_whom() -> None:
    asked = ask(SECRET, "nonce")
    assert may_ask(SECRET, asked)
    assert understand(SECRET, asked, json.encode(answer(SECRET, asked, CODE, RELAY))) == Found(CODE, RELAY)


@pytest.mark.parametrize(
    "asked", [ask(OTHER, "nonce"), Ask("nonce", ""), Ask("nonce", "é"), ask(SECRET, "nonce", CODE)]
)
def test_who_does_not_gets_none(asked: Ask) -> None:
    assert not may_ask(SECRET, Ask("nonce", asked.proof))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        json.encode(answer(OTHER, ask(SECRET, "nonce"), CODE, RELAY)),
        json.encode(answer(SECRET, ask(SECRET, "another"), CODE, RELAY)),
        json.encode(answer(SECRET, ask(SECRET, "nonce"), "/../evil", RELAY)),
        json.encode(Answer(CODE, "https://evil.example", answer(SECRET, ask(SECRET, "nonce"), CODE, RELAY).proof)),
    ],
)
def test_a_program_that_took_the_port_opens_nothing(data: bytes) -> None:
    with pytest.raises(AnotherProgramError):
        understand(SECRET, ask(SECRET, "nonce"), data)


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    file = RunningFile(tmp_path, 8090)
    with pytest.raises(NotRunningError):
        file.read()
    file.write(SECRET)
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert file.read() == SECRET
    path.chmod(0o644)
    with pytest.raises(NotPrivateError):
        file.read()
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(NotRunningError):
        file.read()
    file.remove()
    file.remove()
