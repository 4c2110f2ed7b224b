"""What leads to a sign-in, and who may change it: people only, nobody of more rights, with a fresh proof. Pure.

Fields and sections of settings declare their guard; whatever changes them, on whatever way, asks `check_guard` once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import IntEnum

from codec.errors import DesksideError
from relay.accounts.rules import Role
from relay.organization.rules import Actor, NotAllowedError

FRESH_FOR = timedelta(minutes=5)
"""How long a proof counts: the password, and a code where the second step is in use, given on the same sign-in."""
_RANKS = {Role.TECHNICIAN: 1, Role.ADMINISTRATOR: 2, Role.MASTER_ADMINISTRATOR: 3, Role.ACCOUNT_OWNER: 4}


class Guard(IntEnum):
    """What a change asks of its actor; a higher guard asks all that a lower one does."""

    NONE = 0
    PEOPLE = 1
    """A person, not an API key, and one with at least the rights of whom the change concerns."""
    PROOF = 2
    """The password again, unless it was given on this sign-in within FRESH_FOR."""


class PeopleOnlyError(NotAllowedError):
    """An API key cannot change how people sign in. Sign in and do it yourself."""


class OutrankedError(NotAllowedError):
    """This person has, or would get, more rights than you. Ask an account owner."""


class ProofNeededError(DesksideError):
    """Confirm your identity with your password, and a code if you use two-step verification. Then try again."""


def check_guard(
    guard: Guard, actor: Actor, role: Role | None, concerned: Iterable[Role], now: datetime, *, dry_run: bool = False
) -> None:
    """Raise PeopleOnlyError, OutrankedError or ProofNeededError unless the actor may change what is guarded.

    `role` is what the actor is now, `concerned` what those are, or would become, whom the change is about. A dry run
    keeps nothing, so it needs no proof. The relay itself, on its operator's behalf, may.
    """
    if guard is Guard.NONE or (actor.person is None and actor.role is None):
        return
    if actor.key is not None:
        raise PeopleOnlyError(PeopleOnlyError.__doc__)
    own = 0 if role is None else _RANKS[role]
    if any(_RANKS[each] > own for each in concerned):
        raise OutrankedError(OutrankedError.__doc__)
    if guard is Guard.PROOF and not dry_run and not is_fresh(actor.proved_at, now):
        raise ProofNeededError(ProofNeededError.__doc__)


def is_fresh(proved_at: datetime | None, now: datetime) -> bool:
    """Whether a proof that was given then still counts."""
    return proved_at is not None and now - proved_at <= FRESH_FOR
