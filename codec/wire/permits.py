"""What a technician may ask for in one session: the relay writes it down and signs it, the applet holds him to it.

A permit only ever narrows: the customer is asked for everything all the same. The signature (Ed25519, RFC 8032) covers
the very bytes of the statement, so a permit may reach the applet by any way.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from codec.errors import MALFORMED, DesksideError

PURPOSE = b"deskside permit 1\0"
"""Goes before the signed bytes, so that a signature for anything else is none for a permit."""


class Function(StrEnum):
    """The permissions that applet and console know today; a permit may list others, which they pass over."""

    REMOTE_CONTROL = "remote_control"
    DESKTOP_VIEW = "desktop_view"
    CLIPBOARD = "clipboard_sync"
    LENS = "lens"
    RECORD = "record"
    RECORD_CONSENT = "record_consent"
    """No permission but a duty: recording is a question of its own. Else the one for the screen may name it too."""
    RECORD_ALWAYS = "record_always"
    """The same: nothing is seen unrecorded. The question for the screen names both, and its no refuses both."""
    CHAT = "chat"
    """The chat is on when the session starts."""
    CHAT_TOGGLE = "chat_toggle"
    CHAT_KEPT = "chat_kept"
    """No permission but a fact: the technician's console hands what is written in to the relay, which keeps it."""
    SEND_URLS = "send_urls"


class BadPermitError(DesksideError):
    """This permit is not the relay's, or not for this session. Nothing is permitted by it."""


class Permit(Struct, frozen=True, kw_only=True):
    """What a technician may ask for. `issued_at` in milliseconds since 1970; a later permit replaces an earlier one."""

    session: int
    technician: int
    issued_at: int
    functions: tuple[str, ...]


class SignedPermit(Struct, frozen=True, kw_only=True):
    """A permit on its way: the bytes of its statement (MessagePack) and the signature over them."""

    statement: bytes
    signature: bytes


def sign(permit: Permit, key: Ed25519PrivateKey) -> SignedPermit:
    """Return a permit that can be believed. The order of its functions is always the same, so its bytes are too."""
    ordered = msgspec.structs.replace(permit, functions=tuple(sorted(set(permit.functions))))
    statement = msgspec.msgpack.encode(ordered)
    return SignedPermit(statement=statement, signature=key.sign(PURPOSE + statement))


def read(signed: SignedPermit, relay_key: bytes, session: int) -> Permit:
    """Return a permit of the relay with this public key (32 bytes) for this session. Raises BadPermitError."""
    try:
        Ed25519PublicKey.from_public_bytes(relay_key).verify(signed.signature, PURPOSE + signed.statement)
        permit = msgspec.msgpack.decode(signed.statement, type=Permit)
    except (InvalidSignature, ValueError, *MALFORMED):
        raise BadPermitError(BadPermitError.__doc__) from None
    if permit.session != session:
        raise BadPermitError(BadPermitError.__doc__)
    return permit


def known(functions: Iterable[str]) -> frozenset[Function]:
    """Return the functions that this program knows."""
    return frozenset(function for function in Function if function in set(functions))
