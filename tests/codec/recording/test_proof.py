"""Whatever is done to a recording or its proof is found, and named as what it is."""

import hashlib
import random
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from codec.recording.avi import Limits
from codec.recording.film import Film
from codec.recording.formats import FORMATS, FormatName
from codec.recording.journal import Began, JournalWriter
from codec.recording.proof import (
    EARLIER_FILE_HEAD,
    ENTRY,
    ENTRY_TAG,
    FILE_HEAD,
    Closing,
    EarlierOpening,
    Opening,
    ProofEntry,
    ProofOutput,
    ProofWriter,
    ProvenSink,
    Signature,
    Stamp,
    Written,
    first_head,
    next_head,
    pack_entry,
)
from codec.recording.recorder import FilmOutput, JournalOutput, Output, Recorder
from codec.recording.verify import MOST_DAMAGED, Finding, Kind, NotAProofError, Report, verify
from codec.wire.chain_head import Beginning, Head
from tests.codec.recording.sessions import said
from tests.codec.recording.sinks import MemoryFile

KEYS = {
    who: Ed25519PrivateKey.from_private_bytes(bytes([number] * 32))
    for number, who in enumerate(("console", "applet", "relay"))
}
PUBLIC = {who: key.public_key().public_bytes_raw() for who, key in KEYS.items()}
TRUSTED = {who: [key] for who, key in PUBLIC.items()}
GOLDEN = (
    "445350020d0a1a0a445350651900000048b080e796a6626567696e73a161010281a572656c6179c4016bc4016e445350"
    "653800000063cadc3098a77772697474656e01c4201078bf1123281934c73a109032b1fb1977f329969f8006b196b9aa"
    "7d17bfd32a030004c40164919205c40170"
)
NUMBER = bytes(range(16))
AT = 1_790_000_000_500
SMALL = Limits(part_bytes=16_000, index_entries=256, indexes=4)


@dataclass(frozen=True)
class Recorded:
    """A recording and its proof."""

    file: bytes
    proof: bytes


@dataclass
class Recording:
    """A recording while it runs, with a clock that the test turns."""

    file: MemoryFile
    proof_file: MemoryFile
    proof: ProofWriter
    recorder: Recorder
    heads: list[Head]
    clock: list[int]


def begin(film: bool, keys: dict[str, Ed25519PrivateKey] | None = None, session: int = 7) -> Recording:
    keys = keys or KEYS
    file = MemoryFile()
    proof_file = MemoryFile(log=file.log)
    public = {who: key.public_key().public_bytes_raw() for who, key in keys.items()}
    name = "a.avi" if film else "a.dsr"
    proof = ProofWriter(proof_file, Opening(name, session, 1_790_000_000_000, public, NUMBER))
    heads: list[Head] = []
    clock = [0]
    proven = ProvenSink(file, proof, lambda: clock[0])
    output: Output = (
        FilmOutput(Film(FORMATS[FormatName.RASC], lambda _: proven, 10, SMALL))
        if film
        else JournalOutput(JournalWriter(proven))
    )
    evidence = ProofOutput({"console": keys["console"].sign}, lambda _, head: heads.append(head))
    evidence.add(proof, proven)
    recorder = Recorder([output, evidence], Began(session, 1_790_000_000_000, "Anna"), 0)
    return Recording(file, proof_file, proof, recorder, heads, clock)


def countersign(made: Recording, relay: Ed25519PrivateKey, session: int = 7) -> None:
    """Have a relay vouch for the beginning of a recording."""
    keys = {"applet_key": PUBLIC["applet"], "console_key": PUBLIC["console"]}
    beginning = Beginning(session=session, technician=3, recording=NUMBER, at=AT, **keys)
    made.proof.countersigned(3, AT, relay.sign(beginning.to_sign()))


def record(film: bool, closed: bool = True, seed: int = 0) -> Recorded:
    """Record a short session; the applet signs what it is asked to, the relay stamps the first head."""
    made = begin(film, session=7 + seed)
    countersign(made, KEYS["relay"], 7 + seed)
    for (time, source, message), _ in said(24, 16, seconds=2.2 + seed, pictures=7):
        made.clock[0] = time
        made.recorder.take(source, message, time)
        made.recorder.tick(time)
    if closed:
        made.recorder.close(2_400_000, "technician")
    end = made.heads[-1]
    made.proof.signed(end, "applet", KEYS["applet"].sign(end.to_sign()))
    for head, at in ((made.heads[0], 1_790_000_001_000), (end, 1_790_000_002_500)):
        made.proof.stamped(head, at, KEYS["relay"].sign(head.to_stamp(at, NUMBER)))
    return Recorded(bytes(made.file.content), bytes(made.proof_file.content))


