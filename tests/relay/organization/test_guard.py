"""The rule of who may change what leads to a sign-in (F10, F17, F20). Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.accounts.rules import Role
from relay.organization.guard import (
    FRESH_FOR,
    Guard,
    OutrankedError,
    PeopleOnlyError,
    ProofNeededError,
    check_guard,
)
from relay.organization.rules import Actor

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
UPWARDS = (Role.TECHNICIAN, Role.ADMINISTRATOR, Role.MASTER_ADMINISTRATOR, Role.ACCOUNT_OWNER)
roles = st.sampled_from(UPWARDS)
proofs = st.none() | st.integers(-10, 1_000).map(lambda seconds: NOW - timedelta(seconds=seconds))


@given(roles, st.lists(roles), st.none() | st.integers(1, 9), proofs, st.booleans())
def test_a_guarded_change_is_for_people_of_enough_rights_with_a_fresh_proof(
    role: Role, concerned: list[Role], key: int | None, proved_at: datetime | None, dry_run: bool
) -> None:
    actor = Actor(1, "x", role, "", key=key, proved_at=proved_at)
    is_above = all(UPWARDS.index(role) >= UPWARDS.index(each) for each in concerned)
    is_fresh = proved_at is not None and NOW - proved_at <= FRESH_FOR
    expected: type[Exception] | None = None
    if key is not None:
        expected = PeopleOnlyError
    elif not is_above:
        expected = OutrankedError
    elif not is_fresh and not dry_run:
        expected = ProofNeededError
    if expected is None:
        check_guard(Guard.PROOF, actor, role, concerned, NOW, dry_run=dry_run)
    else:
        with pytest.raises(expected):
            check_guard(Guard.PROOF, actor, role, concerned, NOW, dry_run=dry_run)


def test_what_a_session_says_of_a_role_counts_for_nothing() -> None:
    """F20: whoever was an owner when they signed in, and is none now, is judged by what they are."""
    actor = Actor(1, "x", Role.ACCOUNT_OWNER, "", proved_at=NOW)
    with pytest.raises(OutrankedError):
        check_guard(Guard.PEOPLE, actor, Role.MASTER_ADMINISTRATOR, [Role.ACCOUNT_OWNER], NOW)
    with pytest.raises(OutrankedError):
        check_guard(Guard.PEOPLE, actor, None, [Role.TECHNICIAN], NOW)


def test_only_the_relay_itself_needs_no_proof() -> None:
    check_guard(Guard.PROOF, Actor(None, "deskside-relay", None, ""), None, [Role.ACCOUNT_OWNER], NOW)
    with pytest.raises(OutrankedError):
        check_guard(Guard.PROOF, Actor(None, "x", Role.TECHNICIAN, ""), None, [Role.TECHNICIAN], NOW)
