"""What a technician may ask for: signed for applets, renewed at every change."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.wire.api_types import RecordingRules
from codec.wire.customer_kinds import within_means
from codec.wire.group_settings import GroupSettings
from codec.wire.permits import Function, Permit, SignedPermit, sign
from codec.wire.signals import Permitted, RulesChanged, write
from relay.permissions.service import Held, Permissions
from relay.recording.policy import RecordingValues, nothing_chosen, rules_of
from relay.sessions.custom_fields import Fields, FieldsOfPeople, OwnFields, by_default
from relay.sessions.service import Parties, Sessions
from relay.settings.console_settings import SettingsOfPeople
from relay.settings.console_settings import nothing_chosen as defaults_hold
from relay.signalling.concerned import EVERYBODY, Concerned
from relay.signalling.hub import Hub
from relay.store.batching import Batches
from relay.web.send_queue import SendQueue


@dataclass(frozen=True)
class Rights:
    """What someone may do, by name and in order, how their group records, what it chose for consoles, its fields."""

    functions: tuple[str, ...]
    recording: RecordingRules
    settings: GroupSettings
    fields: Fields = ()


class Permits:
    """Writes permits. `recording` and `settings` give what people's groups chose about recordings, and for consoles."""

    def __init__(
        self,
        permissions: Permissions,
        sessions: Sessions,
        hub: Hub,
        key: Ed25519PrivateKey,
        recording: RecordingValues = nothing_chosen,
        settings: SettingsOfPeople = defaults_hold,
        fields: FieldsOfPeople = by_default,
    ) -> None:
        self.public_key = key.public_key().public_bytes_raw()
        self._permissions = permissions
        self._sessions = sessions
        self._hub = hub
        self._key = key
        self._recording = recording
        self._settings = settings
        self._fields = fields
        self._asked = Batches(self.rights_of)
        self._told: WeakKeyDictionary[SendQueue, object] = WeakKeyDictionary()
        """What the other end of each line was told last."""
        hub.applet_permitted = self._permitted_elsewhere

    @property
    def generation(self) -> int:
        """Grows with every change: what was read before may be wrong."""
        return self._permissions.generation

    async def rights(self, person: int) -> Rights:
        """Return what someone may do."""
        return await self._asked.get(person)

    async def rights_of(self, people: Iterable[int]) -> dict[int, Rights]:
        """`rights` of many, read and worked out at once."""
        wanted = set(people)
        held, values = await self._permissions.held_by(wanted), await self._recording(wanted)
        settings, fields = await self._settings(wanted), await self._fields(wanted)
        return {
            person: _rights(held[person], values.get(person, {}), settings[person], fields[person]) for person in wanted
        }

    async def functions(self, person: int) -> list[str]:
        """Return what someone may do, by name, in order."""
        return list((await self.rights(person)).functions)

    def permit(self, session: int, person: int, parties: Parties, rights: Rights) -> SignedPermit:
        """Return what a technician may ask for in a session: no more than its customer can give."""
        issued_at = int(datetime.now(UTC).timestamp() * 1000)
        functions = within_means(rights.functions, parties)
        permit = Permit(session=session, technician=person, issued_at=issued_at, functions=functions)
        return sign(permit, self._key)

    def applet_told(self, queue: SendQueue, rights: Rights, parties: Parties) -> None:
        """An applet has been told what its technician may do: it is told again only when that is something else."""
        self._told[queue] = rights.functions, parties

    def console_told(self, queue: SendQueue, rights: Rights) -> None:
        """See `applet_told`."""
        self._told[queue] = rights

    async def renew_applets(self, concerned: Concerned = EVERYBODY) -> None:
        """Tell connected applets what holds now, where that is something else than before (PERM-41).

        Only for technicians whom a change may have concerned is it worked out.
        """
        while True:
            generation = self.generation
            parties = await self._sessions.parties_of(self._hub.sessions())
            people = {each.person for each in parties.values() if each.person is not None}
            rights = await self.rights_of(await self._of(concerned, people))
            if generation == self.generation:
                break
        for session, taking_part in parties.items():
            applet, person = self._hub.applet(session), taking_part.person
            holds = None if person is None else rights.get(person)
            if applet is None or person is None or holds is None:
                continue
            if self._told.get(applet) != (holds.functions, taking_part):
                applet.say(write(Permitted(self.permit(session, person, taking_part, holds))), about=Permitted)
                self.applet_told(applet, holds, taking_part)

    async def renew_customers_of(self, person: int) -> None:
        """`renew_applets` for the sessions of one technician, also where their applets are at other relays."""
        await self.renew_applets(Concerned(people=frozenset({person})))
        if self._hub.is_one_of_several:
            await self._renew_elsewhere(person)

    async def _renew_elsewhere(self, person: int) -> None:
        """Have other relays pass permits on: on the topic of the session, so ahead of the technician's handshake."""
        while True:
            generation = self.generation
            rights = await self.rights(person)
            parties = await self._sessions.parties_of(await self._sessions.open_of(person))
            if generation == self.generation:
                break
        for session, taking_part in parties.items():
            if taking_part.person == person and not self._hub.has_applet(session):
                permit = self.permit(session, person, taking_part, rights)
                self._hub.to_applet_elsewhere(session, write(Permitted(permit)))

    def _permitted_elsewhere(self, applet: SendQueue) -> None:
        self._told.pop(applet, None)

    async def renew_consoles(self, is_outdated: Callable[[], bool], concerned: Concerned = EVERYBODY) -> None:
        """Tell connected consoles what holds now, where that is something else than before (PERM-41, REC-34).

        Nothing is said once `is_outdated`: consoles must be looked at again before they hear of a newer change.
        """
        rights = await self.rights_of(await self._of(concerned, self._hub.people()))
        if is_outdated():
            return
        for console in self._hub.consoles():
            holds = rights.get(console.person)
            if holds is not None and self._told.get(console.queue) != holds:
                rules = RulesChanged(list(holds.functions), holds.recording, holds.settings, list(holds.fields))
                console.queue.say(write(rules), about=RulesChanged)
                self.console_told(console.queue, holds)

    async def _of(self, concerned: Concerned, people: set[int]) -> set[int]:
        """Return those of these people whom a change may have concerned."""
        if concerned.everybody:
            return people
        below = await self._permissions.below(concerned.groups, people) if concerned.groups else set()
        return people & (concerned.people | below)


def _rights(held: Held, values: Mapping[str, object], settings: GroupSettings, own: OwnFields) -> Rights:
    functions = {key for key, grant in held.grants.items() if grant.enabled}
    rules = rules_of(values, held.grants.get(Function.RECORD))
    if rules.forced:
        functions.add(Function.RECORD)  # what the group demands needs no permission
    if rules.consent:
        functions.add(Function.RECORD_CONSENT)
    if rules.forced and not rules.go_on_without:
        functions.add(Function.RECORD_ALWAYS)
    if settings.chat_log_keep:
        functions.add(Function.CHAT_KEPT)
    if not own.edits_in_list:
        functions.discard("inline_edit")
    return Rights(tuple(sorted(functions)), rules, settings, own.fields)
