"""What is sent next, and what follows from a failure: without a disk, a server or a clock."""

import pytest
from msgspec import structs

from codec.stores.base import CredentialsNeededError, StoreError
from codec.wire.api_types import RecordingRules
from console.recording.confirmed_locations import Account, ConfirmedLocations, Order
from console.recording.ledger import EntryState, KeptFile, LedgerEntry
from console.recording.messages import UploadState
from console.recording.upload_queue import (
    LONGEST_PAUSE_SECONDS,
    NO_LOCATION,
    NotConfirmedError,
    Quiet,
    UploadQueue,
    pause_after,
)

HTTPS, SFTP = "https://files.example/kept", "sftp://vault.example/kept"
RULES = RecordingRules(location=HTTPS, user="desk", password="Tulips 7", deferred=True)


def recording(number: int, location: str = HTTPS, state: EntryState = EntryState.WAITING) -> LedgerEntry:
    files = (KeptFile(f"{number}.dsr", 100), KeptFile(f"{number}.dsr.proof", 10))
    return LedgerEntry(
        id=f"{number:08}", name=f"{number:08}-Anna", session=number, began=number, folder="/spool", location=location,
        deferred=True, state=state, files=files,
    )  # fmt: skip


def sending(*entries: LedgerEntry, rules: RecordingRules | None = RULES) -> UploadQueue:
    return UploadQueue(lambda _order: True, {entry.id: entry for entry in entries}, rules)


def next_of(made: UploadQueue, now: float = 0.0) -> int | None:
    entry = made.next(now)
    return None if entry is None else entry.session


def states(made: UploadQueue, uploading: str = "") -> list[UploadState]:
    return [upload.state for upload in made.shown(uploading, {}, [])]


def test_the_oldest_goes_first_and_nothing_while_nobody_is_signed_in() -> None:
    made = sending(
        recording(3), recording(1, state=EntryState.FAILED), recording(2), recording(4, state=EntryState.RECORDING)
    )
    assert next_of(made) == 2
    made.follow(None)
    assert next_of(made) is None


def test_pauses_double_up_to_a_quarter_of_an_hour_and_are_spread() -> None:
    assert [pause_after(tries, 0.5) for tries in (1, 2, 3)] == [5, 10, 20]
    assert pause_after(500, 0.5) == LONGEST_PAUSE_SECONDS
    assert (pause_after(1, 0), pause_after(1, 1)) == (3.75, 6.25)


def test_a_location_that_fails_rests_with_all_that_goes_there_and_holds_up_no_other() -> None:
    made = sending(recording(1), recording(2), recording(3, SFTP))
    first = made.failed(recording(1), StoreError("The server is away.", retry=True), 100.0, 0.5)
    assert first.state is EntryState.WAITING
    assert next_of(made, 104) == 3
    assert made.wakes_in(101.0) == 4
    assert [upload.reason for upload in made.shown("", {}, [])] == ["The server is away."] * 2 + [""]
    assert next_of(made, 105.0) == 1
    assert made.wakes_in(105.0) is None
    made.failed(recording(1), StoreError("The server is away.", retry=True), 105.0, 0.5)
    assert made.wakes_in(105.0) == 10
    made.succeeded(recording(1))
    assert next_of(made, 106.0) == 1


@pytest.mark.req("REC-29")
def test_what_cannot_help_itself_waits_for_somebody_who_tries_again_all_of_that_place() -> None:
    made = sending(recording(1), recording(2), recording(3, SFTP, EntryState.FAILED))
    for number in (1, 2):
        failed = made.failed(recording(number), StoreError("You may not write there.", retry=False), 0.0, 0.5)
        made.entries[failed.id] = failed
    assert next_of(made) is None
    assert states(made) == [UploadState.FAILED] * 3
    again = made.retry("00000002")
    assert [(entry.session, entry.state, entry.reason) for entry in again] == [
        (1, EntryState.WAITING, ""),
        (2, EntryState.WAITING, ""),
    ]
    assert made.retry("of another page") == []


@pytest.mark.req("REC-17", "REC-18", "REC-19")
def test_credentials_are_the_groups_for_its_location_then_those_entered_and_go_nowhere_else() -> None:
    made = sending(recording(1), recording(2), recording(3, SFTP))
    assert (made.location_of(recording(1)).user, made.location_of(recording(1)).password) == ("desk", "Tulips 7")
    assert made.location_of(recording(3, SFTP)).password == ""
    asked = made.failed(recording(1), CredentialsNeededError("The server refused the password."), 0.0, 0.5)
    assert asked.state is EntryState.WAITING
    assert states(made) == [UploadState.ASKING, UploadState.ASKING, UploadState.WAITING]
    assert next_of(made) == 3
    made.follow(structs.replace(RULES))  # told again, unchanged
    assert next_of(made) == 3
    made.give("00000002", "me", "Roses 8")
    assert next_of(made) == 1
    assert made.location_of(recording(1)).password == "Roses 8"
    assert made.location_of(recording(3, SFTP)).password == ""
    assert "Roses" not in repr(made)
    made.follow(None)
    assert made.location_of(recording(1)).password == ""


