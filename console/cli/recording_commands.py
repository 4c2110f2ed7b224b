"""`deskside-console repair | verify | convert | test-location`: what people do with recordings on a terminal."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from codec.host.terminal import Parser, say
from codec.recording.avi_reader import Content, read_avi
from codec.recording.convert import Progress
from codec.recording.endings import PROOF
from codec.recording.formats import FORMATS, FormatName
from codec.recording.journal import read_journal
from codec.recording.repair import repair_avi, repair_journal
from codec.recording.verify import Finding, Kind, Report, verify
from codec.wire.chain_head import KEY_BYTES
from console.library.conversion import convert_into, is_journal
from console.recording.files import RecordingFile, opened
from console.recording.known_relays import KnownRelays
from console.recording.location_access import SPOOL, test_location

INTACT, CHANGED, NOT_PROVEN = 0, 3, 4
"""Exit codes of `verify`."""
BAR = 30
_SENTENCES = {
    Kind.EDITED: "was edited",
    Kind.REORDERED: "was reordered",
    Kind.CUT: "is cut",
    Kind.ADDED: "has something added",
    Kind.PROOF_DAMAGED: "has a damaged proof",
    Kind.PROOF_EDITED: "has an edited proof",
    Kind.WRONG_SIGNATURE: "has a wrong signature",
    Kind.UNKNOWN_KEY: "was signed with a key that is not the one you gave",
    Kind.UNSIGNED: "is not signed to its end by",
    Kind.UNFINISHED: "is incomplete",
}


def add_commands(parser: Parser, open_again: Callable[[argparse.Namespace], int]) -> None:
    """Add the commands to the console's command line; each sets `command`, which returns the exit code.

    `open_again` is what `open` does.
    """
    shared = [parser.after_a_command()]
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    opening = commands.add_parser("open", parents=shared, help="open another page of the console that is running")
    opening.set_defaults(command=open_again)
    repairing = commands.add_parser("repair", parents=shared, help="repair a damaged recording (the original is kept)")
    repairing.add_argument("file", type=Path, metavar="FILE")
    repairing.set_defaults(command=lambda options: repair(options.file))
    verifying = commands.add_parser(
        "verify",
        parents=shared,
        help="verify that a recording is unaltered",
        epilog=f"Exit codes: {INTACT} intact, {CHANGED} changed, {NOT_PROVEN} not proven, 1 cannot be read.",
    )
    verifying.add_argument("file", type=Path, metavar="FILE")
    verifying.add_argument("--proof", type=Path, help=f"the proof (default FILE{PROOF})")
    verifying.add_argument(
        "--key", action="append", default=[], type=_key, metavar="WHO=HEX",
        help="a public key that you know belongs to the console, applet or relay",
    )  # fmt: skip
    verifying.add_argument(
        "--relay-key", action="append", default=[], type=_public_key, metavar="HEX",
        help="the key of your relay (default: the keys remembered from signing in on this computer)",
    )  # fmt: skip
    verifying.set_defaults(
        command=lambda options: prove(
            options.file, options.proof, options.key, options.relay_key or remembered(options.data)
        )
    )
    converting = commands.add_parser("convert", parents=shared, help="convert a session journal or an AVI to an AVI")
    converting.add_argument("source", type=Path, metavar="IN")
    converting.add_argument("target", type=Path, metavar="OUT")
    testing = commands.add_parser(
        "test-location",
        parents=shared,
        help="test whether recordings can be stored in a location (asks for it, or reads standard input)",
        epilog="Standard input: the location, a user name and a password, each on its own line.",
    )
    testing.set_defaults(
        command=lambda options: test_location(options.recordings.absolute() / SPOOL, options.allow_unencrypted)
    )
    choices = ", ".join(f"{name} ({FORMATS[name].label})" for name in FormatName)
    converting.add_argument(
        "--format", choices=[name.value for name in FormatName], default="h264", metavar="FORMAT",
        help=f"one of {choices}; default h264",
    )  # fmt: skip
    converting.set_defaults(command=lambda options: convert(options.source, options.target, FormatName(options.format)))


def repair(path: Path) -> int:
    """Write what is whole of a recording into a new file beside it."""
    with opened(path) as content:
        return _repair_journal(path, content) if is_journal(path, content) else _repair_avi(path, content)


def _repair_avi(path: Path, content: Content) -> int:
    avi = read_avi(content)
    if avi.is_whole:
        say(f"{path} is intact. There is nothing to repair.")
        return 0
    target, file = _new_file_beside(path)
    try:
        repaired = repair_avi(content, avi, file)
    finally:
        file.close()
    _say_repaired(path, target, f"{repaired.saved} pictures, {_clock(repaired.seconds)}", avi.damage)
    if repaired.left_out:
        say(f"{repaired.left_out} more build on pictures that are lost, and were left out.")
    return 0


def _repair_journal(path: Path, content: Content) -> int:
    journal = read_journal(content)
    if not journal.damage:
        say(f"{path} is intact. There is nothing to repair.")
        return 0
    target, file = _new_file_beside(path)
    try:
        repaired = repair_journal(journal, file)
    finally:
        file.close()
    _say_repaired(path, target, f"{repaired.saved} entries, {_clock(repaired.seconds)}", journal.damage)
    return 0


def _say_repaired(path: Path, target: Path, saved: str, damage: list[tuple[int, int]]) -> None:
    lost = sum(end - start for start, end in damage)
    say(f"{target} can be opened: {saved}. {path.name} is unchanged.")
    if lost:
        say(f"{lost:,} bytes of the damaged file could not be read.")


def remembered(data: Path) -> list[bytes]:
    """Return the keys of all relays that this computer knows."""
    return [key for keys in KnownRelays(data).keys().values() for key in keys]


def prove(path: Path, proof: Path | None, keys: list[tuple[str, bytes]], relays: list[bytes]) -> int:
    """Say whether a recording is what was recorded, and what is not.

    `keys` are those of which you know whose they are, `relays` those of relays that may vouch for the others.
    """
    trusted: dict[str, list[bytes]] = {}
    for who, key in keys:
        trusted.setdefault(who, []).append(key)
    with opened(path) as recording, opened(proof or path.with_name(path.name + PROOF)) as proven:
        report = verify(recording, proven, trusted, relays)
    say(*_lines(path, report))
    if report.is_intact:
        return INTACT
    return CHANGED if report.is_changed else NOT_PROVEN


def _lines(path: Path, report: Report) -> list[str]:
    """Return what is said about a recording."""
    if report.is_intact:
        lines = [f"{path.name} is intact: {_clock(report.duration / 1e6)}, nothing cut, reordered or edited."]
    elif report.is_unbroken:
        lines = [f"{path.name} is unbroken, but it is not proven whose it is: anybody can make such a recording."]
    elif report.is_changed:
        lines = [f"{path.name} is NOT what was recorded."]
    else:
        lines = [f"{path.name}: nothing was changed as far as it is proven, but not everything is."]
    lines += [f"  {_sentence(finding)}" for finding in report.findings]
    lines += [f"  Signed by {who} up to {_clock(until / 1e6)}." for who, until in sorted(report.signed.items())]
    if report.stamps:
        until, at = report.stamps[-1]
        seen = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        lines.append(f"  The relay had seen it up to {_clock(until / 1e6)} by {seen}.")
    if report.self_declared:
        lines += [f"  The owner of this key is unknown: {who} {report.keys[who].hex()}" for who in report.self_declared]
        lines.append("  Compare them with keys from another source, and give those with --relay-key or --key.")
    elif report.technician is not None:
        lines.append(
            f"  Your relay says: recorded by its technician number {report.technician}, keys of both sides known."
        )
    return lines


def _sentence(finding: Finding) -> str:
    begins, ends = _clock(finding.begins / 1e6), _clock(finding.ends / 1e6)
    where = f"at {begins}" if begins == ends else f"{begins} to {ends}"
    return f"It {_SENTENCES[finding.kind]} ({where}; {finding.detail})."


def convert(source: Path, target: Path, name: FormatName) -> int:
    """Make an AVI; further parts, when the picture's size changed, are written beside it."""
    paths = convert_into(source, target, name, _bar(sys.stderr))
    say(f"{', '.join(str(path) for path in paths)}: {FORMATS[name].label}.")
    return 0


