"""Handshakes that went well, went wrong and were attacked: for each, what every deed came to in Python.

`tests/vectors.py` keeps them in a file that both languages run.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import msgspec
from spake2.ed25519_basic import bytes_to_unknown_group_element as unknown_point
from spake2.ed25519_group import Ed25519Group
from spake2.parameters.ed25519 import ParamsEd25519

from codec.session.handshake import (
    ANSWERS_BYTES,
    HANDSHAKE_VERSION,
    PROOF_BYTES,
    SPAKE_RANDOM_BYTES,
    How,
    _commitment,
    _spake,
)
from codec.session.responder import ATTEMPTS
from codec.wire.roles import Role
from tests.support.handshake_ends import Deed, Outcome, PythonEnds, Setting, randomness

CONSOLE, APPLET = "console", "applet"
RECEIVERS = (APPLET, CONSOLE, APPLET, CONSOLE)
"""Who hears the commit, the share, the reveal, the confirmation."""
_P = 2**255 - 19
LOW_ORDER_U = (
    0,
    1,
    _P - 1,
    _P,
    _P + 1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
)
"""Numbers that X25519 makes nothing but zeros of, whatever the private key (RFC 7748, section 6.1)."""
LOW_ORDER_POINTS = (
    (1).to_bytes(32, "little"),
    (_P - 1).to_bytes(32, "little"),
    bytes(32),
    bytes(31) + b"\x80",
    *(
        bytes.fromhex(each)
        for each in (
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        )
    ),
)
"""All eight points of Ed25519 of order 1, 2, 4 and 8."""
OTHER_FORMS = (
    (_P + 1).to_bytes(32, "little"),
    ((_P + 1) | 1 << 255).to_bytes(32, "little"),
    (1 | 1 << 255).to_bytes(32, "little"),
    ((_P - 1) | 1 << 255).to_bytes(32, "little"),
    _P.to_bytes(32, "little"),
    *((_P + y).to_bytes(32, "little") for y in range(2, 19)),
    b"\xff" * 32,
)
"""Bytes that are no point's own encoding, though some decoders take them for one."""


