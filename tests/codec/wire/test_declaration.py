"""What is declared of session messages is declared once, and nothing keeps a list beside it."""

import ast
import re
from pathlib import Path

import msgspec
import pytest
from msgspec import inspect

import applet.tools
import console.tools
from codec.session.lanes import LIMITS
from codec.wire.access import FUNCTIONS, Access, may_ask
from codec.wire.lanes import Lane
from codec.wire.messages import (
    FROM_APPLET,
    FROM_CONSOLE,
    FROM_PAGE,
    MESSAGES,
    BadMessageError,
    ClipboardText,
    Message,
    unpack,
)
from codec.wire.permits import Function
from codec.wire.roles import Role
from codec.wire.tools import ToolName

ROOT = Path(__file__).parents[3]
ENGINES = (
    "applet/session/engine.py",
    "applet/session/peer.py",
    "applet/app.py",
    "applet/ui/app.py",
    "console/engine.py",
    "console/session/open_session.py",
    "console/session/sessions.py",
    "console/session/message_filter.py",
    "console/session/peer.py",
)
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
    assert kind.declared.at_most is None or Role.APPLET in kind.declared.by, "a console counts what an applet says"
    assert not kind.declared.counts or kind.declared.at_most is not None, "too often is more often than something"
    assert kind.declared.needs is None or kind.declared.tool is not None, "questions and answers need no permission"


@pytest.mark.parametrize(
    "kind", [kind for kind in MESSAGES if kind is not ClipboardText], ids=lambda kind: kind.__name__
)
def test_whatever_its_fields_may_hold_is_not_too_long(kind: type[Message]) -> None:
    assert most(inspect.type_info(kind)) <= kind.declared.longest <= LIMITS[kind.declared.lane].message_bytes


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_what_is_longer_than_declared_is_refused_though_its_fields_are_right(kind: type[Message]) -> None:
    fields = {field.encode_name: least(field.type) for field in inspect.type_info(kind).fields if field.required}  # type: ignore[attr-defined]
    right = {"kind": kind.__struct_config__.tag} | fields
    assert isinstance(unpack(msgspec.msgpack.encode(right)), kind)
    with pytest.raises(BadMessageError, match="too long"):
        unpack(msgspec.msgpack.encode(right | {"newer": b" " * kind.declared.longest}))


def most(described: inspect.Type) -> int:
    """Return how many bytes of MessagePack a value of this type has at most."""
    match described:
        case inspect.Metadata(type=inner):
            return most(inner)
        case inspect.StructType():
            return 5 + len("kind") + 64 + sum(len(each.encode_name) + 1 + most(each.type) for each in described.fields)
        case inspect.StrType(max_length=int(longest)):
            return 5 + 4 * longest
        case inspect.BytesType(max_length=int(longest)):
            return 5 + longest
        case inspect.ListType(max_length=int(longest), item_type=item):
            return 5 + longest * most(item)
        case inspect.EnumType(cls=enum):
            return 1 + max(len(each.value) for each in enum)
        case inspect.FrozenSetType(item_type=inspect.EnumType(cls=enum)):
            return 5 + sum(1 + len(each.value) for each in enum)
        case inspect.UnionType(types=types):
            return max(map(most, types))
        case inspect.IntType() | inspect.FloatType() | inspect.BoolType() | inspect.NoneType():
            return 9
    raise AssertionError(f"{described} has no bound")


def least(described: inspect.Type) -> object:
    """Return a short value of this type."""
    match described:
        case inspect.StrType(min_length=length):
            return "x" * (length or 0)
        case inspect.BytesType(min_length=length):
            return b"x" * (length or 0)
        case inspect.IntType(ge=number):
            return number or 0
        case inspect.BoolType():
            return True
        case inspect.EnumType(cls=enum):
            return next(iter(enum)).value
        case inspect.UnionType(types=types):
            return least(types[0])
        case inspect.ListType(min_length=length, item_type=item):
            return [least(item)] * (length or 0)
    return []


def test_each_tool_has_messages_and_what_can_be_asked_for_its_function() -> None:
    assert {kind.declared.tool for kind in MESSAGES} == {None, *ToolName}
    assert set(FUNCTIONS) == set(Access)
    assert may_ask([Function.DESKTOP_VIEW, Function.RECORD_CONSENT, "newer"]) == {Access.VIEW}


def test_all_of_them_are_there_once() -> None:
    assert set(FROM_APPLET) | set(FROM_CONSOLE) == set(MESSAGES)
    assert len({kind.__struct_config__.tag for kind in MESSAGES}) == len(MESSAGES)
    places = [kind.declared.replayed for kind in MESSAGES if kind.declared.replayed is not None]
    assert len(set(places)) == len(places)


