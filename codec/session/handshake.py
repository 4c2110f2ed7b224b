"""How two strangers agree on a key although the relay between them may lie.

X25519 makes the key; a commitment before the reveal gives neither side, nor a relay in the middle, anything to search
through; and wherever the two people share a secret (the fragment of a link, extra digits of a PIN), SPAKE2 over that
secret gives a relay that does not know it one guess for each attempt.

    initiator (console)                                responder (applet)
      commit    version, method, H(reveal)     ────▶
                                               ◀────   share     version, method, public key, nonce, [SPAKE2],
                                                                 which commitment it answers
      reveal    public key, nonce, [SPAKE2],   ────▶
                proof over everything so far
                                               ◀────   confirm   proof over everything so far,
                                                                 which commitment it answers

Nothing that enters the transcript after the peer's share may be free: the commitment covers every field of the reveal
except the proof, and the proof follows from the transcript. Every field has one length. PROTOCOL.md says why three
words then leave an attacker one chance in 2²⁴ for each attempt.

An applet that has lost its key says AGAIN, upon which a console may begin another attempt.

Steps can be lost with a socket. The same attempt then goes on: the initiator sends its last step again (`resend`), the
responder answers a repeated step with the very bytes that it answered before. Neither gives anybody a second guess.

Sources: RFC 7748 (X25519), RFC 5869 (HKDF), RFC 9382 (SPAKE2; the `spake2` package, Ed25519 group), RFC 6189 section
4.4 (why commit first). Nothing here touches a socket: steps are bytes that any courier may carry.
"""

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from spake2 import SPAKE2_A, SPAKE2_B

from codec.errors import MALFORMED, DesksideError
from codec.session.sas import sas_words
from codec.session.seal import derive
from codec.wire.roles import Role

HANDSHAKE_VERSION = 2
PUBLIC_BYTES = 32
NONCE_BYTES = 32
SPAKE_BYTES = 33
"""A point of Ed25519 after the byte that names its side."""
PROOF_BYTES = 32
COMMITMENT_BYTES = 32
ANSWERS_BYTES = 8
MAX_STEP_BYTES = 1024
SPAKE_RANDOM_BYTES = 64
RANDOM_BYTES = PUBLIC_BYTES + NONCE_BYTES + SPAKE_RANDOM_BYTES
"""What one attempt draws: an X25519 key, a nonce, and SPAKE2's scalar with so much more that it is uniform."""
AGAIN = msgspec.msgpack.encode(("again", HANDSHAKE_VERSION))
"""What an applet says that has lost its key, because its page was loaded again. It proves nothing, and is no step of an
attempt: the console may begin another one."""
_FIELD = 2**255 - 19
_Y_BITS = 2**255 - 1
"""Of a point's bytes (RFC 8032, section 5.1.2): its y. One bit of x is above it."""


class How(StrEnum):
    """What vouches for the key: a secret both people hold, or words that they compare."""

    SECRET = "secret"  # noqa: S105  (a word on the wire, not a secret)
    WORDS = "words"


class HandshakeProblem(StrEnum):
    """Why a handshake ended."""

    MALFORMED = "malformed"
    SECRETS_DIFFER = "secrets_differ"
    CHANGED_ON_THE_WAY = "changed_on_the_way"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    """The connection was started more often than lost lines explain."""
    NO_GUESS_LEFT = "no_guess_left"
    """This code's secret was tried so often without being confirmed that it proves nothing any more."""
    UNCONFIRMED = "unconfirmed"
    """The other end lost its key before it had confirmed extra digits: another attempt would be another guess."""


_SENTENCES = {
    HandshakeProblem.MALFORMED: "The other side does not speak this version of Deskside. Start a new session.",
    HandshakeProblem.SECRETS_DIFFER: "The two secrets differ. Nothing was shown. Make a new PIN or link.",
    HandshakeProblem.CHANGED_ON_THE_WAY: "The connection was changed on its way. Nothing was shown. "
    "Make a new PIN or link.",
    HandshakeProblem.TOO_MANY_ATTEMPTS: "The connection was started too many times. Make a new PIN or link, "
    "and tell your administrator if it happens again.",
    HandshakeProblem.UNCONFIRMED: "The other side began again before the extra digits were confirmed. Make a new PIN.",
    HandshakeProblem.NO_GUESS_LEFT: "This PIN or link was tried with wrong secrets and is used up. Make a new one.",
}


class HandshakeError(DesksideError):
    """This attempt is over; there is no way to go on without a new one. `problem` says why."""

    def __init__(self, problem: HandshakeProblem) -> None:
        super().__init__(_SENTENCES[problem])
        self.problem = problem


class Commit(msgspec.Struct, tag="commit", array_like=True, forbid_unknown_fields=True):
    version: int
    how: How
    commitment: bytes


class Share(msgspec.Struct, tag="share", array_like=True, forbid_unknown_fields=True):
    version: int
    how: How
    public: bytes
    nonce: bytes
    spake: bytes
    answers: bytes


