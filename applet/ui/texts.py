"""Every sentence that a customer reads, and the function that translates it."""

import gettext
import time
from pathlib import Path

from applet.machine import language_code
from applet.session.hosts import shown_host
from applet.session.interruption import Interruption
from applet.session.ui_state import ClipboardNote, UiState
from codec.session.diagnosis import Diagnosis
from codec.session.responder import ATTEMPTS
from codec.wire.access import Access
from codec.wire.messages import CLIPBOARD_BYTES

DOMAIN = "deskside-applet"
LOCALES = Path(__file__).parents[1] / "locale"
SOURCE = "en"
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
_translations: gettext.NullTranslations = gettext.NullTranslations()
_language = SOURCE


def use_language(code: str | None = None) -> str:
    """Translate into this language, or that of the computer, from now on; return the code of what is then spoken.

    That is English where there is no catalogue: dates and direction of reading follow the words.
    """
    global _translations, _language  # noqa: PLW0603  (one process speaks one language)
    wanted = code or language_code()
    has_catalogue = gettext.find(DOMAIN, LOCALES, [wanted]) is not None
    _language = wanted if has_catalogue else SOURCE
    _translations = gettext.translation(DOMAIN, LOCALES, [_language], fallback=True)
    return _language


def language_in_use() -> str:
    """Return the code of the language in use."""
    return _language


def translate(text: str) -> str:
    """Return `text` in the language in use."""
    return _translations.gettext(text)


def _(text: str) -> str:
    """Mark a text for translation where it is declared; `translate` is called when it is shown."""
    return text


PROBLEMS: dict[str, str] = {
    "not_served": _("No technician answers this link. Ask for a PIN or another link."),
    "no_answers": _("This link asks for something first. Open it in a browser."),
    "closed": _("It is outside working hours. Try again later."),
    "no_one_there": _("No technician is there at the moment. Try again later."),
    "not_digits": _("A PIN contains only digits. Check it, or paste the whole link."),
    "not_whole": _("This is not a whole PIN. Ask your technician to read it again, digit by digit."),
    "not_whole_nine": _("A PIN that begins with 9 has nine digits. Ask your technician to read all of them again."),
    "no_relay": _("This program does not know your organisation’s address. Paste the link instead."),
    "too_long": _("This is neither a PIN nor a link. Copy it again."),
    "not_a_link": _("This is not a link from your technician. Copy the whole link."),
    "half_a_link": _("Part of the link is missing. Copy the whole link, including everything after the # sign."),
    "not_a_relay": _("This program cannot use this address. Copy the link again."),
    "not_safe": _(
        "This link is not encrypted, so this program does not use it. Ask your technician for one "
        "that begins with https."
    ),
    "not_extra_digits": _(
        "These cannot be the extra digits: there are at least four. Ask your technician to read them again."
    ),
    "no_guess_left": _("This PIN or link was wrong three times and no longer works here. Ask for a new one."),
    "unknown": _("No technician has this PIN. Check each digit, or ask for a new PIN."),
    "expired": _("This PIN or link has expired. Ask your technician for a new one."),
    "used": _("This PIN or link has already been used. Ask your technician for a new one."),
    "cancelled": _("This PIN or link has been cancelled. Ask your technician for a new one."),
    "too_many": _("Too many wrong attempts. Try again in %(time)s."),
    "busy": _("The organisation’s server is busy at the moment. Try again in %(time)s."),
    "ended": _("The organisation’s server does not answer. Check your internet connection, then try again."),
    "bad_message": _("This program is too old for the organisation’s server. Download it again."),
}

ENDINGS: dict[str, str] = {
    "customer": _("You ended the session."),
    "closed_by_customer": _("You ended the session."),
    "closed_by_waiting_customer": _("You ended the session."),
    "refused_by_customer": _("You ended the session."),
    "declined": _("You declined the terms, so the session did not begin."),
    "bye_technician": _("%(technician)s has left. No one can see your screen."),
    "closed_by_technician": _("%(technician)s has left. No one can see your screen."),
    "aborted_technician_removed": _("The organisation has ended the session. Call them if you still need help."),
    "goes_on_in_program": _("It continues in the help program that was opened last. This one is no longer connected."),
    "goes_on_in_page": _("It continues in the browser. This program is no longer connected."),
    "timed_out": _("The session ended because no one answered for a long time."),
    "unconfirmed": _("The connection was lost before it was safe. Ask your technician for a new PIN or link."),
    "secrets_differ": _("The extra digits were wrong. Your screen was not shared. Ask your technician for a new PIN."),
    "link_differs": _("The link is damaged. Your screen was not shared. Ask your technician for a new one."),
    "changed_on_the_way": _(
        "Something on the network changed the connection. Your screen was not shared. Tell your technician by phone."
    ),
    "too_many_attempts": _(
        "The connection was restarted too many times, so the session was ended. Tell your technician by phone."
    ),
    "no_guess_left": _("The extra digits were wrong three times. Ask your technician for a new PIN."),
    "malformed": _(
        "The help program and the technician’s program are not compatible. Download the help program again."
    ),
    "protocol": _("The technician’s program did something unexpected, so the session was ended."),
}
GO_ON = ("goes_on_in_program", "goes_on_in_page")
"""Endings of this program's part only: the session goes on elsewhere."""
_OTHER_ENDING = _("The session has ended.")


