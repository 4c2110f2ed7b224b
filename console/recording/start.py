"""Begins a recording in a folder: the session's journal, if wanted a film of it, and a proof beside each file."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from codec.recording.endings import FILM, JOURNAL, PROOF
from codec.recording.film import Film
from codec.recording.formats import FORMATS, FormatName
from codec.recording.journal import Began, JournalWriter
from codec.recording.proof import Opening, ProofOutput, ProofWriter, ProvenSink
from codec.recording.recorder import FilmOutput, Indication, JournalOutput, Output, OutputKind, Recorder
from codec.wire.chain_head import RECORDING_BYTES, Head
from console.recording.files import RecordingFile

NAME_CHARACTERS, NAME_BYTES = 40, 80
"""So much of a person's name goes into a file's: file systems count bytes, and many letters need several."""
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Signing:
    """Who vouches for a recording: public keys by signer, those who sign at once, and how the others are asked.

    `number` is the recording's own, for all of its files (codec/wire/chain_head.py): zeros where no relay is asked.
    """

    keys: Mapping[str, bytes]
    signers: Mapping[str, Callable[[bytes], bytes]]
    ask: Callable[[ProofWriter, Head], None] = lambda *_: None
    number: bytes = bytes(RECORDING_BYTES)


@dataclass
class Running:
    """A recording that has begun, and its files."""

    recorder: Recorder
    films: list[Film]
    paths: list[Path]
    _files: list[RecordingFile] = field(default_factory=list)

    def let_go(self) -> None:
        """Close the files, once the recorder is closed and the last signatures have come."""
        for file in self._files:
            file.close()


def name_of(began: Began) -> str:
    """Return the name of a recording's files without their endings: files of one session sort together, by time."""
    at = datetime.fromtimestamp(began.at / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
    people = (_in_a_name(each) for each in (began.technician, began.customer))
    return "-".join([f"{began.session:08}", at, *(each for each in people if each)])


def _in_a_name(person: str) -> str:
    text = _UNSAFE.sub("_", person).strip("._")[:NAME_CHARACTERS]
    return text.encode()[:NAME_BYTES].decode(errors="ignore")


def start(
    folder: Path,
    began: Began,
    film: FormatName | None,
    signing: Signing,
    clock: Callable[[], int],
    changed: Callable[[Indication], None] = lambda _: None,
    lost: Callable[[OutputKind, Exception], None] = lambda *_: None,
) -> Running:
    """Begin to record. `clock` gives microseconds; `changed` and `lost` are told as by `Recorder`.

    Raises RecordingStoppedError when no file can be made there.
    """
    begins, files, paths = clock(), list[RecordingFile](), list[Path]()
    evidence = ProofOutput(signing.signers, signing.ask)

    def open_file(kind: OutputKind, ending: str) -> ProvenSink:
        path = folder / (name_of(began) + ending)
        file, proof_file = RecordingFile(path), RecordingFile(path.with_name(path.name + PROOF), durable=False)
        files.extend((file, proof_file))
        paths.append(path)
        proof = ProofWriter(proof_file, Opening(path.name, began.session, began.at, dict(signing.keys), signing.number))
        proven = ProvenSink(file, proof, lambda: clock() - begins)
        evidence.add(proof, proven, kind)
        return proven

    outputs: list[Output] = [JournalOutput(JournalWriter(open_file(OutputKind.JOURNAL, JOURNAL)))]
    films = [] if film is None else [Film(FORMATS[film], lambda number: open_file(OutputKind.FILM, _part(number)))]
    outputs += [*(FilmOutput(each) for each in films), evidence]
    return Running(Recorder(outputs, began, begins, changed, lost), films, paths, files)


def _part(number: int) -> str:
    return FILM if number == 1 else f"-{number}{FILM}"