class Reveal(msgspec.Struct, tag="reveal", array_like=True, forbid_unknown_fields=True):
    public: bytes
    nonce: bytes
    spake: bytes
    proof: bytes


class Confirm(msgspec.Struct, tag="confirm", array_like=True, forbid_unknown_fields=True):
    proof: bytes
    answers: bytes


Step = Commit | Share | Reveal | Confirm


@dataclass(frozen=True)
class Agreement:
    """What both ends hold afterwards: the session's root key, and how far to trust who is at the other end."""

    root: bytes
    how: How
    words: tuple[str, ...]


class Handshake:
    """One end of one attempt.

    The console calls `start` and sends what it returns; then both call `receive` for every step that arrives and send
    what that returns. `agreement` is set once this end has seen the other's proof. Any HandshakeError is final.

    `secret` is None where the two people share none; `randomness` must be RANDOM_BYTES fresh random bytes.
    """

    def __init__(self, role: Role, session: str, secret: str | None, randomness: bytes) -> None:
        if len(randomness) != RANDOM_BYTES:
            raise ValueError(f"a handshake takes {RANDOM_BYTES} random bytes, not {len(randomness)}")
        private, nonce = randomness[:PUBLIC_BYTES], randomness[PUBLIC_BYTES:-SPAKE_RANDOM_BYTES]
        self.agreement: Agreement | None = None
        self._role = role
        self._how = How.WORDS if secret is None else How.SECRET
        self._private = X25519PrivateKey.from_private_bytes(private)
        self._public = self._private.public_key().public_bytes_raw()
        self._nonce = nonce
        self._spake = None if secret is None else _spake(role, session, secret, randomness[-SPAKE_RANDOM_BYTES:])
        self._spake_message = b"" if self._spake is None else self._spake.start()
        header = msgspec.msgpack.encode((HANDSHAKE_VERSION, session, self._how))
        self._transcript = hashlib.sha256(b"deskside handshake\0" + header)
        self._commitment = b""
        self._root = b""
        self._expected: type[Commit | Share | Reveal | Confirm] | None = Commit if role is Role.APPLET else Share
        self._commit = b""
        self._heard: bytes | None = None
        self._said: bytes | None = None

    @property
    def proof_is_out(self) -> bool:
        """Whether the other end has, or may have, our proof while we have not seen a valid one of theirs.

        An attempt that is given up in this state has told the other end whether its guess of the secret was right: it
        counts as a guess. Only the initiator can be in it.
        """
        return self._role is Role.CONSOLE and self._expected is Confirm

    def start(self) -> bytes:
        """Return the console's first step. Raises ValueError for an applet: it only answers."""
        if self._role is not Role.CONSOLE:
            raise ValueError("the console starts the handshake")
        self._commitment = _commitment(self._public, self._nonce, self._spake_message)
        self._said = self._say(Commit(HANDSHAKE_VERSION, self._how, self._commitment))
        return self._said

    def resend(self) -> bytes | None:
        """Return our latest step again, for a courier that may have lost it; None before there is one."""
        return self._said

    def answers(self, commit: bytes) -> bool:
        """Whether `commit` is the commit that this attempt of an applet answered, byte for byte."""
        return commit == self._commit

    def receive(self, step: bytes) -> bytes | None:
        """Take the other end's next step; return ours, or None when there is nothing to say. Raises HandshakeError.

        A step that was taken before is answered as it was then. Steps that answer another attempt are passed over.
        """
        if step == self._heard:
            return self._said
        if self._commit and step == self._commit:
            return None  # repeated on a slow way, and overtaken by the reveal
        heard = parse_step(step)
        if isinstance(heard, Share | Confirm):
            if heard.answers != self._commitment[:ANSWERS_BYTES]:
                return None
            if isinstance(heard, Share) and self._expected is not Share:
                return None  # only the first share of an attempt gets a reveal, so that one attempt is one guess
        if self._expected is None or not isinstance(heard, self._expected):
            raise HandshakeError(HandshakeProblem.MALFORMED)
        self._said = self._take(heard, step)
        self._heard = step
        return self._said

    def _take(self, heard: Step, step: bytes) -> bytes | None:
        match heard:
            case Commit():
                return self._answer_commit(heard, step)
            case Share():
                return self._answer_share(heard, step)
            case Reveal():
                return self._answer_reveal(heard)
            case Confirm():
                self._check(Role.APPLET, heard.proof)
                self._agreed()
                return None

    def _answer_commit(self, commit: Commit, step: bytes) -> bytes:
        self._require_same(commit.version, commit.how)
        _require_lengths((commit.commitment, COMMITMENT_BYTES))
        self._commitment = commit.commitment
        self._commit = step
        self._transcript.update(step)
        self._expected = Reveal
        return self._say(
            Share(HANDSHAKE_VERSION, self._how, self._public, self._nonce, self._spake_message, self._answers)
        )

    def _answer_share(self, share: Share, step: bytes) -> bytes:
        self._require_same(share.version, share.how)
        self._require_reveal_lengths(share.public, share.nonce, share.spake)
        self._transcript.update(step)
        self._root = self._agree(share.public, share.spake)
        self._expected = Confirm
        return msgspec.msgpack.encode(
            Reveal(self._public, self._nonce, self._spake_message, self._proof_of(Role.CONSOLE))
        )

    def _answer_reveal(self, reveal: Reveal) -> bytes:
        self._require_reveal_lengths(reveal.public, reveal.nonce, reveal.spake)
        expected = _commitment(reveal.public, reveal.nonce, reveal.spake)
        if not hmac.compare_digest(self._commitment, expected):
            raise HandshakeError(HandshakeProblem.CHANGED_ON_THE_WAY)
        self._root = self._agree(reveal.public, reveal.spake)
        self._check(Role.CONSOLE, reveal.proof)
        self._agreed()
        return msgspec.msgpack.encode(Confirm(self._proof_of(Role.APPLET), self._answers))

    @property
    def _answers(self) -> bytes:
        return self._commitment[:ANSWERS_BYTES]

    def _say(self, step: Commit | Share) -> bytes:
        said = msgspec.msgpack.encode(step)
        self._transcript.update(said)
        return said

    def _agree(self, public: bytes, spake: bytes) -> bytes:
        """Return the root key. The reveal needs no place in the transcript: the commitment there stands for it."""
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError:
            raise HandshakeError(HandshakeProblem.MALFORMED) from None
        vouched = b"" if self._spake is None else _finish(self._spake, spake)
        return derive(shared + vouched, "root", self._transcript.digest())

    def _proof_of(self, role: Role) -> bytes:
        return derive(self._root, f"proof {role}", length=PROOF_BYTES)

    def _check(self, role: Role, proof: bytes) -> None:
        _require_lengths((proof, PROOF_BYTES))
        if hmac.compare_digest(proof, self._proof_of(role)):
            return
        differ = HandshakeProblem.SECRETS_DIFFER if self._spake else HandshakeProblem.CHANGED_ON_THE_WAY
        raise HandshakeError(differ)

    def _require_same(self, version: int, how: How) -> None:
        if version != HANDSHAKE_VERSION:
            raise HandshakeError(HandshakeProblem.MALFORMED)
        if how is not self._how:
            raise HandshakeError(HandshakeProblem.SECRETS_DIFFER)

    def _require_reveal_lengths(self, public: bytes, nonce: bytes, spake: bytes) -> None:
        spake_bytes = SPAKE_BYTES if self._how is How.SECRET else 0
        _require_lengths((public, PUBLIC_BYTES), (nonce, NONCE_BYTES), (spake, spake_bytes))

    def _agreed(self) -> None:
        self._expected = None
        self.agreement = Agreement(self._root, self._how, sas_words(derive(self._root, "words")))


