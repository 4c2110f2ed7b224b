"""A form says what each field is, where its value comes from, and why it cannot be changed."""

import pytest

from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import Editor
from relay.settings.declare import Scope, Tab
from relay.settings.forms import Chip, Field, Form, form
from relay.settings.holders import Tree
from relay.settings.inheritance import LOCK, Stored
from relay.texts import _
from relay.web.languages import load_languages
from tests.relay.settings.conftest import EUROPE, NETHERLANDS, ORGANISATION, PRINTERS, UTRECHT

MASTER = Editor(1, is_master=True)
HELPER = Editor(2, is_master=False, reach={NETHERLANDS, UTRECHT})


def fields(found: Form) -> dict[str, Field]:
    return {field.input.name: field for section in found.sections for field in section.fields}


def test_each_field_says_where_its_value_comes_from(tree: Tree) -> None:
    stored: Stored = {
        EUROPE: {"recording.format": "zmbv", "recording.forced": False, LOCK + "recording.forced": True},
        NETHERLANDS: {"recording.control_without": True},
    }
    found = fields(form(CATALOGUE, tree, stored, MASTER, NETHERLANDS, Tab.SETTINGS, _))
    assert found["recording.format"].chip == Chip("inherit", "Inherited", "from Support Europe")
    assert found["recording.control_without"].chip == Chip("ring", "Set here", "", can_reset=True)
    assert found["recording.deferred"].chip == Chip("default", "Default", "")
    assert found["recording.forced"].chip == Chip("lock", "Locked", "by Support Europe")
    assert found["recording.forced"].disabled == "Locked by Support Europe. Change it there."


def test_a_field_that_means_nothing_now_says_when_it_would(tree: Tree) -> None:
    found = fields(form(CATALOGUE, tree, {}, MASTER, PRINTERS, Tab.SETTINGS, _))
    assert (
        found["auto_transfer.minutes"].disabled == "Applies only if “Transfer waiting sessions automatically” is: on."
    )
    assert found["auto_transfer.on"].disabled == ""
    above = fields(form(CATALOGUE, tree, {}, MASTER, ORGANISATION, Tab.GLOBAL_SETTINGS, _))
    assert above["sso.providers"].disabled == "Applies only if “Single sign-on methods” is: OpenID Connect."


def test_the_buttons_count_what_a_save_reaches(tree: Tree) -> None:
    def buttons(editor: Editor) -> dict[Scope, str]:
        found = form(CATALOGUE, tree, {}, editor, NETHERLANDS, Tab.SETTINGS, _)
        return dict(next(section.scopes for section in found.sections if section.key == "recording"))

    assert buttons(MASTER) == {
        Scope.UNIT: "Save",
        Scope.SUBGROUPS: "Save to 1 subgroup",
        Scope.ALL_GROUPS: "Save to all groups (4)",
    }
    assert buttons(HELPER)[Scope.ALL_GROUPS] == "Save to all groups (2)"
    leaf = form(CATALOGUE, tree, {}, MASTER, UTRECHT, Tab.SETTINGS, _)
    assert Scope.SUBGROUPS not in dict(leaf.sections[0].scopes)


def test_who_may_not_change_a_section_reads_it(tree: Tree) -> None:
    found = form(CATALOGUE, tree, {}, HELPER, ORGANISATION, Tab.GLOBAL_SETTINGS, _)
    assert all(section.is_locked and not section.scopes for section in found.sections)
    assert fields(found)["password.age"].disabled == "You need more rights to change this."


@pytest.mark.req("POST-08", "SSO-19", "REC-19")
def test_a_secret_is_never_in_a_form(tree: Tree) -> None:
    stored: Stored = {EUROPE: {"export.password": {"sealed": "c2VjcmV0"}}}
    found = form(CATALOGUE, tree, stored, MASTER, EUROPE, Tab.SETTINGS, _)
    assert fields(found)["export.password"].value is None
    assert fields(found)["export.password"].is_set
    assert "c2VjcmV0" not in repr(found)


def test_a_form_carries_all_that_a_template_draws(tree: Tree) -> None:
    found = fields(form(CATALOGUE, tree, {}, MASTER, EUROPE, Tab.SETTINGS, _))
    number, choice, table = (found[key].input for key in ("timeouts.waiting", "recording.format", "timeouts.alerts"))
    assert (number.widget, number.unit, number.attributes) == ("number", "minutes", (("min", 0), ("max", 999)))
    assert number.limits == "0 to 999. 0 means never"
    assert [each.label for each in choice.possibilities][:2] == ["AVI, H.264", "AVI, lossless"]
    assert [column.widget for column in table.columns] == ["select", "number", "select"]
    assert found["console.no_effects"].note == "Planned: no effect yet"
    questions = found["customer_survey.questions"].input
    assert [each.name for each in questions.columns[-1].columns] == ["text", "value"]


def test_a_form_speaks_dutch(tree: Tree) -> None:
    dutch = load_languages()["nl"].texts.gettext
    found = form(CATALOGUE, tree, {EUROPE: {"recording.format": "h264"}}, MASTER, UTRECHT, Tab.SETTINGS, dutch)
    field = fields(found)["recording.format"]
    assert (found.tab, field.input.label) == ("Instellingen", "Bestandsindeling")
    assert (field.chip.title, field.chip.detail) == ("Overgenomen", "van Support Europe")
    assert "Project-Id-Version" not in repr(found), "the empty text is the head of a catalogue"
