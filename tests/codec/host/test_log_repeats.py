"""A log that cannot be flooded (F9)."""

import logging
from collections.abc import Callable

from codec.host.log_repeats import FIRST, MOST_KINDS, WINDOW_SECONDS, Repeats


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class Story:
    """A log with a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.later: list[tuple[float, Callable[[], None]]] = []
        self.kept = Kept()
        self.handler = Repeats(self.kept, lambda: self.now, self._do_later)

    def _do_later(self, seconds: float, do: Callable[[], None]) -> None:
        self.later.append((self.now + seconds, do))

    def say(self, text: str, *what: object, level: int = logging.WARNING, error: BaseException | None = None) -> None:
        exc_info = None if error is None else (type(error), error, None)
        self.handler.handle(logging.LogRecord("relay", level, "", 0, text, what, exc_info))

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        due, self.later = [each for each in self.later if each[0] <= self.now], []
        for _at, do in due:
            do()


def test_after_a_few_lines_of_a_kind_comes_their_number() -> None:
    """F9: whatever is filled into them, and though nothing else is ever said."""
    story = Story()
    for number in range(4_125):
        story.say("session %d: the applet said %s", number, "x" * (number % 7))
    assert len(story.kept.lines) == FIRST
    story.pass_time(WINDOW_SECONDS)
    assert story.kept.lines[FIRST:] == ["session 4124: the applet said x … repeated 4,120 times in 60 s"]
    story.say("session %d: the applet said %s", 1, "y")
    assert story.kept.lines[-1] == "session 1: the applet said y", "a new window has begun"


def test_what_is_already_one_text_is_a_kind_without_its_numbers() -> None:
    story = Story()
    for number in range(100):
        story.say(f"Task-{number} at 0x{number:x} failed\nwith details {number}")
    assert len(story.kept.lines) == FIRST


def test_other_kinds_and_other_errors_are_written() -> None:
    story = Story()
    for _ in range(100):
        story.say("it failed", error=ValueError())
    story.say("it failed", error=OSError())
    story.say("it failed", level=logging.ERROR)
    story.say("something else")
    assert len(story.kept.lines) == FIRST + 3


def test_any_number_of_kinds_takes_a_bounded_memory() -> None:
    story = Story()
    for number in range(5_000):
        story.say("kind " + "x" * (number % 150) + chr(0x4E00 + number))
    assert len(story.handler._windows) <= MOST_KINDS + 1
    assert len(story.kept.lines) <= MOST_KINDS + FIRST


def test_what_was_counted_is_written_at_the_end() -> None:
    story = Story()
    for _ in range(FIRST + 1):
        story.say("again")
    story.handler.close()
    assert story.kept.lines[-1] == "again … once more in 60 s"
