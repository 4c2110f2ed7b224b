"""What is declared of session messages and of their fields, as plain values: TypeScript is written from these. Pure.

A form says what a field may hold, as codec/ts/src/wire/form.ts reads it. What a form leaves out is the usual: not
optional, without bounds. The same goes for what is declared of a message (codec/wire/declaration.py).
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from msgspec import inspect

from codec.wire.declaration import Declared
from codec.wire.messages import MESSAGES
from codec.wire.typescript import camel

Plain = Mapping[str, Any]


def _declared(declared: Declared) -> Plain:
    told: dict[str, Any] = {"by": tuple(sorted(declared.by)), "longest": declared.longest, "lane": int(declared.lane)}
    for field in dataclasses.fields(declared):
        value = getattr(declared, field.name)
        if field.name not in told and value != field.default:
            told[camel(field.name)] = value
    return told


def _fields(struct: inspect.StructType) -> Plain:
    return {field.encode_name: _field(field) for field in struct.fields}


def _field(field: inspect.Field) -> Plain:
    form = _form(field.type)
    return form if field.required else {**form, "usually": field.default}


def _form(described: inspect.Type) -> Plain:
    match described:
        case inspect.Metadata(type=inner):
            return _form(inner)
        case inspect.UnionType(types=types):
            (form,) = [_form(each) for each in types if not isinstance(each, inspect.NoneType)]
            return {**form, "orNull": True}
        case inspect.IntType():
            return {
                "is": "int",
                **_bounds(
                    least=described.ge if described.gt is None else described.gt + 1,
                    most=described.le if described.lt is None else described.lt - 1,
                ),
            }
        case inspect.FloatType(ge=None, lt=None):
            return {"is": "float", **_bounds(above=described.gt, most=described.le)}
        case inspect.StrType():
            return {"is": "text", **_bounds(least=described.min_length, most=described.max_length)}
        case inspect.BytesType():
            return {"is": "bytes", **_bounds(least=described.min_length, most=described.max_length)}
        case inspect.BoolType():
            return {"is": "bool"}
        case inspect.EnumType(cls=enum):
            return {"is": "word", "among": tuple(each.value for each in enum)}
        case inspect.ListType():
            bounds = _bounds(least=described.min_length, most=described.max_length)
            return {"is": "list", "of": _form(described.item_type), **bounds}
        case inspect.FrozenSetType():
            return {"is": "set", "of": _form(described.item_type)}
        case inspect.StructType():
            return {"is": "map", "fields": _fields(described)}
    raise TypeError(f"{described} has no form")


def _bounds(**bounds: float | None) -> Plain:
    return {name: bound for name, bound in bounds.items() if bound is not None}


DECLARED: Plain = {str(kind.__struct_config__.tag): _declared(kind.declared) for kind in MESSAGES}
FORMS: Plain = {str(kind.__struct_config__.tag): _form(inspect.type_info(kind))["fields"] for kind in MESSAGES}
