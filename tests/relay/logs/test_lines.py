"""Lines of the log: no stranger's text steers them, and fail2ban and the journal read them."""

import ast
import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.host.log_repeats import FIRST, Repeats
from relay.logs import events
from relay.logs.events import EVENTS, LOCKED_OUT, REFUSED, SESSION_ENDED, SIGNED_IN, SLOW, LogEvent, as_line, tell
from relay.logs.writing import JsonLines, TextLines

ROOT = Path(__file__).parents[3]
HOST = r"(?:\[?(?:[0-9A-Fa-f:]+(?:%\w+)?|[0-9.]+|[\w.-]+)\]?)"
"""What fail2ban puts in the place of <HOST>, in short: an address or a name."""


class Written:
    """What a handler writes."""

    def __init__(self, formatter: logging.Formatter) -> None:
        self.stream = io.StringIO()
        handler = logging.StreamHandler(self.stream)
        handler.setFormatter(formatter)
        self.handler = Repeats(handler, later=lambda _seconds, _do: None)

    @property
    def lines(self) -> list[str]:
        """The lines so far."""
        return self.stream.getvalue().splitlines()


@pytest.fixture(params=["text", "json", "journal"])
def written(request: pytest.FixtureRequest) -> Iterator[Written]:
    """A log of each kind."""
    formatters = {
        "text": TextLines(for_journal=False),
        "json": JsonLines(for_journal=False),
        "journal": TextLines(for_journal=True),
    }
    kept = Written(formatters[request.param])
    with attached(kept):
        yield kept


class attached:  # noqa: N801  (used like a function)
    """Let the relay's log go to a handler while the block runs."""

    def __init__(self, kept: Written) -> None:
        self._kept = kept
        self._logger = logging.getLogger("relay")

    def __enter__(self) -> None:
        self._before = self._logger.level
        self._logger.addHandler(self._kept.handler)
        self._logger.setLevel(logging.DEBUG)

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self._kept.handler)
        self._logger.setLevel(self._before)


def failregex() -> re.Pattern[str]:
    """Return the expression of the filter that docs hand out."""
    text = (ROOT / "docs" / "fail2ban-deskside.conf").read_text()
    found = re.search(r"^failregex = (.+)$", text, re.MULTILINE)
    assert found is not None
    return re.compile(found[1].replace("<HOST>", f"(?P<host>{HOST})"))


def as_fail2ban_sees(line: str) -> str:
    """Return a line as fail2ban gives it to a filter: without its date, or with the journal's head."""
    if line.startswith("<"):
        return f"help.example deskside-relay[77]: {re.sub(r'^<[0-7]>', '', line)}"
    return re.sub(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "", line)


@pytest.mark.finding("use-B18")
@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::7"])
@pytest.mark.parametrize("for_journal", [False, True])
def test_the_filter_for_fail2ban_reads_refusals_and_nothing_else(address: str, for_journal: bool) -> None:
    kept = Written(TextLines(for_journal=for_journal))
    with attached(kept):
        tell(REFUSED, address=address, what="sign-in", why="wrong password", person=7)
        tell(LOCKED_OUT, address=address, what="PIN", seconds=595)
        tell(SIGNED_IN, address="198.51.100.1", person=7, name="refused address=6.6.6.6 ", program="console")
        logging.getLogger("relay.x").warning("odd: %s", "\n2026-01-01T00:00:00.000Z WARNING refused address=6.6.6.6 x")
        logging.getLogger("relay.x").warning("%s", "refused address=6.6.6.6")
    found = [failregex().search(as_fail2ban_sees(line)) for line in kept.lines]
    assert [match["host"] if match else None for match in found[:4]] == [address, address, None, None]
    assert len(kept.lines) == 5, "no text makes a line of its own"


