"""The two honest ends of a session as they behave together, and what a relay between them can do to them.

The ends are the real rules: a console makes one attempt for each session that its technician opens and counts guesses
beside the code; an applet answers with its Responder and counts wrong secrets. `signs` is what the two people see.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from applet.session.wrong_secrets import WrongSecrets
from codec.session import handshake as handshake_module
from codec.session.handshake import RANDOM_BYTES, Agreement, Handshake, HandshakeError, HandshakeProblem
from codec.session.responder import Responder
from codec.session.seal import derive
from codec.wire.api_types import Method
from codec.wire.roles import Role
from console.session.secret_attempts import SecretAttempts, SecuredCode

CODE = 12
NOW = 1_000_000.0


class Sign(StrEnum):
    """What one of the two people sees that an honest session never shows."""

    STARTED_AGAIN = "started again"
    REFUSED = "refused"
    UNCONFIRMED = "secret not confirmed"
    DIFFERENT_WORDS = "different words"


def fresh() -> bytes:
    """Return the randomness of one handshake."""
    return os.urandom(RANDOM_BYTES)


@dataclass
class ConsoleEnd:
    """The technician's end. Each `open` is a click of theirs on a session that the relay shows."""

    secret: str | None
    secret_attempts: SecretAttempts = field(default_factory=lambda: SecretAttempts(lambda _code: None))
    signs: list[Sign] = field(default_factory=list)
    agreement: Agreement | None = None
    handshake: Handshake | None = None

    def __post_init__(self) -> None:
        if self.secret is not None:
            self.secret_attempts.made(CODE, Method.PIN, NOW + 900, NOW)

    def open(self, session: str = "7") -> bytes | None:
        """Open a session; return the commit, None where the code's guesses are used up."""
        if self.secret is not None and self.secret_attempts.left(CODE) == 0:
            self.signs.append(Sign.REFUSED)
            return None
        self.handshake = Handshake(Role.CONSOLE, session, self.secret, fresh())
        return self.handshake.start()

    def receive(self, step: bytes) -> bytes | None:
        """Take a step from the relay."""
        if self.handshake is None:
            return None
        was_out = self.handshake.proof_is_out
        try:
            said = self.handshake.receive(step)
            if (
                self.secret is not None
                and self.handshake.proof_is_out
                and not was_out
                and not self.secret_attempts.use(CODE)
            ):
                raise HandshakeError(HandshakeProblem.NO_GUESS_LEFT)
        except HandshakeError:
            self.close()
            self.signs.append(Sign.REFUSED)
            return None
        if self.handshake.agreement is not None and self.agreement is None:
            self.agreement = self.handshake.agreement
            if self.secret is not None:
                self.secret_attempts.confirmed(CODE)
        return said

    def close(self) -> None:
        """The session ends, by the relay or otherwise."""
        if self.handshake is not None and self.handshake.proof_is_out and self.secret is not None:
            self.signs.append(Sign.UNCONFIRMED)
        self.handshake = None


@dataclass
class AppletEnd:
    """The customer's end. Each `enter` is the same code typed again, in a program that may have been restarted."""

    secret: str | None
    wrong: WrongSecrets = field(default_factory=lambda: WrongSecrets(lambda _codes: None))
    signs: list[Sign] = field(default_factory=list)
    agreement: Agreement | None = None
    responder: Responder | None = None

    def enter(self, session: str = "7") -> bool:
        """Enter the code; False where this computer no longer accepts it."""
        if self.secret is not None and self.wrong.is_used_up("code", NOW):
            self.signs.append(Sign.REFUSED)
            return False
        self.responder = Responder(session, self.secret, fresh)
        return True

    def receive(self, step: bytes) -> bytes | None:
        """Take a step from the relay."""
        if self.responder is None:
            return None
        before = self.responder.attempt
        try:
            said = self.responder.receive(step)
        except HandshakeError as error:
            if error.problem is HandshakeProblem.SECRETS_DIFFER and self.secret is not None:
                self.wrong.missed("code", NOW)
            self.signs.append(Sign.REFUSED)
            self.responder = None
            return None
        if self.responder.attempt > max(before, 1):
            self.signs.append(Sign.STARTED_AGAIN)
        self.agreement = self.responder.agreement
        return said


