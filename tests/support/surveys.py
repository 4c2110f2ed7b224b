"""Surveys for tests: a group or channel that asks something, and a session that has ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from codec.wire.api_types import Code, Method, NewCode, PickUp
from codec.wire.signals import Enter
from relay.organization.units import Unit
from tests.support.relays import CONSOLE, AppletEnd, RunningRelay, enter_with

OPEN: dict[str, Any] = {
    "text": "What can we do better?",
    "type": "open",
    "required": False,
    "shown": True,
    "answers": [],
}
RATING: dict[str, Any] = {
    "text": "How satisfied are you?",
    "type": "list",
    "required": True,
    "shown": True,
    "answers": [{"text": "Very", "value": 5}, {"text": "Somewhat", "value": 3}, {"text": "Not at all", "value": 1}],
}


def asking(section: str, *questions: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with which a survey asks this."""
    return {f"{section}.mode": "built_in", f"{section}.questions": list(questions or (RATING, OPEN))}


async def ask(relay: RunningRelay, unit: str, values: dict[str, Any]) -> None:
    """Choose something for a unit, such as `technician_group/3`."""
    status, answer = await relay.call("PATCH", f"/settings/{unit}", {"values": values})
    assert status == 200, answer


def at(group: Unit) -> str:
    """Return what `ask` calls a unit."""
    return f"{group.kind}/{group.id}"


@dataclass
class Contact:
    """A session under way: its number, and its customer's token."""

    session: int
    survey: str
    customer: AppletEnd


@asynccontextmanager
async def helped(
    relay: RunningRelay, token: str, first: Enter | None = None, name: str = "", fields: list[str] | None = None
) -> AsyncIterator[Contact]:
    """Have a customer come by a technician's PIN, or as they say, and be picked up."""
    if first is None:
        _, body = await relay.call("POST", "/codes", NewCode(method=Method.PIN, name=name, fields=fields or []), token)
        first = enter_with(msgspec.convert(body, Code))
    async with relay.applet(first) as applet:
        entered = await relay.enter(applet)
        status, answer = await relay.call(
            "POST", f"/sessions/{entered.session}/pick-up", PickUp(console=CONSOLE), token
        )
        assert status == 200, answer
        yield Contact(entered.session, entered.survey, applet)


async def end(relay: RunningRelay, token: str, session: int) -> None:
    """Have a technician end a session."""
    status, answer = await relay.call("POST", f"/sessions/{session}/end", token=token)
    assert status == 200, answer


async def ended(relay: RunningRelay, token: str, first: Enter | None = None, name: str = "") -> Contact:
    """Have a customer be helped, and the technician end it."""
    async with helped(relay, token, first, name) as contact:
        await end(relay, token, contact.session)
    return contact


async def questions(relay: RunningRelay, survey: str) -> tuple[int, Any]:
    """Return what a customer's program is told to ask."""
    async with relay.http.get(f"{relay.url}/survey/{survey}/questions") as response:
        return response.status, await response.json()


async def answer(
    relay: RunningRelay, survey: str, given: dict[str, str], reference: str | None = None
) -> tuple[int, Any]:
    """Answer as a customer's page does; return status and what is said."""
    if reference is None:
        reference = (await questions(relay, survey))[1]["reference"]
    headers = {"Accept": "application/json"}
    async with relay.http.post(
        f"{relay.url}/survey/{survey}", data={"reference": reference, **given}, headers=headers
    ) as response:
        return response.status, await response.json()
