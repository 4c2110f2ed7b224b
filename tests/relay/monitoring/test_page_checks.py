"""The doctor compares the page for customers with what visitors get."""

from dataclasses import replace

from relay.monitoring.network_checks import Answer
from relay.monitoring.page_checks import check_page
from relay.pages.built_page import BuiltPage, NotBuiltError, read_page
from tests.support.relays import RunningRelay

WELL = Answer("", True)


async def test_a_page_that_is_served_as_it_was_built_is_well(relay: RunningRelay) -> None:
    found = await check_page(relay.settings, relay.http, WELL)
    assert not found.is_problem
    assert f"{len(read_page().files)} files" in found.saw


async def test_a_file_that_is_changed_on_its_way_is_named(relay: RunningRelay) -> None:
    def other() -> BuiltPage:
        page = read_page()
        files = {
            name: replace(file, sha256="00") if name.endswith(".css") else file for name, file in page.files.items()
        }
        return replace(page, files=files)

    found = await check_page(relay.settings, relay.http, WELL, other)
    assert found.is_problem
    assert ".css" in found.saw
    assert ".js" not in found.saw
    assert "upgraded" in found.remedy


async def test_a_page_that_is_missing_and_one_that_cannot_be_compared_are_said(relay: RunningRelay) -> None:
    def missing() -> BuiltPage:
        raise NotBuiltError("the page for customers cannot be read: no such file")

    found = await check_page(relay.settings, relay.http, WELL, missing)
    assert found.is_problem
    assert "Install" in found.remedy
    found = await check_page(relay.settings, relay.http, Answer("refused"))
    assert not found.is_problem
    assert "not compared" in found.saw
