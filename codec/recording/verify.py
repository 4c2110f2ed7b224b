"""Is a recording what was recorded? Reads a proof and the recording beside it, and says what is not as it was."""

import hashlib
import struct
import zlib
from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from codec.errors import DesksideError
from codec.recording.avi_reader import Content
from codec.recording.proof import (
    APPLET,
    CONSOLE,
    EARLIER_FILE_HEAD,
    ENTRY,
    ENTRY_TAG,
    FILE_HEAD,
    RELAY,
    Closing,
    Countersignature,
    EarlierOpening,
    Opening,
    ProofEntry,
    Said,
    Signature,
    Stamp,
    Timed,
    Written,
    first_head,
    next_head,
    unpack_entry,
)
from codec.wire.chain_head import Head, is_signed

MAX_ENTRY = 64 << 20
MOST_DAMAGED = 100
"""With so many damaged places the rest of a proof is not looked into: each may cost as much as reading all of it."""
_Vouching = Signature | Stamp | Countersignature
_Link = Written | Said | Closing | _Vouching


class NotAProofError(DesksideError):
    """The file is no proof of a recording (.proof), or its beginning is damaged, so that it proves nothing."""


class Kind(StrEnum):
    """What can be wrong."""

    EDITED = "edited"
    REORDERED = "reordered"
    CUT = "cut"
    ADDED = "added"
    PROOF_DAMAGED = "proof_damaged"
    PROOF_EDITED = "proof_edited"
    WRONG_SIGNATURE = "wrong_signature"
    UNKNOWN_KEY = "unknown_key"
    UNSIGNED = "unsigned"
    UNFINISHED = "unfinished"

    @property
    def is_weakness(self) -> bool:
        """Whether this says that something is not proven, rather than that something was changed."""
        return self in (Kind.UNSIGNED, Kind.UNFINISHED)


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was recorded: what, between which microseconds of the recording, and details."""

    kind: Kind
    begins: int
    ends: int
    detail: str


@dataclass
class Report:
    """The answer. `signed` says for each signer up to which microsecond everything is vouched for."""

    recording: str
    findings: list[Finding] = field(default_factory=list)
    signed: dict[str, int] = field(default_factory=dict)
    stamps: list[tuple[int, int]] = field(default_factory=list)
    """Microseconds of the recording, and the relay's time in milliseconds since 1970."""
    self_declared: list[str] = field(default_factory=list)
    """Signers whose key is not vouched for: it was taken from the proof itself, and anyone can make such a one."""
    keys: dict[str, bytes] = field(default_factory=dict)
    """The keys in the proof, by signer."""
    technician: int | None = None
    """Who recorded, by the relay's number for them, where the relay has vouched for the beginning."""
    duration: int = 0

    @property
    def is_unbroken(self) -> bool:
        """Whether nothing at all was found. Anyone can make an unbroken recording; see `is_intact`."""
        return not self.findings

    @property
    def is_intact(self) -> bool:
        """Whether it is what was recorded: unbroken, and signed to its end by those whose keys are known.

        The relay alone is not enough: it sees no recording, and says only when it was there.
        """
        return self.is_unbroken and not self.self_declared and any(who != RELAY for who in self.keys)

    @property
    def signers(self) -> list[str]:
        """Who signed it to its end. Links count, not times: what was signed last may be older than the last instant."""
        missing = {finding.detail for finding in self.findings if finding.kind is Kind.UNSIGNED}
        return [who for who in self.signed if who not in missing]

    @property
    def is_changed(self) -> bool:
        """Whether something was changed, and not only left unproven."""
        return any(not finding.kind.is_weakness for finding in self.findings)


def verify(
    recording: Content,
    proof: Content,
    trusted: Mapping[str, Collection[bytes]] | None = None,
    relays: Collection[bytes] = (),
) -> Report:
    """Compare a recording with its proof.

    `trusted` are the Ed25519 public keys that are known to belong to a signer ("console", "applet", "relay"): another
    one is a finding. `relays` are the keys of relays that are known: one of them vouches for the keys of both sides,
    and a recording of another relay is no worse, only unproven. Raises NotAProofError.
    """
    trusted = trusted or {}
    report = Report("")
    entries = list(_entries(proof, report))
    if not entries or not isinstance(entries[0][0], EarlierOpening):
        raise NotAProofError(NotAProofError.__doc__)
    opening = entries[0][0]
    file_head = FILE_HEAD if isinstance(opening, Opening) else EARLIER_FILE_HEAD
    if proof[: len(file_head)] != file_head:
        report.findings.insert(0, Finding(Kind.PROOF_DAMAGED, 0, 0, "its first bytes"))
    report.recording, report.keys = opening.recording, dict(opening.keys)
    heads, links = _follow(entries, file_head, report)
    _check_signers(opening, heads, links, trusted, report)
    report.self_declared = _self_declared(opening, trusted, relays, report)
    _check_file(recording, links, report)
    return report