JOURNAL, FILM = record(film=False), record(film=True)
OTHERS = {JOURNAL: record(film=False, seed=1), FILM: record(film=True, seed=1)}


def checked(recorded: Recorded) -> Report:
    return verify(recorded.file, recorded.proof, TRUSTED)


def kinds(recorded: Recorded) -> set[Kind]:
    return {finding.kind for finding in checked(recorded).findings}


@pytest.mark.parametrize("recorded", [JOURNAL, FILM])
def test_what_nobody_touched_is_intact_and_signed_by_both_to_the_end(recorded: Recorded) -> None:
    report = checked(recorded)
    assert report.findings == []
    assert report.is_intact
    assert report.signed == dict.fromkeys(KEYS, 2_400_000)
    assert [at for _, at in report.stamps] == [1_790_000_001_000, 1_790_000_002_500]
    assert report.self_declared == []


def entries(proof: bytes) -> list[bytes]:
    """Cut a proof into its entries, without its head."""
    return [ENTRY_TAG + each for each in proof[len(FILE_HEAD) :].split(ENTRY_TAG)[1:]]


def joined(parts: list[bytes]) -> bytes:
    return FILE_HEAD + b"".join(parts)


def flips(recorded: Recorded, chance: random.Random) -> Recorded:
    """One bit, in the recording or in its proof, there also with checksums made right again."""
    if chance.random() < 0.2:
        parts = entries(recorded.proof)
        number = chance.randrange(len(parts))
        data = bytearray(parts[number][ENTRY.size :])
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        parts[number] = ENTRY.pack(ENTRY_TAG, len(data), zlib.crc32(data)) + data
        return replace(recorded, proof=joined(parts))
    target = "file" if chance.random() < 0.6 else "proof"
    content = bytearray(getattr(recorded, target))
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    return replace(recorded, **{target: bytes(content)})


def cuts(recorded: Recorded, chance: random.Random) -> Recorded:
    """Bytes at the end or within, of one or both; whole entries of the proof."""
    file, proof, parts = recorded.file, recorded.proof, entries(recorded.proof)
    match chance.randrange(5):
        case 0:
            return replace(recorded, file=file[: chance.randrange(len(file))])
        case 1:
            begins = chance.randrange(len(file))
            return replace(recorded, file=file[:begins] + file[begins + chance.randrange(1, 400) :])
        case 2:
            return replace(recorded, proof=proof[: chance.randrange(len(proof))])
        case 3:
            gone = chance.randrange(1, len(parts) - 1)
            return replace(recorded, proof=joined(parts[:gone] + parts[gone + chance.randrange(1, 3) :]))
        case _:
            return Recorded(file[: chance.randrange(len(file))], joined(parts[: chance.randrange(1, len(parts) - 3)]))


def swaps(recorded: Recorded, chance: random.Random) -> Recorded:
    """Two stretches of the recording, or two links of the proof."""
    if chance.random() < 0.5:
        size = chance.randrange(1, 200)
        places = sorted(chance.sample(range(0, len(recorded.file) - size, size), 2))
        one, other = (recorded.file[place : place + size] for place in places)
        if one == other:
            return flips(recorded, chance)
        content = bytearray(recorded.file)
        content[places[0] : places[0] + size], content[places[1] : places[1] + size] = other, one
        return replace(recorded, file=bytes(content))
    parts = entries(recorded.proof)
    one_link, other_link = chance.sample(range(len(parts)), 2)
    parts[one_link], parts[other_link] = parts[other_link], parts[one_link]
    return replace(recorded, proof=joined(parts))


