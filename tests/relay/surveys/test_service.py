"""Surveys after sessions: whose is shown, what is kept, once, and by whom it can be answered."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select, update

from codec.wire.signals import Attention
from relay.sessions.model import SessionRow
from relay.store.database import open_store
from relay.surveys.model import SurveyAnswersRow, SurveyRow
from tests.relay.sessions.test_transfers import until_there
from tests.support.channels import assign, make_desk, sign_in, through
from tests.support.relays import CONSOLE, RunningRelay
from tests.support.surveys import OPEN, RATING, answer, ask, asking, at, end, ended, helped, questions

HOSTILE = '\u202e=HYPERLINK("http://x")\n\x1b[31mred\u200b ' + "y" * 300


async def kept(relay: RunningRelay) -> list[SurveyAnswersRow]:
    """Return the answers that are stored."""
    store = await open_store(relay.settings.database)
    try:
        async with store.reading() as transaction:
            return list(await transaction.scalars(select(SurveyAnswersRow).order_by(SurveyAnswersRow.id)))
    finally:
        await store.close()


@pytest.mark.req("SURV-01", "SURV-02")
async def test_without_a_survey_no_one_is_asked(relay: RunningRelay) -> None:
    await make_desk(relay, "Bob")
    bob = await sign_in(relay, "Bob")
    contact = await ended(relay, bob)
    assert (await questions(relay, contact.survey))[1] == {
        "kind": "none", "questions": [], "reference": "", "page": "", "answered": False
    }  # fmt: skip
    status, said = await relay.call("GET", f"/sessions/{contact.session}/survey", token=bob)
    assert (status, said["kind"]) == (200, "none")


@pytest.mark.req("SURV-03", "SURV-18", "SURV-22", "SURV-25", "SURV-28", "SESS-184")
async def test_a_customer_answers_once_and_all_of_it_is_kept(relay: RunningRelay) -> None:
    group, bobs = await make_desk(relay, "Bob")
    await ask(relay, at(group), asking("customer_survey"))
    bob = await sign_in(relay, "Bob")
    async with helped(relay, bob) as contact:
        assert await questions(relay, contact.survey) == (409, {"problem": "not_ended"})
        await end(relay, bob, contact.session)
    _, survey = await questions(relay, contact.survey)
    assert survey["kind"] == "built_in"
    assert survey["questions"] == [
        {"number": 1, "text": RATING["text"], "required": True, "choices": ["Very", "Somewhat", "Not at all"]},
        {"number": 2, "text": OPEN["text"], "required": False, "choices": []},
    ]
    status, said = await answer(relay, contact.survey, {"q2": HOSTILE})
    assert (status, said) == (422, {"problem": "refused", "wrong": {"1": "empty"}})
    assert await kept(relay) == []
    assert (await answer(relay, contact.survey, {"q1": "2", "q2": HOSTILE}))[0] == 200
    assert (await answer(relay, contact.survey, {"q1": "3"}, survey["reference"])) == (
        409, {"problem": "answered", "wrong": {}}
    )  # fmt: skip
    (row,) = await kept(relay)
    assert row.answers[0] == {"number": 1, "question": RATING["text"], "text": "Somewhat", "value": 3}
    assert row.answers[1]["text"] == '=HYPERLINK("http://x")\n[31mred ' + "y" * 300
    assert (row.source, row.technician, row.respondent) == ("Desk of Bob", bobs.id, "customer")
    store = await open_store(relay.settings.database)
    async with store.reading() as transaction:
        session = await transaction.get_one(SessionRow, contact.session)
        assert row.at == session.since, "the moment the technician ended the session"
    await store.close()
    assert (await questions(relay, contact.survey))[1]["answered"] is True


@pytest.mark.req("SURV-29")
async def test_a_survey_that_is_only_looked_at_leaves_nothing_of_the_customer(relay: RunningRelay) -> None:
    group, _ = await make_desk(relay, "Bob")
    await ask(relay, at(group), asking("customer_survey"))
    bob = await sign_in(relay, "Bob")
    for _time in range(2):
        contact = await ended(relay, bob)
        for _look in range(2):
            await questions(relay, contact.survey)
    assert await kept(relay) == []
    store = await open_store(relay.settings.database)
    async with store.reading() as transaction:
        assert len(list(await transaction.scalars(select(SurveyRow)))) == 1, "what is asked is kept once"
    await store.close()


async def test_two_answers_at_the_same_moment_leave_one(relay: RunningRelay) -> None:
    group, _ = await make_desk(relay, "Bob")
    await ask(relay, at(group), asking("customer_survey"))
    contact = await ended(relay, await sign_in(relay, "Bob"))
    _, survey = await questions(relay, contact.survey)
    sent = [answer(relay, contact.survey, {"q1": str(n % 3 + 1)}, survey["reference"]) for n in range(6)]
    assert sorted(status for status, _ in await asyncio.gather(*sent)) == [200, *[409] * 5]
    assert len(await kept(relay)) == 1


async def test_a_survey_that_changes_or_whose_group_goes_is_answered_as_it_was_shown(relay: RunningRelay) -> None:
    group, person = await make_desk(relay, "Bob")
    await ask(relay, at(group), asking("customer_survey"))
    bob = await sign_in(relay, "Bob")
    first, second = await ended(relay, bob), await ended(relay, bob)
    (_, shown), (_, also) = await questions(relay, first.survey), await questions(relay, second.survey)
    await ask(relay, at(group), asking("customer_survey", OPEN | {"text": "Quite another?", "required": True}))
    assert (await answer(relay, first.survey, {"q1": "1"}, shown["reference"]))[0] == 200
    status, said = await relay.call(
        "POST", "/units/delete", {"units": [{"kind": unit.kind, "id": unit.id} for unit in (person, group)]}
    )
    assert status in (200, 204), said
    assert (await answer(relay, second.survey, {"q1": "1"}, also["reference"]))[0] == 200
    assert [row.answers[0]["question"] for row in await kept(relay)] == [RATING["text"]] * 2
    assert {row.source for row in await kept(relay)} == {"Desk of Bob"}


async def test_a_token_opens_the_survey_of_its_own_session_only(relay: RunningRelay) -> None:
    group, _ = await make_desk(relay, "Bob")
    await ask(relay, at(group), asking("customer_survey") | asking("technician_survey"))
    bob = await sign_in(relay, "Bob")
    first, second = await ended(relay, bob), await ended(relay, bob)
    _, of_first = await questions(relay, first.survey)
    proof = first.survey.partition("-")[2]
    for guessed in (f"{second.session}-{proof}", f"0{first.survey}", f"{'9' * 18}-{'0' * 64}", f"-{proof}"):
        status, said = await relay.http.get(f"{relay.url}/survey/{guessed}/questions"), None
        assert status.status == 404 or (await status.json())["kind"] == "none", (guessed, said)
        async with relay.http.get(f"{relay.url}/survey/{guessed}") as page:
            assert page.status == 404
    assert await answer(relay, second.survey, {"q1": "1"}, of_first["reference"]) == (
        409, {"problem": "changed", "wrong": {}}
    )  # fmt: skip
    _, own = await relay.call("GET", f"/sessions/{first.session}/survey", token=bob)
    assert (await answer(relay, first.survey, {"q1": "1"}, own["reference"]))[0] == 409, "the technician's own"
    for reference in ("", "x", of_first["reference"][:-1] + "g", "customer-1-1." + "0" * 64):
        assert (await answer(relay, first.survey, {"q1": "1"}, reference))[0] == 409
    assert await kept(relay) == []


async def test_after_two_weeks_nothing_is_answered_any_more(relay: RunningRelay) -> None:
    group, _ = await make_desk(relay, "Bob")
    await ask(relay, at(group), asking("customer_survey"))
    contact = await ended(relay, await sign_in(relay, "Bob"))
    _, shown = await questions(relay, contact.survey)
    store = await open_store(relay.settings.database)
    async with store.transaction() as transaction:
        long_ago = datetime.now(UTC) - timedelta(days=15)
        await transaction.execute(update(SessionRow).values(since=long_ago))
    await store.close()
    assert (await questions(relay, contact.survey))[1]["kind"] == "none"
    assert (await answer(relay, contact.survey, {"q1": "1"}, shown["reference"]))[0] == 404


async def test_a_megabyte_is_refused(relay: RunningRelay) -> None:
    group, _ = await make_desk(relay, "Bob")
    await ask(relay, at(group), asking("customer_survey", *[OPEN] * 10))
    contact = await ended(relay, await sign_in(relay, "Bob"))
    async with relay.http.post(f"{relay.url}/survey/{contact.survey}", data={"q1": "x" * 1_000_000}) as response:
        assert response.status == 413
    stranger = contact.survey[:-1] + ("0" if contact.survey[-1] != "0" else "1")
    async with relay.http.post(f"{relay.url}/survey/{stranger}", data={"q1": "x" * 20_000}) as response:
        assert response.status == 413, "who shows no token sends little"
    longest = {f"q{number}": "\U0001f600" * 1_000 for number in range(1, 11)}
    _, survey = await questions(relay, contact.survey)
    form = aiohttp.FormData(longest | {"reference": survey["reference"]}, default_to_multipart=True)
    headers = {"Accept": "application/json"}
    async with relay.http.post(f"{relay.url}/survey/{contact.survey}", data=form, headers=headers) as response:
        assert response.status == 200, await response.text()
    (row,) = await kept(relay)
    assert all(len(each["text"]) == 1_000 for each in row.answers)


@pytest.mark.req("SURV-25", "SURV-26")
@pytest.mark.parametrize(("issuer", "source"), [("starting", "Desk of Bob"), ("closing", "Desk of Carol")])
async def test_a_transferred_session_gets_the_survey_of_who_started_or_closed_it(
    relay: RunningRelay, issuer: str, source: str
) -> None:
    bobs, _bob = await make_desk(relay, "Bob")
    carols, carol = await make_desk(relay, "Carol")
    await ask(relay, "organisation/0", {"survey_issuer.by": issuer})
    for group in (bobs, carols):
        await ask(relay, at(group), asking("customer_survey") | asking("technician_survey"))
    token, others = await sign_in(relay, "Bob"), await sign_in(relay, "Carol")
    async with (
        relay.console("console-of-carol", others) as carols_console,
        relay.console(token=token),
        helped(relay, token) as contact,
    ):
        await carols_console.say(Attention(is_here=True))
        await until_there(relay, "Carol")
        path = f"/sessions/{contact.session}"
        status, said = await relay.call(
            "POST", f"{path}/transfer", {"kind": "technician", "target": carol.id}, token=token
        )
        assert status == 200, said
        status, said = await relay.call("POST", f"{path}/pick-up", {"console": "console-of-carol"}, others)
        assert status == 200, said
        await end(relay, others, contact.session)
    assert (await answer(relay, contact.survey, {"q1": "1"}))[0] == 200
    (row,) = await kept(relay)
    assert row.source == source
    assert row.technician == carol.id
    assert (await relay.call("GET", f"{path}/survey", token=token))[0] == 404, "Bob no longer had it"
    assert (await relay.call("GET", f"{path}/survey", token=others))[1]["kind"] == "built_in"


@pytest.mark.req("SURV-22", "SURV-25")
async def test_a_session_through_a_channel_gets_the_survey_of_the_channel(relay: RunningRelay) -> None:
    group, _ = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await ask(relay, at(group), asking("customer_survey"))
    await ask(relay, "channel/1", asking("customer_survey", OPEN))
    bob = await sign_in(relay, "Bob")
    async with relay.console(CONSOLE, bob):
        contact = await ended(relay, bob, through(1))
    assert [each["text"] for each in (await questions(relay, contact.survey))[1]["questions"]] == [OPEN["text"]]
    assert (await answer(relay, contact.survey, {"q1": "Nothing"}))[0] == 200
    assert (await kept(relay))[0].source == "Channel 1"


@pytest.mark.req("SURV-25")
async def test_a_survey_for_all_technicians_is_called_that(relay: RunningRelay) -> None:
    await make_desk(relay, "Bob")
    await ask(relay, "organisation/0", asking("customer_survey"))
    contact = await ended(relay, await sign_in(relay, "Bob"))
    assert (await answer(relay, contact.survey, {"q1": "1"}))[0] == 200
    assert (await kept(relay))[0].source == "technicians"


@pytest.mark.req("SURV-06", "SURV-07", "SURV-08", "SURV-10")
async def test_an_own_survey_is_elsewhere_with_the_values_of_the_start(relay: RunningRelay) -> None:
    group, _ = await make_desk(relay, "Bob")
    page = {"mode": "own", "page": "https://ask.example/?a=1", "details": True}
    chosen: dict[str, Any] = {f"customer_survey.{key}": value for key, value in page.items()}
    await ask(
        relay, at(group), chosen | {"technician_survey.mode": "own", "technician_survey.page": "https://t.example"}
    )
    bob = await sign_in(relay, "Bob")
    async with helped(relay, bob, name="Mrs Jansen", fields=["30117"]) as contact:
        for value in ("Someone else", "Another"):
            status, said = await relay.call(
                "PATCH", f"/sessions/{contact.session}/fields", {"field": 0, "value": value}, bob
            )
            assert status == 200, said
        await end(relay, bob, contact.session)
    _, survey = await questions(relay, contact.survey)
    assert (survey["kind"], survey["page"]) == (
        "own",
        f"https://ask.example/?a=1&DesksideSessionID={contact.session}"
        "&CField0=Mrs%20Jansen&CField1=30117&CField2=&CField3=&CField4=&CField5=",
    )
    _, own = await relay.call("GET", f"/sessions/{contact.session}/survey", token=bob)
    assert (own["kind"], own["page"]) == ("own", "https://t.example")
    assert (await answer(relay, contact.survey, {"q1": "1"}))[0] == 409, "what is answered there is not kept here"
    assert await kept(relay) == []


@pytest.mark.req("SURV-18", "SURV-20", "SESS-184")
async def test_a_technician_answers_after_a_session(relay: RunningRelay) -> None:
    group, _ = await make_desk(relay, "Bob")
    await ask(relay, at(group), asking("technician_survey"))
    bob = await sign_in(relay, "Bob")
    before = datetime.now(UTC)
    contact = await ended(relay, bob)
    path = f"/sessions/{contact.session}/survey"
    _, survey = await relay.call("GET", path, token=bob)
    status, said = await relay.call("POST", path, {"reference": survey["reference"], "answers": {"2": "x"}}, bob)
    assert (status, said["problem"]) == (422, "answers_refused")
    given = {"reference": survey["reference"], "answers": {"1": "3", "2": "A new mouse"}}
    assert (await relay.call("GET", path))[0] == 404, "it is not Anna's"
    assert (await relay.call("POST", path, given))[0] == 404
    assert (await relay.call("POST", path, given, bob))[0] == 204
    status, said = await relay.call("POST", path, given, bob)
    assert (status, said["problem"]) == (409, "answered")
    (row,) = await kept(relay)
    assert (row.respondent, row.source) == ("technician", "Desk of Bob")
    assert row.at == row.submitted_at >= before
    assert row.answers[0]["value"] == 1
