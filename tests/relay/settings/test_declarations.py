"""What is declared fits together: keys, defaults, rules, units, words; the page of all settings is current."""

import re
from pathlib import Path

import pytest

from relay.settings import console_settings, customer_settings
from relay.settings.areas.console import PLACEHOLDERS
from relay.settings.catalogue import CATALOGUE, SECTIONS, UnknownSettingError
from relay.settings.declare import Editors, Scope, Section, Setting, Tab
from relay.settings.holders import HolderKind
from relay.settings.kinds import Kept, Number
from relay.settings.reference import as_markdown
from relay.settings.schema import schema
from relay.settings.sentences import sentence
from relay.settings.shared_struct import settings_for_console, settings_for_customer
from relay.texts import _
from relay.web.languages import load_languages
from tests.relay.settings.bearing import BEARING

ROOT = Path(__file__).parents[3]
EACH = [pytest.param(section, setting, id=setting.key) for section in SECTIONS for setting in section.settings]


OURS = {"planned.show", "customers.never_called"}
"""Settings that the specification does not know: they came from what newcomers stumbled over."""


@pytest.mark.parametrize(("section", "setting"), EACH)
def test_a_setting_is_declared_well(section: Section, setting: Setting) -> None:
    assert setting.key.partition(".")[0] == section.key
    assert set(setting.units) <= set(section.units)
    assert setting.requirements or setting.key in OURS
    assert setting.label == setting.label.strip()
    assert not setting.label.endswith((".", ":"))
    assert not setting.help or setting.help.endswith(".")
    if not setting.kind.is_elsewhere:
        for default in (setting.default, *setting.defaults.values()):
            assert setting.kind.check(default) == default
    for condition in setting.when:
        other = CATALOGUE.setting(condition.key)
        assert CATALOGUE.section(condition.key) is section
        assert set(section.units_of(setting)) <= set(section.units_of(other))


def test_every_key_is_declared_once_and_every_requirement_has_the_shape_of_one() -> None:
    keys = [setting.key for section in SECTIONS for setting in section.settings]
    assert len(set(keys)) == len(keys)
    assert len({section.key for section in SECTIONS}) == len(SECTIONS)
    for setting in CATALOGUE:
        assert all(re.fullmatch(r"[A-Z0-9]+-\d{2,3}", each) for each in setting.requirements)


def test_rules_read_settings_of_their_own_section_and_defaults_break_none() -> None:
    for section in SECTIONS:
        defaults = {setting.key: setting.default for setting in section.settings}
        for rule in section.rules:
            assert rule.field in rule.reads
            assert set(rule.reads) <= set(defaults)
            assert rule.broken(defaults) is None, rule.field


@pytest.mark.parametrize("requirement", BEARING)
def test_every_setting_that_the_specification_names_is_declared(requirement: str) -> None:
    for key in BEARING[requirement]:
        assert requirement in CATALOGUE.setting(key).requirements


def test_no_setting_answers_a_requirement_that_the_list_does_not_know() -> None:
    assert {each for setting in CATALOGUE for each in setting.requirements} == set(BEARING)


@pytest.mark.finding("use-A8")
def test_a_setting_that_claims_to_be_in_effect_is_read_by_the_program() -> None:
    """A setting that has `in_effect` has to be wired, in the relay or in consoles. A list has to have its page."""

    def shown(setting: Setting) -> str:
        if setting.for_console or setting.for_customer:
            return setting.key.replace(".", "_")
        return f'"/admin/{setting.kind.page}"' if isinstance(setting.kind, Kept) else f'"{setting.key}"'

    relay = (file for file in (ROOT / "relay").rglob("*.py") if "settings" not in file.relative_to(ROOT).parts)
    page, engine = (ROOT / "console/ui/src").rglob("*.ts*"), (ROOT / "console").rglob("*.py")
    pages, programs = (ROOT / "applet/web/src").rglob("*.ts*"), (ROOT / "applet").rglob("*.py")
    program = "".join(file.read_text() for file in (*relay, *page, *engine, *pages, *programs))
    assert [setting.key for setting in CATALOGUE if setting.in_effect and shown(setting) not in program] == []