UNKNOWN_RELAY = (
    _("You have not used this address on this computer before."),
    _("Use it only if you asked for help yourself and know that this address is theirs."),
    _("If they called or wrote to you first, choose No. Call them back on a number that you know."),
)
"""What is said before a link is followed to a relay that is not known."""


def unknown_relay_text(relay: str) -> str:
    """Return that a link leads to a relay that is not known."""
    first = translate(_("This link belongs to %(host)s.")) % {"host": shown_host(relay)}
    return "\n".join([first, *map(translate, UNKNOWN_RELAY)])


def problem_text(ui_state: UiState) -> str:
    """Return what went wrong, and what to do."""
    text = translate(PROBLEMS.get(ui_state.problem or "", PROBLEMS["ended"]))
    return text % {"time": wait_text(ui_state.retry_seconds or 0)}


def wait_text(seconds: int) -> str:
    """Return how long to wait, as people say it: never too short, never more exact than they need."""
    if seconds <= 1:
        return translate(_("a second"))
    if seconds <= 90:
        return translate(_("%s seconds")) % seconds
    minutes = -(-seconds // 60)
    return translate(_("%s minutes")) % minutes if minutes <= 90 else translate(_("%s hours")) % -(-minutes // 60)


def waiting_text(ui_state: UiState) -> str:
    """Return what is known of how long the customer may wait, empty where nothing is."""
    wait = ui_state.wait
    if wait is not None and not wait.served:
        return translate(_("No technician answers here any more. Look for another way to reach us."))
    if wait is None or (wait.position is None and wait.seconds is None):
        return ""
    if wait.position == 1:
        return translate(_("You are next in line."))
    if wait.position is not None:
        return translate(_("You are number %s in line.")) % wait.position
    minutes = round((wait.seconds or 0) / 60)
    if minutes == 0:
        return translate(_("The last customers waited less than a minute."))
    if minutes == 1:
        return translate(_("The last customers waited about a minute."))
    return translate(_("The last customers waited about %s minutes.")) % minutes


def ending_title(ui_state: UiState) -> str:
    """Return what became of the session, as a heading."""
    return translate(_("The session continues") if ui_state.ending in GO_ON else _("The session has ended"))


def ending_text(ui_state: UiState) -> str:
    """Return why the session ended."""
    return translate(ENDINGS.get(ui_state.ending or "", _OTHER_ENDING)) % {"technician": ui_state.technician}


def stop_text(stop_key: bool) -> str:
    """Return how the customer stops everything; keys are named only where they are heard."""
    with_keys = _("You can stop at any time: press Pause or Ctrl+Alt+Shift+S on your keyboard, or Stop on the bar.")
    return translate(with_keys if stop_key else _("You can stop at any time: press Stop on the bar."))


def grant_question(access: Access, ui_state: UiState, records: bool = False) -> str:
    """Return the question for one permission; with `records` it says that what is seen is recorded."""
    recorded = {
        Access.VIEW: _("Show your screen to %(technician)s and let them record the session?"),
        Access.CONTROL: _("Let %(technician)s use your mouse and keyboard and record the session?"),
    }
    texts = {
        Access.VIEW: _("Show your screen to %(technician)s?"),
        Access.CONTROL: _("Let %(technician)s use your mouse and keyboard?"),
        Access.CLIPBOARD: _("Share what you copy with %(technician)s?"),
        Access.RECORD: _("Let %(technician)s record this session?"),
    }
    return translate((texts | recorded if records else texts)[access]) % {"technician": ui_state.technician}


def asked_by(ui_state: UiState, question: str) -> str:
    """Return a question with its serial and the host that it comes through, as a terminal shows it."""
    serial = ui_state.question.serial if ui_state.question is not None else 0
    return f"[{serial}] {shown_host(ui_state.relay or '')}: {question}"


def lost_text(ui_state: UiState) -> str:
    """Return that there is no way to the technician, and how long that may take."""
    if not ui_state.away:
        return translate(_("The connection was lost and is being restored. Keep this window open."))
    text = _("%(technician)s has been away for a minute. No one can see your screen. You can end the session.")
    return translate(text) % {"technician": ui_state.technician}


def words_text(ui_state: UiState, between: str) -> str:
    """Return the words to compare, `between` between each two; words that replaced others are called new."""
    text = _("New words, compare them again: %s") if ui_state.words_changed else _("Words to compare: %s")
    return translate(text) % between.join(ui_state.words)


def attempt_text(attempt: int) -> str:
    """Return that the connection is being made once more; empty for the first time."""
    if attempt <= 1:
        return ""
    text = _("The technician’s program restarted the connection (%(attempt)d of %(most)d).")
    return translate(text) % {"attempt": attempt, "most": ATTEMPTS}


def kept_text(organisation: str) -> str:
    """Say that what is written is kept."""
    return translate("%(organisation)s keeps this conversation") % {"organisation": organisation}


def access_text(ui_state: UiState, technician: str) -> str:
    """Return what the technician can do at this moment: without a connection nothing, whatever was allowed."""
    granted = ui_state.granted
    values = {"technician": technician, "to": ui_state.handed_to}
    if ui_state.interruption is Interruption.ON_HOLD:
        text = _("%(technician)s has put the session on hold and will continue later. Nothing is shown until then.")
    elif ui_state.interruption is Interruption.HANDED_OVER and ui_state.handed_to:
        text = _("%(technician)s is handing the session over to %(to)s. Nothing is shown until then.")
    elif ui_state.interruption is Interruption.HANDED_OVER:
        text = _("%(technician)s is taking over. Nothing is shown until then.")
    elif not ui_state.online and granted:
        text = _("%(technician)s cannot see or record anything until the connection is restored.")
    elif Access.CONTROL in granted:
        text = _("%(technician)s sees your screen and can click and type.")
    elif Access.VIEW in granted:
        text = _("%(technician)s sees your screen.")
    else:
        text = _("%(technician)s cannot see your screen.")
    return translate(text) % values


def recording_text(since: float | None, technician: str) -> str:
    """Return that the technician's side records, or no longer."""
    text = _("%(technician)s is recording this session.") if since is not None else _("The recording has ended.")
    return translate(text) % {"technician": technician}


SCREEN_TROUBLES: dict[str, str] = {
    "screen_off": _("%(technician)s sees nothing because your screen is turned off. Turn it on."),
    "no_screen": _(
        "%(technician)s cannot see your screen, because this program cannot read it. "
        "Sign out, then sign in again with “X11” or “Xorg”."
    ),
    "pixel_format": _(
        "%(technician)s cannot see your screen, because this program does not know its colors. "
        "Set the color depth to 24 bits in the display settings."
    ),
}
SLOW_BECAUSE: dict[str, str] = {
    Diagnosis.NARROW_LINE: _(
        "%(technician)s sees your screen blurred or late: the connection is slow, or a computer is busy."
    ),
    Diagnosis.LINE_STALLED: _("Nothing new arrives for a moment. %(technician)s sees what your screen showed before."),
    Diagnosis.CUSTOMER_BUSY: _(
        "Your computer is very busy, so %(technician)s sees your screen late. Close programs that you do not need."
    ),
    Diagnosis.SLOW_ENCODE: _("Your screen takes this computer a while to read, so %(technician)s sees it late."),
}
CLIPBOARD_NOTES: dict[ClipboardNote, str] = {
    ClipboardNote.MINE_TOO_LONG: _("The text that you copied is too long to share (limit: %(limit)s MB)."),
    ClipboardNote.THEIRS_TOO_LONG: _(
        "%(technician)s copied text that is too long to share (limit: %(limit)s MB). Your clipboard has not changed."
    ),
    ClipboardNote.NOT_READ: _(
        "What you copied is not shared, because the program you copied it in does not respond. Copy it again."
    ),
}


def note_text(ui_state: UiState, technician: str) -> str:
    """Return what does not work at the moment and what to do, empty when all is well."""
    screen = SCREEN_TROUBLES.get(ui_state.screen_trouble, "")
    slow = SLOW_BECAUSE.get(ui_state.slow_because, "")
    clipboard = "" if ui_state.clipboard_note is None else CLIPBOARD_NOTES[ui_state.clipboard_note]
    values = {"technician": technician, "limit": CLIPBOARD_BYTES // 1_000_000}
    return "\n".join(translate(text) % values for text in (screen, slow, clipboard) if text)


def clock_text(seconds: float) -> str:
    """Return how long something takes so far: 0:09, 18:42, 1:02:07."""
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def receipt_access(allowed: frozenset[Access]) -> str:
    """Return everything that was allowed at some time, one thing a line."""
    texts = {
        Access.VIEW: _("Viewing your screen"),
        Access.CONTROL: _("Mouse and keyboard"),
        Access.CLIPBOARD: _("Shared clipboard"),
        Access.RECORD: _("Recording the session"),
    }
    return "\n".join(translate(text) for access, text in texts.items() if access in allowed) or translate(_("Nothing"))


def duration_text(ui_state: UiState) -> str:
    """Return how long the session took."""
    began, ended = ui_state.began_at, ui_state.ended_at or time.time()
    if began is None:
        return translate(_("It did not start."))
    minutes = int((ended - began) // 60)
    return translate(_("It lasted less than a minute.")) if minutes < 1 else translate(_("It lasted %s min.")) % minutes
