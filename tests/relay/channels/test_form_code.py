"""The code of a channel's form: plain HTML that works unchanged, whatever the fields are called."""

from html.parser import HTMLParser

import pytest

from codec.wire.custom_fields import CustomField
from relay.channels.form_code import form_code

ACTION, LINK = "https://help.northwind.example/channel/3", "https://help.northwind.example/join?channel=3"
NASTY = '"><script>alert(1)</script>&amp;{0}{name}</textarea>'


class Read(HTMLParser):
    """Reads what a browser would find."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(code)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of each of these tags."""
        return [attributes for found, attributes in self.tags if found == tag]


@pytest.mark.req("CHAN-29", "CHAN-31", "CHAN-33", "CHAN-35", "FIELD-09")
def test_each_shown_field_has_its_label_and_its_limits() -> None:
    fields = [
        CustomField(label="Name", shown=True),
        CustomField(label="Staff number", shown=True, required=True),
        CustomField(label="Floor", shown=True, choices=["First", NASTY]),
        *(CustomField(label="Hidden", required=True),) * 3,
    ]
    page = Read(str(form_code(ACTION, LINK, fields, str)))
    assert page.all("form") == [{"action": ACTION, "method": "post", "accept-charset": "utf-8"}]
    name, number = page.all("input")
    assert (name["name"], name["maxlength"], name["autocomplete"], "required" in name) == ("name", "128", "name", False)
    assert (number["name"], number["maxlength"], "required" in number) == ("field_1", "64", True)
    (select,) = page.all("select")
    assert select["name"] == "field_2"
    controls = {each["id"] for each in (name, number, select)}
    assert {each["for"] for each in page.all("label")} == controls, "each control has a label"
    assert page.all("a") == [{"href": LINK}]
    assert "Hidden" not in page.text
    assert "Floor (optional)" in page.text
    assert NASTY in page.text
    assert page.all("script") == []
    assert all(not name.startswith("on") and name != "style" for _tag, found in page.tags for name in found)


def test_what_a_field_is_called_is_text_and_nothing_else() -> None:
    field = CustomField(label=NASTY, shown=True)
    page = Read(str(form_code(ACTION, LINK, [field] * 6, lambda text: text.upper().replace("{FIELD}", "{field}"))))
    assert page.all("script") == []
    assert page.text.count(NASTY) == 6
