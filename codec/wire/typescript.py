"""Writes the TypeScript of message structs and of numbers, so that one language owns them.

A name is a struct, a union of them, or a value that both sides keep to. Each struct becomes an interface with its tag
as a literal; each StrEnum a union of strings; a named union a discriminated union. A number becomes a constant, and so
do a tuple of values, a class of numbers, an IntEnum (with a type of its name), and a table of whatever has a
counterpart. Names of a dataclass become those of TypeScript. `tests/typescript.py` says what
is written where.
"""

import dataclasses
import re
from collections.abc import Iterable, Mapping
from enum import Enum, IntEnum
from typing import Any

from msgspec import Struct, inspect

HEADER = "// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.\n"


def write_types(names: dict[str, Any], homes: Mapping[str, str] | None = None) -> str:
    """Return TypeScript for `names` (name → type or value) and every struct and enum that the types reach.

    `homes` (Python's module → TypeScript's) says whose classes are written elsewhere, and imported from there. Raises
    TypeError for what has no counterpart here.
    """
    writer = _Writer(homes or {})
    lines = [line for name, named in names.items() if (line := _line(name, named, writer)) is not None]
    return "\n".join([HEADER, *writer.import_lines(), *writer.declarations.values(), *lines, ""])


def _line(name: str, named: Any, writer: "_Writer") -> str | None:
    if _is_value(named):
        return _constant(name, named)
    members = " | ".join(_members(named, writer))
    return None if isinstance(named, type) and issubclass(named, Struct | Enum) else f"export type {name} = {members};"


def _is_value(named: Any) -> bool:
    if isinstance(named, type):
        return bool(_numbers_in(named))
    return isinstance(named, int | float | str | bytes | tuple | Mapping) or dataclasses.is_dataclass(named)


def _numbers_in(group: type) -> dict[str, int]:
    if issubclass(group, IntEnum):
        return {each.name: int(each) for each in group}
    return {name: value for name, value in vars(group).items() if name.isupper() and isinstance(value, int)}


def _constant(name: str, value: Any) -> str:
    if isinstance(value, type):
        constant = f"export const {name} = {_literal(_numbers_in(value))} as const;"
        members = f"export type {name} = (typeof {name})[keyof typeof {name}];"
        return f"{constant}\n{members}" if issubclass(value, IntEnum) else constant
    if isinstance(value, Mapping) and value and all(type(key) is int for key in value):
        return f"export const {name}: Readonly<Record<number, number>> = {_literal(value)};"
    if isinstance(value, Mapping) and any(isinstance(each, Mapping) for each in value.values()):
        entries = "".join(f"  {key}: {_literal(each)},\n" for key, each in value.items())
        return f"export const {name} = {{\n{entries}}} as const;"
    fixed = isinstance(value, Mapping | tuple) or dataclasses.is_dataclass(value)
    return f"export const {name} = {_literal(value)}{' as const' if fixed else ''};"


def _literal(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return f"{value:_}"
    if isinstance(value, float):
        return f"{value:_.0f}" if value.is_integer() else f"{value!r}"
    if isinstance(value, bytes):
        return f"Uint8Array.of({', '.join(map(str, value))})"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return f"[{', '.join(map(_literal, value))}]"
    if dataclasses.is_dataclass(value):
        value = {camel(field.name): getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        entries = [f"{_key(key)}: {_literal(each)}" for key, each in value.items()]
        return f"{{ {', '.join(entries)} }}" if entries else "{}"
    raise TypeError(f"{value!r} has no TypeScript counterpart")


def _key(key: object) -> str:
    return str(int(key)) if isinstance(key, int) else str(key)


def camel(name: str) -> str:
    """Return a name of Python as TypeScript writes it: per_second is perSecond."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def _members(union: Any, writer: "_Writer") -> Iterable[str]:
    described = inspect.type_info(union)
    members = described.types if isinstance(described, inspect.UnionType) else (described,)
    return [writer.name(member) for member in members]


class _Writer:
    def __init__(self, homes: Mapping[str, str]) -> None:
        self.declarations: dict[str, str] = {}
        self._homes = homes
        self._imported: dict[str, set[str]] = {}

    def import_lines(self) -> list[str]:
        """Return what imports the classes that are written elsewhere, and an empty line after it."""
        lines = [
            f'import type {{ {", ".join(sorted(names))} }} from "{home}";'
            for home, names in sorted(self._imported.items())
        ]
        return [*lines, ""] if lines else []

    def name(self, described: inspect.Type) -> str:
        """Return how TypeScript writes this type, declaring it first where it needs a name."""
        if isinstance(described, inspect.Metadata):
            return self.name(described.type)
        if isinstance(described, inspect.StructType | inspect.EnumType) and described.cls.__module__ in self._homes:
            self._imported.setdefault(self._homes[described.cls.__module__], set()).add(described.cls.__name__)
            return described.cls.__name__
        if isinstance(described, inspect.StructType):
            return self._struct(described)
        if isinstance(described, inspect.EnumType):
            return self._enum(described.cls)
        if isinstance(described, inspect.UnionType):
            return " | ".join(self.name(member) for member in described.types)
        if isinstance(described, inspect.CollectionType):
            return f"{self._wrapped(described.item_type)}[]"
        if isinstance(described, inspect.DictType):
            return f"Record<{self.name(described.key_type)}, {self.name(described.value_type)}>"
        return _plain(described)

    def _wrapped(self, described: inspect.Type) -> str:
        name = self.name(described)
        return f"({name})" if " | " in name else name

    def _enum(self, enum: type[Enum]) -> str:
        members = " | ".join(f'"{member.value}"' for member in enum)
        self.declarations.setdefault(enum.__name__, f"export type {enum.__name__} = {members};\n")
        return enum.__name__

    def _struct(self, struct: inspect.StructType) -> str:
        name = struct.cls.__name__
        if name not in self.declarations:
            self.declarations[name] = ""
            tag = [f'  {struct.tag_field}: "{struct.tag}";'] if struct.tag_field else []
            fields = [self._field(field) for field in struct.fields]
            # A struct is declared after those it mentions, but listed where it was first met.
            self.declarations[name] = "\n".join([f"export interface {name} {{", *tag, *fields, "}\n"])
        return name

    def _field(self, field: inspect.Field) -> str:
        return f"  {field.encode_name}{'' if field.required else '?'}: {self.name(field.type)};"


_PLAIN: dict[type[inspect.Type], str] = {
    inspect.StrType: "string",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.BytesType: "Uint8Array",
    inspect.DateTimeType: "string",
}


def _plain(described: inspect.Type) -> str:
    try:
        return _PLAIN[type(described)]
    except KeyError:
        raise TypeError(f"{described} has no TypeScript counterpart") from None
