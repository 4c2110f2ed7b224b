"""Passwords that hold only for the address that they were entered for: scheme, host, port and user name. Pure.

People who may change the address could otherwise have a password sent to their own server, without knowing it. What is
stored of the password therefore says for whom it is; an address that was changed later, here or above, gets none.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from codec.stores.locations import BadLocationError, read_location
from relay.settings.declare import Json, Setting, Values
from relay.settings.text_kinds import Url

_FOR = "for"


@dataclass(frozen=True)
class CredentialBinding:
    """The settings that belong together, by their keys."""

    address: str
    user: str
    password: str

    def bind(self, protected: Json, values: Values) -> Json:
        """Return what is to be stored of a protected password, bound to the address and user that `values` hold."""
        return protected | {_FOR: self._account(values)} if isinstance(protected, dict) else protected

    def holds(self, values: Values) -> bool:
        """Whether a password is stored that may be sent to the address that `values` hold."""
        stored = values[self.password]
        return isinstance(stored, dict) and stored.get(_FOR) == self._account(values)

    def is_broken(self, values: Values) -> bool:
        """Whether a password is stored that may not."""
        return values[self.password] is not None and not self.holds(values)

    def _account(self, values: Values) -> str:
        try:
            account = read_location(values[self.address], values[self.user]).account
        except BadLocationError:
            return ""
        return hashlib.sha256(repr(tuple(map(str, account))).encode()).hexdigest()[:16]


def credential_bindings(settings: Iterable[Setting]) -> dict[str, CredentialBinding]:
    """Return the bonds that addresses declare, by their passwords."""
    kinds = [(setting.key, setting.kind) for setting in settings]
    return {
        kind.password: CredentialBinding(key, kind.user, kind.password)
        for key, kind in kinds
        if isinstance(kind, Url) and kind.password
    }
