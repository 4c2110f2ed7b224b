"""The applet without a window: the same questions on the terminal."""

import sys
import threading
from collections.abc import Callable

from applet.session.consent import Question
from applet.session.hosts import shown_host
from applet.session.ui_state import (
    AnswerTerms,
    Decide,
    EnterCode,
    EnterDigits,
    Intent,
    Leave,
    Stage,
    Terms,
    UiState,
    UseRelay,
)
from applet.ui.texts import (
    access_text,
    asked_by,
    attempt_text,
    ending_text,
    grant_question,
    kept_text,
    lost_text,
    note_text,
    problem_text,
    recording_text,
    translate,
    unknown_relay_text,
    waiting_text,
    words_text,
)
from codec.host.safe_text import hanging
from codec.host.terminal import columns_of
from codec.wire.access import Access

if sys.platform != "win32":
    import termios

CONSENTS: dict[str, frozenset[Access]] = {
    "ask": frozenset(),
    "view": frozenset({Access.VIEW}),
    "control": frozenset({Access.VIEW, Access.CONTROL}),
    "record": frozenset({Access.VIEW, Access.CONTROL, Access.RECORD}),
}
"""What each standing consent allows. Without a window there is no clipboard to share."""
_YES = ("y", "yes", "j", "ja")
TOLD, SAID, ASKED, MORE = "* ", "> ", "? ", "    "
"""What lines begin with: what happened, what was said, what we ask, and what goes on from the line before."""


