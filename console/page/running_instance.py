"""Finds the console that this person runs already, and lets it open another page.

A file for its owner only holds a secret of that run. Who asks proves that they know it, and so does who answers: the
secret itself never travels, so a program that has taken the port since learns nothing and opens nothing.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import msgspec

from codec.errors import MALFORMED, DesksideError
from codec.host.private_files import make_folder, read_private, write_private
from console.page.page_auth import CODE_ALPHABET, CODE_LENGTH

ANOTHER_PAGE = "/another-page"
PAGE_OPENED = "/page-opened"
SECRET_BYTES = 32
ANSWER_SECONDS = 5.0
OPENS_SECONDS = 60.0
"""How long a browser may take to open the page."""
_ASKS, _ANSWERS = "asks", "answers"


class NotRunningError(DesksideError):
    """Deskside Console is not running here. Start it with `deskside-console`."""


class AnotherProgramError(DesksideError):
    """What answers at the console's address is not your console. Stop that program, or choose another --listen."""


class Ask(msgspec.Struct, frozen=True):
    """Asks for a code that opens a page, or whether the page was opened with this `code`."""

    nonce: str
    proof: str
    code: str = ""


class Answer(msgspec.Struct, frozen=True):
    """The code, and which relay this console belongs to."""

    code: str
    relay: str
    proof: str


@dataclass(frozen=True)
class Found:
    """A console that runs, and a code that opens a page of it."""

    code: str
    relay: str


class RunningFile:
    """The secret of the console that listens at a port."""

    def __init__(self, data: Path, port: int) -> None:
        self._file = data / f"running-{port}"

    def write(self, secret: bytes) -> None:
        """The console with this secret runs now. Raises OSError."""
        make_folder(self._file.parent)
        write_private(self._file, secret)

    def read(self) -> bytes:
        """Return the secret. Raises NotRunningError, and NotPrivateError where others could have read or written it."""
        try:
            secret = read_private(self._file)
        except FileNotFoundError:
            raise NotRunningError(NotRunningError.__doc__) from None
        if len(secret) != SECRET_BYTES:
            raise NotRunningError(NotRunningError.__doc__)
        return secret

    def remove(self) -> None:
        """The console ends."""
        self._file.unlink(missing_ok=True)


def ask(secret: bytes, nonce: str, code: str = "") -> Ask:
    """Return a question that only a holder of the secret can put."""
    return Ask(nonce, _proof(secret, _ASKS, nonce, code), code)


def may_ask(secret: bytes, asked: Ask) -> bool:
    """Whether who asks knows the secret."""
    proof = _proof(secret, _ASKS, asked.nonce, asked.code)
    return hmac.compare_digest(proof.encode(), asked.proof.encode())


def answer(secret: bytes, asked: Ask, code: str, relay: str) -> Answer:
    """Return an answer that only a holder of the secret can give."""
    return Answer(code, relay, _proof(secret, _ANSWERS, asked.nonce, code, relay))


def understand(secret: bytes, asked: Ask, data: bytes) -> Found:
    """Return what a console has answered. Raises AnotherProgramError."""
    try:
        said = msgspec.json.decode(data, type=Answer)
    except MALFORMED:
        raise AnotherProgramError(AnotherProgramError.__doc__) from None
    proof = _proof(secret, _ANSWERS, asked.nonce, said.code, said.relay)
    is_code = len(said.code) == CODE_LENGTH and set(said.code) <= set(CODE_ALPHABET)
    if not hmac.compare_digest(proof.encode(), said.proof.encode()) or not is_code:
        raise AnotherProgramError(AnotherProgramError.__doc__)
    return Found(said.code, said.relay)


async def find(http: aiohttp.ClientSession, address: str, secret: bytes) -> Found:
    """Ask the console at `address`, HOST:PORT, for a code. Raises NotRunningError, AnotherProgramError."""
    asked = ask(secret, secrets.token_urlsafe(SECRET_BYTES))
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with http.post(
            f"http://{address}{ANOTHER_PAGE}", data=msgspec.json.encode(asked), timeout=timeout
        ) as said:
            data = await said.content.read(1_000)
    except aiohttp.ClientConnectorError:
        raise NotRunningError(NotRunningError.__doc__) from None
    except (aiohttp.ClientError, OSError, TimeoutError):
        raise AnotherProgramError(AnotherProgramError.__doc__) from None
    return understand(secret, asked, data)


async def opened(http: aiohttp.ClientSession, address: str, secret: bytes, code: str) -> None:
    """Return when the page was opened with this code, or when no browser has done so for OPENS_SECONDS."""
    asked = ask(secret, secrets.token_urlsafe(SECRET_BYTES), code)
    timeout = aiohttp.ClientTimeout(total=OPENS_SECONDS)
    try:
        async with http.post(
            f"http://{address}{PAGE_OPENED}", data=msgspec.json.encode(asked), timeout=timeout
        ) as said:
            await said.read()
    except (aiohttp.ClientError, OSError, TimeoutError):
        return


def _proof(secret: bytes, *parts: str) -> str:
    return hmac.new(secret, msgspec.json.encode(parts), hashlib.sha256).hexdigest()
