"""Every call of the JSON API, gathered so that its document shows them all. `python -m relay.calls` prints it."""

import json
import sys
from typing import Any

from relay.accounts.api import AccountsApi
from relay.keys.api import KeysApi
from relay.organization.api import OrganisationApi, PermissionsApi
from relay.organization.details_api import DetailsApi
from relay.pairing.api import CodesApi
from relay.people.api import PeopleApi
from relay.reports.api import ReportsApi
from relay.security.door_api import DoorApi
from relay.security.others_api import OthersApi
from relay.security.own_api import OwnApi
from relay.sessions.api import SessionsApi
from relay.settings.api import SettingsApi
from relay.web import openapi
from relay.web.calls import calls_of

APIS: dict[str, type] = {
    "Signing in": AccountsApi,
    "On the way in": DoorApi,
    "My account": OwnApi,
    "Organisation": OrganisationApi,
    "The organisation itself": DetailsApi,
    "People": PeopleApi,
    "How others sign in": OthersApi,
    "Permissions": PermissionsApi,
    "Settings": SettingsApi,
    "Reports": ReportsApi,
    "Keys": KeysApi,
    "Codes": CodesApi,
    "Sessions": SessionsApi,
}
"""The headings of the document, and what declares the calls under each."""


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    return openapi.document((tag, declared) for tag, api in APIS.items() for declared, _handler in calls_of(api))


def as_text() -> str:
    """Return the document as it is in docs/openapi.json."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_text())