@pytest.mark.req("APP-30", "APP-47", "APP-74", "APP-83", "APP-92")
@pytest.mark.req("SESS-74", "SESS-84", "SESS-97", "SESS-109", "SESS-134", "LENS-19", "LENS-20", "MOB-134", "CARD-76")
def test_a_save_reaches_as_far_as_the_specification_says() -> None:
    def scopes(key: str) -> tuple[Scope, ...]:
        return CATALOGUE.section(key).scopes

    assert scopes("auto_transfer.on") == scopes("auto_start.on") == scopes("card.links") == (Scope.UNIT,)
    for key in ("incoming.only_if_available", "availability.start"):
        assert scopes(key) == (Scope.UNIT, Scope.ALL_CHANNELS)
    for key in ("timeouts.waiting", "service.administrator", "waiting.message", "terms.on", "control.no_stop_key"):
        assert set(scopes(key)) == set(Scope)
    assert scopes("lens.audio") == scopes("mobile_applet.terms") == (Scope.UNIT, Scope.SUBGROUPS, Scope.ALL_GROUPS)


@pytest.mark.req("SSO-01", "CARD-49", "CC-49", "APP-33")
def test_who_may_change_what_and_which_units_have_it() -> None:
    for section in SECTIONS:
        if section.tab in (Tab.GLOBAL_SETTINGS, Tab.CALLING_CARD, Tab.RESOURCES):
            assert section.editors is Editors.MASTERS
            assert section.units == (HolderKind.ORGANISATION,)
        if HolderKind.PERSON in section.units:
            assert section.editors is Editors.SELF
            assert not section.inherits
    channel = [setting.key for _section, settings in CATALOGUE.of(HolderKind.CHANNEL) for setting in settings]
    group = [setting.key for _section, settings in CATALOGUE.of(HolderKind.GROUP) for setting in settings]
    assert "control.priority" in group
    assert "control.priority" not in channel
    assert "waiting.message" in channel
    assert "waiting.message" not in group


def test_a_portal_knows_thirteen_placeholders() -> None:
    assert len(set(PLACEHOLDERS)) == 13


def test_a_default_may_differ_by_kind_of_unit() -> None:
    setting = Setting("waiting.x", "X", Number(0, 9), 1, defaults={HolderKind.CHANNEL: 5})
    assert [setting.default_for(kind) for kind in (HolderKind.GROUP, HolderKind.CHANNEL)] == [1, 5]


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(UnknownSettingError, match="no setting “colour"):
        CATALOGUE.setting("colour.of.the.sky")


def test_what_is_written_of_all_settings_is_current() -> None:
    assert (ROOT / "docs/settings.md").read_text() == as_markdown(), "run make settings"
    assert (ROOT / "codec/wire/group_settings.py").read_text() == console_settings.module(), "run make settings"
    assert (ROOT / "codec/wire/customer_settings.py").read_text() == customer_settings.module(), "run make settings"


def test_only_what_groups_choose_reaches_consoles_and_nothing_secret_leaves_the_relay() -> None:
    """A console shares it with its page, and anyone may be a customer."""
    for setting in settings_for_console():
        assert HolderKind.GROUP in (setting.units or CATALOGUE.section(setting.key).units)
    for setting in (*settings_for_console(), *settings_for_customer()):
        assert not setting.sensitive


def test_sentences_are_said_in_the_language_of_the_reader_with_their_gaps() -> None:
    dutch = load_languages()["nl"].texts.gettext
    said = sentence(_("{least} to {most}. 0 means {zero}"), least=0, most=9, zero=sentence(_("never")))
    assert said.say(dutch) == "0 tot en met 9. 0 betekent nooit"
    assert str(said) == "0 to 9. 0 means never"


def test_the_schema_names_every_value_and_never_gives_a_secret_away() -> None:
    found = schema(CATALOGUE, HolderKind.GROUP)["properties"]
    assert found["timeouts.waiting"] | {"x": 0} == {
        "title": "Waiting sessions end after",
        "description": "",
        "default": 30,
        "x-section": "timeouts",
        "x-in-effect": True,
        "type": "integer",
        "minimum": 0,
        "maximum": 999,
        "x": 0,
    }
    assert found["recording.password"]["writeOnly"] is True
    assert "labels.list" not in schema(CATALOGUE, HolderKind.ORGANISATION)["properties"]
