"""What an organisation can choose about security, where that stands, and what holds while nobody has chosen."""

import pytest

from relay.settings.catalogue import CATALOGUE
from relay.settings.compound_kinds import ListOf
from relay.settings.declare import Editors, Section, Tab
from relay.settings.holders import HolderKind
from relay.settings.kinds import Choice
from relay.settings.text_kinds import Network


def options_of(key: str) -> list[str]:
    """Return what can be chosen."""
    kind = CATALOGUE.setting(key).kind
    assert isinstance(kind, Choice)
    return [option.value for option in kind.options]


@pytest.mark.req("SEC-25", "EDGE-40")
def test_the_least_password_is_one_of_three_levels_and_good_at_first() -> None:
    assert options_of("password.level") == ["good", "strong", "excellent"]
    assert CATALOGUE.setting("password.level").default == "good"


@pytest.mark.req("SEC-50", "SEC-53", "SEC-62", "SEC-63", "EDGE-32")
@pytest.mark.parametrize(
    ("section", "tab", "editors", "units"),
    [
        ("addresses", Tab.GLOBAL_SETTINGS, Editors.MASTERS, (HolderKind.ORGANISATION,)),
        ("console_addresses", Tab.SETTINGS, Editors.ADMINISTRATORS, (HolderKind.GROUP,)),
    ],
)
def test_networks_are_let_in_unless_listed_or_shut_out_unless_listed(
    section: str, tab: Tab, editors: Editors, units: tuple[HolderKind, ...]
) -> None:
    access, exceptions = f"{section}.access", f"{section}.exceptions"
    found: Section = CATALOGUE.section(access)
    assert (found.tab, found.editors, found.units) == (tab, editors, units)
    assert (options_of(access), CATALOGUE.setting(access).default) == (["granted", "denied"], "granted")
    setting = CATALOGUE.setting(exceptions)
    assert isinstance(setting.kind, ListOf)
    assert isinstance(setting.kind.item, Network)
    assert setting.kind.check(["5.5.5.5/255.255.255.255", "10.1.2.0/255.255.255.0"]) == ["5.5.5.5/32", "10.1.2.0/24"]
    assert setting.help == "If you switch the default, the exceptions mean the opposite."