@dataclass
class Case:
    """What two ends were told, and what came of it."""

    name: str
    setting: Setting = field(default_factory=Setting)
    deeds: list[tuple[Deed, Outcome]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ends = PythonEnds(self.setting)
        self._said = b""

    def do(self, **deed: Any) -> Outcome:
        """Do one thing and keep what came of it."""
        outcome = self._ends.do(deed)
        self.deeds.append((deed, outcome))
        return outcome

    def begin(self) -> bytes:
        """Make a new console and return its commit."""
        return self._heard(self.do(do="begin")) or b""

    def deliver(self, to: str, step: bytes | None) -> bytes | None:
        """Deliver a step; return what the end said."""
        assert step is not None
        other = {} if step == self._said else {"step": step.hex()}
        return self._heard(self.do(do="receive", at=to, **other))

    def _heard(self, outcome: Outcome) -> bytes | None:
        if "said" not in outcome:
            return None
        self._said = bytes.fromhex(outcome["said"])
        return self._said

    def until(self, number: int) -> bytes:
        """Let both talk until step `number` is under way, and return it."""
        step: bytes | None = self.begin()
        for to in RECEIVERS[:number]:
            step = self.deliver(to, step)
        assert step is not None
        return step

    def plain(self) -> dict[str, Any]:
        """Return what the file keeps."""
        usual = asdict(Setting())
        setting = {name: value for name, value in asdict(self.setting).items() if value != usual[name]}
        return {"name": self.name, "setting": setting, "deeds": [list(each) for each in self.deeds]}


def cases() -> list[Case]:
    """Return all of them."""
    makers: tuple[Callable[[], Iterable[Case]], ...] = (
        _agreements,
        _differences,
        _lost_steps,
        _attempts,
        _altered_steps,
        _odd_forms,
        _public_keys,
        _points,
        _reflections,
    )
    return [case for maker in makers for case in maker()]


def secret(text: str | None, **more: Any) -> Setting:
    """Return a setting in which both ends hold this."""
    return Setting(console_secret=text, applet_secret=text, **more)


def _agreements() -> Iterator[Case]:
    secrets = {
        "words": None,
        "digits": "7421",
        "an empty secret": "",
        "a link": "Zm9vYmFyYmF6cXV4",
        "umlauts": "Übergröße-öü",
        "beyond the first plane": "漢字 🔑",
        "a long secret": "x" * 300,
    }
    for name, text in secrets.items():
        case = Case(f"agree: {name}", secret(text))
        case.deliver(CONSOLE, case.until(3))
        yield case
    case = Case("agree: a long session", secret("1", session="7" * 40))
    case.deliver(CONSOLE, case.until(3))
    yield case


def _differences() -> Iterator[Case]:
    differing = {
        "another secret": Setting("7421", "7422"),
        "composed and decomposed": Setting("\u00e9", "e\u0301"),
        "one has none": Setting(None, "7421"),
        "another session": Setting("7421", "7421", "7", "8"),
        "another session, words": Setting(None, None, "7", "8"),
    }
    for name, setting in differing.items():
        case = Case(f"differ: {name}", setting)
        step: bytes | None = case.begin()
        for to in RECEIVERS:
            if step is not None:
                step = case.deliver(to, step)
        yield case
    case = Case("the applet lacks the secret, and is given it", Setting("7421", None))
    commit = case.begin()
    case.do(do="lacks", step=commit.hex())
    case.deliver(APPLET, commit)
    case.do(do="give", secret="7421")
    case.do(do="lacks", step=commit.hex())
    case.deliver(CONSOLE, case.deliver(APPLET, case.deliver(CONSOLE, case.deliver(APPLET, commit))))
    yield case
    case = Case("the applet lacks nothing where words are meant", Setting())
    case.do(do="lacks", step=case.begin().hex())
    case.do(do="lacks", step=b"nonsense".hex())
    for version in (1, 3):
        case.do(do="lacks", step=msgspec.msgpack.encode(["commit", version, "secret", bytes(32)]).hex())
    case.do(do="lacks", step=msgspec.msgpack.encode(["confirm", bytes(32), bytes(8)]).hex())
    case.deliver(CONSOLE, case.until(3))
    case.do(do="lacks", step=msgspec.msgpack.encode(["commit", HANDSHAKE_VERSION, "secret", bytes(32)]).hex())
    yield case


def _lost_steps() -> Iterator[Case]:
    for setting in (secret(None), secret("7421")):
        case = Case(f"steps twice and late, {setting.applet_secret}", setting)
        commit = case.begin()
        share = case.deliver(APPLET, commit)
        case.deliver(APPLET, commit)
        reveal = case.deliver(CONSOLE, share)
        case.deliver(CONSOLE, share)
        confirm = case.deliver(APPLET, reveal)
        case.deliver(APPLET, reveal)
        case.deliver(APPLET, commit)
        case.deliver(CONSOLE, confirm)
        case.deliver(CONSOLE, confirm)
        case.deliver(CONSOLE, share)
        case.deliver(APPLET, share)
        yield case
    case = Case("answers to an earlier attempt")
    late = case.deliver(APPLET, case.begin())
    share = case.deliver(APPLET, case.begin())
    case.deliver(CONSOLE, late)
    case.deliver(CONSOLE, case.deliver(APPLET, case.deliver(CONSOLE, share)))
    yield case
    case, other = Case("one reveal for an attempt", secret("7421")), Case("", secret("0000", seed="other"))
    commit = case.begin()
    share = case.deliver(APPLET, commit)
    case.deliver(CONSOLE, other.deliver(APPLET, commit))
    case.deliver(CONSOLE, share)
    yield case


def _attempts() -> Iterator[Case]:
    case = Case("too many attempts")
    for _ in range(ATTEMPTS + 2):
        case.deliver(APPLET, case.begin())
    yield case
    case = Case("an agreement outlives garbage and another attempt")
    case.deliver(CONSOLE, case.until(3))
    case.deliver(APPLET, case.begin())
    case.deliver(APPLET, b"garbage")
    case.deliver(CONSOLE, case.until(3))
    yield case
    case = Case("an attempt that went wrong is over", secret("7421"))
    commit = case.begin()
    reveal = case.deliver(CONSOLE, case.deliver(APPLET, commit)) or b""
    case.deliver(APPLET, reveal[:-1] + bytes([reveal[-1] ^ 1]))
    case.deliver(APPLET, reveal)
    case.deliver(APPLET, commit)
    yield case
    case, other = Case("a reveal without its attempt"), Case("", Setting(seed="other"))
    case.deliver(APPLET, other.until(2))
    yield case


def _altered_steps() -> Iterator[Case]:
    for text, number in itertools.product((None, "7421"), range(4)):
        fields = msgspec.msgpack.decode(Case("", secret(text)).until(number))
        for place, value in enumerate(fields):
            for what, altered in _altered(value):
                case = Case(f"altered: step {number}, {text}, field {place}, {what}", secret(text))
                case.until(number)
                changed = msgspec.msgpack.encode([*fields[:place], altered, *fields[place + 1 :]])
                case.deliver(RECEIVERS[number], changed)
                yield case


def _altered(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bytes):
        yield "longer", value + b"\0"
        if value:
            yield "shorter", value[:-1]
            yield "one bit", bytes([value[0] ^ 1]) + value[1:]
    elif isinstance(value, int):
        yield from (("another", each) for each in (1, 3, -1, 2**32, 2**53 + 1, 2**64 - 1, -(2**63), 2.0, None, True))
    else:
        yield from (("another", each) for each in ("words" if value == "secret" else "secret", "odd", b"odd", 1))


def _odd_forms() -> Iterator[Case]:
    """Steps whose values are right but written otherwise, and bytes that are no step."""
    commitment = b"\xc4\x20" + bytes(32)
    odd = {
        "array of 16 bits": b"\xdc\0\4\xa6commit\2\xa5words" + commitment,
        "array of 32 bits": b"\xdd\0\0\0\4\xa6commit\2\xa5words" + commitment,
        "kind as str8": b"\x94\xd9\6commit\2\xa5words" + commitment,
        "kind as bytes": b"\x94\xc4\6commit\2\xa5words" + commitment,
        "kind with an overlong letter": b"\x94\xa7\xc1\xa3ommit\2\xa5words" + commitment,
        "version as uint8": b"\x94\xa6commit\xcc\2\xa5words" + commitment,
        "version as int8": b"\x94\xa6commit\xd0\2\xa5words" + commitment,
        "version as uint64": b"\x94\xa6commit\xcf" + bytes(7) + b"\2\xa5words" + commitment,
        "version as int64": b"\x94\xa6commit\xd3" + bytes(7) + b"\2\xa5words" + commitment,
        "version as float": b"\x94\xa6commit\xcb\x40" + bytes(7) + b"\xa5words" + commitment,
        "large version as int64": b"\x94\xa6commit\xd3\1" + bytes(7) + b"\xa5words" + commitment,
        "commitment as bin16": b"\x94\xa6commit\2\xa5words\xc5\0\x20" + bytes(32),
        "commitment as text": b"\x94\xa6commit\2\xa5words\xd9\x20" + bytes(32),
        "commitment as extension": b"\x94\xa6commit\2\xa5words\xc7\x20\1" + bytes(32),
        "one field more": b"\x95\xa6commit\2\xa5words" + commitment + b"\xc0",
        "one field less": b"\x93\xa6commit\2\xa5words",
        "something after it": b"\x94\xa6commit\2\xa5words" + commitment + b"\0",
        "cut off": b"\x94\xa6commit\2\xa5words" + commitment[:-1],
        "a map": b"\x81\xa4type\xa6commit",
        "another kind": b"\x94\xa6constr\2\xa5words" + commitment,
        "a property of objects": b"\x94\xabconstructor\2\xa5words" + commitment,
        "nothing": b"",
        "nil": b"\xc0",
        "no such byte": b"\xc1",
        "a huge array": b"\xdd\xff\xff\xff\xff",
        "huge bytes": b"\x94\xa6commit\2\xa5words\xc6\xff\xff\xff\xff",
        "deep": b"\x91" * 1000,
        "too long": b"\x94\xa6commit\2\xa5words\xc5\x04\0" + bytes(1024),
    }
    for name, step in odd.items():
        case = Case(f"odd form: {name}")
        case.begin()
        case.deliver(APPLET, step)
        case.deliver(CONSOLE, step)
        yield case


def _public_keys() -> Iterator[Case]:
    usual = (9, 2**255 + 9, _P + 9, _P + 2, 2**256 - 1)
    numbers = (*LOW_ORDER_U, *(each | 1 << 255 for each in LOW_ORDER_U), *usual)
    keys = [(number % 2**256).to_bytes(32, "little") for number in numbers]
    yield _of_applets("public keys", secret(None), [(key, b"") for key in keys])
    yield from _of_consoles("public keys", secret(None), [(key, b"") for key in keys])


def _points() -> Iterator[Case]:
    """SPAKE2's messages that are outside the group, or not in their own form; and the neutral element as its result."""
    setting = secret("7421")
    honest = msgspec.msgpack.decode(Case("", setting).until(1))[5]
    beside = unknown_point(honest[1:]).add(unknown_point(LOW_ORDER_POINTS[4])).to_bytes()
    password = Ed25519Group.password_to_scalar(b"7421")
    hiding = [getattr(ParamsEd25519, side).scalarmult(password).to_bytes() for side in "MN"]
    points = (*LOW_ORDER_POINTS, *OTHER_FORMS, beside, b"\2" + bytes(31), *hiding)
    letters = [letter + honest[1:] for letter in (b"A", b"B", b"S", b"\0")]
    key = (9).to_bytes(32, "little")
    yield _of_applets(
        "points", setting, [(key, message) for message in (*(b"B" + point for point in points), *letters)]
    )
    few = (*LOW_ORDER_POINTS[:5:4], OTHER_FORMS[0], beside, *hiding)
    yield from _of_consoles("points", setting, [(key, m) for m in (*(b"A" + point for point in few), *letters)])


def _reflections() -> Iterator[Case]:
    for text in (None, "7421"):
        case = Case(f"reflected: each step to its sender, {text}", secret(text))
        commit = case.begin()
        case.deliver(CONSOLE, commit)
        share = case.deliver(APPLET, case.begin())
        case.deliver(APPLET, share)
        share = case.deliver(APPLET, case.begin())
        reveal = case.deliver(CONSOLE, share)
        case.deliver(CONSOLE, reveal)
        confirm = case.deliver(APPLET, reveal)
        case.deliver(APPLET, confirm)
        yield case
    setting, key = secret("7421"), (9).to_bytes(32, "little")
    messages = {}
    for role in Role:
        drawn = randomness(setting.seed, role, 1)[-SPAKE_RANDOM_BYTES:]
        messages[role] = _spake(role, "7", "7421", drawn).start()
    own = messages[Role.CONSOLE]
    yield _of_applets("reflected, whole", setting, [(key, own)])
    yield _of_applets("reflected, the point", setting, [(key, b"B" + own[1:])])
    own = messages[Role.APPLET]
    yield from _of_consoles("reflected, whole", setting, [(key, own)])
    yield from _of_consoles("reflected, the point", setting, [(key, b"A" + own[1:])])


def _of_applets(name: str, setting: Setting, said: Iterable[tuple[bytes, bytes]]) -> Case:
    """Return a case in which applets answer with these public keys and SPAKE2 messages, each a new console."""
    case = Case(f"{name} of applets", setting)
    for public, spake in said:
        _kind, version, how, commitment = msgspec.msgpack.decode(case.begin())
        share = ["share", version, how, public, bytes(range(32)), spake, commitment[:ANSWERS_BYTES]]
        case.deliver(CONSOLE, msgspec.msgpack.encode(share))
    return case


def _of_consoles(name: str, setting: Setting, said: Iterable[tuple[bytes, bytes]]) -> Iterator[Case]:
    """Give cases in which consoles commit to these public keys and SPAKE2 messages, and reveal them."""
    nonce, how = bytes(range(32)), How.WORDS if setting.applet_secret is None else How.SECRET
    for number, some in enumerate(_batches(said, ATTEMPTS)):
        case = Case(f"{name} of consoles, {number}", setting)
        for public, spake in some:
            commitment = _commitment(public, nonce, spake)
            case.deliver(APPLET, msgspec.msgpack.encode(["commit", HANDSHAKE_VERSION, how, commitment]))
            case.deliver(APPLET, msgspec.msgpack.encode(["reveal", public, nonce, spake, bytes(PROOF_BYTES)]))
        yield case


def _batches(each: Iterable[tuple[bytes, bytes]], size: int) -> Iterator[list[tuple[bytes, bytes]]]:
    left = iter(each)
    while batch := list(itertools.islice(left, size)):
        yield batch
