"""Writes the TypeScript types of message structs, so that one language owns them.

    python -m codec.wire.typescript MODULE:NAME [...] > messages.ts

A name is a union of structs, or a number or a table of strings that both sides keep to. Each struct becomes an
interface with its tag as a literal; each StrEnum a union of strings; the named union a discriminated union; a number or
table a constant. A test compares the generated file in console/ui with what this would write now.
"""

import importlib
import sys
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from msgspec import inspect

HEADER = "// Written by codec/wire/typescript.py from Python's message classes. Do not edit: run `make types`.\n"


def write_types(unions: dict[str, Any]) -> str:
    """Return TypeScript for every struct and enum that `unions` (name → union type, or a number or table) reach.

    Raises TypeError for a type that has no counterpart here.
    """
    writer = _Writer()
    lines = [
        _constant(name, union)
        if isinstance(union, int | Mapping)
        else f"export type {name} = {' | '.join(_members(union, writer))};"
        for name, union in unions.items()
    ]
    return "\n".join([HEADER, *writer.declarations.values(), *lines, ""])


def _constant(name: str, value: int | Mapping[str, str]) -> str:
    if isinstance(value, int):
        return f"export const {name} = {value:_};"
    entries = ", ".join(f'{key}: "{each}"' for key, each in value.items())
    return f"export const {name} = {{ {entries} }} as const;"


def _members(union: Any, writer: "_Writer") -> Iterable[str]:
    described = inspect.type_info(union)
    members = described.types if isinstance(described, inspect.UnionType) else (described,)
    return [writer.name(member) for member in members]


class _Writer:
    def __init__(self) -> None:
        self.declarations: dict[str, str] = {}

    def name(self, described: inspect.Type) -> str:
        """Return how TypeScript writes this type, declaring it first where it needs a name."""
        if isinstance(described, inspect.Metadata):
            return self.name(described.type)
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


def main(arguments: list[str]) -> None:
    """Write each MODULE:NAME to standard output."""
    unions = {}
    for argument in arguments:
        module, _, name = argument.partition(":")
        unions[name] = getattr(importlib.import_module(module), name)
    sys.stdout.write(write_types(unions))


if __name__ == "__main__":
    main(sys.argv[1:])
