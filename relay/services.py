"""What the relay can do, apart from how it is asked: every service, made once."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from aiohttp import web

from codec.wire.api_types import Ended, Method, SessionState
from relay.accounts.service import Accounts, SignedOut
from relay.api_keys.service import Keys
from relay.bus.base import ORGANISATION
from relay.channels.service import Channels
from relay.codes.availability import page_instead
from relay.codes.delivery import MAIL, LinkDelivery
from relay.codes.service import Announcements, Codes
from relay.config.settings import Settings
from relay.credentials.forgotten_passwords import ForgottenPasswords
from relay.credentials.password_hashing import Passwords
from relay.credentials.password_links import PasswordLinks
from relay.credentials.service import Credentials
from relay.credentials.staff import Staff
from relay.events.log import EventLog, this_boot
from relay.mail.outbox import Outbox
from relay.mail.transports import transport_of
from relay.metrics import Metrics
from relay.monitoring.health import Health
from relay.notifications.service import Notifications
from relay.organization.details import Details
from relay.organization.first_steps import FirstSteps
from relay.organization.logo import LogoNews, Logos
from relay.organization.service import Organisation
from relay.organization.transactions import ChangesElsewhere, Transactions
from relay.permissions.service import Permissions
from relay.programs.downloads import downloads_of
from relay.recording.policy import recording_values
from relay.reports.names import column_names
from relay.reports.service import Reports
from relay.routing.absence_mails import AbsenceMails
from relay.routing.auto_start import AutoStart
from relay.routing.availability import Availability
from relay.routing.offers import Offers
from relay.routing.roster import Roster
from relay.secret import Sealer, Signer, new_secret, permit_key, relay_key
from relay.sessions.auto_transfer import AutoTransfer
from relay.sessions.capacity import most_sessions
from relay.sessions.chat_log import ChatLogs
from relay.sessions.connected import ConnectedElsewhere
from relay.sessions.custom_fields import fields_of_people
from relay.sessions.editing import SessionFields
from relay.sessions.history import SessionHistory
from relay.sessions.moves import News, Presence
from relay.sessions.presence import PresenceWriter
from relay.sessions.service import Sessions
from relay.sessions.session_consoles import SessionConsoles
from relay.sessions.starting import Starting
from relay.sessions.starts import Starts
from relay.sessions.supervision import Supervision
from relay.sessions.timeouts import Patience, chosen_patience
from relay.sessions.transfers import Transfers
from relay.sessions.use import SessionUse
from relay.settings.applied import AppliedSettings
from relay.settings.console_settings import keeps_chat, settings_of_people
from relay.settings.customer_settings import settings_of_session
from relay.settings.save_context import ORGANISATION as ORGANISATION_HOLDER
from relay.settings.vault import Vault
from relay.several import Place
from relay.sign_in.authentication import Authentication
from relay.sign_in.event_retention import SignInEvents
from relay.sign_in.known_devices import KnownDevices
from relay.sign_in.revalidation import Revalidation
from relay.sign_in.service import SignInService
from relay.sign_in.two_step import TwoStep
from relay.signalling.across import SessionsOver
from relay.signalling.announcer import Announcer
from relay.signalling.colleagues import Colleagues
from relay.signalling.departures import Departures
from relay.signalling.hub import Hub
from relay.signalling.limits_told import LimitsTold
from relay.signalling.passed_leg import PassedLegs
from relay.signalling.permits import Permits
from relay.signalling.propagation import Propagation
from relay.signalling.rechecks import Rechecks
from relay.signalling.recording_attestation import RecordingAttestor
from relay.signalling.served_channels import ServedChannels
from relay.signalling.tunnel import Tunnels
from relay.signalling.waits_told import WaitsTold
from relay.store.database import Store
from relay.surveys.service import Surveys
from relay.tasks.sweep import Sweep
from relay.text_messages.gateway import gateway_of
from relay.text_messages.service import TextMessages
from relay.web.languages import load_languages


class Services:
    """The services, each with those that it needs."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        passwords: Passwords,
        metrics: Metrics,
        place: Place,
        address: Callable[[web.Request], str],
    ) -> None:
        """`address` says from where a request comes."""
        self.settings, self.store, self.passwords = settings, store, passwords
        self.metrics, self.place, self.bus = metrics, place, place.bus
        self.hub = Hub(self.bus, relay=place.number)
        self.announcer = Announcer(self.bus)
        passed = PassedLegs(place.address_of, address)
        self.tunnels = Tunnels(self.metrics, time.monotonic, self.bus, place.number, passed)
        self.lifetime = timedelta(hours=settings.sign_in_hours)
        self.accounts = Accounts(store, self.passwords, self.lifetime)
        self.departures = Departures(self.bus, place.number)
        presence = Presence(
            self.hub.has_applet,
            self.hub.has_console,
            self.departures.is_closed,
            self.hub.signing_key,
            place.number,
        )
        self.signed_out = SignedOut(self.hub.signed_out, self.hub.signed_out_everywhere)
        history = SessionHistory(EventLog(this_boot()))
        self.languages = load_languages()
        key = relay_key(settings.data)
        self.signer = Signer(key)
        self.outbox = Outbox(
            store,
            Sealer(key, "mail"),
            transport_of(settings),
            self.languages,
            settings.mail_sender,
            settings.url,
            settings.alerts_sender,
        )
        self.texts = TextMessages(gateway_of(settings), settings.sms_countries)
        self.notifications = Notifications(store, self.outbox)
        self.chat_sealer = Sealer(key, "chat")
        self.two_step = TwoStep(store, Sealer(key, "second step"), self.signer)
        authentication = Authentication(store, self.passwords, KnownDevices(self.signer))
        self.sign_in = SignInService(store, self.accounts, authentication, self.two_step, self.notifications)
        self.sign_in_events = SignInEvents(store, timedelta(days=settings.sign_in_event_days))
        self.transactions = Transactions(
            store, self.announcer.organisation_changed, self.notifications.organisation_changed
        )
        if place.membership is not None:  # before all who ask for what was changed
            self.bus.follow([ORGANISATION], ChangesElsewhere(self.transactions))
        self.credentials = Credentials(
            store,
            self.transactions,
            self.passwords,
            self.two_step,
            PasswordLinks(self.outbox, settings.url),
        )
        self.staff = Staff(self.transactions, self.passwords, self.credentials)
        self.forgotten = ForgottenPasswords(self.credentials)
        self.details = Details(self.transactions)
        self.organisation = Organisation(self.transactions)
        self.logos = Logos(self.transactions)
        self.logo_news = LogoNews(self.logos)
        self.first_steps = FirstSteps(self.transactions, self.outbox.reaches_people)
        self.permissions = Permissions(self.transactions)
        self.keys = Keys(self.transactions)
        self.vault = Vault(key, self.passwords.hash)
        self.choices = AppliedSettings(self.transactions, self.vault.protect)
        self.reports = Reports(
            self.transactions,
            lambda unit: column_names(self.choices, unit),
            lambda key: self.choices.value(ORGANISATION_HOLDER, key),
        )
        self.surveys = Surveys(store, self.choices, self.signer)
        self._add_desk(settings, store, presence, history)

    def _add_desk(self, settings: Settings, store: Store, presence: Presence, history: SessionHistory) -> None:
        """Make what the desk works with: sessions, and the ways into them."""
        people = self.permissions, self.choices
        self.use = SessionUse(self.bus)
        self.sessions_over = SessionsOver(self.bus, self.place.number, self._forget)
        self.sessions = Sessions(
            store,
            presence,
            self._session_changed,
            chosen_patience(*people, _patience(settings)),
            history,
            most_sessions(*people),
            self.use.unused_seconds,
            offers := Offers(bus=self.bus),
            starts := Starts(self.signer, self.bus),
        )
        self.downloads = downloads_of(settings)
        recording, chosen, fields = (
            recording_values(*people, self.vault),
            settings_of_people(*people),
            fields_of_people(*people),
        )
        self.permits = Permits(
            self.permissions, self.sessions, self.hub, permit_key(settings.data), recording, chosen, fields
        )
        self.session_fields = SessionFields(self.sessions, self.permissions, fields)
        self.attestor = RecordingAttestor(self.hub, permit_key(settings.data))
        self.availability = Availability(store, self.permissions, self.choices, self._roster())
        self.absence_mails = AbsenceMails(
            store, self.outbox, self.permissions, self.choices.held, self.availability.roster.at_consoles
        )
        self.colleagues, self.waits_told, self.limits_told = (
            Colleagues(store, self.availability, self.hub, self.bus),
            WaitsTold(store, *people, self.hub, self.bus),
            LimitsTold(*people, self.sessions.patience, self.hub, self.bus),
        )
        self.availability.roster.came = offers.came
        self.auto_start = AutoStart(
            store,
            self.availability,
            self.choices,
            offers,
            presence.customer,
            self.announcer.start_session,
            self.bus,
        )
        self.for_customers = settings_of_session(store, *people)
        self.channels = Channels(
            store, self.sessions, self.choices.held, self.availability.available, settings.url, self.for_customers
        )
        self.sending = LinkDelivery(self.outbox, self.texts, self.languages, settings.url)
        self.codes = Codes(
            store,
            self.sessions,
            self.permissions,
            _lifetimes(settings),
            Announcements(self.announcer.code_changed, self.announcer.missed, self.notifications.disowned),
            chosen,
            fields,
            self.for_customers,
            self.sending,
            page_instead(self.permissions, self.choices.held, self.availability.is_available),
        )
        self.outbox.follow(MAIL, self.codes)
        self.auto_transfer = AutoTransfer(store, self.sessions.moves, self.choices)
        self.transfers = Transfers(
            store,
            self.sessions.moves,
            self.permissions,
            self.availability.available,
            self.choices.held,
        )
        self.supervision = Supervision(store, self.transactions, self.sessions.moves, self.transfers)
        self.starting = Starting(
            store,
            self.supervision,
            self.transfers,
            self.availability,
            most_sessions(*people),
            starts,
            self.announcer.start_session,
        )
        self.chat_logs = ChatLogs(store, self.chat_sealer, keeps_chat(chosen))
        self.presence = PresenceWriter(self.sessions)
        self.session_consoles = SessionConsoles(store, self.place.number)
        self.connected_elsewhere = ConnectedElsewhere(store, self.sessions.moves)
        self.rechecks = Rechecks(Revalidation(store).why_not, self.hub, self.tunnels)
        self.served = ServedChannels(store, self.hub)
        self.propagation = Propagation(self.permits, self.codes, self.sessions, self.hub, self.rechecks, self.served)
        self.bus.follow([ORGANISATION], self.propagation)
        if self.place.membership is not None:
            self.bus.follow([ORGANISATION], self.logo_news)
            self.hub.applet_missed = self.presence.applet
            self.place.membership.came_back = self._tell_presence_again

    def _roster(self) -> Roster:
        """What consoles say of their technicians. A relay is named by its number, where it has one."""
        return Roster(self.bus, str(self.place.number) if self.place.number else new_secret())

    def _tell_presence_again(self) -> None:
        for session in self.hub.sessions():
            self.presence.applet(session)
        for console in self.hub.consoles():
            self.presence.console(*console.key)

    async def begin(self, now: datetime) -> None:
        """The relay has just started: find out who is not connected any more."""
        await self.logos.begin()
        if self.place.membership is None:
            await self.sessions.everybody_is_away(now)
            await self.codes.texts_interrupted()
        else:
            await self.connected_elsewhere.follow_relays(now, look_at_all=True)

    async def follow_relays(self, there: frozenset[int], now: datetime) -> None:
        """These relays are there; done every few seconds among several. What the bus could not tell is found here."""
        self.availability.roster.relays_there(frozenset(str(number) for number in there))
        await self.connected_elsewhere.follow_relays(now)
        if await self.transactions.has_changed_in_store():
            self.propagation.missed()  # also where the bus seems to be there: it may only be silent
            self.logo_news.note()
        await self.tunnels.close_where(self.session_consoles.of)

    def sweep(self, health: Health) -> Sweep:
        """Return what lets time pass. The heart beats last: it tells that all the rest has been done."""
        parts = self.codes, self.sessions, self.accounts
        return Sweep(
            [
                self.tunnels.expire,
                self.availability.roster.repeat,
                self.absence_mails.put_due,
                self.auto_start.sweep,
                self.auto_transfer.sweep,
                *(part.expire for part in parts),
                self._end_closed_pages,
                self.credentials.expire,
                self.outbox.expire,
                self.sign_in_events.expire,
                health.beat,
            ],
            # Of several relays only one clock was set: what the others have stamped is right as it is.
            [part.clock_set for part in parts] if self.place.membership is None else [],
            is_clock_right=self.place.is_clock_right,
        )

    async def _end_closed_pages(self, now: datetime) -> None:
        for session in self.departures.take_overdue():
            await self.sessions.leave(session, declined=False, now=now, ending=Ended.PAGE_CLOSED, unless_there=True)

    def _forget(self, session: int) -> None:
        """A session has ended: what is counted of it in memory is forgotten."""
        self.hub.session_over(session)
        self.use.over(session)
        self.absence_mails.over(session)
        self.sessions.moves.forget(session)

    def _session_changed(self, news: News) -> None:
        session = news.session
        if session.state.is_final or news.former is not None:
            self.tunnels.close(session.id)
        self.announcer.session_changed(news)
        for person in (news.person, news.former):
            if person is not None:
                self.availability.roster.sessions_counted(person)
        if session.state.is_final:
            self.sessions_over.over(session.id)
        self.waits_told.changed()
        self.absence_mails.session_changed(session, news.person)


def _lifetimes(settings: Settings) -> dict[Method, timedelta]:
    return {Method.PIN: timedelta(minutes=settings.pin_minutes), Method.LINK: timedelta(hours=settings.link_hours)}


def _patience(settings: Settings) -> Patience:
    absence = timedelta(minutes=settings.absence_minutes)
    return {
        SessionState.CONNECTING: timedelta(minutes=settings.connecting_minutes),
        SessionState.WAITING: timedelta(minutes=settings.waiting_minutes),
        SessionState.TRANSFERRING: timedelta(minutes=settings.waiting_minutes),
        SessionState.RECONNECTING: absence,
        SessionState.DISCONNECTED: absence,
    }
