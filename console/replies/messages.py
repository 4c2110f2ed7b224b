"""What page and engine say about predefined replies and addresses."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from codec.wire.messages import CHAT_CHARACTERS
from console.page.message_base import PageMessage, Request, Short

NAME_CHARACTERS = 100
FILE_BYTES = 1 << 20
"""The longest file that is imported."""
Name = Annotated[str, Meta(min_length=1, max_length=NAME_CHARACTERS)]
Content = Annotated[str, Meta(min_length=1, max_length=CHAT_CHARACTERS)]


class ReplyKind(StrEnum):
    """What a technician keeps to use again."""

    REPLY = "reply"
    """A text for the chat."""
    URL = "url"
    """The address of a page, or of a place for files."""


class Reply(Struct, frozen=True):
    """A text or an address, and what it is called. `id` names it to the engine."""

    id: str
    kind: ReplyKind
    name: str
    content: str


class Replies(PageMessage, frozen=True, tag="replies"):
    """All of this technician, in the order in which they were made."""

    replies: list[Reply]


class SaveReply(PageMessage, frozen=True, tag="save_reply"):
    """Keep this, in the place of the one with this `id` if it names one."""

    request: Request
    kind: ReplyKind
    name: Name
    content: Content
    id: Short = ""


class DeleteReply(PageMessage, frozen=True, tag="delete_reply"):
    """Keep it no longer."""

    request: Request
    id: Short


class ImportReplies(PageMessage, frozen=True, tag="import_replies"):
    """Add what is in this file and not here yet. The answer counts how many that were."""

    request: Request
    xml: Annotated[str, Meta(max_length=FILE_BYTES)]


class ExportReplies(PageMessage, frozen=True, tag="export_replies"):
    """The answer has the file with all of them as its text."""

    request: Request


RepliesFromPage = SaveReply | DeleteReply | ImportReplies | ExportReplies
