"""Surveys in a browser: a customer on a phone answers after a session, on the page and on one without script."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from codec.wire.api_types import Method
from tests.browser.conftest import PHONE
from tests.browser.test_pages import violations
from tests.relay.signalling.test_customer_settings import for_all
from tests.relay.surveys.test_service import kept
from tests.support.firefox import firefox_page
from tests.support.relays import RunningRelay, running_relay
from tests.support.surveys import OPEN, RATING, answer, asking, ended

HEADING = "How did it go?"


@asynccontextmanager
async def after_a_session(browser: Browser, relay: RunningRelay) -> AsyncIterator[Page]:
    """The page of a customer on a phone whose technician has just ended the session."""
    code = await relay.make_code(Method.PIN)
    context = await browser.new_context(locale="en-GB", viewport=PHONE, has_touch=True)
    page = await context.new_page()
    await page.goto(f"{relay.url}/join")
    await page.get_by_label("PIN or link").fill(str(code.pin))
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("heading", name="Waiting for Anna de Vries")).to_be_visible()
    (session,) = [each for each in (await relay.call("GET", "/sessions"))[1] if each["state"] == "waiting"]
    await relay.pick_up(session["id"])
    assert (await relay.call("POST", f"/sessions/{session['id']}/end"))[0] == 200
    yield page
    await context.close()


@pytest.mark.req("SURV-03", "SURV-14", "SURV-24", "SURV-29", "SESS-184")
async def test_a_customer_on_a_phone_answers_below_the_receipt(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        await for_all(relay, asking("customer_survey"))
        async with after_a_session(browser, relay) as page:
            survey = page.get_by_role("region", name=HEADING)
            await expect(survey).to_be_visible()
            await expect(page.get_by_role("button", name="Save receipt")).to_be_visible()
            assert await violations(page) == []
            await survey.get_by_label(OPEN["text"]).fill("=More tea")
            await survey.get_by_role("button", name="Send answers").click()
            await expect(survey.get_by_text("Answer this question.")).to_be_visible()
            await expect(survey.get_by_role("radio", name="Very")).to_be_focused()
            assert await violations(page) == []
            await page.keyboard.press("ArrowDown")
            await expect(survey.get_by_role("radio", name="Somewhat")).to_be_checked()
            await page.route("**/survey/*", lambda route: route.abort())
            await survey.get_by_role("button", name="Send answers").click()
            await expect(survey.get_by_text("Your answers could not be sent.")).to_be_visible()
            await expect(survey.get_by_label(OPEN["text"])).to_have_value("=More tea")
            await page.unroute("**/survey/*")
            await page.set_viewport_size({"width": 320, "height": 640})
            assert await page.evaluate("document.documentElement.scrollWidth") <= 320
            await survey.get_by_role("button", name="Send answers").click()
            await expect(survey.get_by_text("Thank you.")).to_be_visible()
        (row,) = await kept(relay)
        assert [(each["text"], each["value"]) for each in row.answers] == [("Somewhat", 3), ("=More tea", None)]
        async with after_a_session(browser, relay) as page:
            await page.get_by_role("button", name="No, thanks").click()
            await expect(page.get_by_role("region", name=HEADING)).to_have_count(0)
        assert len(await kept(relay)) == 1


@pytest.mark.req("SURV-02", "SURV-06")
async def test_nothing_is_asked_without_a_survey_and_an_own_one_is_a_button(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        async with after_a_session(browser, relay) as page:
            async with page.expect_response("**/questions"):
                pass
            await expect(page.get_by_role("region", name=HEADING)).to_have_count(0)
        own: dict[str, object] = {"customer_survey.mode": "own", "customer_survey.page": "https://ask.example/form"}
        await for_all(relay, own)
        async with after_a_session(browser, relay) as page:
            link = page.get_by_role("link", name="Open the questions")
            await expect(link).to_have_attribute("href", "https://ask.example/form")
            assert "ask.example" not in page.url, "no one is sent elsewhere unasked"


@pytest.mark.req("SURV-03", "SURV-14", "I18N-01")
async def test_the_page_without_script_keeps_what_was_typed(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        await for_all(relay, asking("customer_survey"))
        contact = await ended(relay, relay.token)
        context = await browser.new_context(locale="nl", viewport=PHONE, java_script_enabled=False)
        page = await context.new_page()
        await page.goto(f"{relay.url}/survey/{contact.survey}")
        await expect(page.get_by_role("heading", name="Hoe ging het?")).to_be_visible()
        await page.get_by_label(OPEN["text"]).fill("x" * 900 + "\n<b>")
        form = page.locator("form")
        await page.get_by_role("radio", name="Very").check()
        async with page.expect_response(lambda response: response.request.method == "POST") as sent:
            await form.get_by_role("button").click()
        assert (await sent.value).status == 200
        await expect(page.get_by_role("heading", name="Bedankt voor uw antwoorden")).to_be_visible()
        await page.goto(f"{relay.url}/survey/{contact.survey}")
        await expect(page.get_by_role("heading", name="Deze vragen zijn al beantwoord")).to_be_visible()
        await context.close()
        second = await ended(relay, relay.token)
        data: dict[str, str] = {"q1": "9", "q2": "</textarea><script>1</script>"}
        assert (await answer(relay, second.survey, data, ""))[0] == 409
        page = await browser.new_page()
        await page.goto(f"{relay.url}/survey/{second.survey}")
        assert await violations(page) == []
        await page.get_by_label(OPEN["text"]).fill(data["q2"])
        await page.evaluate("document.querySelector('form').noValidate = true")
        await page.get_by_role("button", name="Send answers").click()
        await expect(page.get_by_text("Answer this question.")).to_be_visible()
        await expect(page.get_by_label(OPEN["text"])).to_have_value(data["q2"])
        assert await violations(page) == []


async def test_in_firefox_too(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, firefox_page() as page:
        await for_all(relay, asking("customer_survey", RATING | {"required": False}, OPEN))
        contact = await ended(relay, relay.token)
        await page.goto(f"{relay.url}/survey/{contact.survey}")
        await page.fill(f"{OPEN['text']} optional", "Nothing")
        await page.click("Send answers")
        await page.sees("Thank you for your answers")
        (row,) = await kept(relay)
        assert [each["text"] for each in row.answers] == ["Nothing"]
