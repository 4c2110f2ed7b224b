"""Values made of others: lists, tables of rows, uploaded files, secrets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NoReturn

from relay.settings.kinds import Json, ValueKind, ValueProblemError
from relay.settings.sentences import Sentence, sentence
from relay.settings.text_kinds import clean
from relay.texts import _

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ListOf(ValueKind):
    """Several values of one kind, each once."""

    item: ValueKind
    most: int
    widget: ClassVar[str] = "list"

    def check(self, value: Json) -> list[Json]:
        """Check each item; empty ones and repetitions go."""
        if not isinstance(value, list):
            raise ValueProblemError("type", Sentence(_("Enter a list.")))
        found: list[Json] = []
        for number, each in enumerate(value, 1):
            try:
                item = self.item.check(each)
            except ValueProblemError as problem:
                raise ValueProblemError(problem.code, problem.sentence, _path(str(number), problem.path)) from None
            if item not in (None, "") and item not in found:
                found.append(item)
        if len(found) > self.most:
            raise ValueProblemError("too_many", sentence(_("Enter at most {most}."), most=self.most))
        return found

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        return {"type": "array", "items": self.item.schema(), "maxItems": self.most}

    def limits(self) -> Sentence | None:
        """Return the limits in words."""
        return sentence(_("at most {most} entries"), most=self.most)

    def show(self, value: Json) -> Sentence:
        """Return the items, one after the other."""
        return (
            Sentence("{items}", (("items", ", ".join(str(each) for each in value)),)) if value else super().show(value)
        )


@dataclass(frozen=True)
class Column:
    """One column of a table. A row without a value gets `default`."""

    name: str
    label: str
    kind: ValueKind
    default: Json


@dataclass(frozen=True)
class Table(ValueKind):
    """Rows of the same columns. `fixed`: there are always exactly `most` rows, such as the five custom fields."""

    columns: tuple[Column, ...]
    most: int
    fixed: bool = False
    widget: ClassVar[str] = "table"

    def check(self, value: Json) -> list[dict[str, Json]]:
        """Check each cell; unknown columns are refused, missing cells get their default."""
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise ValueProblemError("type", Sentence(_("Enter rows.")))
        if len(value) > self.most or (self.fixed and len(value) != self.most):
            text = _("There must be exactly {most} rows.") if self.fixed else _("Enter at most {most} rows.")
            raise ValueProblemError("rows", sentence(text, most=self.most))
        return [self._row(number, row) for number, row in enumerate(value, 1)]

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        cells = {column.name: column.kind.schema() for column in self.columns}
        row = {"type": "object", "properties": cells, "additionalProperties": False}
        return {"type": "array", "items": row, "minItems": self.most if self.fixed else 0, "maxItems": self.most}

    def limits(self) -> Sentence | None:
        """Return the limits in words."""
        text = _("always {most} rows") if self.fixed else _("at most {most} rows")
        return sentence(text, most=self.most)

    def show(self, value: Json) -> Sentence:
        """Return the number of rows, and what is in them."""
        if not value:
            return super().show(value)
        rows = "; ".join(", ".join(str(cell) for cell in row.values() if cell not in ("", [], None)) for row in value)
        return Sentence("{rows}", (("rows", rows),))

    def _row(self, number: int, row: Mapping[str, Json]) -> dict[str, Json]:
        unknown = set(row) - {column.name for column in self.columns}
        if unknown:
            said = sentence(_("There is no column “{name}”."), name=min(unknown, key=str))
            raise ValueProblemError("column", said, str(number))
        return {
            column.name: self._cell(number, column, row.get(column.name, column.default)) for column in self.columns
        }

    @staticmethod
    def _cell(number: int, column: Column, value: Json) -> Json:
        try:
            return column.kind.check(value)
        except ValueProblemError as problem:
            path = _path(f"{number}.{column.name}", problem.path)
            raise ValueProblemError(problem.code, problem.sentence, path) from None


@dataclass(frozen=True)
class File(ValueKind):
    """An uploaded file. The value describes it; the bytes lie in the store of files under their SHA-256.

    `formats` are endings in capitals. For pictures: `side` is the longest side in pixels, `square` asks for equal
    sides, `exactly` for one size, `least_png` for the shortest side that a PNG may have. What the bytes really are is
    for `uploads`.
    """

    formats: tuple[str, ...]
    most_bytes: int
    side: int = 0
    square: bool = False
    exactly: tuple[int, int] | None = None
    least_png: int = 0
    widget: ClassVar[str] = "file"

    def check(self, value: Json) -> dict[str, Json] | None:
        """Accept the description that `uploads.describe` makes, or nothing."""
        if value is None:
            return None
        if not isinstance(value, dict) or set(value) != {"name", "format", "bytes", "width", "height", "sha256"}:
            _refuse("type", Sentence(_("The file is missing. Upload it again.")))
        if not isinstance(value["sha256"], str) or not _DIGEST.fullmatch(value["sha256"]):
            _refuse("type", Sentence(_("The file is missing. Upload it again.")))
        clean(value["name"], many_lines=False)
        self.judge(str(value["format"]), _number(value["bytes"]), _number(value["width"]), _number(value["height"]))
        return dict(value)

    def judge(self, kind: str, size: int, width: int, height: int) -> None:
        """Raise ValueProblemError naming the rule that a file breaks; sides are 0 for what is no picture."""
        if self.formats and kind not in self.formats:
            _refuse("format", sentence(_("Upload a file of type {formats}."), formats=", ".join(self.formats)))
        if not 0 < size <= self.most_bytes:
            said = _("The file has {size} KiB. Upload one of at most {most} KiB.")
            _refuse("size", sentence(said, size=-(-size // 1024), most=self.most_bytes // 1024))
        if self.exactly and (width, height) != self.exactly:
            said = _("The image is {width} × {height} pixels. It must be {right} × {high}.")
            _refuse("sides", sentence(said, width=width, height=height, right=self.exactly[0], high=self.exactly[1]))
        if self.square and width != height:
            said = _("The image is {width} × {height} pixels. It must be square.")
            _refuse("sides", sentence(said, width=width, height=height))
        if kind == "PNG" and min(width, height) < self.least_png:
            said = _("The image is {width} × {height} pixels. Each side must have at least {least} pixels.")
            _refuse("sides", sentence(said, width=width, height=height, least=self.least_png))
        if self.side and max(width, height) > self.side:
            said = _("The image is {width} × {height} pixels. No side may be longer than {most} pixels.")
            _refuse("sides", sentence(said, width=width, height=height, most=self.side))

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema: the description of an uploaded file."""
        names = ("name", "format", "sha256")
        cells = {name: {"type": "string"} for name in names} | {
            name: {"type": "integer"} for name in ("bytes", "width", "height")
        }
        return {"type": ["object", "null"], "properties": cells, "additionalProperties": False}

    def limits(self) -> Sentence | None:
        """Return the rules in words; they stand beside the upload."""
        kilobytes = self.most_bytes / 1_024
        size = f"{kilobytes:g} kB" if kilobytes < 1_024 else f"{kilobytes / 1_024:g} MB"
        formats = ", ".join(self.formats) or "*"
        if self.exactly:
            said = _("{formats}, exactly {width} × {height} pixels, at most {size}")
            return sentence(said, formats=formats, width=self.exactly[0], height=self.exactly[1], size=size)
        if self.square:
            said = _("{formats}, square, sides of at most {side} pixels, at most {size}")
            return sentence(said, formats=formats, side=self.side, size=size)
        if self.side:
            said = _("{formats}, sides of at most {side} pixels, at most {size}")
            return sentence(said, formats=formats, side=self.side, size=size)
        return sentence(_("{formats}, at most {size}"), formats=formats, size=size)

    def show(self, value: Json) -> Sentence:
        """Return the file's name."""
        return Sentence("{name}", (("name", str(value["name"])),)) if value else super().show(value)


@dataclass(frozen=True)
class Secret(ValueKind):
    """Something that is written and never shown again. `hashed`: only ever compared, so it is kept as a slow hash."""

    longest: int = 256
    least: int = 1
    hashed: bool = False
    widget: ClassVar[str] = "secret"
    sensitive: ClassVar[bool] = True

    def check(self, value: Json) -> str | None:
        """Accept a new secret as someone typed it, or nothing, which removes it."""
        if value in (None, ""):
            return None
        if not isinstance(value, str) or not self.least <= len(value) <= self.longest or "\n" in value:
            said = _("Enter {least} to {most} characters on one line.")
            _refuse("secret", sentence(said, least=self.least, most=self.longest))
        return value

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        return {"type": ["string", "null"], "maxLength": self.longest, "writeOnly": True}

    def show(self, value: Json) -> Sentence:
        """Say only whether there is one."""
        return Sentence(_("set") if value else _("not set"))


def _refuse(code: str, text: Sentence) -> NoReturn:
    raise ValueProblemError(code, text)


def _number(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _path(outer: str, inner: str) -> str:
    return f"{outer}.{inner}" if inner else outer
