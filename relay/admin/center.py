"""Puts the Admin Center together, from the services that it shows."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from relay.accounts.service import Accounts
from relay.admin.adding import AddingPage
from relay.admin.browsing import Browsing
from relay.admin.channels import ChannelsTab
from relay.admin.commands import Commands
from relay.admin.entry import Entry
from relay.admin.invitations import InvitationsPage
from relay.admin.keys import KeysPage
from relay.admin.licences import LicencesPage
from relay.admin.organization import OrganizationTab
from relay.admin.people import PeoplePage
from relay.admin.receipts import Receipts
from relay.admin.recording_place import RecordingPlace
from relay.admin.reports import ReportsTab
from relay.admin.settings import SettingsTabs
from relay.admin.sign_in import SignInPart
from relay.admin.targets import TargetPages
from relay.admin.waiting import WaitingTabs
from relay.admin.welcome import Operator, WelcomePages
from relay.keys.service import Keys
from relay.organization.details import Details
from relay.organization.first_steps import FirstSteps
from relay.organization.granting import Permissions
from relay.organization.logo import Logos
from relay.organization.service import Organisation
from relay.organization.workshop import Workshop
from relay.pairing.locations import LocationTests
from relay.pairing.service import Codes
from relay.people.service import People
from relay.reports.service import Reports
from relay.security.credentials import Credentials
from relay.security.staff import Staff
from relay.settings.applied import AppliedSettings
from relay.settings.surroundings import ORGANISATION
from relay.web.gate import Gate
from relay.web.pages import Pages


@dataclass(frozen=True)
class First:
    """What the first steps of an organisation need besides."""

    steps: FirstSteps
    details: Details
    logos: Logos
    codes: Codes
    operator: Operator


class AdminCenter:
    """All of its pages."""

    def __init__(
        self,
        accounts: Accounts,
        organisation: Organisation,
        permissions: Permissions,
        settings: AppliedSettings,
        reports: Reports,
        workshop: Workshop,
        credentials: Credentials,
        staff: Staff,
        keys: Keys,
        locations: LocationTests,
        first: First,
        gate: Gate,
        pages: Pages,
        address_of: Callable[[web.Request], str],
        url: str,
    ) -> None:
        async def shows_planned() -> bool:
            return bool(await settings.value(ORGANISATION, "planned.show"))

        receipts = Receipts()
        entry = Entry(accounts, organisation, gate, pages, receipts, address_of, credentials, shows_planned)
        welcome = WelcomePages(
            entry,
            first.steps,
            first.details,
            first.logos,
            organisation,
            staff,
            credentials,
            RecordingPlace(settings, locations),
            first.codes,
            first.operator,
            receipts,
        )
        self._parts = (
            Browsing(entry),
            Commands(entry, organisation, receipts),
            OrganizationTab(entry, organisation, permissions, staff, SignInPart(credentials), receipts, welcome.offer),
            welcome,
            InvitationsPage(entry, credentials, receipts),
            AddingPage(entry, organisation, staff, credentials, receipts),
            TargetPages(entry, permissions, receipts),
            SettingsTabs(entry, settings, workshop, receipts, locations),
            ChannelsTab(entry),
            ReportsTab(entry, reports),
            KeysPage(entry, keys, receipts, url),
            LicencesPage(entry, organisation, receipts),
            PeoplePage(entry, People(workshop), receipts),
            WaitingTabs(entry),
        )

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [route for part in self._parts for route in part.routes()]