def test_what_shows_something_of_the_customer_or_moves_their_hand_needs_their_yes() -> None:
    free = {ToolName.CHAT, ToolName.RECORDING}
    lets_go = {"ReleaseKeys", "StillHeld"}
    of_tools = [kind for kind in MESSAGES if kind.declared.tool not in {None, *free}]
    assert {kind.__name__ for kind in of_tools if kind.declared.needs is None} == lets_go


def test_a_page_may_not_write_chat_offer_links_end_a_session_or_sign() -> None:
    said_by_the_console = {kind.__name__ for kind in set(FROM_CONSOLE) - set(FROM_PAGE)}
    assert said_by_the_console == {"Chat", "Offer", "Bye", "HandOver", "Recording", "SignHead"}


def test_only_pictures_travel_among_the_applets_pictures() -> None:
    assert [kind.__name__ for kind in FROM_APPLET if kind.declared.lane is Lane.PICTURE] == ["Picture"]


@pytest.mark.parametrize("program", ["applet", "codec", "console"])
def test_nobody_keeps_a_list_of_messages(program: str) -> None:
    """Tuples, lists, sets, tables, unions, and cases of a `match` that only put messages together."""
    files = [file for file in (ROOT / program).rglob("*.py") if "node_modules" not in file.parts]
    trees = {str(file.relative_to(ROOT)): ast.parse(file.read_text()) for file in files if file.name != "messages.py"}
    found = [
        (path, getattr(node, "lineno", 0), named)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if len(named := listed(node)) >= FEW
    ]
    assert found == []


def listed(node: ast.AST) -> list[str]:
    """Return the messages that this part of a program puts side by side."""
    match node:
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return [each.id for each in parts if isinstance(each, ast.Name) and each.id in NAMES]
        case ast.Dict(keys=keys):
            return [each.id for each in keys if isinstance(each, ast.Name) and each.id in NAMES]
        case ast.MatchOr(patterns=cases):
            names = [each.cls for each in cases if isinstance(each, ast.MatchClass)]
            return [each.id for each in names if isinstance(each, ast.Name) and each.id in NAMES]
        case ast.Assign(value=ast.BinOp() as union):
            return [each.id for each in ast.walk(union) if isinstance(each, ast.Name) and each.id in NAMES]
    return []


def test_the_protocols_table_is_what_is_declared() -> None:
    told = dict(
        re.findall(r"^\| (both|console|applet) \| ([^|]*) \|$", (ROOT / "PROTOCOL.md").read_text(), re.MULTILINE)
    )
    both = set(FROM_CONSOLE) & set(FROM_APPLET)
    declared = {"both": both, "console": set(FROM_CONSOLE) - both, "applet": set(FROM_APPLET) - both}
    for who, kinds in declared.items():
        assert sorted(re.findall(r"`(\w+)`", told[who])) == sorted(str(kind.__struct_config__.tag) for kind in kinds)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_knows_no_tool(engine: str) -> None:
    """So a tool that is added touches none of them."""
    tree = ast.parse((ROOT / engine).read_text())
    of_tools = {kind.__name__ for kind in MESSAGES if kind.declared.tool is not None}
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = {name.name for node in imported if node.module == "codec.wire.messages" for name in node.names}
    assert not names & of_tools
    modules = {node.module for node in imported}
    assert not modules & {f"{program}.tools.{tool}" for program in ("applet", "console") for tool in ToolName}
    attributes = [node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    assert not any(isinstance(value, ast.Name) and value.id == "ToolName" for value in attributes)


def test_each_tool_is_a_file_of_its_name_on_each_side() -> None:
    only_a_pages = {ToolName.CAMERA, ToolName.DRAWING}
    for side, without in ((applet.tools.TOOLS, only_a_pages), (console.tools.TOOLS, set())):
        assert sorted(tool.name for tool in side) == sorted(set(ToolName) - without)
        assert all(tool.__module__.rsplit(".", 1)[1] == tool.name for tool in side)
    assert all((ROOT / f"applet/web/src/tools/{name}.ts").exists() for name in only_a_pages)
    page = ROOT / "console/ui/src/tools"
    assert sorted(each.name for each in page.iterdir() if each.is_dir()) == sorted(ToolName)
    index = (page / "index.ts").read_text()
    assert all(f'import {{ {name} }} from "./{name}";' in index for name in ToolName)
