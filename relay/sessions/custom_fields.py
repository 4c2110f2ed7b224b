"""The name field and the custom fields of sessions: which are asked for, and what may be in them."""

import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codec.wire.custom_fields import CUSTOM_FIELDS, FIELD_CHARACTERS, NAME_CHARACTERS, CustomField
from relay.field_errors import FieldError, too_long
from relay.permissions.service import Permissions
from relay.settings.applied import AppliedSettings
from relay.settings.catalogue import CATALOGUE
from relay.settings.holders import Holder, HolderKind
from relay.settings.inheritance import Held, Origin
from relay.settings.save_context import ORGANISATION
from relay.texts import _

NAMES = ("fields.name", "fields.1", "fields.2", "fields.3", "fields.4", "fields.5")
PRIVATE = "private_fields.fields"
IN_LIST = "options.edit_in_list"
FIELDS = ("name", *(f"field_{number}" for number in range(1, CUSTOM_FIELDS + 1)))
"""What the six are called in calls and forms, whatever people call them."""
USUAL_NAMES = tuple(str(CATALOGUE.setting(key).default) for key in NAMES)
"""What those are called that the organisation has not named: to be translated."""
LIMITS = (NAME_CHARACTERS, *(FIELD_CHARACTERS,) * CUSTOM_FIELDS)
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
"""Words of several scripts, and emoji, need them."""

Fields = tuple[CustomField, ...]


@dataclass(frozen=True)
class OwnFields:
    """The fields that someone's group asks for in a private session, and whether they want to edit them in the list."""

    fields: Fields
    edits_in_list: bool


FieldsOfPeople = Callable[[Iterable[int]], Awaitable[dict[int, OwnFields]]]


def asked_for(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Fields:
    """Return the six fields by their names, as a table of settings has them. A hidden one is never required."""
    return tuple(
        CustomField(
            label=name,
            shown=row["enabled"],
            required=row["enabled"] and row["required"],
            choices=row["choices"] if row["input"] == "choice" else [],
        )
        for name, row in zip(names, rows, strict=True)
    )


def plain(text: str) -> str:
    """Return a text on one line, without characters that cannot be seen: controls, and marks of direction."""
    spaced = "".join(" " if character.isspace() else character for character in unicodedata.normalize("NFC", text))
    kept = (each for each in spaced if each in _JOINERS or unicodedata.category(each) not in _HIDDEN)
    return " ".join("".join(kept).split()).strip(_JOINERS)


def checked(values: Sequence[str], fields: Fields, *, is_new: bool) -> list[str]:
    """Return the values of the six fields as they are stored; what is missing is empty.

    Raises FieldError for the first that is too long, none of the choices, or missing in a new session.
    """
    found = []
    given = [*values, *("",) * (len(FIELDS) - len(values))]
    for name, text, most, field in zip(FIELDS, given, LIMITS, fields, strict=True):
        value = plain(text[: 4 * most])
        if len(text) > 4 * most or len(value) > most:
            raise too_long(name, most)
        if not value and is_new and field.required:
            raise FieldError(name, "empty", _("Fill in this field."))
        if value and field.choices and value not in field.choices:
            raise FieldError(name, "not_a_choice", _("Choose one from the list."))
        found.append(value)
    return found


def stored(custom: Sequence[str]) -> list[str]:
    """Return the values of the custom fields without those at the end that are empty."""
    kept = list(custom)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def chosen_in(held: Mapping[str, Held]) -> dict[str, str]:
    """Return what the organisation has named itself, by the settings that say it: the rest can be translated."""
    return {key: str(held[key].value) for key in NAMES if held[key].source is not Origin.DEFAULT}


def names_in(held: Mapping[str, Held]) -> list[str]:
    """Return what the organisation calls the six; empty where it has not named one."""
    chosen = chosen_in(held)
    return [chosen.get(key, "") for key in NAMES]


async def chosen_names(settings: AppliedSettings) -> dict[str, str]:
    """Read `chosen_in`."""
    return chosen_in(await settings.held(ORGANISATION, NAMES))


def fields_of_people(permissions: Permissions, settings: AppliedSettings) -> FieldsOfPeople:
    """Return what reads the fields. Administrators who serve have no group; for them the defaults hold."""

    async def read(people: Iterable[int]) -> dict[int, OwnFields]:
        held = await permissions.held_by(people)
        groups = {each.group for each in held.values() if each.group is not None}
        rows = await settings.held_by([Holder(HolderKind.GROUP, group) for group in groups], [PRIVATE])
        names = names_in(await settings.held(ORGANISATION, NAMES))
        usual = asked_for(names, CATALOGUE.setting(PRIVATE).default)
        of_group = {unit.id: asked_for(names, values[PRIVATE].value) for unit, values in rows.items()}
        chosen = await settings.held_by([Holder(HolderKind.PERSON, person) for person in held], [IN_LIST])
        in_list = {unit.id: values[IN_LIST].value is True for unit, values in chosen.items()}
        return {
            person: OwnFields(
                usual if each.group is None else of_group.get(each.group, usual), in_list.get(person, True)
            )
            for person, each in held.items()
        }

    return read


async def by_default(people: Iterable[int]) -> dict[int, OwnFields]:
    """Return what holds where no organisation has chosen."""
    fields = asked_for([""] * len(NAMES), CATALOGUE.setting(PRIVATE).default)
    return dict.fromkeys(people, OwnFields(fields, edits_in_list=True))
