"""The documents are true as far as a program can tell: links lead somewhere, commands exist, questions are answered."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    assert [each for each in targets if "://" not in each and not (page.parent / each).exists()] == []


@pytest.mark.finding("use-E")
@pytest.mark.parametrize(
    "question",
    [
        "Linux with X11", "Windows, macOS", "0.1.0", "1 core", "TCP 443", "UDP 3478", "docs/install.md", "Docker",
        "backups", "planned", "File transfer", "RustDesk", "MeshCentral", "Remotely", "MIT licence",
        "SECURITY.md", "docs/measured.md",
    ],
)  # fmt: skip
def test_the_first_screen_answers_what_a_newcomer_asks(question: str) -> None:
    assert question in README


@pytest.mark.finding("use-E")
def test_the_two_commands_come_early_and_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"(?:^    |`)make ([a-z-]+)", README, re.MULTILINE)
    assert set(named) <= targets
    assert README.index("make run") < README.index("make test") < README.index("## Install")
