"""Puts the Admin Center together, from the services that it shows."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from relay.accounts.service import Accounts
from relay.admin.add_person import AddPersonPage
from relay.admin.api_keys import KeysPage
from relay.admin.base import AdminBase
from relay.admin.channels import ChannelsTab
from relay.admin.commands import Commands
from relay.admin.first_steps import FirstStepsPages, Operator
from relay.admin.invitations import InvitationsPage
from relay.admin.licences import LicencesPage
from relay.admin.organization import OrganizationTab
from relay.admin.people_csv import PeopleFilePage
from relay.admin.permission_targets import TargetPages
from relay.admin.planned import PlannedTabs
from relay.admin.receipts import Receipts
from relay.admin.recording_location import RecordingLocation
from relay.admin.reports import ReportsTab
from relay.admin.sessions import SessionsTab
from relay.admin.settings import SettingsTabs
from relay.admin.sign_in import SignInPart
from relay.admin.tree import TreeBrowser
from relay.api_keys.service import Keys
from relay.channels.service import Channels
from relay.codes.service import Codes
from relay.credentials.service import Credentials
from relay.credentials.staff import Staff
from relay.organization.details import Details
from relay.organization.first_steps import FirstSteps
from relay.organization.logo import Logos
from relay.organization.service import Organisation
from relay.organization.transactions import Transactions
from relay.pages.gate import Gate
from relay.people_csv.service import People
from relay.permissions.service import Permissions
from relay.recording.location_tests import LocationTests
from relay.reports.service import Reports
from relay.sessions.starting import Starting
from relay.sessions.supervision import Supervision
from relay.settings.applied import AppliedSettings
from relay.settings.save_context import ORGANISATION
from relay.web.rendering import Renderer


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
        channels: Channels,
        permissions: Permissions,
        settings: AppliedSettings,
        reports: Reports,
        supervision: Supervision,
        starting: Starting,
        transactions: Transactions,
        credentials: Credentials,
        staff: Staff,
        keys: Keys,
        locations: LocationTests,
        first: First,
        gate: Gate,
        pages: Renderer,
        address_of: Callable[[web.Request], str],
        url: str,
    ) -> None:
        async def shows_planned() -> bool:
            return bool(await settings.value(ORGANISATION, "planned.show"))

        receipts = Receipts()
        base = AdminBase(accounts, organisation, gate, pages, receipts, address_of, credentials, shows_planned)
        welcome = FirstStepsPages(
            base,
            first.steps,
            first.details,
            first.logos,
            organisation,
            staff,
            credentials,
            RecordingLocation(settings, locations),
            first.codes,
            first.operator,
            receipts,
        )
        self._parts = (
            TreeBrowser(base),
            Commands(base, organisation, receipts),
            OrganizationTab(base, organisation, permissions, staff, SignInPart(credentials), receipts, welcome.offer),
            welcome,
            InvitationsPage(base, credentials, receipts),
            AddPersonPage(base, organisation, staff, credentials, receipts),
            TargetPages(base, permissions, receipts),
            SettingsTabs(base, settings, transactions, receipts, locations),
            ChannelsTab(base, organisation, channels, url),
            SessionsTab(base, supervision, starting, receipts),
            ReportsTab(base, reports),
            KeysPage(base, keys, receipts, url),
            LicencesPage(base, organisation, receipts),
            PeopleFilePage(base, People(transactions), receipts),
            PlannedTabs(base),
        )

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [route for part in self._parts for route in part.routes()]
