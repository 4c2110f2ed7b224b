"""Each account's predefined replies: kept on this computer, added to by files, and never overwritten by mistake."""

from pathlib import Path

import pytest

from console.replies.exchange import MOST_REPLIES, BadAddressError, BadRepliesError, Entry
from console.replies.messages import DeleteReply, ExportReplies, ImportReplies, Replies, ReplyKind, SaveReply
from console.replies.service import (
    FILE,
    RepliesNotKeptError,
    ReplyGoneError,
    ReplyService,
    TooManyRepliesError,
    with_imported,
)

RELAY = "https://help.example"
HELLO = SaveReply(1, ReplyKind.REPLY, "Hello", "Good morning")


def service(folder: Path | None, name: str = "anna@northwind.example") -> tuple[ReplyService, list[Replies]]:
    told: list[Replies] = []
    made = ReplyService(folder, told.append)
    made.signed_in(RELAY, name)
    return made, told


@pytest.mark.req("CONS-79", "CONS-82")
async def test_what_is_saved_is_there_after_a_restart_for_its_own_account(tmp_path: Path) -> None:
    made, told = service(tmp_path)
    await made.answer(HELLO)
    (kept,) = told[-1].replies
    await made.answer(SaveReply(2, ReplyKind.REPLY, "Hi", "Good day", kept.id))
    again, _ = service(tmp_path, "Anna@Northwind.Example")
    assert [(each.id, each.name, each.content) for each in again.all().replies] == [(kept.id, "Hi", "Good day")]
    other, _ = service(tmp_path, "bob@northwind.example")
    assert other.all().replies == []
    again.signed_in(RELAY, "")
    assert again.all().replies == []
    await made.answer(DeleteReply(3, kept.id))
    assert told[-1].replies == []
    with pytest.raises(ReplyGoneError):
        await made.answer(SaveReply(2, ReplyKind.REPLY, "Hi", "Good day", kept.id))
    with pytest.raises(BadAddressError):
        await made.answer(SaveReply(4, ReplyKind.URL, "a", "file:///etc/passwd"))


@pytest.mark.req("CONS-85", "CONS-86", "CONS-88", "CONS-89")
async def test_a_file_is_added_once_and_a_bad_one_changes_nothing(tmp_path: Path) -> None:
    anna, _ = service(tmp_path)
    await anna.answer(HELLO)
    await anna.answer(SaveReply(2, ReplyKind.URL, "Manual", "https://help.example/manual"))
    file = await anna.answer(ExportReplies(3))
    assert isinstance(file, str)
    bob, told = service(tmp_path, "bob@northwind.example")
    await bob.answer(SaveReply(1, ReplyKind.REPLY, "Hello", "Something else"))
    assert await bob.answer(ImportReplies(2, file)) == 2
    assert [each.name for each in told[-1].replies] == ["Hello", "Hello", "Manual"]
    assert await bob.answer(ImportReplies(3, file)) == 0
    with pytest.raises(BadRepliesError):
        await bob.answer(ImportReplies(4, file.replace("</deskside", "<deskside")))
    assert len(bob.all().replies) == 3
    assert len({each.id for each in bob.all().replies}) == 3


async def test_there_is_a_most_and_a_damaged_file_is_left_as_it_is(tmp_path: Path) -> None:
    anna, _ = service(None)
    many = [Entry(ReplyKind.REPLY, str(number), "x") for number in range(MOST_REPLIES)]
    anna._keep(with_imported([], many))
    with pytest.raises(TooManyRepliesError):
        await anna.answer(HELLO)
    (tmp_path / FILE).write_text("{")
    (tmp_path / FILE).chmod(0o600)
    damaged, _ = service(tmp_path)
    assert damaged.all().replies == []
    with pytest.raises(RepliesNotKeptError):
        await damaged.answer(HELLO)
    assert (tmp_path / FILE).read_text() == "{"
