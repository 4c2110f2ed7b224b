"""The form as a browser gets it: what it would post back unchanged is no change, and every field can be named."""

from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import Editor
from relay.settings.declare import Tab
from relay.settings.form_input import changed, read
from relay.settings.forms import form
from relay.settings.holders import Holder, HolderKind, Tree
from relay.settings.inheritance import Stored
from relay.web import rendering
from relay.web.languages import load_languages
from tests.relay.settings.conftest import ANNA, ANNA_HERSELF, EUROPE, NETHERLANDS, ORGANISATION, PRINTERS

STORED: Stored = {
    NETHERLANDS: {
        "customer_survey.mode": "built_in",
        "customer_survey.questions": [
            {
                "text": "How was it? <b>",
                "type": "list",
                "required": True,
                "shown": True,
                "answers": [{"text": "“Good”", "value": 5}, {"text": "Bad", "value": 0}],
            }
        ],
        "recording.place": "https",
        "recording.url": "https://files.example/?a=1&b=2",
        "recording.password": {"sealed": "c2VjcmV0"},
        "terms.on": True,
        "terms.text": "One\n\nTwo & three",
        "console_addresses.exceptions": ["5.5.5.5/32", "10.0.0.0/8"],
        "timeouts.waiting": 0,
        "scripts.collections": [4, 7],
    },
    ORGANISATION: {"card.links": [{"text": "Shop", "page": "https://shop.example/"}], "password.warn": 3},
}
UNITS = {
    HolderKind.ORGANISATION: ORGANISATION,
    HolderKind.GROUP: NETHERLANDS,
    HolderKind.CHANNEL: PRINTERS,
    HolderKind.TECHNICIAN: ANNA,
    HolderKind.PERSON: ANNA_HERSELF,
}
EACH = [
    pytest.param(unit, tab, id=f"{kind.value}-{tab.name.lower()}")
    for kind, unit in UNITS.items()
    for tab in Tab
    if CATALOGUE.of(kind, tab)
]


class Browser(HTMLParser):
    """Collects what a browser would post if nobody touched anything, and what a reader of the page would miss."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.ids: list[str] = []
        self.named: list[str] = []
        self.unnamed: list[str] = []
        self._area, self._select = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        self.named += [given["for"]] if "for" in given else []
        name = "" if "disabled" in given else given.get("name", "")
        match tag, given.get("type"):
            case "input", "checkbox" | "radio":
                if "checked" in given and name:
                    self._post(name, given["value"])
            case "input", "file":
                pass
            case "input", _kind if name:
                self._post(name, given.get("value", ""))
            case "textarea", _kind:
                self._area = name
                if name:
                    self._post(name, "")
            case "select", _kind:
                self._select = name
            case "option", _kind if self._select and "selected" in given:
                self._post(self._select, given["value"])
        if tag in ("input", "select", "textarea") and given.get("type") not in ("hidden", "radio", "checkbox"):
            self.unnamed += [given.get("id", name)] if "aria-label" not in given else []

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area][-1] += data.replace("\n", "\r\n")

    def _post(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)


LANGUAGES = load_languages()
KNOWN = {"script_collection": {7: "Printers", 4: "Mail"}}


@cache
def template(language: str) -> Any:
    environment = Environment(
        loader=FileSystemLoader(rendering.FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(LANGUAGES[language].texts, newstyle=True)  # type: ignore[attr-defined]
    return environment.get_template("settings_form.html").make_module()


def drawn(tree: Tree, unit: Holder, tab: Tab, language: str = "en") -> Browser:
    editor, say = Editor(ANNA_HERSELF.id, is_master=True), LANGUAGES[language].texts.gettext
    found = form(CATALOGUE, tree, STORED, editor, unit, tab, say, known=KNOWN)
    browser = Browser()
    browser.feed(template(language).settings_form(found, "/save"))
    return browser


@pytest.mark.parametrize(("unit", "tab"), EACH)
def test_a_form_that_nobody_touched_changes_nothing(tree: Tree, unit: Holder, tab: Tab) -> None:
    posted = read(CATALOGUE, drawn(tree, unit, tab).fields)
    assert posted.values, "something was offered"
    assert changed(CATALOGUE, tree, STORED, unit, posted) == {}


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize(("unit", "tab"), EACH)
def test_every_field_has_a_name_of_its_own(tree: Tree, unit: Holder, tab: Tab, language: str) -> None:
    browser = drawn(tree, unit, tab, language)
    assert len(set(browser.ids)) == len(browser.ids)
    assert set(browser.unnamed) <= set(browser.named)


def test_what_cannot_be_changed_is_not_posted(tree: Tree) -> None:
    fields = drawn(tree, NETHERLANDS, Tab.SETTINGS).fields
    assert "recording.folder" not in fields["has"]
    assert "recording.url" in fields["has"]
    assert fields["recording.password"] == [""]
    assert "recording.folder" in drawn(tree, EUROPE, Tab.SETTINGS).fields["has"]
