"""The fields of each kind of unit, once: how they are stored, checked, shown and named in the audit trail. Pure."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from relay.accounts.rules import MAX_NICKNAME, Licence, Role, Status, clean_email, clean_name
from relay.field_errors import FieldError, too_long
from relay.organization.guard import Guard
from relay.organization.rules import Rights
from relay.organization.units import UnitKind
from relay.texts import _

MAX_DESCRIPTION = 4_000
MAX_CHANNEL_NAME = 64
MAX_SSO_ID = 254
GENERAL, LICENCES, RIGHTS = "general", "licences", "rights"
SECTIONS: Mapping[str, str] = {
    GENERAL: _("General"),
    LICENCES: _("Licences"),
    RIGHTS: _("Group permissions"),
}
"""Headings of the Organisation tab, by what the audit trail stores of them."""


@dataclass(frozen=True)
class Field:
    """One field. `clean` returns what is stored of what was entered, or raises FieldError. Keys are column names.

    `guard` is what a change asks of its actor, because it leads to a sign-in or gives rights; `harmless` is a value
    that only takes away, and needs no proof. `is_credential`: what was opened before a change ends with it. Where
    `in_effect` is False nothing obeys the field yet, and forms show it only where that is wished.
    """

    key: str
    label: str
    clean: Callable[[object], object]
    section: str = GENERAL
    help: str = ""
    guard: Guard = Guard.NONE
    harmless: object = None
    is_credential: bool = False
    in_effect: bool = True

    def guard_for(self, value: object) -> Guard:
        """Return what storing this value asks of its actor."""
        return min(self.guard, Guard.PEOPLE) if self.harmless is not None and value == self.harmless else self.guard


def fields_of(kind: UnitKind) -> Mapping[str, Field]:
    """Return the fields of a kind of unit, in the order of its form. A kind without a form has none."""
    return _FIELDS.get(kind, {})


def cleaned(kind: UnitKind, values: Mapping[str, object]) -> dict[str, object]:
    """Return what to store of entered values. Raises FieldError for the first that cannot be stored."""
    fields = fields_of(kind)
    for key in values:
        if key not in fields:
            raise FieldError(key, "unknown_field", "There is no such field.")
    return {key: fields[key].clean(value) for key, value in values.items()}


def guard_of(kind: UnitKind, values: Mapping[str, object]) -> Guard:
    """Return what storing these values asks of the person who does it."""
    fields = fields_of(kind)
    return max((fields[key].guard_for(value) for key, value in values.items()), default=Guard.NONE)


def _text(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise FieldError(field, "not_text", "Enter text.")
    return value


def _name(field: str, longest: int, may_be_empty: bool, value: object) -> str:
    text = _text(field, value)
    return "" if may_be_empty and not text.strip() else clean_name(field, text, longest)


def _description(value: object) -> str:
    text = unicodedata.normalize("NFC", _text("description", value).replace("\r\n", "\n")).strip()
    if len(text) > MAX_DESCRIPTION:
        raise too_long("description", MAX_DESCRIPTION)
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t" for character in text):
        raise FieldError("description", "control_characters", "Remove the control characters.")
    return text


def _email(value: object) -> str:
    text = _text("email", value)
    return clean_email(text) if text.strip() else ""


def _sso_id(value: object) -> str | None:
    return _name("sso_id", MAX_SSO_ID, True, value or "") or None


def _choice(field: str, among: tuple[str, ...], value: object) -> str:
    if value not in among:
        raise FieldError(field, "not_a_choice", f"Choose one of: {', '.join(among)}.")
    return str(value)


def _flag(field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise FieldError(field, "not_a_choice", "Choose yes or no.")
    return value


def _choose(field: str, *among: str) -> Callable[[object], object]:
    return partial(_choice, field, among)


def _by_key(*fields: Field) -> Mapping[str, Field]:
    return {field.key: field for field in fields}


_NAME = Field("name", _("Name"), partial(_name, "name", 128, False))
_GROUP_NAME = Field("name", _("Group name"), partial(_name, "name", 128, False))
_DESCRIPTION = Field(
    "description", _("Description"), _description, help=_("For administrators only. Customers never see it.")
)
_SWITCH = Field(
    "status",
    _("Status"),
    _choose("status", *Status),
    help=_("Disabled users, and members of disabled groups, cannot sign in."),
)
"""Of what never signs in."""
_STATUS = replace(_SWITCH, guard=Guard.PROOF, harmless=Status.DISABLED.value)
_PERSON = (
    _NAME,
    Field(
        "nickname",
        _("Nickname"),
        partial(_name, "nickname", MAX_NICKNAME, True),
        help=_("The name that customers see. If empty, the name above is used."),
    ),
    Field("email", _("E-mail"), _email, help=_("The address used to sign in."), guard=Guard.PROOF, is_credential=True),
    Field(
        "sso_id",
        _("Single sign-on ID"),
        _sso_id,
        help=_("Needed for single sign-on."),
        guard=Guard.PROOF,
        is_credential=True,
        in_effect=False,
    ),
    _DESCRIPTION,
    _STATUS,
    *(
        Field(licence.value, label, partial(_flag, licence.value), LICENCES, in_effect=licence.in_effect)
        for licence, label in ((Licence.STANDARD, _("Standard")), (Licence.MOBILE, _("Mobile")))
    ),
)
_RIGHTS = (
    Field("rights", _("Rights"), _choose("rights", *Rights), RIGHTS, guard=Guard.PEOPLE),
    Field(
        "allow_command_center",
        _("Access to Command Center"),
        partial(_flag, "allow_command_center"),
        RIGHTS,
        guard=Guard.PEOPLE,
        in_effect=False,
    ),
    Field("allow_reports", _("Access to reports"), partial(_flag, "allow_reports"), RIGHTS, guard=Guard.PEOPLE),
)
_OWNER = Field(
    "role",
    _("Role"),
    _choose("role", Role.ACCOUNT_OWNER, Role.MASTER_ADMINISTRATOR),
    help=_("Only account owners can change it."),
    guard=Guard.PROOF,
    is_credential=True,
)
_FIELDS: Mapping[UnitKind, Mapping[str, Field]] = {
    UnitKind.MASTER_ADMINISTRATOR: _by_key(*_PERSON, _OWNER),
    UnitKind.ADMINISTRATOR: _by_key(*_PERSON),
    UnitKind.TECHNICIAN: _by_key(*_PERSON),
    UnitKind.ADMINISTRATOR_GROUP: _by_key(_GROUP_NAME, _DESCRIPTION, _STATUS, *_RIGHTS),
    UnitKind.TECHNICIAN_GROUP: _by_key(_GROUP_NAME, _DESCRIPTION, _STATUS),
    UnitKind.CHANNEL: _by_key(
        Field("name", _("Channel name"), partial(_name, "name", MAX_CHANNEL_NAME, False)), _DESCRIPTION
    ),
    UnitKind.EXTERNAL_GROUP: _by_key(_GROUP_NAME, _DESCRIPTION, _SWITCH),
    UnitKind.EXTERNAL_TECHNICIAN: _by_key(_NAME, Field("email", _("E-mail"), _email), _DESCRIPTION, _SWITCH),
    UnitKind.COMPUTER_GROUP: _by_key(_GROUP_NAME, _DESCRIPTION),
    UnitKind.COMPUTER: _by_key(_NAME, _DESCRIPTION, _SWITCH),
}
