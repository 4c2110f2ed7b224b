"""Conversations of two path managers as plain steps, so that Python and TypeScript can be made to say the same.

`python -m tests.codec.session.conversations` writes what Python answers to the kept ones; both languages are held to
it. `tests/codec/ts/conversation.mjs` carries the steps out in TypeScript.

A step is a list, its first word says what is done. An end is "applet" or "console", bytes are hexadecimal:

    wait SECONDS                           let time pass
    open END LINK KIND BINDING NONCE       begin with a link
    carry END LINK                         what END says next arrives at its peer
    lose END LINK                          what END says next is lost
    flip END LINK AT                       what END says next arrives with a bit changed
    inject END LINK FRAME [ZEROS]          END says this frame and so many zeros, whatever it is
    garbage END LINK BYTES                 END hears bytes that were never sealed
    pump MOST                              carry on all links until neither end says anything, at most so often
    tick END, ask END, drop END LINK       as the path manager's
    send END LANE BYTE LENGTH              queue a message of so many such bytes
    discard END LANE, acknowledge END      as the stream's
    repeat TIMES STEP                      the same step so many times, until something is refused

The answer to each: what was said (long bytes as their length and the start of their SHA-256), what was heard, the
name of what was refused, and how both ends are afterwards. An end that refuses what it hears drops the link.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codec.errors import DesksideError
from codec.session.path_manager import SWITCH, Delivered, Doubted, GaveUp, Happening, LinkKind, Moved, PathManager
from codec.session.stream import Stream
from codec.wire.lanes import Lane
from codec.wire.roles import Role

KEPT = Path(__file__).parents[1] / "golden" / "conversations.json"
BEGINNING = 100.0
_SHORT = 24
Step = Sequence[Any]
Plain = Any


class Conversation:
    """Both ends, the links between them, and a clock."""

    def __init__(self) -> None:
        self.now = BEGINNING
        self.ends = {role: PathManager(role, bytes(32), Stream()) for role in Role}
        self._links: list[int] = []

    def take(self, step: Step) -> dict[str, Plain]:
        """Carry out a step and return the answer."""
        answer: dict[str, Plain] = {}
        self._do(list(step), answer)
        return answer | {"ends": [self._state(end) for end in self.ends.values()]}

    def _do(self, step: list[Any], answer: dict[str, Plain]) -> None:
        what, *rest = step
        match what, rest:
            case "wait", [seconds]:
                self.now += seconds
            case "pump", [most]:
                for _ in range(most):
                    said = [self._pass(role, link, answer) for link in self._links for role in Role]
                    if not any(said):
                        break
            case "repeat", [times, again]:
                for _ in range(times):
                    self._do(again, answer)
                    if "refused" in answer:
                        break
            case (("carry" | "lose" | "flip" | "inject" | "garbage" | "open" | "drop"), [end, link, *details]):
                self._on_link(Role(end), link, what, details, answer)
            case _, [end, *details]:
                self._at(self.ends[Role(end)], what, details, answer)

    def _on_link(self, role: Role, link: int, what: str, details: list[Any], answer: dict[str, Plain]) -> None:
        end = self.ends[role]
        match what, details:
            case "open", [kind, binding, nonce]:
                end.open(link, LinkKind(kind), bytes.fromhex(binding), bytes.fromhex(nonce), self.now)
                if link not in self._links:
                    self._links.append(link)
            case "carry", []:
                self._pass(role, link, answer)
            case "lose", []:
                self._say(role, link, answer)
            case "flip", [at]:
                said = self._say(role, link, answer)
                if said is not None:
                    changed = bytearray(said)
                    changed[at % len(said)] ^= 1
                    self._hear(role.peer, link, bytes(changed), answer)
            case "inject", [frame, *zeros]:
                line = end._lines.get(link)
                if line is not None and line.seals is not None:
                    said = bytes.fromhex(frame) + bytes(sum(zeros))
                    self._hear(role.peer, link, line.seals.outgoing.close(said), answer)
            case "garbage", [data]:
                self._hear(role, link, bytes.fromhex(data), answer)
            case "drop", []:
                _note(end.drop(link, self.now), answer)
            case _:
                raise ValueError(f"the step {what} takes other arguments")

    def _at(self, end: PathManager, what: str, details: list[Any], answer: dict[str, Plain]) -> None:
        match what, details:
            case "tick", []:
                _note(end.tick(self.now), answer)
            case "ask", []:
                end.ask(self.now)
            case "send", [lane, byte, length]:
                try:
                    end.stream.send(Lane(lane), bytes([byte]) * length)
                except DesksideError as error:
                    answer["refused"] = type(error).__name__
            case "discard", [lane]:
                end.stream.discard(Lane(lane))
            case "acknowledge", []:
                end.stream.acknowledge()
            case _:
                raise ValueError(f"there is no step {what}")

    def _pass(self, role: Role, link: int, answer: dict[str, Plain]) -> bool:
        said = self._say(role, link, answer)
        if said is not None:
            self._hear(role.peer, link, said, answer)
        return said is not None

    def _say(self, role: Role, link: int, answer: dict[str, Plain]) -> bytes | None:
        said = self.ends[role].next_bytes(link, self.now)
        if said is not None:
            answer.setdefault("said", []).append(shortened(said))
        return said

    def _hear(self, role: Role, link: int, data: bytes, answer: dict[str, Plain]) -> None:
        end = self.ends[role]
        try:
            _note(end.receive(link, data, self.now), answer)
        except DesksideError as error:
            answer["refused"] = type(error).__name__
            _note(end.drop(link, self.now), answer)

    def _state(self, end: PathManager) -> Plain:
        unacknowledged = [end.stream.unacknowledged_bytes(lane) for lane in Lane]
        return [end.active, end.kind, end.is_doubted, end.rtt, end.stream.owes_acknowledgement, *unacknowledged]


def answers(steps: Sequence[Step]) -> list[dict[str, Plain]]:
    """Return what Python answers to each step."""
    conversation = Conversation()
    return [conversation.take(step) for step in steps]


def shortened(data: bytes) -> str:
    """Return bytes as a person can compare them."""
    if len(data) <= _SHORT:
        return data.hex()
    return f"{len(data)}:{hashlib.sha256(data).hexdigest()[:16]}"


def _note(happenings: list[Happening], answer: dict[str, Plain]) -> None:
    if happenings:
        answer.setdefault("heard", []).extend(map(_plain, happenings))


def _plain(happening: Happening) -> Plain:
    match happening:
        case Delivered(lane, message):
            return ["delivered", lane, shortened(message)]
        case Moved(kind):
            return ["moved", kind]
        case GaveUp(link, reason):
            return ["gaveUp", link, reason]
        case Doubted():
            return ["doubted"]


def opened(link: int, kind: LinkKind, bindings: tuple[str, str] = ("", "")) -> list[Step]:
    """Return the steps with which both ends begin a link."""
    return [
        ["open", role.value, link, kind.value, binding, f"{link:02x}{place:02x}" * 8]
        for place, (role, binding) in enumerate(zip(Role, bindings, strict=True))
    ]


APPLET, CONSOLE = (role.value for role in Role)
RELAYED, DIRECT = LinkKind
PUMP = ["pump", 1_000]
CONFIRM: list[Step] = [["acknowledge", APPLET], ["acknowledge", CONSOLE], PUMP]
SILENCE: list[Step] = [["wait", 0.5], ["tick", CONSOLE], ["tick", APPLET], ["lose", CONSOLE, 2], ["lose", APPLET, 2]]


def passing(seconds: float) -> list[Step]:
    """Return the steps of so much time, with its ticks."""
    each: list[Step] = [["wait", 0.5], ["tick", APPLET], ["tick", CONSOLE], PUMP]
    return [step for _ in range(int(seconds * 2)) for step in each]


def switched_again(end: str, number: int) -> list[Step]:
    """Return the steps in which a message is lost, and its reader says a switch that claims to have heard nothing."""
    peer = Role(end).peer.value
    switch = bytes([SWITCH, number]).hex() + 15 * "00"
    return [*opened(1, RELAYED), PUMP, ["send", peer, 0, 1, 30], ["lose", peer, 1], ["inject", end, 1, switch]]


SCRIPTS: dict[str, list[Step]] = {
    "a first link carries": [
        *opened(1, RELAYED),
        ["carry", APPLET, 1],
        ["carry", CONSOLE, 1],
        ["carry", APPLET, 1],
        ["carry", CONSOLE, 1],
        PUMP,
        ["send", CONSOLE, 0, 7, 40],
        ["send", APPLET, 1, 8, 70_000],
        PUMP,
        *CONFIRM,
    ],
    "a direct link takes over in the midst of a picture": [
        *opened(1, RELAYED),
        PUMP,
        ["send", APPLET, 1, 9, 200_000],
        ["pump", 5],
        *opened(2, DIRECT, ("0a0b", "0a0b")),
        ["send", CONSOLE, 0, 1, 3],
        PUMP,
        *CONFIRM,
    ],
    "a dead direct link falls back, seen by the applet": [
        *opened(1, RELAYED),
        *opened(2, DIRECT),
        PUMP,
        ["send", APPLET, 0, 1, 10],
        ["lose", APPLET, 2],
        ["drop", APPLET, 2],
        ["send", CONSOLE, 0, 2, 5],
        PUMP,
        *CONFIRM,
    ],
    "a dead direct link falls back, seen by the console": [
        *opened(1, RELAYED),
        *opened(2, DIRECT),
        PUMP,
        ["send", CONSOLE, 2, 1, 100_000],
        ["lose", CONSOLE, 2],
        ["drop", CONSOLE, 2],
        PUMP,
        *4 * CONFIRM,
    ],
    "the applet lost its only link and is found on a lesser one": [
        *opened(1, DIRECT),
        PUMP,
        ["drop", APPLET, 1],
        *opened(2, RELAYED),
        ["send", CONSOLE, 0, 3, 5],
        PUMP,
        *CONFIRM,
    ],
    "a silent link is doubted, then given up for its standby": [
        *opened(1, RELAYED),
        *opened(2, DIRECT),
        PUMP,
        *passing(2),
        ["send", CONSOLE, 0, 4, 20],
        ["lose", CONSOLE, 2],
        *14 * SILENCE,
        PUMP,
        *CONFIRM,
    ],
    "an idle link is asked now and then": [*opened(1, RELAYED), PUMP, *passing(40)],
    "a link that never greets": [
        *opened(1, RELAYED),
        ["wait", 5.5],
        ["tick", APPLET],
        ["wait", 5],
        ["tick", APPLET],
    ],
    "other fingerprints": [*opened(1, DIRECT, ("aa", "bb")), PUMP],
    "a changed bit": [*opened(1, RELAYED), PUMP, ["send", CONSOLE, 0, 1, 9], ["flip", CONSOLE, 1, 5], PUMP],
    "a lost frame": [
        *opened(1, RELAYED),
        PUMP,
        ["send", CONSOLE, 0, 1, 9],
        ["lose", CONSOLE, 1],
        ["send", CONSOLE, 0, 2, 9],
        PUMP,
        *opened(2, RELAYED),
        PUMP,
        *CONFIRM,
    ],
    "frames that no end says": [
        step
        for frame in (
            "7f01",
            "",
            "11",
            "1400",
            "1301000000",
            "0100",
            "01030000000000",
            "01000200000000",
            "0100010900000000",
            "01000000000000aa",
            "02",
            "02" + "09000000" * 3,
            "1105000000" + "09000000" * 3,
        )
        for link in (1, 2)
        for end in (APPLET, CONSOLE)
        for step in [*opened(link, RELAYED), PUMP, ["inject", end, link, frame], PUMP]
    ],
    "bytes that are no greeting": [
        *opened(1, RELAYED),
        ["garbage", APPLET, 1, "00"],
        *opened(2, RELAYED),
        ["garbage", CONSOLE, 2, "44534b3101" + "02" * 16],
        *opened(3, RELAYED),
        ["garbage", APPLET, 3, "44534b3101" + "0300" * 8],
        ["garbage", APPLET, 9, "00"],
    ],
    "questions without end": [
        *opened(1, RELAYED),
        PUMP,
        ["repeat", 9_000, ["inject", CONSOLE, 1, "1201000000"]],
        *opened(2, RELAYED),
        PUMP,
        ["wait", 3],
        ["repeat", 100, ["inject", APPLET, 2, "14"]],
        PUMP,
    ],
    "the newest replaces what has not left": [
        *opened(1, RELAYED),
        PUMP,
        ["send", CONSOLE, 2, 1, 50_000],
        ["carry", CONSOLE, 1],
        ["send", CONSOLE, 2, 2, 50_000],
        ["discard", CONSOLE, 2],
        ["send", CONSOLE, 2, 3, 10],
        PUMP,
        *3 * CONFIRM,
    ],
    "a line that is too slow": [
        *opened(1, RELAYED),
        PUMP,
        ["send", APPLET, 0, 1, 3 << 20],
        ["send", APPLET, 0, 1, 2 << 20],
        ["send", APPLET, 0, 1, 2 << 20],
        ["send", APPLET, 0, 1, 2 << 20],
        PUMP,
        *CONFIRM,
    ],
    "asked at once": [*opened(1, RELAYED), PUMP, ["wait", 3], ["ask", CONSOLE], ["ask", APPLET], PUMP],
    "the same switch is obeyed once": [*switched_again(CONSOLE, 1), PUMP],
    "the same answer to a switch counts once": [*switched_again(APPLET, 1), PUMP],
    "a switch that knows less than what was confirmed": [
        *opened(1, RELAYED),
        PUMP,
        ["send", APPLET, 0, 1, 30],
        PUMP,
        *CONFIRM,
        ["send", APPLET, 0, 2, 30],
        ["inject", CONSOLE, 1, "1109000000" + 12 * "00"],
        PUMP,
        *CONFIRM,
    ],
    "what was written on a lost link keeps its number": [
        *switched_again(CONSOLE, 9),
        ["send", APPLET, 0, 2, 30],
        ["discard", APPLET, 0],
        ["send", APPLET, 0, 3, 30],
        PUMP,
        ["acknowledge", APPLET],
        ["acknowledge", CONSOLE],
        *opened(2, DIRECT),
        PUMP,
    ],
    "round trips of different length": [
        *opened(1, RELAYED),
        PUMP,
        *[
            step
            for seconds in (0.1, 0.7, 0.25, 0.9)
            for step in (["wait", 1.5], ["ask", CONSOLE], ["ask", APPLET], ["wait", seconds], PUMP)
        ],
    ],
    "asked in the very moment in which it was heard": [
        *opened(1, RELAYED),
        PUMP,
        ["ask", CONSOLE],
        ["lose", CONSOLE, 1],
        ["wait", 2],
        ["tick", CONSOLE],
        PUMP,
    ],
    "a standby that is silent is waited for longer": [
        *opened(1, RELAYED),
        *opened(2, DIRECT),
        PUMP,
        ["wait", 1],
        ["ask", CONSOLE],
        ["lose", CONSOLE, 1],
        PUMP,
        ["wait", 5],
        ["tick", CONSOLE],
        PUMP,
        ["wait", 6],
        ["tick", CONSOLE],
        PUMP,
    ],
    "a link is lost before any is in use": [
        *opened(1, RELAYED),
        ["carry", APPLET, 1],
        ["carry", CONSOLE, 1],
        ["carry", CONSOLE, 1],
        *opened(2, RELAYED),
        ["drop", APPLET, 2],
        PUMP,
    ],
    "a newer link replaces an older one of its kind": [
        *opened(1, DIRECT),
        PUMP,
        *opened(2, DIRECT),
        PUMP,
        ["send", APPLET, 0, 1, 1],
        PUMP,
    ],
}


def written() -> str:
    """Return what the kept file should hold."""
    told = [{"name": name, "steps": steps, "answers": answers(steps)} for name, steps in SCRIPTS.items()]
    return "[\n" + ",\n".join(json.dumps(each, separators=(",", ":")) for each in told) + "\n]\n"


if __name__ == "__main__":
    KEPT.write_text(written())