def _entries(proof: Content, report: Report) -> list[tuple[ProofEntry, bytes]]:
    """Return every whole entry, and its bytes."""
    found: list[tuple[ProofEntry, bytes]] = []
    at, end, damaged = len(FILE_HEAD), len(proof), 0
    while at < end:
        data = _entry_at(proof, at)
        entry = None if data is None else unpack_entry(data)
        if data is not None and entry is not None:
            found.append((entry, data))
            at += ENTRY.size + len(data)
            continue
        damaged += 1
        begins, at = at, proof.find(ENTRY_TAG, at + 1) if damaged < MOST_DAMAGED else end
        at = end if at < 0 else at
        kind, detail = Kind.PROOF_DAMAGED, f"bytes {begins} to {at}"
        if at == end and _is_torn(proof, begins):
            kind, detail = Kind.UNFINISHED, "its last entry is torn"
        report.findings.append(Finding(kind, _time_of(found), _time_of(found), detail))
    return found


def _is_torn(proof: Content, at: int) -> bool:
    """Whether this is the beginning of an entry, as a killed program leaves it."""
    if at + ENTRY.size > len(proof):
        return ENTRY_TAG.startswith(bytes(proof[at : at + len(ENTRY_TAG)]))
    tag, length, _ = ENTRY.unpack_from(proof, at)
    return bool(tag == ENTRY_TAG and at + ENTRY.size + length > len(proof))


def _entry_at(proof: Content, at: int) -> bytes | None:
    if at + ENTRY.size > len(proof):
        return None
    tag, length, check = ENTRY.unpack_from(proof, at)
    begins = at + ENTRY.size
    if tag != ENTRY_TAG or length > min(MAX_ENTRY, len(proof) - begins):
        return None
    data = bytes(proof[begins : begins + length])
    return data if zlib.crc32(data) == check else None


def _time_of(entries: list[tuple[ProofEntry, bytes]]) -> int:
    return next((each.time for each, _ in reversed(entries) if isinstance(each, Timed)), 0)


def _follow(
    entries: list[tuple[ProofEntry, bytes]], file_head: bytes, report: Report
) -> tuple[dict[int, bytes], list[_Link]]:
    """Follow the chain; return the head after each link by its number, and the links."""
    head, expected, links = first_head(entries[0][1], file_head), 1, list[_Link]()
    heads, closed = {0: head}, False
    for entry, data in entries[1:]:
        if isinstance(entry, EarlierOpening):
            report.findings.append(Finding(Kind.PROOF_EDITED, report.duration, report.duration, "another beginning"))
            continue
        if entry.number != expected or entry.after != head:
            report.findings.append(_break(entry, expected, report.duration))
        if closed and not isinstance(entry, _Vouching):
            report.findings.append(
                Finding(Kind.PROOF_EDITED, report.duration, report.duration, "goes on behind its end")
            )
        closed = closed or isinstance(entry, Closing)
        head, expected = next_head(entry.after, data), entry.number + 1
        heads[entry.number] = head
        links.append(entry)
        if isinstance(entry, Timed):
            report.duration = max(report.duration, entry.time)
    if not closed:
        at = report.duration
        report.findings.append(Finding(Kind.UNFINISHED, at, at, "interrupted, or cut off with its proof"))
    return heads, links


def _break(entry: _Link, expected: int, before: int) -> Finding:
    time = entry.time if isinstance(entry, Timed) else before
    if entry.number > expected:
        return Finding(Kind.CUT, before, time, f"links {expected} to {entry.number - 1} of the proof are missing")
    if entry.number < expected:
        return Finding(Kind.REORDERED, time, before, f"link {entry.number} of the proof comes behind {expected - 1}")
    return Finding(Kind.PROOF_EDITED, before, time, f"link {entry.number} of the proof follows another recording")


def _check_signers(
    opening: EarlierOpening,
    heads: dict[int, bytes],
    links: list[_Link],
    trusted: Mapping[str, Collection[bytes]],
    report: Report,
) -> None:
    """Check every signature and stamp, and that everybody who was to sign has signed the end."""
    unknown = {who for who, key in opening.keys.items() if who in trusted and key not in trusted[who]}
    for who in sorted(unknown):
        report.findings.append(Finding(Kind.UNKNOWN_KEY, 0, report.duration, f"{who}: {opening.keys[who].hex()}"))
    times = {link.number: link.time for link in links if isinstance(link, Timed)}
    latest = dict.fromkeys(opening.keys, 0)
    for link in links:
        if not isinstance(link, _Vouching):
            continue
        who = link.who if isinstance(link, Signature) else RELAY
        statement = _statement(link, heads, opening)
        if statement is None or not is_signed(statement, link.signature, opening.keys.get(who, b"")):
            of = link.number if isinstance(link, Countersignature) else link.of
            at = times.get(of, 0)
            report.findings.append(Finding(Kind.WRONG_SIGNATURE, at, at, f"{who}, for link {of}"))
            continue
        if isinstance(link, Countersignature):
            report.technician = link.technician
            continue
        latest[who] = max(latest[who], link.of)
        if isinstance(link, Stamp):
            report.stamps.append((times.get(link.of, 0), link.at))
    for who in opening.keys.keys() - unknown:
        report.signed[who] = times.get(latest[who], 0)
        if latest[who] < max((link.number for link in links if isinstance(link, Written | Said | Closing)), default=0):
            report.findings.append(Finding(Kind.UNSIGNED, report.signed[who], report.duration, who))


