"""What is done with a recording that takes a while: is it what was recorded, and a film of it. Called on threads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from codec.errors import DesksideError
from codec.recording.endings import CONVERTED, FILM, PROOF
from codec.recording.formats import FormatName
from codec.recording.proof import RELAY
from codec.recording.verify import Report, verify
from console.library.conversion import convert_into
from console.library.library import Kept
from console.library.messages import KeptFile, ProofFinding, ProofState
from console.recording.files import opened

_WORST = (
    ProofState.CHANGED,
    ProofState.FAILED,
    ProofState.UNPROVEN,
    ProofState.UNKNOWN,
    ProofState.INTACT,
    ProofState.NONE,
)
Relays = Mapping[str, Collection[bytes]]
"""The keys of the relays that this computer knows, by their addresses."""


@dataclass(frozen=True)
class Verdict:
    """What comparing a recording with its proofs gave."""

    proof: ProofState
    signed: tuple[str, ...] = ()
    relay: str = ""
    findings: tuple[ProofFinding, ...] = ()


class StoppedError(DesksideError):
    """The conversion was stopped."""


@dataclass(eq=False)
class Conversion:
    """A film that is being made: how much of it is done, and a way to stop it."""

    done: float = 0.0
    stop: Event = field(default_factory=Event)


def prove(kept: Kept, relays: Relays) -> Verdict:
    """Compare each file of a recording with its proof; the worst counts, and only who signed all of them."""
    verdicts = [_prove(kept.folder, each, relays) for each in kept.facts.files if not each.converted]
    worst = next((state for state in _WORST if any(each.proof is state for each in verdicts)), ProofState.NONE)
    proven = [set(each.signed) for each in verdicts if each.proof is not ProofState.NONE]
    signed = set.intersection(*proven) if proven and worst is ProofState.INTACT else set()
    vouching = {each.relay for each in verdicts if each.proof is ProofState.INTACT}
    relay = vouching.pop() if signed and len(vouching) == 1 else ""
    return Verdict(
        worst, tuple(sorted(signed)), relay, tuple(finding for each in verdicts for finding in each.findings)
    )


def _prove(folder: Path, file: KeptFile, relays: Relays) -> Verdict:
    proof = folder / (file.name + PROOF)
    if not proof.is_file():
        return Verdict(ProofState.NONE)
    try:
        with opened(folder / file.name) as content, opened(proof) as proven:
            report = verify(content, proven, relays={key for keys in relays.values() for key in keys})
    except DesksideError:
        return Verdict(ProofState.FAILED)
    findings = tuple(
        ProofFinding(file.name, each.kind.value, each.begins / 1e6, each.ends / 1e6) for each in report.findings
    )
    relay = next((each for each, keys in relays.items() if report.keys.get(RELAY) in keys), "")
    return Verdict(_state(report), tuple(report.signers), relay, findings)


def _state(report: Report) -> ProofState:
    if report.is_intact:
        return ProofState.INTACT
    if report.is_changed:
        return ProofState.CHANGED
    return ProofState.UNKNOWN if report.is_unbroken else ProofState.UNPROVEN


def make_film(kept: Kept, conversion: Conversion) -> None:
    """Make an H.264 film beside a recording. What is made of it goes when it is stopped or fails.

    Raises StoppedError, and what `convert_into` raises.
    """
    source, target = kept.folder / kept.facts.files[0].name, kept.folder / (kept.name + CONVERTED + FILM)

    def progress(done: float) -> None:
        conversion.done = done
        if conversion.stop.is_set():
            raise StoppedError(StoppedError.__doc__)

    before = set(kept.folder.glob("*"))
    try:
        convert_into(source, target, FormatName.H264, progress)
    except BaseException:
        for path in set(_parts(target)) - before:
            path.unlink(missing_ok=True)
        raise


def _parts(target: Path) -> list[Path]:
    """Return the files of a film that is being made."""
    return [path for path in target.parent.iterdir() if path == target or path.stem.startswith(target.stem + "-")]
