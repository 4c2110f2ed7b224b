"""Writes docs/requirements.md: which test proves which requirement. `python -m tests.requirements`.

The ids are those of the product's specification; a test names what it proves with `@pytest.mark.req("SESS-63")`.
"""

import ast
from collections import defaultdict
from pathlib import Path

from tests.requirements_later import LATER

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "requirements.md"
_HEAD = """# Requirements and their proofs

Written from the tests by `make requirements`; do not edit.

| requirement | proven by |
|---|---|
"""


def proofs(folder: Path = ROOT / "tests") -> dict[str, list[str]]:
    """Return the tests that prove each requirement, as file::name."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for requirement in _marks(node):
                    found[requirement].append(f"{file.relative_to(ROOT)}::{node.name}")
    return dict(found)


def as_markdown() -> str:
    """Return the whole page."""
    proven = proofs()
    rows = {requirement: "<br>".join(f"`{test}`" for test in tests) for requirement, tests in proven.items()}
    rows |= {requirement: f"later: {why}" for requirement, why in LATER.items() if requirement not in proven}
    return _HEAD + "".join(f"| {requirement} | {proof} |\n" for requirement, proof in sorted(rows.items()))


def _marks(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [
        str(argument.value)
        for mark in node.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.req"
        for argument in mark.args
        if isinstance(argument, ast.Constant)
    ]


if __name__ == "__main__":
    PAGE.write_text(as_markdown())
