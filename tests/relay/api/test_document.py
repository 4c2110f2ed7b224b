"""The OpenAPI document is current and true: every route stands in it, and whatever is sent, the answers fit it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from relay.api.document import as_text, document
from relay.web.api import PREFIX
from tests.relay.api.offices import Office, running_office

PAGE = Path(__file__).parents[3] / "docs" / "openapi.json"
EXAMPLES = 6
_ENDING = {f"{PREFIX}/sign-out": "POST", f"{PREFIX}/me/sign-ins": "DELETE", f"{PREFIX}/me/sign-ins/{{id}}": "DELETE"}
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


def test_the_document_is_current() -> None:
    assert PAGE.read_text() == as_text(), "python -m relay.api.document > docs/openapi.json"


async def test_the_document_is_served_to_anybody(office: Office) -> None:
    async with office.relay.http.get(f"{office.relay.url}/api/v1/openapi.json") as response:
        assert (response.status, await response.json()) == (200, document())


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=str)
async def test_whatever_is_sent_the_answers_are_those_of_the_document(tmp_path: Path, mode: GenerationMode) -> None:
    async with running_office(tmp_path) as office:
        await asyncio.to_thread(_send_everything, office, mode)


def _send_everything(office: Office, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_dict(document())
    schema.config.update(base_url=office.relay.url, request_timeout=120)
    headers = {"Authorization": f"Bearer {office.relay.token}"}
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # our own document is never invalid
        if operation.path in _ENDING and operation.method.upper() in _ENDING[operation.path]:
            continue  # would end the token of all others
        if mode == GenerationMode.NEGATIVE and not (operation.query or operation.path_parameters or operation.body):
            continue  # takes nothing that could be wrong
        cases = operation.as_strategy(generation_mode=mode)
        if "{" in operation.path:
            cases |= operation.as_strategy(generation_mode=mode, path_parameters=_existing(office, operation.path))
        _sending(cases, headers)()


def _sending(cases: SearchStrategy[Case[Any]], headers: dict[str, str]) -> Callable[[], None]:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def send(case: Case[Any]) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    return send


def _existing(office: Office, path: str) -> dict[str, object]:
    """Return what makes a path lead to something that is there."""
    about_technician = any(part in path for part in ("/technicians/", "/sign-in", "/password", "/second-step", "/invi"))
    known: dict[str, object] = {
        "kind": "technician" if about_technician else "technician_group",
        "id": office.units["technician" if about_technician else "europe"]["id"],
        "channel": 1,
        "key": "transfer" if "permissions" in path else "timeouts.waiting",
        "name": "audit_list",
    }
    return {gap: value for gap, value in known.items() if f"{{{gap}}}" in path}
