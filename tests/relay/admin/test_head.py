"""The head of every page of the Admin Center, and where new people stand."""

import pytest

from relay.organization.fields import fields_of
from relay.organization.service import Organisation
from relay.organization.units import UnitKind
from tests.relay.admin.conftest import Center
from tests.relay.organization.organisations import ADMINISTRATORS, NOW, Place


@pytest.mark.req("ORG-16", "COMP-19")
async def test_the_head_leads_everywhere_from_every_page(center: Center) -> None:
    browser = await center.browser("owner")
    for path in ("/admin/organization/technicians", "/admin/reports/technicians", "/admin/help"):
        page = (await browser.get(path)).text
        for address in ("/account", "/admin/command-center", "/admin/help", "/sign-out"):
            assert f'"{address}"' in page, (path, address)
        assert "Northwind IT" in page
        assert "?lang=nl" in page


@pytest.mark.req("ORG-35")
async def test_the_head_of_a_technicians_form_names_him_and_his_group(center: Center) -> None:
    browser = await center.browser("owner")
    page = (await browser.get(f"/admin/organization/technician-{center.units['bram'].id}")).text
    head = page[page.index("sheet-head") : page.index("sheet-tabs")]
    assert ("<bdi>Service desk NL</bdi>" in head, "<bdi>Bram Janssen</bdi>" in head) == (True, True)


@pytest.mark.req("ORG-42", "ORG-53", "ORG-54")
async def test_a_new_administrator_stands_where_he_was_made(place: Place) -> None:
    organisation: Organisation = place.organisation
    group = await organisation.create(place.owner, UnitKind.ADMINISTRATOR_GROUP, ADMINISTRATORS, {"name": "Team"}, NOW)
    for where in (ADMINISTRATORS, group):
        mia = await organisation.create(place.owner, UnitKind.ADMINISTRATOR, where, {"name": "Mia"}, NOW)
        assert (await organisation.show(place.owner, mia, NOW)).place == where


@pytest.mark.req("ORG-43", "ORG-65", "ORG-24")
def test_forms_have_their_fields() -> None:
    administrator, technician = fields_of(UnitKind.ADMINISTRATOR), fields_of(UnitKind.TECHNICIAN)
    assert list(administrator) == list(technician)
    assert list(fields_of(UnitKind.TECHNICIAN_GROUP)) == ["name", "description", "status"]
    assert "never see it" in administrator["description"].help
