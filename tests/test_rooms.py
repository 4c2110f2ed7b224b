"""Each module of rules has its own test file in the same place below `tests/`, under the same name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAMS = ("applet", "codec", "console", "relay")
_PURE = re.compile(r"\bPure\b")
"""What a module of rules says of itself in its docstring."""
WITHOUT: frozenset[str] = frozenset(
    {
        "applet/clipboard/selection_transfer.py",
        "applet/input/keymap.py",
        "applet/input/keys.py",
        "applet/input/layout.py",
        "applet/input/local_activity.py",
        "applet/input/queue.py",
        "applet/screen/pixels.py",
        "applet/screen/pointer.py",
        "console/library/file_names.py",
        "console/player/frame_cache.py",
    }
)
"""Those that are only tested by way of others. This list may only shrink: write the test, then take the line out."""


def rules() -> Iterator[Path]:
    """Return every module that is called rules, or says of itself that it is pure."""
    for program in PROGRAMS:
        for file in sorted((ROOT / program).rglob("*.py")):
            about = ast.get_docstring(ast.parse(file.read_text())) or ""
            if file.stem == "rules" or (file.stem != "__init__" and _PURE.search(about)):
                yield file.relative_to(ROOT)


def own_test(module: Path) -> Path:
    """Return where the tests of a module are: in the same place below `tests/`."""
    return Path("tests") / module.with_name(f"test_{module.name}")


RULES = [str(each) for each in rules()]


@pytest.mark.parametrize("module", RULES)
def test_rules_have_their_own_tests(module: str) -> None:
    """A module of rules has its test file, or is in the list of those that do not yet have one – never both."""
    there = (ROOT / own_test(Path(module))).exists()
    if module in WITHOUT:
        assert not there, f"{module} has its tests now: take it out of WITHOUT"
    else:
        assert there, f"{module} says that it is pure: write {own_test(Path(module))}"


def test_the_list_names_only_modules_that_are_there() -> None:
    """A module that was moved or removed is not left in the list."""
    assert set(RULES) >= WITHOUT


def test_architecture_names_only_files_that_are_there() -> None:
    """The table of relay's packages: what it names in a package is a file of it, and each package has its row."""
    text = (ROOT / "ARCHITECTURE.md").read_text().partition("### relay: the only server")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `(\w+)/` \| (.*) \|$", text, re.MULTILINE)
    table = {package: about for package, about in rows if (ROOT / "relay" / package / "__init__.py").exists()}
    packages = {file.parent.name for file in (ROOT / "relay").glob("*/__init__.py")}
    assert packages <= table.keys()
    for package in packages:
        there = {file.stem for file in (ROOT / "relay" / package).iterdir()}
        named = {name.rstrip("/") for name in re.findall(r"`(\w+/?)`", table[package])}
        assert named <= there, f"ARCHITECTURE.md names what is not in relay/{package}: {sorted(named - there)}"