def _statement(link: _Vouching, heads: dict[int, bytes], opening: EarlierOpening) -> bytes | None:
    """Return what must have been signed, None where nothing can have been."""
    numbered = opening if isinstance(opening, Opening) else None
    try:
        if isinstance(link, Countersignature):
            return None if numbered is None else numbered.beginning(link.technician, link.at).to_sign()
        head = Head(link.of, heads.get(link.of, b""))
        if isinstance(link, Signature):
            return head.to_sign()
        return head.to_stamp_earlier(link.at) if numbered is None else head.to_stamp(link.at, numbered.number)
    except (ValueError, struct.error):  # numbers and keys that cannot have been signed
        return None


def _self_declared(
    opening: EarlierOpening, trusted: Mapping[str, Collection[bytes]], relays: Collection[bytes], report: Report
) -> list[str]:
    """Return the signers whose key is not known to be theirs.

    A relay that is known says it of both sides, where it has vouched for this very beginning with both keys in it. Of a
    proof without that, it says nothing: such a proof may hold any keys.
    """
    known = {who for who, key in opening.keys.items() if key in trusted.get(who, ())}
    relay = opening.keys.get(RELAY, b"")
    if RELAY in known or relay in relays:
        known |= {RELAY} if report.technician is None else {CONSOLE, APPLET, RELAY}
    return [who for who in opening.keys if who not in known]


def _check_file(recording: Content, links: list[_Link], report: Report) -> None:
    """Check every stretch of the file, then what was patched, then that nothing is missing or too much at the end."""
    written = [link for link in links if isinstance(link, Written)]
    closing = next((link for link in links if isinstance(link, Closing)), None)
    patched = _Patched(written)
    digests = {(each.end - each.start, each.digest) for each in written}
    before = at = 0
    for each in written:
        if each.start != at:
            report.findings.append(Finding(Kind.PROOF_EDITED, before, each.time, f"stretches do not meet at byte {at}"))
        if each.end > len(recording):
            report.findings.append(Finding(Kind.CUT, before, report.duration, f"ends at byte {len(recording)}"))
            return
        digest = hashlib.sha256(patched.as_appended(recording, each.start, each.end)).digest()
        if digest != each.digest:
            kind = Kind.REORDERED if (each.end - each.start, digest) in digests else Kind.EDITED
            report.findings.append(Finding(kind, before, each.time, f"bytes {each.start} to {each.end}"))
        before, at = each.time, each.end
    for place in patched.wrong(recording, may_be_late=closing is None):
        report.findings.append(Finding(Kind.EDITED, 0, report.duration, f"index at byte {place}"))
    if closing is not None and closing.size != at:
        report.findings.append(Finding(Kind.PROOF_EDITED, before, closing.time, f"the end is at byte {closing.size}"))
    if len(recording) > at:
        kind = Kind.UNFINISHED if closing is None else Kind.ADDED
        detail = f"{len(recording) - at} bytes after byte {at} that no signature covers"
        report.findings.append(Finding(kind, before, report.duration, detail))


class _Patched:
    """What is at the places that were patched."""

    def __init__(self, written: list[Written]) -> None:
        self._now: dict[int, bytes] = {}
        self._before: dict[int, bytes] = {}
        for number, each in enumerate(written):
            for place, data in each.patches:
                if number == len(written) - 1:
                    self._before.setdefault(place, self._now.get(place, bytes(len(data))))
                self._now[place] = data
        self._places = sorted(self._now)

    def as_appended(self, recording: Content, start: int, end: int) -> bytes:
        """Return a stretch as it was before any patch."""
        first, last = bisect_left(self._places, start), bisect_left(self._places, end)
        content = recording[start:end]
        if first == last:
            return bytes(content)
        changed = bytearray(content)
        for place in self._places[first:last]:
            changed[place - start : place - start + len(self._now[place])] = bytes(len(self._now[place]))
        return bytes(changed[: end - start])

    def wrong(self, recording: Content, may_be_late: bool) -> list[int]:
        """Return the places where something else is; with `may_be_late` the last patches may not have been made."""
        found = []
        for place in self._places:
            there = bytes(recording[place : place + len(self._now[place])])
            if there != self._now[place] and not (may_be_late and there == self._before.get(place)):
                found.append(place)
        return found
