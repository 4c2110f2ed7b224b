"""Whether those whose consoles are open may go on: worked out for all of them at once, however many they are."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from codec.wire.signals import SignOutReason
from relay.accounts.eligibility import eligibilities_of
from relay.accounts.model import SignInRow
from relay.organization.ancestry import batches
from relay.sign_in.policies import console_rules, read_policies
from relay.store.database import Store

Open = tuple[str, str]
"""The digest of a sign-in, and the address at which it has a console open."""


class Revalidation:
    """Says who may no longer have a console open."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def why_not(self, consoles: Iterable[Open], now: datetime) -> Mapping[Open, SignOutReason]:
        """Return why those must go that may not go on; the others are missing. Asking is no use of a sign-in."""
        wanted = set(consoles)
        async with self._store.reading() as transaction:
            rows: dict[str, SignInRow] = {}
            for some in batches({digest for digest, _address in wanted}):
                for row in await transaction.scalars(select(SignInRow).where(SignInRow.digest.in_(some))):
                    rows[row.digest] = row
            alive = {digest: row for digest, row in rows.items() if row.expires_at > now}
            people = list({row.person_id: row.person for row in alive.values()}.values())
            eligibilities = await eligibilities_of(transaction, people)
            rules = await console_rules(transaction, people)
            everybody = (await read_policies(transaction)).addresses
        found: dict[Open, SignOutReason] = {}
        for digest, address in wanted:
            person = alive[digest].person_id if digest in alive else None
            if person is None or not eligibilities[person].is_active:
                found[digest, address] = SignOutReason.ENDED
            elif not eligibilities[person].may_serve:
                found[digest, address] = SignOutReason.NO_LICENCE
            elif not all(rule.allows(address) for rule in (everybody, *rules[person])):
                found[digest, address] = SignOutReason.NETWORK
        return found