def _bar(terminal: TextIO) -> Progress:
    """Return what draws a bar, on a terminal only."""
    drawn = -1

    def draw(done: float) -> None:
        nonlocal drawn
        percent = int(done * 100)
        if percent == drawn or not terminal.isatty():
            return
        drawn = percent
        filled = int(done * BAR)
        terminal.write(f"\r{'█' * filled}{'░' * (BAR - filled)} {percent:3} %" + ("\n" if done >= 1 else ""))
        terminal.flush()

    return draw


def _new_file_beside(path: Path) -> tuple[Path, RecordingFile]:
    target = path.with_stem(f"{path.stem}-repaired")
    number = 2
    while target.exists():
        target = path.with_stem(f"{path.stem}-repaired-{number}")
        number += 1
    return target, RecordingFile(target)


def _clock(seconds: float) -> str:
    """Return a time as people read it: 1:02:03.4."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{head}:{rest // 10:02}.{rest % 10}"


def _key(argument: str) -> tuple[str, bytes]:
    who, _, key = argument.partition("=")
    try:
        return who, _public_key(key)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"{argument}: a key is WHO=HEX, for instance relay=1f0c…") from None


def _public_key(argument: str) -> bytes:
    try:
        key = bytes.fromhex(argument)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise argparse.ArgumentTypeError(f"{argument}: a key is {2 * KEY_BYTES} digits from 0 to f")
    return key