class Terminal:
    """Prints what happens, and asks. With a standing consent it answers by itself; without a terminal it answers no.

    Set `intent` before the engine starts.
    """

    def __init__(self, consent: str) -> None:
        self._standing = CONSENTS[consent]
        self._asks = consent == "ask"
        self.intent: Callable[[Intent], None] = lambda _intent: None
        self._before = UiState()
        self._question = 0
        self._open_question = ""
        self._lock = threading.Lock()
        self._reading: threading.Thread | None = None
        self.refused = False

    def show(self, ui_state: UiState) -> None:
        """Tell what is new. Called from the engine's thread."""
        before, self._before = self._before, ui_state
        _ = translate
        if ui_state.problem is not None and ui_state.problem != before.problem:
            self._print(problem_text(ui_state))
            self.refused = True
            self.intent(Leave(quit=True))
        if ui_state.unknown_relay is not None and ui_state.unknown_relay != before.unknown_relay:
            self._unknown(ui_state.unknown_relay)
        self._before_the_session(ui_state, before)
        if ui_state.attempt != before.attempt and ui_state.attempt > 1:
            self._print(attempt_text(ui_state.attempt))
        if ui_state.words != before.words and ui_state.words and not ui_state.vouched:
            self._print(words_text(ui_state, " · "))
        where = ui_state.granted, ui_state.interruption, ui_state.handed_to
        if where != (before.granted, before.interruption, before.handed_to):
            self._print(access_text(ui_state, ui_state.technician))
        if (ui_state.recording_since is None) != (before.recording_since is None):
            self._print(recording_text(ui_state.recording_since, ui_state.technician))
        if ui_state.chat_kept and not before.chat_kept:
            self._print(kept_text(ui_state.organisation))
        note = note_text(ui_state, ui_state.technician)
        if note and note != note_text(before, ui_state.technician):
            self._print(note)
        if ui_state.away and not before.away:
            self._print(lost_text(ui_state))
        for line in ui_state.chat[len(before.chat) :]:
            self._print(line.text if line.mine else f"{line.by or ui_state.technician}: {line.text}", SAID)
        question = ui_state.question
        if question is not None and question.serial != self._question:
            self._question = question.serial
            self._ask(ui_state)

    def _before_the_session(self, ui_state: UiState, before: UiState) -> None:
        """Tell where the customer is, and ask for what is missing."""
        if ui_state.needs_digits and not before.needs_digits:
            self._digits()
        if ui_state.stage != before.stage:
            self._stage(ui_state)
        if (wait := waiting_text(ui_state)) and wait != waiting_text(before):
            self._print(wait)
        if ui_state.terms is not None and ui_state.terms != before.terms:
            self._terms(ui_state.terms)

    def no_code(self) -> None:
        """There was nothing on standard input."""
        _ = translate
        self._print(_("There was no PIN or link on standard input. Give it as one line."))
        self.refused = True

    def _stage(self, ui_state: UiState) -> None:
        _ = translate
        match ui_state.stage:
            case Stage.WAITING:
                names = {"technician": ui_state.technician, "organisation": ui_state.organisation}
                host = {"host": shown_host(ui_state.relay or "")}
                self._print(_("Connected through %(host)s. They call themselves %(organisation)s.") % (names | host))
                self._print(_("%(technician)s (%(organisation)s) has been told that you are here.") % names)
            case Stage.ENDED:
                self._print(ending_text(ui_state))
                self.intent(Leave(quit=True))

    def _ask(self, ui_state: UiState) -> None:
        question = ui_state.question
        if question is None:
            return
        if not self._asks:
            standing = frozenset() if ui_state.stopped else self._standing
            self.intent(Decide(question.serial, standing & question.offers))
            return
        if not sys.stdin.isatty():
            self.intent(Decide(question.serial, frozenset()))
            return
        _ = translate
        with self._lock:
            if self._reading is not None:
                self._print(_("There is a new question. Press Enter to see it."))
                return
            self._reading = threading.Thread(target=self._read_answers, daemon=True)
            self._reading.start()

    def _read_answers(self) -> None:
        """Ask whatever is open, one question after the other, on one and the same terminal."""
        answered = 0
        while True:
            with self._lock:
                ui_state = self._before
                if ui_state.question is None or ui_state.question.serial == answered:
                    self._reading = None
                    return
            answered = ui_state.question.serial
            self._read_answer(ui_state, ui_state.question)

    def _read_answer(self, ui_state: UiState, question: Question) -> None:
        allowed, records = set[Access](), question.records
        for access in (Access.VIEW, Access.CONTROL, Access.RECORD):
            if access not in question.offers or access in allowed:
                continue
            answer = self._answer(f"{asked_by(ui_state, grant_question(access, ui_state, records))} [y/N] ")
            if self._before.question is None or self._before.question.serial != question.serial:
                return  # what was typed was meant for a question that is no longer there
            if answer.strip().casefold() in _YES:
                allowed |= {access, Access.RECORD} if question.is_one_answer else {access}
            else:
                break
            records = False  # it was said once
        self.intent(Decide(question.serial, frozenset(allowed)))

    def _terms(self, terms: Terms) -> None:
        """Only a person at a terminal can accept terms: what was allowed beforehand does not cover them."""
        _ = translate
        self._print(terms.text)
        if sys.stdin.isatty():
            threading.Thread(target=self._read_acceptance, daemon=True).start()
            return
        self._print(_("These terms must be accepted at a terminal, or in the program’s window."))
        self.refused = True
        self.intent(AnswerTerms(False))

    def _read_acceptance(self) -> None:
        _ = translate
        question = _("Accept these terms?")
        accepts = self._answer(f"{question} [y/N] ").strip().casefold() in _YES
        self.intent(AnswerTerms(accepts))

    def _digits(self) -> None:
        """The PIN has extra digits, and they were not on standard input."""
        if self._asks and sys.stdin.isatty():
            threading.Thread(target=self._read_digits, daemon=True).start()
            return
        _ = translate
        self._print(_("Your technician’s PIN has extra digits. Start again and enter them after the PIN."))
        self.refused = True
        self.intent(Leave(quit=True))

    def _read_digits(self) -> None:
        _ = translate
        asked = _("Extra digits from your technician")
        self.intent(EnterDigits(self._answer(f"{asked}: ")))

    def _unknown(self, relay: str) -> None:
        """A link leads where this person has never been. Without a terminal the command line says that it is right."""
        _ = translate
        self._print(unknown_relay_text(relay))
        if self._asks and sys.stdin.isatty():
            threading.Thread(target=self._read_relay, args=(relay,), daemon=True).start()
            return
        self._print(_("If you know that it is right, start this program with --relay %(relay)s") % {"relay": relay})
        self.refused = True
        self.intent(Leave(quit=True))

    def _read_relay(self, relay: str) -> None:
        _ = translate
        question = _("Use this address?")
        uses = self._answer(f"{shown_host(relay)}: {question} [y/N] ").strip().casefold() in _YES
        self.refused = not uses
        self.intent(UseRelay(relay, uses) if uses else Leave(quit=True))

    def _answer(self, question: str) -> str:
        """Ask, and return the line that was typed since."""
        self._open_question = _shown(question, ASKED)
        _forget_what_was_typed()
        try:
            return input(self._open_question)
        except EOFError:
            return ""
        finally:
            self._open_question = ""

    def _print(self, text: str, mark: str = TOLD) -> None:
        """Print what happened. While a question is open it comes above, and the question is shown again."""
        if question := self._open_question:
            print(f"\n{_shown(text, mark)}\n{question}", end="", flush=True)  # noqa: T201  (it is safe already)
        else:
            print(_shown(text, mark), flush=True)  # noqa: T201  (the same)


def _forget_what_was_typed() -> None:
    """Drop what was typed before a question was there: it is no answer to it."""
    if sys.platform != "win32" and sys.stdin.isatty():
        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _shown(text: str, mark: str) -> str:
    """Return a text as the terminal may show it: only what we ask ourselves begins with the mark of a question."""
    return hanging(text, mark, MORE, columns_of(sys.stdout))


def read_code_from_input(intent: Callable[[Intent], None], missing: Callable[[], None]) -> None:
    """Read one line with a PIN or link from standard input; without one the program says so, and ends."""
    line = sys.stdin.readline(1_000).strip() if sys.stdin is not None else ""
    if line:
        intent(EnterCode(line))
        return
    missing()
    intent(Leave(quit=True))
