"""The applet's catalogues and its art are current."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from applet.catalogue import collect, compiled
from applet.texts import DOMAIN, ENDINGS, LOCALES, PROBLEMS
from codec.handshake import HandshakeProblem
from codec.signals import Refusal

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.parts[-3])
def test_every_text_is_translated_and_compiled(file: Path) -> None:
    with file.open("rb") as source:
        translated = {message.id for message in read_po(source) if message.id and message.string}
    assert {message.id for message in collect() if message.id} == translated
    assert file.with_suffix(".mo").read_bytes() == compiled(file)


def test_every_refusal_and_every_failed_handshake_has_a_sentence() -> None:
    assert {refusal.value for refusal in Refusal} <= set(PROBLEMS)
    assert {problem.value for problem in HandshakeProblem} <= set(ENDINGS)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("applet/window/art/tokens.css", "relay/web/static/tokens.css"),
        ("console/ui/src/styles/tokens.css", "relay/web/static/tokens.css"),
        ("console/ui/src/styles/components.css", "relay/web/static/components.css"),
        ("applet/window/art/icons.svg", "relay/web/templates/icons.svg"),
        ("console/ui/src/views/icons.svg", "relay/web/templates/icons.svg"),
        ("applet/window/art/mark.svg", "relay/web/static/mark.svg"),
        ("console/ui/public/mark.svg", "relay/web/static/mark.svg"),
    ],
)
def test_all_three_programs_wear_the_same_tokens_and_icons(ours: str, theirs: str) -> None:
    assert (ROOT / ours).read_bytes() == (ROOT / theirs).read_bytes()