def parse_step(step: bytes) -> Step:
    """Return what a step says. Raises HandshakeError (MALFORMED)."""
    if len(step) > MAX_STEP_BYTES:
        raise HandshakeError(HandshakeProblem.MALFORMED)
    try:
        parsed: Step = msgspec.msgpack.decode(step, type=Step)
    except MALFORMED:
        raise HandshakeError(HandshakeProblem.MALFORMED) from None
    if msgspec.msgpack.encode(parsed) != step:  # MessagePack has several forms for one value, a step has the shortest
        raise HandshakeError(HandshakeProblem.MALFORMED)
    return parsed


def _commitment(public: bytes, nonce: bytes, spake: bytes) -> bytes:
    """Bind every field that the reveal carries, unambiguously encoded."""
    return hashlib.sha256(b"deskside commitment 2\0" + msgspec.msgpack.encode((public, nonce, spake))).digest()


def _require_lengths(*fields: tuple[bytes, int]) -> None:
    if any(len(field) != length for field, length in fields):
        raise HandshakeError(HandshakeProblem.MALFORMED)


def _spake(role: Role, session: str, secret: str, randomness: bytes) -> SPAKE2_A | SPAKE2_B:
    side = SPAKE2_A if role is Role.CONSOLE else SPAKE2_B
    names = {"idA": b"deskside console " + session.encode(), "idB": b"deskside applet " + session.encode()}
    return side(secret.encode(), **names, entropy_f=lambda _bytes: randomness)


def _finish(spake: SPAKE2_A | SPAKE2_B, message: bytes) -> bytes:
    if not 1 < int.from_bytes(message[1:], "little") & _Y_BITS < _FIELD - 1:
        raise HandshakeError(HandshakeProblem.MALFORMED)  # the library takes y beyond the field, and so the identity
    try:
        key: bytes = spake.finish(message)
    except Exception:  # the library has a dozen kinds of error for a bad point, none of which means anything else here
        raise HandshakeError(HandshakeProblem.MALFORMED) from None
    return key
