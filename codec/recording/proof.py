"""The proof beside a recording (`.proof`): what was written and said, chained by hashes, signed while it happens.

Method: whenever a recording commits what it has appended, a link goes into the proof *before* the recording's own
numbers change: where the stretch begins and ends, the SHA-256 of what was appended, and the patches that follow. A
link names the hash of all links before it, so none can be taken out, moved or changed. Console and applet sign this
head every second with keys of their own, and the relay signs it with its time: neither side alone can cut or back-date.
Whose keys those are says the relay too: it signs the beginning, and gives its time for heads of that recording only.
Signatures are links themselves; those of the closing link are demanded from everybody who was to sign.

Bytes that are patched later count as the zeros that they were appended as; what they must be in the end is known from
the patches. After a crash the last link may be a moment ahead of the recording, never behind it by more than a flush.
docs/recording-formats.md has the bytes.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import Struct

from codec.errors import MALFORMED
from codec.recording.journal import OUTPUT_FAILED, Ended, Noted, RecorderEvent, Speaker, pack_event
from codec.recording.recorder import OutputKind
from codec.recording.sink import Patch, Sink
from codec.wire.chain_head import Beginning, Head
from codec.wire.declaration import where
from codec.wire.messages import (
    MESSAGES,
    Message,
)

FILE_HEAD = b"DSP\x02\r\n\x1a\n"
EARLIER_FILE_HEAD = b"DSP\x01\r\n\x1a\n"
"""Of proofs from when the relay signed no beginnings. They are read, and prove as much as they did."""
ENTRY_TAG = b"DSPe"
ENTRY = struct.Struct("<4sII")
"""Tag, length of the entry, CRC-32 of it."""
SIGN_MICROSECONDS = 1_000_000
PROVEN = where(MESSAGES, lambda declared: declared.proven)
"""The session messages that the proof holds too, so that they are beside a film as well."""


class _Entry(Struct, frozen=True, tag_field="kind", array_like=True):
    """Base of what a proof holds."""


class EarlierOpening(_Entry, frozen=True, tag="opening"):
    """The first entry: which recording this is, and the Ed25519 public keys of those who will sign, by who they are."""

    recording: str
    session: int
    at: int
    keys: dict[str, bytes]


class Opening(EarlierOpening, frozen=True, tag="begins"):
    """The same, with the recording's own number."""

    number: bytes

    def beginning(self, technician: int, at: int) -> Beginning:
        """Return what the relay signs of it. A key that is missing is an empty one."""
        applet, console = self.keys.get(APPLET, b""), self.keys.get(CONSOLE, b"")
        return Beginning(
            session=self.session,
            technician=technician,
            recording=self.number,
            applet_key=applet,
            console_key=console,
            at=at,
        )


class Link(_Entry, frozen=True):
    """Base of the entries in the chain. `number` counts from 1, `after` is the head that the link follows."""

    number: int
    after: bytes


class Timed(Link, frozen=True):
    """Base of the links that say something of the recording, `time` microseconds after it began.

    Signatures have no time of their own: nothing would vouch for that of the last one.
    """

    time: int


class Written(Timed, frozen=True, tag="written"):
    """A stretch of the file was appended; then the patches, places and bytes, are carried out."""

    start: int
    end: int
    digest: bytes
    patches: list[tuple[int, bytes]]


class Said(Timed, frozen=True, tag="said"):
    """A session message, or an event of the recorder."""

    source: int
    data: bytes


class Closing(Timed, frozen=True, tag="closing"):
    """The last link: nothing was cut off at the end."""

    size: int
    reason: str


class Signature(Link, frozen=True, tag="signature"):
    """A signer vouches for everything up to the link `of`."""

    of: int
    who: str
    signature: bytes


class Stamp(Link, frozen=True, tag="stamp"):
    """The relay saw the head of the link `of` at that time (milliseconds since 1970 in UTC)."""

    of: int
    at: int
    signature: bytes


class Countersignature(Link, frozen=True, tag="countersignature"):
    """The relay vouches for the opening: this technician recorded this session, and the keys are of its two sides."""

    technician: int
    at: int
    signature: bytes


ProofEntry = EarlierOpening | Opening | Countersignature | Written | Said | Closing | Signature | Stamp
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(ProofEntry)
CONSOLE, APPLET, RELAY = "console", "applet", "relay"
"""Who signs, as `Opening.keys` has it. Countersignatures and stamps are the relay's."""


def pack_entry(entry: ProofEntry) -> bytes:
    """Return the bytes of an entry."""
    return _encoder.encode(entry)


def unpack_entry(data: bytes) -> ProofEntry | None:
    """Return the entry, None where these are not exactly the bytes that it has."""
    try:
        entry: ProofEntry = _decoder.decode(data)
    except MALFORMED:
        return None
    return entry if pack_entry(entry) == data else None


def first_head(opening: bytes, file_head: bytes = FILE_HEAD) -> bytes:
    """Return what the first link follows; `opening` are the bytes of that entry, `file_head` those before it."""
    return hashlib.sha256(file_head + opening).digest()


