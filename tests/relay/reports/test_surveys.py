"""The reports on surveys: what was answered, with the values of choices, and whose survey a customer got."""

import csv
import io
from typing import Any

import pytest

from tests.relay.surveys.test_service import HOSTILE
from tests.support.channels import assign, make_desk, sign_in, through
from tests.support.relays import CONSOLE, RunningRelay
from tests.support.surveys import OPEN, RATING, answer, ask, asking, at, ended

PERIOD = "period=today"


async def rows(relay: RunningRelay, report: str, unit: str = "") -> list[dict[str, Any]]:
    """Return a report as programs read it."""
    status, found = await relay.call("GET", f"/reports/{report}?{PERIOD}{unit}")
    assert status == 200, found
    result: list[dict[str, Any]] = found
    return result


async def as_csv(relay: RunningRelay, report: str, unit: str = "") -> list[list[str]]:
    """Return a report's titles and rows as people get them."""
    headers = {"Authorization": f"Bearer {relay.token}"}
    url = f"{relay.url}/api/v1/reports/{report}?{PERIOD}&format=csv{unit}"
    async with relay.http.get(url, headers=headers) as response:
        text = (await response.read()).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.req("SURV-17", "SURV-19", "SURV-20", "SURV-24", "SURV-28", "REP-25")
async def test_answers_of_customers_and_technicians(relay: RunningRelay) -> None:
    group, person = await make_desk(relay, "Bob")
    await ask(relay, at(group), asking("customer_survey") | asking("technician_survey", OPEN, RATING))
    bob = await sign_in(relay, "Bob")
    contact = await ended(relay, bob, name="Mrs Jansen")
    assert await rows(relay, "customer_survey_list") == []
    assert (await answer(relay, contact.survey, {"q1": "1", "q2": HOSTILE}))[0] == 200
    path = f"/sessions/{contact.session}/survey"
    _, survey = await relay.call("GET", path, token=bob)
    given = {"reference": survey["reference"], "answers": {"2": "3"}}
    assert (await relay.call("POST", path, given, bob))[0] == 204
    (row,) = await rows(relay, "customer_survey_list")
    assert row.pop("date")
    text = '=HYPERLINK("http://x")\n[31mred ' + "y" * 300
    assert row == {
        "source": "Desk of Bob", "session_id": contact.session, "name": "Mrs Jansen",
        "q1": 5, "q2": text, **{f"q{n}": None for n in range(3, 11)},
        "technician_name": "Bob", "technician_id": person.id, "technician_email": "bob@northwind.example",
    }  # fmt: skip
    titles, line = await as_csv(relay, "customer_survey_list", f"&kind=technician_group&id={group.id}")
    assert titles[:7] == ["Source", "Session ID", "Date", "Customer", RATING["text"], OPEN["text"], "Question 3"]
    assert line[4] == "5"
    assert line[5] == "'" + text[:128], "what a spreadsheet would take for a formula is none"
    (own,) = await rows(relay, "technician_survey_list")
    assert (own["source"], own["q1"], own["q2"]) == ("Desk of Bob", None, 1)
    assert await rows(relay, "technician_survey_list", "&kind=channel&id=1") == []


@pytest.mark.req("SURV-27", "REP-26")
async def test_whose_survey_it_was_is_told_only_where_the_closing_technician_issues_it(relay: RunningRelay) -> None:
    group, _ = await make_desk(relay, "Bob")
    await ask(relay, "organisation/0", asking("customer_survey"))
    bob = await sign_in(relay, "Bob")
    first = await ended(relay, bob)
    assert (await answer(relay, first.survey, {"q1": "1"}))[0] == 200
    report = "customer_survey_issuance_list"
    offered = [each["key"] for each in (await relay.call("GET", "/reports"))[1]]
    assert "customer_survey_list" in offered
    assert report not in offered
    status, said = await relay.call("GET", f"/reports/{report}?{PERIOD}")
    assert (status, said["problem"]) == (409, "report_unavailable")
    await ask(relay, "organisation/0", {"survey_issuer.by": "closing"})
    second = await ended(relay, bob)
    assert (await answer(relay, second.survey, {"q1": "1"}))[0] == 200
    assert report in [each["key"] for each in (await relay.call("GET", "/reports"))[1]]
    found = await as_csv(relay, report, f"&kind=technician_group&id={group.id}")
    assert [(line[0], line[-1]) for line in found[1:]] == [("Technicians", "No"), ("Technicians", "Yes")]


async def test_a_channel_has_the_answers_of_its_customers(relay: RunningRelay) -> None:
    group, _ = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await ask(relay, "channel/1", asking("customer_survey"))
    bob = await sign_in(relay, "Bob")
    async with relay.console(CONSOLE, bob):
        contact = await ended(relay, bob, through(1))
    assert (await answer(relay, contact.survey, {"q1": "2"}))[0] == 200
    (row,) = await rows(relay, "customer_survey_list", "&kind=channel&id=1")
    assert (row["source"], row["q1"]) == ("Channel 1", 3)
    assert await rows(relay, "customer_survey_list", "&kind=channel&id=2") == []
