"""What both halves of codec must make of the same input. `python -m tests.vectors` writes it from Python's half, a test
proves that it is current, and the tests in `tests/codec/ts/` hold the TypeScript half to it.

A tool for developers. When a file changes although no format was meant to, programs of two versions no longer meet.
"""

import hashlib
import itertools
import json
from collections.abc import Callable
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.picture.color_planes import Matrix, Plane, Rgb, to_rgb
from codec.session.diagnosis import customers_cause, facts_of
from codec.session.sas import sas_words
from codec.session.seal import Seal, SealBrokenError, derive
from codec.wire import permits
from codec.wire.chain_head import DIGEST_BYTES, Head, is_signed
from codec.wire.messages import Stats
from codec.wire.permits import PURPOSE, BadPermitError, SignedPermit
from tests.support import handshake_cases
from tests.support.color_planes import ORDINARY, board, captured, inked, letters, planes_of
from tests.support.packets import GOLDEN

Case = dict[str, Any]
_KEY = bytes(range(32))
_ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the group of Ed25519."""


def sas() -> list[Case]:
    """Bytes, and the words that two people read to each other."""
    keys = [bytes([byte, 255 - byte, byte * 7 % 256]) for byte in range(256)] + [bytes(range(9))]
    return [{"key": key.hex(), "words": list(sas_words(key))} for key in keys]


def seal() -> list[Case]:
    """Keys that are derived, frames that are sealed one after the other, and sealed frames that do or do not open."""
    contexts = (b"", b"a", bytes(64), bytes(range(200)))
    derived = [
        {"derive": [key.hex(), purpose, context.hex(), length], "gives": derive(key, purpose, context, length).hex()}
        for key, purpose, length in ((_KEY, "root", 32), (b"", "proof applet", 32), (bytes(99), "lärm", 128))
        for context in contexts
    ]
    lengths = (0, 1, 15, 16, 17, 63, 64, 65, 1_000, 4_100)
    frames = [bytes((at * 7 + length) % 256 for at in range(length)) for length in lengths]
    ours = Seal(_KEY)
    sealed = [ours.close(frame) for frame in frames]
    one = Seal(_KEY).close(b"deskside")
    orders = {
        "as they were sealed": sealed[:-2],
        "one left out": sealed[1:4],
        "one twice": [sealed[0], sealed[0]],
        "one changed, the next one good": [sealed[0], sealed[1][:-1] + bytes([sealed[1][-1] ^ 1]), sealed[2]],
        "the first bit": [bytes([one[0] ^ 128]) + one[1:]],
        "too short for any frame": [one[:15], b"", one[:16]],
        "longer": [one + b"\0"],
    }
    opened = [
        {"open": name, "sealed": [each.hex() for each in some], "gives": _opened(some)} for name, some in orders.items()
    ]
    return [
        *derived,
        {"key": _KEY.hex(), "close": [each.hex() for each in frames], "gives": [s.hex() for s in sealed]},
        *opened,
    ]


def _opened(sealed: list[bytes]) -> list[str | None]:
    theirs, opened = Seal(_KEY), list[str | None]()
    for each in sealed:
        try:
            opened.append(theirs.open(each).hex())
        except SealBrokenError:
            opened.append(None)
    return opened


def permit() -> list[Case]:
    """Permits: what each permits in session 7, or that it permits nothing."""
    relay, other = Ed25519PrivateKey.from_private_bytes(_KEY), Ed25519PrivateKey.from_private_bytes(bytes(32))
    usual = {"session": 7, "technician": 3, "issued_at": 1_790_000_000_000, "functions": ["chat", "reboot"]}
    statements: dict[str, Any] = {
        "usual": usual,
        "of another session": usual | {"session": 8},
        "nothing permitted": usual | {"functions": []},
        "more fields than known": usual | {"later": {"a": [1]}},
        "in another order": dict(reversed(usual.items())),
        "a field is missing": {name: value for name, value in usual.items() if name != "technician"},
        "functions that are no texts": usual | {"functions": [1]},
        "functions that are no list": usual | {"functions": "chat"},
        "a session that is no number": usual | {"session": "7"},
        "a session that is a fraction": usual | {"session": 7.0},
        "a negative technician": usual | {"technician": -1},
        "a technician that is nothing": usual | {"technician": None},
        "a technician that is true": usual | {"technician": True},
        "a list": list(usual.values()),
        "nil": None,
    }
    written = {name: msgspec.msgpack.encode(statement) for name, statement in statements.items()}
    written |= {"no MessagePack": b"\xc1", "no bytes": b"", "cut off": written["usual"][:-1]}
    written |= {
        "something after it": written["usual"] + b"\0",
        "no UTF-8": written["usual"].replace(b"chat", b"ch\xc1\xa1"),
    }
    written |= {"a number of another form": written["usual"].replace(b"session\7", b"session\xd1\0\7")}
    data, relay_key = written["usual"], relay.public_key().public_bytes_raw()
    good = relay.sign(PURPOSE + data)
    signatures = {
        "signed by another": other.sign(PURPOSE + data),
        "signed for something else": relay.sign(data),
        "one bit of the signature": bytes([good[0] ^ 1]) + good[1:],
        "a signature in another form": good[:32]
        + (int.from_bytes(good[32:], "little") + _ORDER).to_bytes(32, "little"),
        "a point in another form": _neutral(_KEY, relay_key, PURPOSE + data),
        "a signature that is cut off": good[:-1],
        "no signature": b"",
    }
    keys = {"another key": other.public_key().public_bytes_raw(), "no key": b"", "a key of zeros": bytes(32)}
    return [
        *(_permit(name, each, relay.sign(PURPOSE + each), relay_key) for name, each in written.items()),
        *(_permit(name, data, signature, relay_key) for name, signature in signatures.items()),
        *(_permit(name, data, good, key) for name, key in keys.items()),
    ]


def _neutral(seed: bytes, key: bytes, message: bytes) -> bytes:
    """Return a signature with the neutral point, which is right, written as no one may write it (RFC 8032, 5.1.3)."""
    private = bytearray(hashlib.sha512(seed).digest()[:32])
    private[0] &= 248
    private[31] = private[31] & 63 | 64
    point = (2**255 - 18).to_bytes(32, "little")
    factor = int.from_bytes(hashlib.sha512(point + key + message).digest(), "little")
    return point + (factor * int.from_bytes(private, "little") % _ORDER).to_bytes(32, "little")


def _permit(name: str, statement: bytes, signature: bytes, key: bytes) -> Case:
    try:
        read = permits.read(SignedPermit(statement=statement, signature=signature), key, session=7)
        permitted = msgspec.to_builtins(read)
    except BadPermitError:
        permitted = None
    return {
        "name": name,
        "statement": statement.hex(),
        "signature": signature.hex(),
        "relay_key": key.hex(),
        "permits": permitted,
    }


def chain_head() -> list[Case]:
    """Heads, what is signed of each, and the signature by a key."""
    key = Ed25519PrivateKey.from_private_bytes(_KEY)
    cases = []
    for number in (0, 1, 255, 256, 2**32 - 1, 2**32, 2**53 - 1):
        head = Head(number, bytes((number + at) % 256 for at in range(DIGEST_BYTES)))
        statement = head.to_sign()
        signature = key.sign(statement)
        assert is_signed(statement, signature, key.public_key().public_bytes_raw())
        plain = {"number": number, "digest": head.digest.hex(), "statement": statement.hex()}
        cases.append(plain | {"signature": signature.hex()})
    return [{"private": _KEY.hex(), "public": key.public_key().public_bytes_raw().hex(), "heads": cases}]


def handshake() -> list[Case]:
    """What two ends are told, and what comes of it."""
    return [case.plain() for case in handshake_cases.cases()]


def color_planes() -> list[Case]:
    """Planes of several sizes and contents, areas of them, and the colours there."""
    random = [
        case
        for width, height in ((1, 1), (2, 2), (5, 3), (16, 16), (33, 18))
        for matrix in Matrix
        for full_range in (False, True)
        for case in _shown(planes_of(width, height, seed=width), matrix, full_range=full_range)
    ]
    text = [inked(letters(41, 28, seed), *colors) for seed, colors in enumerate(ORDINARY.values())]
    others = [board(text[0], 255, 0, 4, 5, 17), board(text[1], 192, 64, 3, 7, 20), *_opposites()]
    drawn = [_shown(captured(rgb), Matrix.BT601, full_range=False)[0] for rgb in (*text, *others)]
    return [*random, *drawn, *_shown(captured(text[3]), Matrix.BT709, full_range=True)]


def _opposites() -> list[Rgb]:
    """Colours whose mean is grey, and colours of one luma: where what luma tells is doubtful, or steep."""
    pairs = ((255, 255, 0), (0, 0, 255)), ((255, 0, 255), (0, 255, 0)), ((255, 0, 0), (0, 149, 0))
    return [inked(letters(41, 28, seed=9), *pair) for pair in pairs]


def _shown(planes: tuple[Plane, Plane, Plane], matrix: Matrix, *, full_range: bool) -> list[Case]:
    height, width = planes[0].shape
    whole = (0, 0, height, width)
    plain = {
        "width": width,
        "height": height,
        "planes": [plane.tobytes().hex() for plane in planes],
        "matrix": int(matrix),
        "full_range": full_range,
    }
    return [
        plain | {"area": area, "gives": to_rgb(*planes, matrix, full_range=full_range, area=area).tobytes().hex()}
        for area in dict.fromkeys((whole, (height // 3, width // 3, height, width // 2 + 1)))
    ]


def diagnosis() -> list[Case]:
    """What the customer's side measures on both sides of each limit, and what the customer is told of it."""
    values: dict[str, tuple[int | None, ...]] = {
        "waits_ms": (0, 1499, 1500),
        "encode_ms": (5, 39, 40, 80),
        "rate_kbit": (None, 0, 1200, 1201),
        "busy_percent": (None, 89, 90, 100),
    }
    cases = [dict(zip(values, each, strict=True)) for each in itertools.product(*values.values())]
    return [case | {"cause": customers_cause(facts_of(Stats(**case)))} for case in cases]  # type: ignore[arg-type]


FILES: dict[str, Callable[[], list[Case]]] = {
    "chain_head": chain_head,
    "color_planes": color_planes,
    "diagnosis": diagnosis,
    "handshake": handshake,
    "permits": permit,
    "sas": sas,
    "seal": seal,
}
"""Name in `tests/codec/golden/` → what makes its cases."""


def written(name: str) -> str:
    """Return what the file of this name should hold: a case on each line."""
    lines = [json.dumps(case, separators=(",", ":")) for case in FILES[name]()]
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    for name in FILES:
        (GOLDEN / f"{name}.json").write_text(written(name))
