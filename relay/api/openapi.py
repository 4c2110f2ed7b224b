"""The OpenAPI 3.1 document of the JSON API, written from its declarations."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import UNSET

from codec.wire.api_types import Problem
from relay.api.calls import PATTERNS, Call, NoBody, NoQuery
from relay.api_keys.rules import Scope
from relay.store.database import MAX_ID
from relay.web.api import PREFIX

Json = dict[str, Any]
_REFERENCE = "#/components/schemas/{name}"
_ACTING = ("POST", "PUT", "PATCH", "DELETE")
_ABOUT = """Everything that the pages of the Admin Center do, as JSON.

People send their sign-in token, programs send an API key, both as `Authorization: Bearer …`.
A key never has more permissions than its scopes and the person who created it. Every refusal is a `Problem`. What is
edited carries a version, in the body and as ETag; an edit names the version that it saw, so that nobody's change is
lost unseen."""


def document(calls: Iterable[tuple[str, Call]]) -> Json:
    """Return the document of these calls, each with the heading under which it is."""
    listed = list(calls)
    types = [kind for _tag, call in listed for kind in (call.body, call.answers) if _is_shown(kind)]
    schemas, components = msgspec.json.schema_components([*types, Problem], ref_template=_REFERENCE)
    by_type = dict(zip(map(repr, types), schemas, strict=False))
    paths: dict[str, Json] = {}
    for tag, call in listed:
        paths.setdefault(PREFIX + call.path, {})[call.method.lower()] = _operation(tag, call, by_type)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Deskside", "version": "1", "description": _ABOUT, "license": {"name": "MIT"}},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(tag for tag, _call in listed)],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A sign-in's token."},
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"An API key. Scopes: {', '.join(Scope)}.",
                },
            },
        },
    }


def _is_shown(kind: Any) -> bool:
    return kind not in (NoBody, bytes, type(None)) and not (isinstance(kind, type) and _is_response(kind))


def _is_response(kind: type) -> bool:
    return kind.__module__.startswith("aiohttp")


def _operation(tag: str, call: Call, schemas: Mapping[str, Json]) -> Json:
    summary, _, more = call.about.partition(". ")
    operation: Json = {
        "operationId": call.name,
        "tags": [tag],
        "summary": summary.rstrip("."),
        "security": _security(call),
        "responses": {str(call.status): _answer(call, schemas), **_refusals(call)},
    }
    if more:
        operation["description"] = more
    if call.scope is not None:
        operation["x-scope"] = call.scope.value
    parameters = [*map(_gap, call.gaps), *_parameters(call.query)]
    if "version" in getattr(call.body, "__struct_fields__", ()):
        parameters.append(
            {"name": "If-Match", "in": "header", "schema": {"type": "string", "pattern": r'^"?\d{1,9}"?$'}}
        )
    if parameters:
        operation["parameters"] = parameters
    if call.body is bytes:
        content: Json = {"text/csv": {"schema": {"type": "string", "contentMediaType": "text/csv"}}}
        operation["requestBody"] = {"required": True, "content": content}
    elif call.body is not NoBody:
        content = {"application/json": {"schema": schemas[repr(call.body)]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _security(call: Call) -> list[Json]:
    if call.anybody:
        return []
    return [{"token": []}] if call.scope is None else [{"token": []}, {"key": []}]


def _answer(call: Call, schemas: Mapping[str, Json]) -> Json:
    found: Json = {"description": HTTPStatus(call.status).phrase}
    if call.files:
        found["content"] = {media: {"schema": {}} for media in call.files}
    elif call.answers is not type(None):
        found["content"] = {"application/json": {"schema": schemas[repr(call.answers)]}}
        if "version" in getattr(call.answers, "__struct_fields__", ()):
            found["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "The version, for If-Match."}}
    return found


def _refusals(call: Call) -> Json:
    statuses = [HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS]
    if call.gaps or call.body is not NoBody:
        statuses.append(HTTPStatus.NOT_FOUND)
    if call.method in _ACTING:
        statuses += [HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY]
    if call.query is not NoQuery:
        statuses += [HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY]
    if call.body is not NoBody:
        statuses.append(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if "version" in getattr(call.body, "__struct_fields__", ()):
        statuses.append(HTTPStatus.PRECONDITION_REQUIRED)
    problem = {"application/json": {"schema": {"$ref": _REFERENCE.format(name="Problem")}}}
    return {str(status.value): {"description": status.phrase, "content": problem} for status in sorted(set(statuses))}


def _gap(name: str) -> Json:
    number = {"type": "integer", "minimum": 0, "maximum": MAX_ID}
    word = {"type": "string", "pattern": f"^{PATTERNS[name]}$"}
    schema = number if PATTERNS[name].startswith(r"\d") else word
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _parameters(query: Any) -> list[Json]:
    if query is NoQuery:
        return []
    fields = msgspec.structs.fields(query)
    (schema,), components = msgspec.json.schema_components([query], ref_template=_REFERENCE)
    properties = components[schema["$ref"].rsplit("/", 1)[-1]]["properties"]
    found = []
    for field in fields:
        own = properties[field.encode_name]
        if "$ref" in own:
            own = components[own["$ref"].rsplit("/", 1)[-1]] | {k: v for k, v in own.items() if k != "$ref"}
        required = field.default is UNSET or field.default is msgspec.NODEFAULT
        found.append({"name": field.encode_name, "in": "query", "required": required, "schema": own})
    return found
