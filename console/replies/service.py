"""The predefined replies and addresses of who is signed in, kept on this computer."""

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path

from codec.errors import DesksideError
from console.recording.decision_file import DecisionFile
from console.replies import exchange
from console.replies.exchange import MOST_REPLIES, Entry, entry
from console.replies.messages import (
    DeleteReply,
    ExportReplies,
    ImportReplies,
    Replies,
    RepliesFromPage,
    Reply,
    SaveReply,
)

FILE = "replies.json"
ID_BYTES = 8


class TooManyRepliesError(DesksideError):
    """You have as many predefined replies as can be kept. Delete some, then add new ones."""


class ReplyGoneError(DesksideError):
    """This predefined reply was deleted in the meantime. Add it as a new one."""


class RepliesNotKeptError(DesksideError):
    """Your predefined replies cannot be written to this computer’s disk. Nothing was changed."""


PROBLEMS: dict[type[DesksideError], str] = {
    exchange.BadRepliesError: "bad_replies",
    exchange.BadAddressError: "bad_address",
    exchange.EmptyReplyError: "empty_reply",
    TooManyRepliesError: "too_many_replies",
    ReplyGoneError: "reply_gone",
    RepliesNotKeptError: "replies_not_kept",
}
"""How the page knows them: it has its own sentence for each, in its own language."""


class ReplyService:
    """What pages may do with them. Each account at each relay has a list of its own."""

    def __init__(self, folder: Path | None, tell: Callable[[Replies], None]) -> None:
        """`tell` tells all pages. Without a folder the lists last as long as this program."""
        file = None if folder is None else folder / FILE
        self._file: DecisionFile[dict[str, list[Reply]]] = DecisionFile(file, dict[str, list[Reply]], {})
        self._tell = tell
        self._account = ""
        self._lock = asyncio.Lock()

    def signed_in(self, relay: str, name: str) -> None:
        """This person works here from now on; an empty name is no one."""
        self._account = f"{name.casefold()} {relay}" if name else ""
        self._tell(self.all())

    def all(self) -> Replies:
        """Return those of who is signed in."""
        return Replies(self._file.read().get(self._account, []) if self._account else [])

    async def answer(self, message: RepliesFromPage) -> int | str:
        """Do what a page asks; return how many were added, or the file. Raises what this package names."""
        async with self._lock:
            if isinstance(message, ExportReplies):
                return exchange.write(self.all().replies)
            before = self.all().replies
            added = 0
            match message:
                case SaveReply(id=""):
                    after = [*before, _reply(entry(message.kind, message.name, message.content))]
                case SaveReply(id=number):
                    if all(each.id != number for each in before):
                        raise ReplyGoneError(ReplyGoneError.__doc__)
                    changed = _reply(entry(message.kind, message.name, message.content), number)
                    after = [changed if each.id == number else each for each in before]
                case DeleteReply(id=number):
                    after = [each for each in before if each.id != number]
                case ImportReplies(xml=xml):
                    found = await asyncio.to_thread(exchange.read, xml)
                    after = with_imported(before, found)
                    added = len(after) - len(before)
            if len(after) > MOST_REPLIES:
                raise TooManyRepliesError(TooManyRepliesError.__doc__)
            self._keep(after)
        self._tell(self.all())
        return added

    def _keep(self, replies: list[Reply]) -> None:
        if self._file.is_unusable or not self._file.write(self._file.read() | {self._account: replies}):
            raise RepliesNotKeptError(RepliesNotKeptError.__doc__)


def with_imported(before: list[Reply], found: list[Entry]) -> list[Reply]:
    """Return a list with what it does not have yet: another name or another content makes another one."""
    known = {Entry(each.kind, each.name, each.content) for each in before}
    after = list(before)
    for each in found:
        if each not in known:
            known.add(each)
            after.append(_reply(each))
    return after


def _reply(made: Entry, number: str = "") -> Reply:
    return Reply(number or secrets.token_hex(ID_BYTES), made.kind, made.name, made.content)
