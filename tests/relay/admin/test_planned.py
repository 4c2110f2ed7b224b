"""What has no effect yet is not shown, unless the organisation wants to see it; and nothing hides an effect.

That a setting which claims an effect is read by the programs, tests/relay/settings/test_declarations proves.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from codec.wire.permits import Function
from relay.admin.navigation import PLANNED as PLANNED_TABS
from relay.admin.navigation import Tab
from relay.organization.fields import fields_of
from relay.organization.units import PLANNED, UnitKind
from relay.permissions.catalogue import PERMISSIONS
from relay.settings.catalogue import CATALOGUE
from tests.relay.admin.conftest import Center

ROOT = Path(__file__).parents[3]
DECLARATIONS = ("relay/settings/areas/", "relay/permissions/catalogue.py")
ACTIVE = [setting for setting in CATALOGUE if setting.in_effect]
WAITING = [setting for setting in CATALOGUE if not setting.in_effect]


@cache
def code() -> str:
    """Return everything that the programs do, without what only declares."""
    files = (file for part in ("relay", "applet", "console", "codec") for file in sorted((ROOT / part).rglob("*.py")))
    outside = [file for file in files if not str(file.relative_to(ROOT)).startswith(DECLARATIONS)]
    return "\n".join(file.read_text() for file in outside)


def is_read(key: str) -> bool:
    """Whether the programs name this setting or permission somewhere besides its declaration."""
    return f'"{key}"' in code()


@pytest.mark.finding("use-A8")
def test_a_setting_that_the_programs_read_does_not_claim_to_be_planned() -> None:
    assert [setting.key for setting in WAITING if is_read(setting.key)] == []


@pytest.mark.finding("use-A8")
def test_a_setting_with_an_effect_never_waits_for_one_without() -> None:
    waiting = {setting.key for setting in WAITING}
    assert [each.key for each in ACTIVE if waiting & {when.key for when in each.when}] == []


@pytest.mark.finding("use-A8")
def test_permissions_are_in_effect_when_the_programs_obey_them() -> None:
    """What applet and console enforce is in the signed statement (codec/wire/permits); the relay checks the rest."""
    claiming = {permission.key for permission in PERMISSIONS if permission.in_effect}
    enforced = {function.value for function in Function} & {permission.key for permission in PERMISSIONS}
    checked = {each.key for each in PERMISSIONS if re.search(rf'\.check\([^)]*"{each.key}"\)', code())}
    assert claiming == enforced | checked


@pytest.mark.finding("use-A8")
async def test_nothing_without_an_effect_is_offered_after_the_set_up(plain: Center) -> None:
    owner = await plain.browser("owner")
    start = (await owner.get("/admin/organization/technicians")).text
    for words in ("Planned", "Not available yet", "Command Center", "Unattended computers", "External technicians"):
        assert words not in start, words
    assert not [tab for tab in PLANNED_TABS if f"/admin/{tab.value}/" in start]
    assert [kind for kind in PLANNED if f'data-unit="{kind.value}' in start] == []
    desk = (await owner.get(f"/admin/organization/technician_group-{plain.units['desk'].id}")).text
    shown = set(re.findall(r'name="may:([a-z_]+)"', desk))
    assert shown == {permission.key for permission in PERMISSIONS if permission.in_effect}
    settings = (await owner.get(f"/admin/settings/technician_group-{plain.units['desk'].id}")).text
    everywhere = (await owner.get("/admin/global-settings/technicians")).text
    offered = set(re.findall(r'name="has" value="([\w.]+)"', settings + everywhere))
    assert offered <= {setting.key for setting in ACTIVE}
    assert {"recording.forced", "planned.show", "password.level"} <= offered
    person = (await owner.get(f"/admin/organization/technician-{plain.units['bram'].id}")).text
    fields = set(re.findall(r'name="was:(\w+)"', person))
    assert fields == {key for key, field in fields_of(UnitKind.TECHNICIAN).items() if field.in_effect}
    assert "Mobile" not in (await owner.get("/admin/licences")).text


@pytest.mark.finding("use-A8")
async def test_what_is_planned_has_no_address_either_and_says_why(plain: Center) -> None:
    owner = await plain.browser("owner")
    paths = [f"/admin/{tab.value}/technicians" for tab in PLANNED_TABS]
    paths += ["/admin/command-center", "/admin/organization/computers", "/admin/organization/external"]
    for path in paths:
        answer = await owner.get(path)
        assert answer.status == 404, path
        assert "This comes in a later version" in answer.text, path
    for words in ("external", "unattended"):
        found = (await owner.get(f"/admin/search?q={words}", HX_Request="true")).text
        assert "data-found" not in found, words
    menu = (await owner.get(f"/admin/menu?unit=technician_group-{plain.units['desk'].id}", HX_Request="true")).text
    assert "computer" not in menu


@pytest.mark.finding("use-A8")
async def test_one_switch_shows_what_is_planned_and_marks_it(plain: Center) -> None:
    owner, path = await plain.browser("owner"), "/admin/global-settings/technicians"
    form = await owner.form(path)
    form["planned.show"] = "on"
    assert (await owner.post(path, form.fields)).status == 303
    page = (await owner.get(path)).text
    assert page.count("Planned: no effect yet") == len(re.findall(r'class="note"', page)) > 0
    assert {tab.value for tab in Tab} <= set(re.findall(r'/admin/([a-z-]+)/technicians"', page))
    desk = (await owner.get(f"/admin/organization/technician_group-{plain.units['desk'].id}")).text
    assert desk.count("Planned: no effect yet") == sum(not permission.in_effect for permission in PERMISSIONS)
    assert (await owner.get("/admin/channels/channels")).status == 200


@pytest.mark.finding("use-A8")
async def test_the_api_says_what_is_planned(plain: Center) -> None:
    group = plain.units["desk"].id
    _status, body = await plain.relay.call("GET", f"/technician-groups/{group}/permissions")
    assert {key for key, each in body["permissions"].items() if each["in_effect"]} == {
        permission.key for permission in PERMISSIONS if permission.in_effect
    }
    _status, body = await plain.relay.call("GET", f"/settings/technician_group/{group}")
    assert {key for key, each in body.items() if each["in_effect"]} <= {setting.key for setting in ACTIVE}


@pytest.mark.finding("use-A8")
def test_the_document_has_a_table_of_what_is_there_and_one_of_what_is_planned() -> None:
    there, _heading, planned = (ROOT / "docs/settings.md").read_text().partition("\n# Planned\n")
    assert set(re.findall(r"\| `([\w.]+)`", there)) == {setting.key for setting in ACTIVE}
    assert set(re.findall(r"\| `([\w.]+)`", planned)) == {setting.key for setting in WAITING}