def test_a_group_that_mended_its_credentials_is_asked_no_more() -> None:
    made = sending(recording(1))
    made.failed(recording(1), CredentialsNeededError("Who calls?"), 0.0, 0.5)
    made.follow(structs.replace(RULES, password="Roses 8"))
    assert next_of(made) == 1


def test_what_failed_goes_where_the_group_sends_recordings_now() -> None:
    made = sending(structs.replace(recording(1, "https://mistyped.example/", EntryState.FAILED), sent=("1.dsr",)))
    (again,) = made.retry("00000001")
    assert (again.location, again.user, again.sent, again.state) == (HTTPS, "desk", (), EntryState.WAITING)
    made = sending(recording(1, "", EntryState.FAILED), rules=RecordingRules())
    (again,) = made.retry("00000001")
    assert (again.state, again.reason) == (EntryState.FAILED, NO_LOCATION)


@pytest.mark.req("REC-29")
def test_a_page_sees_how_far_each_is_and_never_a_password() -> None:
    half = structs.replace(recording(1), sent=("1.dsr",))
    done = structs.replace(recording(2), state=EntryState.SENT, sent=("2.dsr", "2.dsr.proof"))
    made = sending(half, done, recording(3, state=EntryState.SENT), recording(4, state=EntryState.KEPT))
    one, two = made.shown("00000001", {"00000001": 104}, ["00000002"])
    assert (one.state, one.size, one.sent) == (UploadState.UPLOADING, 110, 104)
    assert (two.state, two.sent) == (UploadState.DONE, 110)
    assert one.location == "https://desk@files.example/kept"
    assert made.shown("", {}, [])[0].sent == 100


@pytest.mark.req("REC-25")
def test_uploads_wait_until_sessions_have_left_the_line_alone_for_a_while() -> None:
    quiet = Quiet()
    assert quiet.heard(100.0, 0)
    assert not quiet.heard(101.0, 50_000)
    assert not quiet.heard(110.9, 50_000)
    assert quiet.heard(111.0, 50_500)
    assert quiet.heard(112.0, 0)  # a session has ended


ANNA, BOB = Account("https://help.example", "anna@northwind.example"), Account("https://help.example", "bob")


def ordered(number: int, account: Account = ANNA, location: str = HTTPS) -> LedgerEntry:
    return structs.replace(recording(number, location), relay=account.relay, account=account.name, user="desk")


def unconfirmed(*entries: LedgerEntry, places: ConfirmedLocations | None = None) -> UploadQueue:
    made = UploadQueue((places or ConfirmedLocations(None)).has, {entry.id: entry for entry in entries})
    made.follow(RULES, ANNA)
    return made


def test_f4_nothing_is_sent_where_the_technician_has_not_confirmed_it() -> None:
    places = ConfirmedLocations(None)
    made = unconfirmed(ordered(1), places=places)
    assert next_of(made) is None
    with pytest.raises(NotConfirmedError):
        made.location_of(ordered(1))
    assert states(made) == [UploadState.UNCONFIRMED]
    ((number, order),) = made.unconfirmed().items()
    assert order == Order(ANNA, HTTPS, "desk")
    assert [upload.place for upload in made.shown("", {}, [])] == [number]
    places.confirm(order)
    assert next_of(made) == 1
    assert made.location_of(ordered(1)).password == "Tulips 7"
    assert made.unconfirmed() == {}


def test_f4_neither_a_retry_nor_credentials_make_up_for_a_yes() -> None:
    made = unconfirmed(structs.replace(ordered(1), state=EntryState.FAILED))
    made.give("00000001", "me", "Roses 8")
    for entry in made.retry("00000001"):
        made.entries[entry.id] = entry
    assert next_of(made) is None
    assert made.failed(made.entries["00000001"], NotConfirmedError(), 0.0, 0.5).state is EntryState.WAITING


def test_f4_a_yes_of_one_account_is_none_of_another_and_its_password_neither() -> None:
    places = ConfirmedLocations(None)
    places.confirm(Order(ANNA, HTTPS, "desk"))
    made = unconfirmed(ordered(1), ordered(2, BOB), places=places)
    assert next_of(made) == 1
    made.entries.pop("00000001")
    assert next_of(made) is None
    made.follow(RULES, BOB)  # who has confirmed nothing
    made.entries["00000001"] = ordered(1)
    assert next_of(made) == 1  # as Anna ordered and confirmed
    assert made.location_of(ordered(1)).password == ""  # which is Bob's now
    assert made.retry("00000001") == []


def test_f4_what_failed_under_another_account_is_not_sent_where_this_one_sends() -> None:
    made = unconfirmed(structs.replace(ordered(1, BOB, "https://mistyped.example/"), state=EntryState.FAILED))
    (again,) = made.retry("00000001")
    assert (again.location, again.relay, again.account) == ("https://mistyped.example/", BOB.relay, BOB.name)
