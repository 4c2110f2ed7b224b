"""Makes a film of a recording: of its journal, or of a film in another format."""

from pathlib import Path

from codec.recording.avi_reader import Content
from codec.recording.convert import CannotConvertError, Progress, convert_film, convert_journal
from codec.recording.endings import JOURNAL
from codec.recording.film import Film
from codec.recording.formats import FORMATS, FormatName
from codec.recording.journal import read_journal
from console.recording.files import RecordingFile, opened


def convert_into(source: Path, target: Path, name: FormatName, progress: Progress) -> list[Path]:
    """Make an AVI and return its parts. What is written until something fails stays there.

    Raises CannotConvertError, CannotReadError, RecordingStoppedError, NotAJournalError, and what `progress` raises.
    """
    files: list[RecordingFile] = []
    paths: list[Path] = []

    def part(number: int) -> RecordingFile:
        path = target if number == 1 else target.with_stem(f"{target.stem}-{number}")
        files.append(RecordingFile(path, durable=False))
        paths.append(path)
        return files[-1]

    film = Film(FORMATS[name], part)
    try:
        _convert(source, film, progress)
    finally:
        for file in files:
            file.close()
    return paths


def _convert(source: Path, film: Film, progress: Progress) -> None:
    with opened(source) as content:
        if is_journal(source, content):
            convert_journal(read_journal(content), film, progress)
            return
    try:
        with source.open("rb") as file:
            convert_film(file, film, progress)
    except OSError as error:
        raise CannotConvertError(f"{source} cannot be read: {error.strerror}") from None


def is_journal(path: Path, content: Content) -> bool:
    """Whether a file is a session's journal, by what it begins with; a damaged one by its name."""
    return content[:3] == b"DSR" or (path.suffix == JOURNAL and content[:4] != b"RIFF")
