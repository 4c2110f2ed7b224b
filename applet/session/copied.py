"""What the technician's side hears of what was copied here, and what the customer is told of it. Pure."""

from applet.session.ui_state import ClipboardChanged, ClipboardNote, ClipboardTooLong, CopiedHere
from codec.wire import messages
from codec.wire.messages import CLIPBOARD_BYTES, Cause, Notice, SessionMessage, Trouble


def copied_here(copied: CopiedHere, note: ClipboardNote | None) -> tuple[list[SessionMessage], ClipboardNote | None]:
    """Return what to send, and the customer's note from now on; `note` is the one shown until now."""
    said: list[SessionMessage] = []
    match copied:
        case ClipboardChanged(text=text):
            encoded = text.encode(errors="replace")  # half a character, as broken programs copy it, is none
            if len(encoded) > CLIPBOARD_BYTES:
                return copied_here(ClipboardTooLong(len(encoded)), note)
            said, now = [messages.ClipboardText(encoded.decode())], None
        case ClipboardTooLong(size=size):
            said, now = [messages.ClipboardTooLong(size)], ClipboardNote.MINE_TOO_LONG
        case _:
            now = ClipboardNote.NOT_READ
    return said + trouble(note, now), now


def copied_there(
    copied: messages.ClipboardText | messages.ClipboardTooLong, note: ClipboardNote | None
) -> tuple[list[SessionMessage], ClipboardNote | None]:
    """The same for what the technician copied."""
    now = None if isinstance(copied, messages.ClipboardText) else ClipboardNote.THEIRS_TOO_LONG
    return trouble(note, now), now


def trouble(before: ClipboardNote | None, now: ClipboardNote | None) -> list[SessionMessage]:
    """Return what to say when the program that holds the clipboard has failed, or no longer matters."""
    failed, failed_before = now is ClipboardNote.NOT_READ, before is ClipboardNote.NOT_READ
    if not failed and not failed_before:
        return []
    return [Notice(Trouble.CLIPBOARD_FAILED, failed, cause=Cause.SLOW_PROGRAM if failed else "")]
