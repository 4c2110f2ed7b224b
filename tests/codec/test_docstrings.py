"""What the public functions of codec promise can be checked: names in their texts exist, arrays have shapes."""

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CODEC = Path(__file__).parents[2] / "codec"
MODULES = {file.stem for file in CODEC.rglob("*.py")} | {folder.name for folder in CODEC.rglob("*") if folder.is_dir()}
NAMED = re.compile(r"`([a-z_][a-z0-9_]*)`")
SHAPE = re.compile(
    r"\([^)]*(,|height|width|rows|columns|tiles|lines|\d)[^)]*\)|one for each|of the same (shape|size)|flat"
)
ARRAY = re.compile(r"\bNDArray\b|np\.ndarray")


def interfaces() -> dict[str, str]:
    """Return what the Protocols of codec promise, by the name of the method: who implements one need not repeat it."""
    promised: dict[str, str] = {}
    for file in CODEC.rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base).startswith("Protocol") for base in node.bases):
                for each in node.body:
                    if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                        promises = (promised.get(each.name, ""), ast.get_docstring(each), ast.get_docstring(node))
                        promised[each.name] = " ".join(filter(None, promises))
    return promised


INTERFACES = interfaces()


@dataclass(frozen=True)
class Public:
    """A public function with what its text may name."""

    place: str
    node: "ast.FunctionDef | ast.AsyncFunctionDef"
    known: frozenset[str]
    promised: str = ""
    """What the interface promises that this implements."""

    @property
    def text(self) -> str:
        own = ast.get_docstring(self.node) or ""
        return f"{own} {self.promised}".strip() if not own or own.startswith("See ") else own

    @property
    def parameters(self) -> list[ast.arg]:
        arguments = self.node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        return [each for each in [*every, arguments.vararg, arguments.kwarg] if each is not None]


def names_of(tree: ast.AST) -> Iterator[str]:
    """Yield whatever has a name in a module or class: attributes, functions, constants, parameters, words of enums."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.alias(name=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Constant(value=str(word)) | ast.keyword(arg=str(word)):
                yield word


def public_functions() -> Iterator[Public]:
    """Yield those of every module of codec."""
    for file in sorted(CODEC.rglob("*.py")):
        tree = ast.parse(file.read_text())
        known = frozenset(names_of(tree)) | MODULES | set(dir(builtins))
        for node in tree.body:
            is_class = isinstance(node, ast.ClassDef)
            members = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
            for each in members:
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and not each.name.startswith("_"):
                    promised = INTERFACES.get(each.name, "") if is_class else ""
                    yield Public(f"{file.relative_to(CODEC)}:{each.lineno} {each.name}", each, known, promised)


EVERY = list(public_functions())


def test_each_has_a_promise_and_names_only_what_there_is() -> None:
    """A name that is not there is one that was changed, in the code alone."""
    wrong = {}
    for public in EVERY:
        parameters = {each.arg for each in public.parameters}
        own = ast.get_docstring(public.node) or ""  # (what an interface names is looked at where it is)
        unknown = [name for name in NAMED.findall(own) if name not in parameters | public.known]
        if unknown or not public.text:
            wrong[public.place] = unknown or "it promises nothing"
    assert wrong == {}


def test_whatever_it_raises_by_its_own_hand_is_promised() -> None:
    wrong = {}
    for public in EVERY:
        raised = {
            node.exc.func.id
            for node in ast.walk(public.node)
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
        }
        missing = [name for name in raised - {"AssertionError"} if name not in public.text and name[0] != "_"]
        if missing:
            wrong[public.place] = missing
    assert wrong == {}


def test_an_array_without_a_named_shape_has_one_in_the_text() -> None:
    """An alias of arrays says its shape where it is made; a bare array is described where it is used."""
    wrong = {}
    for public in EVERY:
        notes = [each.annotation for each in public.parameters] + [public.node.returns]
        bare = [ast.unparse(note) for note in notes if note is not None and ARRAY.search(ast.unparse(note))]
        if bare and not SHAPE.search(public.text):
            wrong[public.place] = bare
    assert wrong == {}
