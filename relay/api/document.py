"""Every call of the JSON API, gathered for its document, which `python -m relay.api.document` prints."""

import json
import sys
from typing import Any

from relay.api import openapi
from relay.api.calls import calls_of
from relay.api.codes import CodesApi
from relay.api.keys import KeysApi
from relay.api.organization import OrganisationApi, PermissionsApi
from relay.api.organization_details import DetailsApi
from relay.api.own_account import OwnAccountApi
from relay.api.people import PeopleApi
from relay.api.reports import ReportsApi
from relay.api.sessions import SessionsApi
from relay.api.settings import SettingsApi
from relay.api.sign_in import SignInApi
from relay.api.sign_in_steps import SignInStepsApi
from relay.api.staff import StaffApi
from relay.api.surveys import SurveysApi

APIS: dict[str, type] = {
    "Signing in": SignInApi,
    "On the way in": SignInStepsApi,
    "My account": OwnAccountApi,
    "Organisation": OrganisationApi,
    "The organisation itself": DetailsApi,
    "People": PeopleApi,
    "How others sign in": StaffApi,
    "Permissions": PermissionsApi,
    "Settings": SettingsApi,
    "Reports": ReportsApi,
    "Keys": KeysApi,
    "Codes": CodesApi,
    "Sessions": SessionsApi,
    "Surveys": SurveysApi,
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
