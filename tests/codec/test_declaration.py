"""What is declared of session messages is declared once, and nothing keeps a list beside it."""

import ast
from pathlib import Path

import pytest

from codec.wire.lanes import Lane
from codec.wire.messages import FROM_APPLET, FROM_CONSOLE, FROM_PAGE, MESSAGES, Message
from codec.wire.roles import Role

ROOT = Path(__file__).parents[2]
NAMES = {kind.__name__ for kind in MESSAGES}
FEW = 3
"""So many of them side by side say what they have in common, which is then declared."""


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_each_message_declares_itself(kind: type[Message]) -> None:
    assert "declared" in vars(kind), "it must not inherit what is declared of another"
    assert kind.declared.by, "someone says it"
    assert not kind.declared.from_page or Role.CONSOLE in kind.declared.by, "a page speaks through the console"
    assert not kind.declared.proven or kind.declared.recorded, "what is proven is beside a recording that has it"
    assert kind.declared.replayed is None or Role.APPLET in kind.declared.by, "pages are told what the applet said"


def test_all_of_them_are_there_once() -> None:
    assert set(FROM_APPLET) | set(FROM_CONSOLE) == set(MESSAGES)
    assert len({kind.__struct_config__.tag for kind in MESSAGES}) == len(MESSAGES)
    places = [kind.declared.replayed for kind in MESSAGES if kind.declared.replayed is not None]
    assert len(set(places)) == len(places)


def test_a_page_may_not_write_chat_offer_links_end_a_session_or_sign() -> None:
    said_by_the_console = {kind.__name__ for kind in set(FROM_CONSOLE) - set(FROM_PAGE)}
    assert said_by_the_console == {"Chat", "Offer", "Bye", "Recording", "SignHead"}


def test_only_pictures_travel_among_pictures() -> None:
    assert [kind.__name__ for kind in MESSAGES if kind.declared.lane is Lane.PICTURE] == ["Picture"]


@pytest.mark.parametrize("program", ["applet", "codec", "console"])
def test_nobody_keeps_a_list_of_messages(program: str) -> None:
    found = []
    for file in (ROOT / program).rglob("*.py"):
        if (file.name == "messages.py" and file.parent.name == "wire") or "node_modules" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Tuple | ast.List | ast.Set):
                named = [each.id for each in node.elts if isinstance(each, ast.Name) and each.id in NAMES]
                if len(named) >= FEW:
                    found.append((str(file.relative_to(ROOT)), node.lineno, named))
    assert found == []