def splices(recorded: Recorded, chance: random.Random) -> Recorded:
    """Something of another recording, or of this one again, put in or put in the place of something."""
    other = OTHERS[recorded]
    if chance.random() < 0.5:
        source, target = entries(other.proof), entries(recorded.proof)
        place = chance.randrange(1, min(len(source), len(target)))
        rest = target[place + chance.randrange(2) :]
        return replace(recorded, proof=joined([*target[:place], source[place], *rest]))
    size = chance.randrange(1, 300)
    begins = chance.randrange(len(recorded.file))
    taken = other.file[begins : begins + size] or b"?"
    replaced = chance.choice((0, len(taken)))
    spliced = recorded.file[:begins] + taken + recorded.file[begins + replaced :]
    return replace(recorded, file=spliced) if spliced != recorded.file else flips(recorded, chance)


def attacks(count: int) -> Iterator[tuple[str, Recorded]]:
    chance = random.Random(20_261_125)
    ways: list[Callable[[Recorded, random.Random], Recorded]] = [flips, cuts, swaps, splices]
    for number in range(count):
        way = ways[number % 4]
        yield way.__name__, way((JOURNAL, FILM)[number // 4 % 2], chance)


def test_ten_thousand_flips_cuts_swaps_and_splices_are_all_found() -> None:
    found: Counter[str] = Counter()
    for way, attacked in attacks(10_000):
        assert attacked not in (JOURNAL, FILM)
        try:
            report = checked(attacked)
            assert report.findings, way
        except NotAProofError:
            pass
        found[way] += 1
    assert found == dict.fromkeys(("flips", "cuts", "swaps", "splices"), 2_500)


def first(recorded: Recorded, kind: Kind) -> Finding:
    return next(finding for finding in checked(recorded).findings if finding.kind is kind)


def test_it_says_where() -> None:
    place = len(JOURNAL.file) // 2
    edited = bytearray(JOURNAL.file)
    edited[place] ^= 1
    finding = first(replace(JOURNAL, file=bytes(edited)), Kind.EDITED)
    begins, ends = (int(each) for each in finding.detail.split() if each.isdecimal())
    assert begins <= place < ends
    assert finding.ends - finding.begins < 800_000


def test_each_kind_of_change_has_its_name() -> None:
    parts = entries(JOURNAL.proof)
    assert kinds(replace(JOURNAL, file=JOURNAL.file[:-1])) == {Kind.CUT}
    assert kinds(replace(JOURNAL, file=JOURNAL.file + b"x")) == {Kind.ADDED}
    assert Kind.CUT in kinds(replace(JOURNAL, proof=joined([*parts[:3], *parts[4:]])))
    assert Kind.REORDERED in kinds(replace(JOURNAL, proof=joined([*parts[:3], parts[4], parts[3], *parts[5:]])))
    assert Kind.PROOF_EDITED in kinds(
        replace(JOURNAL, proof=joined([*parts[:3], entries(OTHERS[JOURNAL].proof)[3], *parts[4:]]))
    )
    assert kinds(replace(JOURNAL, proof=JOURNAL.proof[:-1])) == {Kind.UNFINISHED, Kind.UNSIGNED}
    with pytest.raises(NotAProofError):
        verify(JOURNAL.file, b"nothing of the kind", TRUSTED)


def test_stretches_of_one_length_that_changed_places_are_reordered() -> None:
    file, proof_file = MemoryFile(), MemoryFile()
    proof = ProofWriter(proof_file, Opening("a", 1, 0, PUBLIC, NUMBER))
    sink = ProvenSink(file, proof, lambda: 0)
    for stretch in (b"aaaa", b"bbbb"):
        sink.append(stretch)
        sink.commit([])
    assert Kind.REORDERED in kinds(Recorded(b"bbbbaaaa", bytes(proof_file.content)))


def test_a_proof_made_anew_without_the_keys_is_found() -> None:
    """Whoever records something else and computes every hash of it still cannot sign."""
    forgers = {who: Ed25519PrivateKey.from_private_bytes(bytes([9 + number] * 32)) for number, who in enumerate(KEYS)}
    made = begin(False, forgers)
    made.recorder.close(1_000_000, "technician")
    forged = Recorded(bytes(made.file.content), bytes(made.proof_file.content))
    assert Kind.UNKNOWN_KEY in kinds(forged)
    assert verify(forged.file, forged.proof).self_declared == ["console", "applet", "relay"]


FORGERS = {who: Ed25519PrivateKey.from_private_bytes(bytes([9 + number] * 32)) for number, who in enumerate(KEYS)}
RELAYS = [PUBLIC["relay"]]


def forge(
    keys: Mapping[str, Ed25519PrivateKey],
    vouch: Callable[[Recording], None] = lambda _made: None,
    stamping: bytes = NUMBER,
) -> Recorded:
    """Record with any keys, and have everybody sign the end; `stamping` is the recording that the relay stamps."""
    made = begin(False, dict(keys))
    vouch(made)
    made.recorder.close(1_000_000, "technician")
    end = made.heads[-1]
    if "applet" in keys:
        made.proof.signed(end, "applet", keys["applet"].sign(end.to_sign()))
    if "relay" in keys:
        made.proof.stamped(end, AT, keys["relay"].sign(end.to_stamp(AT, stamping)))
    return Recorded(bytes(made.file.content), bytes(made.proof_file.content))


def test_f19_a_relay_that_is_known_vouches_for_both_sides() -> None:
    for recorded in (JOURNAL, FILM):
        report = verify(recorded.file, recorded.proof, relays=RELAYS)
        assert report.is_intact
        assert report.technician == 3


def test_f19_what_one_person_signs_with_three_keys_of_their_own_is_unbroken_and_proves_nothing() -> None:
    for forged in (forge(FORGERS), forge(FORGERS, lambda made: made.proof.countersigned(3, AT, _own(made)))):
        report = verify(forged.file, forged.proof, relays=RELAYS)
        assert not report.is_changed
        assert not report.is_intact
        assert set(report.self_declared) >= {"console", "applet", "relay"}


def _own(made: Recording) -> bytes:
    """The forger's own relay vouches for the forger's own keys."""
    public = {who: key.public_key().public_bytes_raw() for who, key in FORGERS.items()}
    opening = Opening("a.dsr", 7, 1_790_000_000_000, public, made.proof.number)
    return FORGERS["relay"].sign(opening.beginning(3, AT).to_sign())


@pytest.mark.parametrize(
    "forged",
    [
        # The true relay's key and its time for a recording that it let begin, but other keys than it vouched for.
        forge({**FORGERS, "relay": KEYS["relay"]}),
        forge({"console": FORGERS["console"], "applet": KEYS["applet"], "relay": KEYS["relay"]}),
        # No key at all but the true relay's.
        forge({"console": KEYS["console"], "relay": KEYS["relay"]}),
    ],
)
def test_f19_the_time_of_a_known_relay_proves_nothing_of_other_keys(forged: Recorded) -> None:
    report = verify(forged.file, forged.proof, relays=RELAYS)
    assert not report.is_intact
    assert report.technician is None


def test_f19_the_relay_alone_proves_nothing() -> None:
    file, proof_file = MemoryFile(), MemoryFile()
    proof = ProofWriter(proof_file, Opening("a", 1, 0, {"relay": PUBLIC["relay"]}, NUMBER))
    sink = ProvenSink(file, proof, lambda: 0)
    sink.append(b"anything")
    sink.commit([])
    proof.close(0, 8, "technician")
    proof.stamped(proof.head, AT, KEYS["relay"].sign(proof.head.to_stamp(AT, NUMBER)))
    for trusted in ({"relay": RELAYS}, {}):
        report = verify(bytes(file.content), bytes(proof_file.content), trusted, RELAYS)
        assert report.is_unbroken
        assert not report.is_intact


def test_f19_a_time_that_was_given_for_another_recording_is_no_signature() -> None:
    forged = forge(KEYS, lambda made: countersign(made, KEYS["relay"]), stamping=bytes(16))
    report = verify(forged.file, forged.proof, relays=RELAYS)
    assert {each.kind for each in report.findings} == {Kind.WRONG_SIGNATURE, Kind.UNSIGNED}


def test_f19_a_beginning_that_was_signed_of_another_session_is_no_signature() -> None:
    forged = forge(KEYS, lambda made: countersign(made, KEYS["relay"], session=8))
    report = verify(forged.file, forged.proof, relays=RELAYS)
    assert {each.kind for each in report.findings} == {Kind.WRONG_SIGNATURE}
    assert report.technician is None


def test_f19_an_earlier_proof_is_read_and_is_unbroken_and_nothing_more() -> None:
    """As consoles wrote them whose relays stamped any head of anybody."""
    opening = pack_entry(EarlierOpening("a", 1, 0, PUBLIC))
    data, head, links = b"what was recorded", first_head(opening, EARLIER_FILE_HEAD), [opening]

    def link(make: Callable[[int, bytes], ProofEntry]) -> Head:
        nonlocal head
        links.append(pack_entry(make(len(links), head)))
        head = next_head(head, links[-1])
        return Head(len(links) - 1, head)

    link(lambda number, after: Written(number, after, 0, 0, len(data), hashlib.sha256(data).digest(), []))
    end = link(lambda number, after: Closing(number, after, 0, len(data), "technician"))
    for who in ("console", "applet"):
        signed = KEYS[who].sign(end.to_sign())
        link(partial(_signature, of=end.number, who=who, signature=signed))
    stamp = KEYS["relay"].sign(end.to_stamp_earlier(AT))
    link(lambda number, after: Stamp(number, after, end.number, AT, stamp))
    proof = EARLIER_FILE_HEAD + b"".join(ENTRY.pack(ENTRY_TAG, len(each), zlib.crc32(each)) + each for each in links)
    report = verify(data, proof, relays=RELAYS)
    assert report.is_unbroken
    assert not report.is_intact
    assert verify(data, proof, TRUSTED).is_intact  # who knows all the keys needs no relay to tell
    assert verify(data, FILE_HEAD + proof[len(FILE_HEAD) :], TRUSTED).is_changed


def test_f19_a_proof_that_is_damaged_everywhere_is_said_to_be_so_at_once() -> None:
    """F19: each of many false beginnings had all that follows read: two megabytes took half a minute."""
    made = begin(False)
    begun = entries(bytes(made.proof_file.content))[0]
    false = ENTRY.pack(ENTRY_TAG, 1_000_000, 0)
    read = 0

    class Counted(bytes):
        def __getitem__(self, key: Any) -> Any:
            nonlocal read
            found = super().__getitem__(key)
            read += len(found) if isinstance(found, bytes) else 0
            return found

    report = verify(b"", Counted(joined([begun]) + false * 200_000))
    assert {finding.kind for finding in report.findings} >= {Kind.PROOF_DAMAGED}
    assert len(report.findings) < 2 * MOST_DAMAGED
    assert read <= 2 * MOST_DAMAGED * 1_000_000


def _signature(number: int, after: bytes, of: int, who: str, signature: bytes) -> Signature:
    return Signature(number, after, of, who, signature)


@given(st.integers(-(1 << 63), (1 << 64) - 1), st.binary(max_size=40), st.booleans())
def test_f19_numbers_and_keys_that_nobody_can_have_signed_are_wrong_signatures(
    number: int, odd: bytes, as_technician: bool
) -> None:
    proof_file = MemoryFile()
    proof = ProofWriter(proof_file, Opening("a", number, 0, {**PUBLIC, "applet": odd}, odd))
    if as_technician:
        proof.countersigned(number, AT, bytes(64))
    else:
        proof.stamped(Head(number, odd), number, bytes(64))
    report = verify(b"", bytes(proof_file.content), relays=RELAYS)
    assert not report.is_intact


@pytest.mark.parametrize("film", [False, True])
def test_an_interrupted_recording_is_told_from_an_edited_one(film: bool) -> None:
    """Killed after any write, or within one, in the order in which both files are written: never called edited."""
    made = begin(film)
    for (time, source, message), _ in said(24, 16, pictures=5):
        made.clock[0] = time
        made.recorder.take(source, message, time)
        made.recorder.tick(time)
    file, proof = bytearray(), bytearray()
    opening = len(made.proof_file.writes[0][1]) + len(made.proof_file.writes[1][1])
    for target, place, data in made.file.log:
        content = file if target is made.file else proof
        cuts = (1, len(data) // 2, len(data)) if place == len(content) else (len(data),)
        for cut in cuts:
            content[place : place + cut] = data[:cut]
            if len(proof) >= opening:
                report = verify(bytes(file), bytes(proof), TRUSTED)
                assert not report.is_changed
                assert not report.is_intact


def test_golden_bytes() -> None:
    """The head, an opening and a link, as docs/recording-formats.md describes them."""
    file = MemoryFile()
    proof = ProofWriter(file, Opening("a", 1, 2, {"relay": b"k"}, b"n"))
    proof.wrote(3, 0, 4, b"d", [(5, b"p")])
    assert file.content.hex() == GOLDEN