class OneRun:
    """What one attack came to: whether the relay holds both keys, and what the people could see by then."""

    def __init__(self, won: bool, signs: list[Sign], attempts: int) -> None:
        self.won = won
        self.signs = signs
        self.attempts = attempts

    @property
    def silent(self) -> bool:
        """Whether the relay won and nobody saw anything."""
        return self.won and not self.signs


def force_words(console: ConsoleEnd, applet: AppletEnd) -> OneRun:
    """The relay fixes the console's words, then begins with the applet until the same come up, as often as it may.

    It gives each attempt up before anybody has agreed on anything, so that no pair of different words is ever shown.
    """
    commit = console.open()
    applet.enter()
    assert commit is not None
    to_console = Handshake(Role.APPLET, "7", None, fresh())
    share = to_console.receive(commit)
    assert share is not None
    reveal = console.receive(share)
    assert reveal is not None
    confirm = to_console.receive(reveal)
    assert to_console.agreement is not None
    assert confirm is not None
    wanted, attempts = to_console.agreement.words, 0
    while applet.responder is not None:
        to_applet = Handshake(Role.CONSOLE, "7", None, fresh())
        answer = applet.receive(to_applet.start())
        if answer is None:
            break
        attempts += 1
        last = to_applet.receive(answer)
        assert last is not None
        if words_of(to_applet) == wanted:
            assert applet.receive(last) is not None
            console.receive(confirm)
            return OneRun(won=True, signs=[*console.signs, *applet.signs], attempts=attempts)
    return OneRun(won=False, signs=[*console.signs, *applet.signs], attempts=attempts)


def words_of(handshake: Handshake) -> tuple[str, ...]:
    """Return the words that a handshake whose reveal is out will show, which the program itself tells only later."""
    words: Callable[[bytes], tuple[str, ...]] = vars(handshake_module)["sas_words"]  # a test may have shortened them
    return words(derive(handshake._root, "words"))


def guess_at_console(console: ConsoleEnd, guess: str) -> bool | None:
    """Play the applet with a guess; True when it was right, None when the console no longer plays."""
    commit = console.open()
    if commit is None:
        return None
    middle = Handshake(Role.APPLET, "7", guess, fresh())
    share = middle.receive(commit)
    reveal = None if share is None else console.receive(share)
    if reveal is None:
        return None
    try:
        confirm = middle.receive(reveal)
    except HandshakeError:
        console.close()  # the relay lets the session end without a word
        return False
    assert confirm is not None
    console.receive(confirm)
    return console.agreement is not None


def guess_at_applet(applet: AppletEnd, guess: str) -> bool | None:
    """Play the console with a guess; True when it was right, None when the applet no longer plays."""
    if not applet.enter():
        return None
    middle = Handshake(Role.CONSOLE, "7", guess, fresh())
    share = applet.receive(middle.start())
    reveal = None if share is None else middle.receive(share)
    if reveal is None:
        return None
    return applet.receive(reveal) is not None


def search_digits(secret: str, chance: random.Random, restart: Callable[[ConsoleEnd, AppletEnd], None]) -> OneRun:
    """Guess at both ends in turn until neither plays any more. `restart` is called between two guesses."""
    console, applet = ConsoleEnd(secret), AppletEnd(secret)
    order = [f"{number:04}" for number in chance.sample(range(10_000), 24)]
    for attempts, secret_attempts in enumerate(zip(order[::2], order[1::2], strict=True)):
        outcomes = [guess_at_console(console, secret_attempts[0]), guess_at_applet(applet, secret_attempts[1])]
        if True in outcomes:
            return OneRun(True, [*console.signs, *applet.signs], attempts + 1)
        if outcomes == [None, None]:
            break
        restart(console, applet)
    return OneRun(False, [*console.signs, *applet.signs], attempts)


def restarted(console: ConsoleEnd, applet: AppletEnd) -> None:
    """Both programs are started again: only what they keep on disk is left."""
    kept: list[SecuredCode] = list(console.secret_attempts._codes.values())
    console.secret_attempts = SecretAttempts(lambda _code: None, kept)
    applet.wrong = WrongSecrets(lambda _codes: None, list(applet.wrong._codes.values()))