def next_head(after: bytes, link: bytes) -> bytes:
    """Return the head once the link with these bytes was added."""
    return hashlib.sha256(after + link).digest()


class ProofWriter:
    """Writes the proof of one file. All methods raise RecordingStoppedError."""

    def __init__(self, sink: Sink, opening: Opening) -> None:
        self.number = opening.number
        self._sink = sink
        sink.append(FILE_HEAD)
        self.head = Head(0, first_head(self._append(opening)))

    def wrote(self, time: int, start: int, end: int, digest: bytes, patches: Sequence[Patch]) -> None:
        """A stretch was appended, and these patches come next."""
        self._link(Written(self.head.number + 1, self.head.digest, time, start, end, digest, list(patches)))

    def said(self, time: int, source: int, data: bytes) -> None:
        """Something was said or happened."""
        self._link(Said(self.head.number + 1, self.head.digest, time, source, data))

    def close(self, time: int, size: int, reason: str) -> None:
        """The recording is whole, and has so many bytes."""
        self._link(Closing(self.head.number + 1, self.head.digest, time, size, reason))

    def signed(self, head: Head, who: str, signature: bytes) -> None:
        """A signer signed `head.to_sign()`; it may have been a while ago."""
        self._link(Signature(self.head.number + 1, self.head.digest, head.number, who, signature))

    def stamped(self, head: Head, at: int, signature: bytes) -> None:
        """The relay signed `head.to_stamp(at, number)`."""
        self._link(Stamp(self.head.number + 1, self.head.digest, head.number, at, signature))

    def countersigned(self, technician: int, at: int, signature: bytes) -> None:
        """The relay signed `Opening.beginning(technician, at)`."""
        self._link(Countersignature(self.head.number + 1, self.head.digest, technician, at, signature))

    def _link(self, link: Written | Said | Closing | Signature | Stamp | Countersignature) -> None:
        self.head = Head(link.number, next_head(self.head.digest, self._append(link)))

    def _append(self, entry: ProofEntry) -> bytes:
        data = pack_entry(entry)
        self._sink.append(ENTRY.pack(ENTRY_TAG, len(data), zlib.crc32(data)) + data)
        self._sink.commit([])
        return data


class ProvenSink:
    """A file whose every stretch goes into a proof. `now` gives microseconds since the recording began."""

    def __init__(self, sink: Sink, proof: ProofWriter, now: Callable[[], int]) -> None:
        self.size = 0
        self._sink = sink
        self._proof = proof
        self._now = now
        self._proven = 0
        self._hash = hashlib.sha256()

    def append(self, data: bytes) -> None:
        """Write at the end."""
        self._sink.append(data)
        self._hash.update(data)
        self.size += len(data)

    def commit(self, patches: Sequence[Patch]) -> None:
        """Prove what was appended, then carry out the patches."""
        if self.size > self._proven or patches:
            self._proof.wrote(self._now(), self._proven, self.size, self._hash.digest(), patches)
            self._proven, self._hash = self.size, hashlib.sha256()
        self._sink.commit(patches)


class ProofOutput:
    """Notes in proofs what was said, and has their heads signed every second. An output of the recorder, the last one.

    A recording of several files has a proof for each; `add` them as they begin.
    """

    kind = OutputKind.PROOF

    def __init__(
        self,
        signers: Mapping[str, Callable[[bytes], bytes]],
        ask: Callable[[ProofWriter, Head], None] = lambda *_: None,
    ) -> None:
        """`signers` sign at once; `ask` passes a head to those whose answers come later (`ProofWriter.signed`)."""
        self._proofs: list[tuple[ProofWriter, ProvenSink, OutputKind]] = []
        self._signers = signers
        self._ask = ask
        self._signed = 0
        self._reason = ""

    def add(self, proof: ProofWriter, file: ProvenSink, kind: OutputKind = OutputKind.JOURNAL) -> None:
        """From now on there is this proof too, of a file of that kind."""
        self._proofs.append((proof, file, kind))

    def take(self, time: int, source: int, message: Message, data: bytes) -> None:
        if isinstance(message, PROVEN):
            self._say(time, source, data)

    def note(self, time: int, event: RecorderEvent) -> None:
        if isinstance(event, Ended):
            self._reason = event.reason
        self._say(time, Speaker.RECORDER, pack_event(event))
        if isinstance(event, Noted) and event.what == OUTPUT_FAILED:
            # Its files never get an end, so its proofs must not claim one.
            self._proofs = [each for each in self._proofs if each[2] != event.detail]

    def flush(self, time: int) -> None:
        if time - self._signed >= SIGN_MICROSECONDS:
            self._signed = time
            self._sign()

    def close(self, time: int) -> None:
        for proof, file, _ in self._proofs:
            proof.close(time, file.size, self._reason)
        self._sign()

    def _say(self, time: int, source: int, data: bytes) -> None:
        for proof, *_ in self._proofs:
            proof.said(time, source, data)

    def _sign(self) -> None:
        for proof, *_ in self._proofs:
            head = proof.head
            for who, sign in self._signers.items():
                proof.signed(head, who, sign(head.to_sign()))
            self._ask(proof, head)
