"""How two strangers agree on a key although the relay between them may lie.

Method: X25519 for the key; a commitment before the reveal, so that neither side (nor a relay in the middle) can look
for a key pair that gives wished-for words; and, wherever the two people share a secret (the fragment of a link, extra
digits of a PIN), SPAKE2 over that secret, so that a relay which does not know it gets exactly one guess and is seen.

    console                                            applet
      commit    how, H(public key, nonce)      ────▶
                                               ◀────   share     how, public key, nonce, [SPAKE2],
                                                                 which commitment it answers
      reveal    public key, nonce, [SPAKE2],   ────▶
                proof over everything so far
                                               ◀────   confirm   proof over everything so far,
                                                                 which commitment it answers

The console may begin anew at any time, because steps can be lost with a socket; an answer to an earlier attempt that
was still on its way is then passed over.

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
from codec.roles import Role
from codec.seal import derive
from codec.words import words_for

NONCE_BYTES = 32
MAX_STEP_BYTES = 1024
ANSWERS_BYTES = 8


class How(StrEnum):
    """What vouches for the key: a secret both people hold, or words that they compare."""

    SECRET = "secret"  # noqa: S105  (a word on the wire, not a secret)
    WORDS = "words"


class HandshakeProblem(StrEnum):
    """Why a handshake ended."""

    MALFORMED = "malformed"
    SECRETS_DIFFER = "secrets_differ"
    CHANGED_ON_THE_WAY = "changed_on_the_way"


_SENTENCES = {
    HandshakeProblem.MALFORMED: "The other side does not speak this version of Deskside. Start a new session.",
    HandshakeProblem.SECRETS_DIFFER: "The two secrets differ. Nothing was shown. Make a new PIN or link.",
    HandshakeProblem.CHANGED_ON_THE_WAY: "Somebody changed the connection. Nothing was shown. Make a new PIN or link.",
}


class HandshakeError(DesksideError):
    """This attempt is over; there is no way to go on without a new one. `problem` says why."""

    def __init__(self, problem: HandshakeProblem) -> None:
        super().__init__(_SENTENCES[problem])
        self.problem = problem


class Commit(msgspec.Struct, tag="commit", array_like=True, forbid_unknown_fields=True):
    how: How
    commitment: bytes


class Share(msgspec.Struct, tag="share", array_like=True, forbid_unknown_fields=True):
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

    `secret` is None where the two people share none; `randomness` must be 64 fresh random bytes.
    """

    def __init__(self, role: Role, session: str, secret: str | None, randomness: bytes) -> None:
        if len(randomness) != 2 * NONCE_BYTES:
            raise ValueError(f"a handshake takes {2 * NONCE_BYTES} random bytes, not {len(randomness)}")
        self.agreement: Agreement | None = None
        self._role = role
        self._how = How.WORDS if secret is None else How.SECRET
        self._private = X25519PrivateKey.from_private_bytes(randomness[:NONCE_BYTES])
        self._public = self._private.public_key().public_bytes_raw()
        self._nonce = randomness[NONCE_BYTES:]
        self._spake = None if secret is None else _spake(role, session, secret)
        self._spake_message = b"" if self._spake is None else self._spake.start()
        self._transcript = hashlib.sha256(b"deskside handshake 1\0" + session.encode() + b"\0" + self._how.encode())
        self._commitment = _commitment(self._public, self._nonce) if role is Role.CONSOLE else b""
        self._root = b""
        self._expected: type[Commit] | type[Share] | type[Reveal] | type[Confirm] | None = (
            Commit if role is Role.APPLET else Share
        )

    def start(self) -> bytes:
        """Return the console's first step."""
        if self._role is not Role.CONSOLE:
            raise ValueError("the console starts the handshake")
        return self._say(Commit(self._how, self._commitment))

    def receive(self, step: bytes) -> bytes | None:
        """Take the other end's next step; return ours, or None when there is nothing to say. Raises HandshakeError."""
        heard = _parse(step)
        if isinstance(heard, Share | Confirm) and heard.answers != self._answers:
            return None
        if self._expected is None or not isinstance(heard, self._expected):
            raise HandshakeError(HandshakeProblem.MALFORMED)
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
        self._require_same(commit.how)
        self._commitment = commit.commitment
        self._transcript.update(step)
        self._expected = Reveal
        return self._say(Share(self._how, self._public, self._nonce, self._spake_message, self._answers))

    def _answer_share(self, share: Share, step: bytes) -> bytes:
        self._require_same(share.how)
        self._transcript.update(step)
        self._note_reveal(self._public, self._nonce, self._spake_message)
        self._root = self._agree(share.public, share.spake)
        self._expected = Confirm
        return msgspec.msgpack.encode(
            Reveal(self._public, self._nonce, self._spake_message, self._proof_of(Role.CONSOLE))
        )

    def _answer_reveal(self, reveal: Reveal) -> bytes:
        if not hmac.compare_digest(self._commitment, _commitment(reveal.public, reveal.nonce)):
            raise HandshakeError(HandshakeProblem.CHANGED_ON_THE_WAY)
        self._note_reveal(reveal.public, reveal.nonce, reveal.spake)
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

    def _note_reveal(self, public: bytes, nonce: bytes, spake: bytes) -> None:
        self._transcript.update(msgspec.msgpack.encode((public, nonce, spake)))

    def _agree(self, public: bytes, spake: bytes) -> bytes:
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError:
            raise HandshakeError(HandshakeProblem.MALFORMED) from None
        vouched = b"" if self._spake is None else _finish(self._spake, spake)
        return derive(shared + vouched, "root", self._transcript.digest())

    def _proof_of(self, role: Role) -> bytes:
        return derive(self._root, f"proof {role}")

    def _check(self, role: Role, proof: bytes) -> None:
        if hmac.compare_digest(proof, self._proof_of(role)):
            return
        differ = HandshakeProblem.SECRETS_DIFFER if self._spake else HandshakeProblem.CHANGED_ON_THE_WAY
        raise HandshakeError(differ)

    def _require_same(self, how: How) -> None:
        if how is not self._how:
            raise HandshakeError(HandshakeProblem.SECRETS_DIFFER)

    def _agreed(self) -> None:
        self._expected = None
        self.agreement = Agreement(self._root, self._how, words_for(derive(self._root, "words")))


def begins(step: bytes) -> bool:
    """Whether `step` is a console's first: an applet then makes a new Handshake, whatever it had before."""
    return isinstance(_parse(step), Commit)


def _parse(step: bytes) -> Commit | Share | Reveal | Confirm:
    if len(step) > MAX_STEP_BYTES:
        raise HandshakeError(HandshakeProblem.MALFORMED)
    try:
        return msgspec.msgpack.decode(step, type=Commit | Share | Reveal | Confirm)
    except MALFORMED:
        raise HandshakeError(HandshakeProblem.MALFORMED) from None


def _commitment(public: bytes, nonce: bytes) -> bytes:
    return hashlib.sha256(b"deskside commitment\0" + public + nonce).digest()


def _spake(role: Role, session: str, secret: str) -> SPAKE2_A | SPAKE2_B:
    side = SPAKE2_A if role is Role.CONSOLE else SPAKE2_B
    names = {"idA": b"deskside console " + session.encode(), "idB": b"deskside applet " + session.encode()}
    return side(secret.encode(), **names)


def _finish(spake: SPAKE2_A | SPAKE2_B, message: bytes) -> bytes:
    try:
        key: bytes = spake.finish(message)
    except Exception:  # the library has a dozen kinds of error for a bad point, none of which means anything else here
        raise HandshakeError(HandshakeProblem.MALFORMED) from None
    return key
