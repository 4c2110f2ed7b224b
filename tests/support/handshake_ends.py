"""Both ends of a handshake, told what to do and asked what came of it in plain words that a file or a pipe can carry.

`tests/codec/ts/ends.mjs` is the same over the TypeScript half. What one of them answers, the other must answer too.
"""

from dataclasses import asdict, dataclass
from typing import Any, Protocol

from codec.session.handshake import RANDOM_BYTES, Agreement, Handshake, HandshakeError
from codec.session.responder import Responder
from codec.session.seal import derive
from codec.wire.roles import Role
from tests.support.node import Node

Deed = dict[str, Any]
"""`{"do": "begin"}` makes a new console and answers its commit, `{"do": "receive", "at": role, "step": hex}` delivers a
step, `{"do": "lacks", "step": hex}` asks the applet whether it lacks the secret, `{"do": "give", "secret": text}` gives
it one. Where `step` is left out, it is what was said last."""
Outcome = dict[str, Any]
"""`said` (hex) or `problem`, and what holds now: `attempt`, `proof_is_out`, what `console` and `applet` agreed on."""


@dataclass(frozen=True)
class Setting:
    """What the two ends start with. All their randomness follows from `seed`."""

    console_secret: str | None = None
    applet_secret: str | None = None
    session: str = "7"
    applet_session: str | None = None
    """Where the applet believes to be in another one."""
    seed: str = "handshake"


class Ends(Protocol):
    """Something that does deeds."""

    def do(self, deed: Deed) -> Outcome:
        """Do one thing and say what came of it."""


def randomness(seed: str, role: Role, number: int) -> bytes:
    """Return what the attempt of this number draws at this end."""
    return derive(seed.encode(), f"test {role} {number}", length=RANDOM_BYTES)


class PythonEnds:
    """Both ends in Python."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._drawn = {Role.CONSOLE: 0, Role.APPLET: 0}
        self._applet = Responder(
            setting.applet_session or setting.session, setting.applet_secret, lambda: self._draw(Role.APPLET)
        )
        self._console: Handshake | None = None
        self._said = b""

    def do(self, deed: Deed) -> Outcome:
        """Do one thing and say what came of it."""
        outcome: Outcome = {}
        try:
            answer = self._answer(deed)
        except HandshakeError as error:
            outcome["problem"] = str(error.problem)
        else:
            if isinstance(answer, bytes):
                self._said, outcome["said"] = answer, answer.hex()
            elif answer is not None:
                outcome["lacks"] = answer
        for name, end in (("console", self._console), ("applet", self._applet)):
            if end is not None and end.agreement is not None:
                outcome[name] = _plain(end.agreement)
        if self._console is not None and self._console.proof_is_out:
            outcome["proof_is_out"] = True
        return outcome | {"attempt": self._applet.attempt}

    def _answer(self, deed: Deed) -> bytes | bool | None:
        step = bytes.fromhex(deed["step"]) if "step" in deed else self._said
        match deed["do"]:
            case "begin":
                setting = self._setting
                drawn = self._draw(Role.CONSOLE)
                self._console = Handshake(Role.CONSOLE, setting.session, setting.console_secret, drawn)
                return self._console.start()
            case "lacks":
                return self._applet.lacks_secret(step)
            case "give":
                self._applet.give(deed["secret"])
                return None
            case "receive" if deed["at"] == "applet":
                return self._applet.receive(step)
            case "receive" if self._console is not None:
                return self._console.receive(step)
        raise ValueError(f"nobody knows how to do {deed}")

    def _draw(self, role: Role) -> bytes:
        self._drawn[role] += 1
        return randomness(self._setting.seed, role, self._drawn[role])


def _plain(agreement: Agreement) -> dict[str, Any]:
    return {"root": agreement.root.hex(), "how": str(agreement.how), "words": list(agreement.words)}


class NodeEnds:
    """Both ends in TypeScript, in a Node that runs `peer.mjs`. One pair at a time lives in each Node."""

    def __init__(self, node: Node, setting: Setting) -> None:
        self._node = node
        node.ask("begin", asdict(setting))

    def do(self, deed: Deed) -> Outcome:
        """Do one thing and say what came of it."""
        outcome: Outcome = self._node.ask("do", deed)
        return outcome


class BothEnds:
    """Both ends twice, in Python and in TypeScript, which must come to the same."""

    def __init__(self, node: Node, setting: Setting) -> None:
        self._python, self._node = PythonEnds(setting), NodeEnds(node, setting)

    def do(self, deed: Deed) -> Outcome:
        """Do one thing and say what came of it. Raises AssertionError where the two differ."""
        outcome, other = self._python.do(deed), self._node.do(deed)
        assert outcome == other, f"{deed}: Python says {outcome}, TypeScript {other}"
        return outcome


class MixedEnds:
    """A console and an applet in different languages."""

    def __init__(self, console: Ends, applet: Ends) -> None:
        self._console, self._applet = console, applet

    def do(self, deed: Deed) -> Outcome:
        """Do one thing and say what came of it, at both ends."""
        at_console = deed["do"] == "begin" or deed.get("at") == "console"
        return (self._console if at_console else self._applet).do(deed)
