"""Every address of the Admin Center, walked by people who must not get in."""

from pathlib import Path

import pytest
from aiohttp import web

from relay.app import make_app
from relay.organization.units import Unit, UnitKind
from relay.store.database import open_store
from tests.relay.admin.browsers import Browser
from tests.relay.admin.conftest import Center
from tests.support.relays import settings_for

OUT_OF_REACH = ("europe", "eva", "readers")
"""Units of the rehearsal that Eva, who looks after the service desk, does not reach."""


@pytest.fixture
async def routes(tmp_path: Path) -> list[tuple[str, str]]:
    """Every method and path of the Admin Center that the router knows."""
    made = settings_for(tmp_path / "walk")
    made.data.mkdir(parents=True)
    store = await open_store(made.database)
    app = await make_app(made, store)
    runner = web.AppRunner(app)
    await runner.setup()
    found = [(route.method, path) for route in app.router.routes() if (path := _path(route)).startswith("/admin")]
    await runner.cleanup()
    await store.close()
    assert len(found) > 25
    return sorted(found)


def _path(route: web.AbstractRoute) -> str:
    return "" if route.resource is None else route.resource.canonical


def filled(path: str, unit: str = "technicians") -> str:
    """Return an address of this shape."""
    return (
        path.replace("{unit}", unit)
        .replace("{key}", "transfer")
        .replace("{kind}", "technician")
        .replace("{step}", "pin")
        .replace("{session}", "1")
        .replace("{intent}", "close")
    )


async def ask(browser: Browser, method: str, path: str, token: str, **headers: str) -> tuple[int, str]:
    """Return how an address answers, and where it sends."""
    if method == "GET":
        answer = await browser.get(path, **headers)
    else:
        answer = await browser.post(path, [("form", token)], **headers)
    return answer.status, answer.location


async def test_strangers_are_sent_to_sign_in_or_refused(center: Center, routes: list[tuple[str, str]]) -> None:
    for method, path in routes:
        status, location = await ask(center.stranger, method, filled(path), "")
        assert (status, location) == (303, "/sign-in") or (method == "POST" and status == 403), (method, path, status)


@pytest.mark.req("ORG-19", "ORG-52")
async def test_technicians_are_refused_everywhere(center: Center, routes: list[tuple[str, str]]) -> None:
    browser = await center.browser("technician")
    token = await browser.token("/account")
    for method, path in routes:
        status, _ = await ask(browser, method, filled(path), token)
        assert status == 403, (method, path, status)


@pytest.mark.req("ORG-58b", "EDGE-13", "ORG-61")
async def test_readers_of_reports_see_reports_and_the_tree_and_nothing_else(
    center: Center, routes: list[tuple[str, str]]
) -> None:
    browser = await center.browser("reader")
    token = await browser.token()
    open_to_them = {
        "/admin",
        "/admin/tree/{unit}",
        "/admin/branch/{unit}",
        "/admin/search",
        "/admin/reports/{unit}",
        "/admin/reports/{unit}/file",
        "/admin/help",
        "/admin/command-center",
        "/admin/api-keys",
        "/admin/api-keys/{key}/revoke",
    }
    for method, path in routes:
        status, _ = await ask(browser, method, filled(path), token)
        assert (status != 403) == (path in open_to_them), (method, path, status)
    page = (await browser.get("/admin/reports/technicians")).text
    assert "Reports</a>" in page
    assert "Global settings</a>" not in page
    assert "data-menu" not in page


@pytest.mark.req("ORG-18", "ORG-19", "ORG-44")
async def test_administrators_get_nowhere_by_editing_the_address(center: Center, routes: list[tuple[str, str]]) -> None:
    browser = await center.browser("lead")
    token = await browser.token()
    foreign = [center.units[name] for name in OUT_OF_REACH] + [Unit(UnitKind.MASTER_ADMINISTRATOR, 1)]
    for unit in foreign:
        name = f"{unit.kind.value}-{unit.id}"
        for method, path in routes:
            if "{unit}" not in path:
                continue
            status, _ = await ask(browser, method, filled(path, name), token)
            is_drawn_anyway = method == "GET" and "/tree/" in path  # the tree that is theirs, without this unit
            assert is_drawn_anyway or status in (403, 404), (method, path, name, status)
    for command in ("status", "delete", "unlink", "place", "preview"):
        for unit in foreign:
            fields = [("form", token), ("unit", f"{unit.kind.value}-{unit.id}"), ("target", "technicians")]
            answer = await browser.post(f"/admin/{command}", [*fields, ("status", "disabled")])
            refused = answer.status in (403, 404, 422) or '"possible": false' in answer.text
            assert refused, (command, unit, answer.status)
    for tab in ("global-settings", "calling-card", "resources"):
        assert (await browser.get(f"/admin/{tab}/technicians")).status == 403


@pytest.mark.req("ORG-52")
async def test_administrators_make_no_administrators(center: Center) -> None:
    browser = await center.browser("lead")
    token = await browser.token()
    for kind in ("master_administrator", "administrator", "administrator_group"):
        place = "master_administrators" if kind.startswith("master") else "administrators"
        answer = await browser.post("/admin/create", [("form", token), ("kind", kind), ("place", place)])
        assert answer.status == 403
    menu = await browser.get("/admin/menu?unit=administrators", HX_Request="true")
    assert "Create" not in menu.text


async def test_no_form_is_taken_without_its_token_or_from_another_site(
    center: Center, routes: list[tuple[str, str]]
) -> None:
    owner, other = await center.browser("owner"), await center.browser("lead")
    token, theirs = await owner.token(), await other.token()
    for method, path in routes:
        if method != "POST":
            continue
        for wrong in ("", "guess", theirs):
            assert (await ask(owner, method, filled(path), wrong))[0] == 403, path
        status, _ = await ask(owner, method, filled(path), token, Origin="https://evil.example")
        assert status == 403, path


async def test_units_that_are_none_are_not_found(center: Center) -> None:
    browser = await center.browser("owner")
    for unit in (
        "technician_group-0",
        "organisation",
        "x-1",
        "technicians-1",
        "technician",
        "technician_group--1",
    ):
        for tab in ("organization", "settings", "channels", "reports", "global-settings"):
            assert (await browser.get(f"/admin/{tab}/{unit}")).status == 404
    assert (await browser.get("/admin/organization/technician_group-99999999999999")).status == 404
    assert (await browser.get("/admin/organization/%00")).status == 400  # no page has such an address (F32)


async def test_nothing_breaks_whatever_is_asked_of_whatever_unit(center: Center, routes: list[tuple[str, str]]) -> None:
    browser = await center.browser("owner")
    token = await browser.token()
    made = (center.units[each] for each in ("desk", "bram", "eva", "readers", "channel"))
    names = ["technicians", "computers", "master_administrator-1", *(f"{unit.kind.value}-{unit.id}" for unit in made)]
    for method, path in routes:
        for name in names if "{unit}" in path else names[:1]:
            status, _ = await ask(browser, method, filled(path, name), token)
            assert status < 500, (method, path, name, status)
    for command in ("create", "status", "delete", "unlink", "place", "preview", "undo"):
        for name in [*names, "technician-77", "nonsense"]:
            target = names[len(name) % len(names)]
            fields = [("form", token), ("unit", name), ("place", name), ("target", target), ("kind", "technician")]
            answer = await browser.post(f"/admin/{command}", [*fields, ("status", "x"), ("done", "x")])
            assert answer.status < 500, (command, name)
