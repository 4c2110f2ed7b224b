"""The field's names, one word for one thing: what was renamed stays away, and no word means two."""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAMS = ("applet", "codec", "console", "relay")
RETIRED_FILES = """
aftermath allowance carrier comings composed costs countersigning debt demand door economy evidence face
gatehouse granting hand heads keeping layers letters linking misses notices opening ours posted quietly rates
recall reel repeats rescue retries room rough scene sending sharing shelf showing situation standing staying
switchboard whereabouts wish words work workshop written
"""
"""Names that had to be learned; the field has its own (path_manager, rate_control, sas …)."""
RETIRED_CLASSES = """
Activity Carrier Costs Debt Demand Door Economy Evidence Faces Gatehouse Holders Keeping Layers Ours Recall Reel Room
Scene Sharing Shelf Situation Surroundings Switchboard Telling Wish Wishes Workshop
"""
RETIRED_PLACES = """
codec/picture/rate/budget.py relay/api/refusals.py relay/sessions/holders.py relay/tasks/background.py
"""
"""Their names promised something else: refusals.py is for both faces, holders are of settings, background is codec's,
and the budget was decided by pacing.
"""
ONE_MEANING = ("Budget", "Entry", "Head", "Source", "Store", "Unit")
_CLASS = re.compile(r"^(?:export )?(?:class|interface|type|enum) (\w+)", re.M)


def sources() -> list[Path]:
    """Return every file of the programs that people write."""
    found = [
        file for program in PROGRAMS for file in (ROOT / program).rglob("*") if file.suffix in (".py", ".ts", ".tsx")
    ]
    return [
        file for file in found if not {"node_modules", "static", "dist"} & set(file.parts) and ".gen." not in file.name
    ]


def classes() -> dict[str, list[str]]:
    """Return where each class is, by name."""
    found = defaultdict[str, list[str]](list)
    for file in sources():
        for name in _CLASS.findall(file.read_text()):
            found[name].append(str(file.relative_to(ROOT)))
    return found


def test_no_file_has_a_name_that_was_given_up() -> None:
    words = {file: {file.name.split(".")[0], *file.relative_to(ROOT).parts[:-1]} for file in sources()}
    retired = set(RETIRED_FILES.split())
    assert len(words) > 500
    assert {str(file): name & retired for file, name in words.items() if name & retired} == {}


def test_no_file_is_back_where_its_name_meant_something_else() -> None:
    assert [place for place in RETIRED_PLACES.split() if (ROOT / place).exists()] == []


def test_no_class_has_a_name_that_was_given_up() -> None:
    assert {name: where for name, where in classes().items() if name in RETIRED_CLASSES.split()} == {}


def test_words_that_invite_two_meanings_have_one() -> None:
    found = classes()
    assert {name: found[name] for name in ONE_MEANING if len(found[name]) > 1} == {}