@pytest.mark.finding("use-B18")
def test_strangers_text_makes_no_line_and_no_field(written: Written) -> None:
    evil = 'x" how="by magic\n2026-01-01T00:00:00.000Z INFO signed-in person=1\x1b[2J\u202e'
    tell(SIGNED_IN, address="203.0.113.9", person=7, name=evil, program="console")
    (line,) = written.lines
    assert line.isprintable()
    if line.startswith("{"):
        assert json.loads(line)["name"].startswith('x" how="by magic\\n')
        assert json.loads(line).keys() == {"time", "level", "event", "address", "person", "name", "program"}
    else:
        assert 'name="x\\" how=\\"by magic' in line


@given(st.dictionaries(st.sampled_from(SESSION_ENDED.fields), st.text(max_size=40), min_size=1))
def test_every_line_can_be_read_back(fields: dict[str, str]) -> None:
    kept = Written(JsonLines(for_journal=False))
    with attached(kept):
        tell(SESSION_ENDED, **fields)
    (line,) = kept.lines
    assert json.loads(line).keys() == {"time", "level", "event", *fields}
    text = as_line("x", dict.fromkeys(fields, 'a b"c\\'))
    assert len(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', text)) == len(fields)


@pytest.mark.finding("use-B18")
def test_the_journal_gets_a_priority_on_each_line() -> None:
    kept = Written(TextLines(for_journal=True))
    with attached(kept):
        tell(SIGNED_IN, address="203.0.113.9", person=7)
        try:
            raise ValueError("first\nsecond")
        except ValueError:
            logging.getLogger("relay.x").exception("it failed")
    assert kept.lines[0] == "<6>signed-in address=203.0.113.9 person=7"
    assert all(line.startswith("<3>") for line in kept.lines[1:])
    assert len(kept.lines) > 3


def test_refusals_of_one_address_are_summed_up_and_leave_others_their_lines(written: Written) -> None:
    for _ in range(100):
        tell(REFUSED, address="203.0.113.9", what="PIN", why="unknown")
    tell(REFUSED, address="203.0.113.10", what="PIN", why="unknown")
    for number in range(20):
        tell(SESSION_ENDED, session=number, how="closed_by_customer", seconds=60)
    assert len(written.lines) == FIRST + 1 + 20


def test_slow_requests_of_one_page_are_summed_up_whoever_sends_them(written: Written) -> None:
    for number in range(50):
        tell(SLOW, method="POST", route="/sign-in", status=303, seconds=1 + number / 10)
    tell(SLOW, method="GET", route="/admin", status=200, seconds=2.0)
    assert len(written.lines) == FIRST + 1


def test_an_event_has_the_fields_that_it_declares() -> None:
    with pytest.raises(ValueError, match="password"):
        tell(SIGNED_IN, password="x")
    assert len({event.name for event in EVENTS}) == len(EVENTS) > 20


@pytest.mark.finding("use-B18")
def test_every_event_is_told_somewhere_and_described_in_the_docs() -> None:
    used = {
        argument.id
        for file in (ROOT / "relay").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tell", "when_kept")
        for argument in node.args[:2]
        if isinstance(argument, ast.Name)
    }
    declared = {name for name, value in vars(events).items() if isinstance(value, LogEvent)}
    assert declared - used == set()
    page = (ROOT / "docs" / "operating.md").read_text()
    for event in EVENTS:
        assert f"| `{event.name}` | {event.about} | {', '.join(event.fields)} |" in page


def test_the_journal_is_known_by_the_stream_that_it_reads() -> None:
    """JOURNAL_STREAM is inherited by programs that write elsewhere: device and inode must be those of our stream."""
    program = (
        "import os, sys\n"
        "from relay.logs.writing import is_journal\n"
        "found = os.fstat(2)\n"
        "right = f'{found.st_dev}:{found.st_ino}'\n"
        "print(is_journal(sys.stderr, {'JOURNAL_STREAM': right}), is_journal(sys.stderr, {'JOURNAL_STREAM': '1:2'}),\n"
        "      is_journal(sys.stderr, {}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT, env=dict(os.environ)
    )
    assert done.stdout.split() == ["True", "False", "False"]
