"""The applet's windows, drawn offscreen: consent cannot be given by accident, and every intent is what was pressed."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from applet.clipboard.base import Copied
from applet.session.consent import DEAF_MILLISECONDS, POSSIBLE, Question
from applet.session.ui_state import ChatLine, Decide, EnterCode, Intent, Leave, Revoke, Say, Stage, Stop, UiState
from applet.ui.app import make_application
from applet.ui.main_window import MainWindow
from applet.ui.qt_clipboard import QtClipboard
from applet.ui.widgets import Choice, shown_name
from codec.wire.access import Access
from codec.wire.signals import Wait

ALL = POSSIBLE - {Access.RECORD}
WITH = UiState(
    stage=Stage.TOGETHER,
    technician="Anna",
    organisation="Northwind IT",
    words=("amber", "canoe", "violin"),
    began_at=1.0,
)
ASKED = replace(WITH, question=Question(7, Access.CONTROL, ALL))


@pytest.fixture
def intents() -> list[Intent]:
    """What the person wished."""
    return []


@pytest.fixture
def window(intents: list[Intent]) -> Iterator[MainWindow]:
    """A main window that notes every intent."""
    make_application()
    made = MainWindow(intents.append)
    made.show()
    yield made
    if made.question is not None:
        made.question.put_away()
    made.bar.close()
    made.ui_state = UiState()
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def press(window: MainWindow, text: str) -> None:
    """Press the visible button with this text."""
    for button in window.findChildren(QPushButton):
        if button.text() == text and button.isVisible():
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            return
    raise AssertionError(f"there is no button {text}")


def wait_until_it_hears(window: MainWindow) -> None:
    """Wait until the open question can be answered."""
    until = time.monotonic() + 20 * DEAF_MILLISECONDS / 1_000
    while not all(choice.isEnabled() for choice in choices(window)):
        assert time.monotonic() < until
        QTest.qWait(20)


def choices(window: MainWindow) -> list[Choice]:
    """The answers to the open question."""
    assert window.question is not None
    return window.question.choices


def test_a_code_is_entered_and_a_problem_is_told_with_the_input_kept(window: MainWindow, intents: list[Intent]) -> None:
    field = window.entry.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "123 456")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert intents == [EnterCode("123 456")]
    window.show_ui_state(UiState(problem="unknown"))
    assert field.text() == "123 456"


@pytest.mark.parametrize(
    ("wait", "told"),
    [
        (Wait(position=1), "You are next in line."),
        (Wait(position=3), "You are number 3 in line."),
        (Wait(seconds=20), "The last customers waited less than a minute."),
        (Wait(seconds=70), "The last customers waited about a minute."),
        (Wait(seconds=250), "The last customers waited about 4 minutes."),
    ],
)
def test_who_waits_reads_how_it_was_for_others_or_their_place(window: MainWindow, wait: Wait, told: str) -> None:
    waiting = UiState(stage=Stage.WAITING, technician="Anna", organisation="Northwind IT")
    window.show_ui_state(replace(waiting, wait=wait))
    assert told in [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    window.show_ui_state(replace(waiting, wait=Wait()))
    assert told not in [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def test_a_key_or_click_that_comes_too_early_answers_nothing(window: MainWindow, intents: list[Intent]) -> None:
    window.show_ui_state(ASKED)
    for choice in choices(window):
        QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
        QTest.keyClick(choice, Qt.Key.Key_Space)
    assert intents == []


def test_focus_stands_on_no_and_enter_allows_nothing(window: MainWindow, intents: list[Intent]) -> None:
    window.show_ui_state(ASKED)
    wait_until_it_hears(window)
    assert window.question is not None
    focused = window.question.focusWidget()
    assert focused is choices(window)[-1]
    QTest.keyClick(window.question, Qt.Key.Key_Return)
    assert not [intent for intent in intents if isinstance(intent, Decide) and intent.allowed]


def test_a_click_meant_for_the_question_before_does_not_answer_the_one_that_replaced_it(
    window: MainWindow, intents: list[Intent]
) -> None:
    """F34: the buttons of a new question are dead, and look it, until the person can have seen that it is new."""
    window.show_ui_state(replace(WITH, question=Question(7, Access.VIEW, ALL)))
    wait_until_it_hears(window)
    assert all(choice.isEnabled() for choice in choices(window))
    window.show_ui_state(replace(WITH, question=Question(8, Access.CONTROL, ALL)))
    assert window.question is not None
    for choice in choices(window):
        assert not choice.isEnabled()
        QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
            QTest.keyClick(choice, key)
            QTest.keyClick(window.question, key)
    assert intents == []
    wait_until_it_hears(window)
    QTest.mouseClick(choices(window)[1], Qt.MouseButton.LeftButton)
    assert intents == [Decide(8, ALL - {Access.CLIPBOARD})]


@pytest.mark.parametrize("clipboard", [True, False])
def test_view_control_and_clipboard_are_allowed_apart(
    window: MainWindow, intents: list[Intent], clipboard: bool
) -> None:
    window.show_ui_state(ASKED)
    wait_until_it_hears(window)
    assert window.question is not None
    tick = window.question.clipboard
    assert tick.isVisible()
    assert not tick.isChecked()
    tick.setChecked(clipboard)
    QTest.mouseClick(choices(window)[0], Qt.MouseButton.LeftButton)
    wanted = {Access.VIEW, Access.CLIPBOARD} if clipboard else {Access.VIEW}
    assert intents == [Decide(7, frozenset(wanted))]


@pytest.mark.parametrize("way", ["close", "escape"])
def test_every_other_way_out_is_no(window: MainWindow, intents: list[Intent], way: str) -> None:
    window.show_ui_state(ASKED)
    wait_until_it_hears(window)
    assert window.question is not None
    if way == "close":
        window.question.close()
    else:
        QTest.keyClick(window.question, Qt.Key.Key_Escape)
    assert intents == [Decide(7, frozenset())]


def test_a_withdrawn_question_goes_and_answers_nothing(window: MainWindow, intents: list[Intent]) -> None:
    window.show_ui_state(ASKED)
    window.show_ui_state(WITH)
    assert window.question is None
    assert intents == []


def test_the_bar_stands_while_anything_is_allowed_and_its_buttons_take_it_back(
    window: MainWindow, intents: list[Intent]
) -> None:
    window.show_ui_state(replace(WITH, granted=frozenset({Access.VIEW, Access.CONTROL})))
    assert window.bar.isVisible()
    for text, intent in (("View only", Revoke(Access.CONTROL)), ("Stop", Stop(by_key=False))):
        (button,) = [each for each in window.bar.findChildren(QPushButton) if each.text() == text]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert intents[-1] == intent
    window.show_ui_state(WITH)
    assert not window.bar.isVisible()


@pytest.mark.parametrize("heard", [True, False])
def test_nobody_is_told_to_press_a_key_that_is_not_heard(window: MainWindow, heard: bool) -> None:
    window.show_ui_state(replace(ASKED, stop_key=heard, granted=frozenset({Access.VIEW})))
    assert window.question is not None
    for shown in (window.question, window.bar):
        assert any("Pause" in label.text() for label in shown.findChildren(QLabel)) is heard


def test_what_is_typed_goes_into_the_message_and_to_no_button(window: MainWindow) -> None:
    """After a question was answered the window is active again, and a space must not end the session."""
    window.show_ui_state(WITH)
    window.activateWindow()
    edit = window.chat.findChild(QLineEdit)
    assert window.focusWidget() is edit
    window.show_ui_state(replace(WITH, question=Question(7, Access.VIEW, ALL)))
    window.show_ui_state(WITH)
    assert window.focusWidget() is edit


def test_chat_shows_hostile_text_as_text_and_says_what_was_written(window: MainWindow, intents: list[Intent]) -> None:
    hostile = "<img src=x onerror=alert(1)> \u202eevil"
    window.show_ui_state(replace(WITH, chat=(ChatLine(hostile, False, 0),)))
    edit = window.chat.findChild(QLineEdit)
    assert edit is not None
    QTest.keyClicks(edit, "hello")
    press(window, "Send")
    assert Say("hello") in intents
    labels = [label.text() for label in window.chat.findChildren(type(window.chat._title))]
    assert any("onerror" in text for text in labels)


def test_closing_without_a_session_quits(window: MainWindow, intents: list[Intent]) -> None:
    window.close()
    assert intents == [Leave(quit=True)]


def test_names_are_cut_and_cannot_turn_the_sentence_around() -> None:
    shown = shown_name("\u202e" + "x" * 200)
    assert len(shown) < 60
    assert shown.startswith("\u2068")
    assert shown.endswith("\u2069")


def test_the_clipboard_is_shared_only_while_granted_and_never_sent_back() -> None:
    application = make_application()
    assert isinstance(application, QApplication)
    board = application.clipboard()
    may, told = False, list[str]()
    copied = Copied(told.append, lambda _size: None, lambda: None)
    shared = QtClipboard(board, copied, lambda: may)
    board.setText("before it was granted")
    shared.set_text("too early")
    assert board.text() == "before it was granted"
    may = True
    shared.set_text("from the technician")
    assert told == []
    board.setText("from the customer")
    assert told == ["from the customer"]
    may = False
    shared.set_text("too late")
    assert board.text() == "from the customer"
    board.setText("after it was taken back")
    assert len(told) == 1


@pytest.mark.req("REC-37")
def test_the_bar_and_the_chat_say_that_it_is_recorded_and_since_when(window: MainWindow) -> None:
    watched = replace(WITH, granted=frozenset({Access.VIEW}))
    window.show_ui_state(watched)
    assert not _texts(window.bar, "recording")
    window.show_ui_state(replace(watched, recording_since=time.time() - 724))
    assert _texts(window.bar, "recording 12:04")
    assert _texts(window.chat, " is recording this session")
    window.show_ui_state(watched)
    assert not _texts(window.bar, "recording")


def test_the_light_is_green_only_while_there_is_a_connection(window: MainWindow) -> None:
    together = replace(WITH, granted=frozenset({Access.VIEW}))
    for ui_state, role in (
        (together, ""),
        (replace(together, online=False), "waits"),
        (replace(together, online=False, recording_since=time.time()), "waits"),
        (replace(together, recording_since=time.time()), "records"),
        (together, ""),
    ):
        window.show_ui_state(ui_state)
        assert window.bar._light.property("role") == role


@pytest.mark.req("PERM-12b")
def test_the_question_about_recording_offers_recording_and_nothing_else(
    window: MainWindow, intents: list[Intent]
) -> None:
    window.show_ui_state(replace(WITH, question=Question(9, Access.RECORD, frozenset({Access.RECORD}))))
    question = window.question
    assert question is not None
    assert not question.clipboard.isVisible()
    wait_until_it_hears(window)
    QTest.mouseClick(choices(window)[0], Qt.MouseButton.LeftButton)
    assert intents == [Decide(9, frozenset({Access.RECORD}))]


@pytest.mark.parametrize(("access", "number"), [(Access.VIEW, 0), (Access.CONTROL, 0), (Access.CONTROL, 1)])
def test_f4_the_question_for_both_says_record_in_its_title_and_in_each_yes(
    window: MainWindow, intents: list[Intent], access: Access, number: int
) -> None:
    offers = ALL | {Access.RECORD} if access is Access.CONTROL else frozenset({Access.VIEW, Access.RECORD})
    window.show_ui_state(replace(WITH, question=Question(9, access, offers)))
    question = window.question
    assert question is not None
    assert _texts(question, "record")
    assert _texts(question, "stores a video")
    wait_until_it_hears(window)
    QTest.mouseClick(choices(window)[number], Qt.MouseButton.LeftButton)
    yes = {Access.VIEW, Access.RECORD} | ({Access.CONTROL} if number == 1 else set())
    assert intents == [Decide(9, frozenset(yes))]


@pytest.mark.finding("use-B16")
def test_what_the_organisation_records_is_one_question_with_words_and_a_reason(window: MainWindow) -> None:
    window.show_ui_state(replace(WITH, question=Question(9, Access.CONTROL, ALL | {Access.RECORD})))
    question = window.question
    assert question is not None
    assert _texts(question, "amber-canoe-violin")
    assert _texts(question, "records its sessions")
    titles = [choice.accessibleName() for choice in question.choices]
    assert titles == ["View only (recorded)", "Allow control (recorded)", "No"]


@pytest.mark.finding("use-B16")
def test_words_are_shown_with_the_first_question_whatever_it_asks(window: MainWindow) -> None:
    recording = Question(9, Access.RECORD, frozenset({Access.RECORD}))
    window.show_ui_state(replace(WITH, question=recording))
    assert window.question is not None
    assert _texts(window.question, "amber-canoe-violin")
    window.show_ui_state(replace(WITH, granted=frozenset({Access.VIEW}), question=replace(recording, serial=10)))
    assert not any(each.isVisible() for each in window.question.findChildren(QLabel) if "amber" in each.text())


ENDED = replace(WITH, stage=Stage.ENDED, ended_at=400.0, ending="bye_technician", allowed_once=frozenset({Access.VIEW}))


@pytest.mark.finding("use-F3")
def test_the_x_in_a_session_ends_it_after_a_question_and_the_receipt_is_shown(
    window: MainWindow, intents: list[Intent]
) -> None:
    window.show_ui_state(WITH)
    window.close()
    assert window.isVisible()
    assert intents == []
    (yes,) = [each for each in window._confirm.findChildren(QPushButton) if each.text() == "End session"]
    QTest.mouseClick(yes, Qt.MouseButton.LeftButton)
    assert intents == [Leave()]
    window.show_ui_state(ENDED)
    assert window.isVisible()
    assert window.windowTitle() == "Your receipt"
    window.close()
    assert intents[-1] == Leave(quit=True)


@pytest.mark.finding("use-F3")
@pytest.mark.parametrize(("vouched", "name"), [(True, "Checked by"), (False, "Words")])
def test_the_receipt_says_checked_only_of_what_was_checked_and_can_be_kept(
    window: MainWindow, tmp_path: Path, vouched: bool, name: str
) -> None:
    window.show_ui_state(replace(ENDED, vouched=vouched))
    shown = [each.text() for each in window._ended.findChildren(QLabel) if each.isVisible()]
    assert name in shown
    assert ("Checked by" in shown) is vouched
    window._ended.save(str(tmp_path / "receipt.pdf"))
    assert (tmp_path / "receipt.pdf").read_bytes().startswith(b"%PDF")
    window._ended.save(str(tmp_path / "missing" / "receipt.pdf"))
    assert _texts(window._ended, "could not be saved: No such file")


@pytest.mark.finding("use-F3")
def test_the_badge_of_unread_lines_is_round_and_inside_its_button(window: MainWindow) -> None:
    window.bar.show_ui_state(replace(WITH, granted=frozenset({Access.VIEW})), unread=3)
    badge = window.bar._badge
    assert badge.isVisible()
    assert window.bar._chat.rect().contains(badge.geometry())
    assert badge.height() == 16
    assert badge.width() >= badge.height()


@pytest.mark.finding("use-F3")
@pytest.mark.parametrize(
    ("seconds", "told"), [(1, "a second"), (59, "59 seconds"), (595, "10 minutes"), (9_000, "3 hours")]
)
def test_waits_are_told_as_people_do(window: MainWindow, seconds: int, told: str) -> None:
    window.show_ui_state(UiState(problem="too_many", retry_seconds=seconds))
    assert _texts(window.entry, f"Try again in {told}.")


def test_a_conversation_that_is_kept_says_so(window: MainWindow) -> None:
    for kept in (True, False):
        window.show_ui_state(replace(WITH, organisation="Northwind IT", chat_kept=kept))
        assert bool(_texts(window.chat, "keeps this conversation")) == kept


def test_a_page_that_the_technician_sends_opens_when_it_is_chosen(window: MainWindow) -> None:
    address = "https://help.example/?a=1&b=" + "c" * 60
    window.show_ui_state(replace(WITH, chat=(ChatLine(address, False, 0, link=True), ChatLine("<b>no</b>", False, 1))))
    page, plain = window.chat._log._bubbles
    assert page.openExternalLinks()
    assert page.accessibleName() == address
    assert f'href="{address.replace("&", "&amp;")}"' in page.text()
    assert not plain.openExternalLinks()


def test_no_bubble_of_the_chat_is_cut_off_whatever_came_first(window: MainWindow) -> None:
    long = ChatLine("A sentence that is long enough to need more than one line of this window, and then some.", True, 0)
    window.show_ui_state(replace(WITH, chat=(long, ChatLine("Short", True, 0))))
    for width in (400, 700, 330):
        window.resize(width, 520)
        QTest.qWait(20)
        log = window.chat._log
        for bubble in log._bubbles:
            left = bubble.mapTo(log.viewport(), bubble.rect().topLeft()).x()
            assert left >= 0
            assert left + bubble.width() <= log.viewport().width()


def _texts(widget: QWidget, part: str) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel) if part in each.text() and not each.isHidden()]


@pytest.mark.finding("use-B1")
def test_a_lost_line_is_told_and_that_nobody_comes_back_too(window: MainWindow) -> None:
    granted = replace(WITH, granted=frozenset({Access.VIEW, Access.CONTROL}))
    said = {}
    for name, ui_state in {
        "there": granted,
        "lost": replace(granted, online=False),
        "away": replace(granted, online=False, away=True),
    }.items():
        window.show_ui_state(ui_state)
        texts = [each.text() for each in (*window.findChildren(QLabel), *window.bar.findChildren(QLabel))]
        said[name] = [text.replace("\u2068", "").replace("\u2069", "") for text in texts]
    assert "Anna controls your computer" in said["there"]
    assert "Anna sees your screen and can click and type." in said["there"]
    for name in ("lost", "away"):
        assert "Anna controls your computer" not in said[name]
        assert "Not connected to Anna" in said[name]
    assert "Restoring the connection" in said["lost"]
    assert ("Anna has been away for a minute. No one can see your screen. You can end the session.") in said["away"]
    assert "No one can see your screen" in said["away"]


def test_without_a_connection_nothing_is_said_to_be_seen_controlled_or_recorded(window: MainWindow) -> None:
    granted = frozenset({Access.VIEW, Access.CONTROL, Access.RECORD})
    recorded = replace(WITH, granted=granted, recording_since=1.0)
    said = {}
    for online in (True, False):
        window.show_ui_state(replace(recorded, online=online))
        labels = [*window.findChildren(QLabel), *window.bar.findChildren(QLabel)]
        texts = " | ".join(each.text() for each in labels if each.isVisible())
        said[online] = texts.replace("\u2068", "").replace("\u2069", "")
    for claim in ("sees your screen and can click", "is recording this session", "recording "):
        assert claim in said[True]
        assert claim not in said[False]
    assert "Anna cannot see or record anything until the connection is restored." in said[False]


@pytest.mark.parametrize("seen", [True, False])
def test_a_receipt_says_that_no_one_sees_the_screen_any_more_only_if_someone_did(
    window: MainWindow, seen: bool
) -> None:
    allowed = frozenset({Access.VIEW}) if seen else frozenset[Access]()
    window.show_ui_state(replace(ENDED, ending="customer" if seen else "secrets_differ", allowed_once=allowed))
    texts = [each.text() for each in window.findChildren(QLabel) if each.isVisible()]
    assert ("No one can see your screen any more." in texts) is seen


@pytest.mark.req("SURV-29", "SESS-184")
def test_a_survey_is_a_button_that_opens_it_in_the_browser(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("applet.ui.ended.QDesktopServices.openUrl", lambda url: opened.append(url.toString()))
    window.show_ui_state(ENDED)
    with pytest.raises(AssertionError):
        press(window, "How did it go? Answer in the browser")
    window.show_ui_state(replace(ENDED, survey="https://help.northwind.example/survey/7-a"))
    press(window, "How did it go? Answer in the browser")
    assert opened == ["https://help.northwind.example/survey/7-a"]
