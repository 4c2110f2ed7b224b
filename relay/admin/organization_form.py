"""The form of the Organisation tab: what a unit's fields look like, and what someone changed in them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from multidict import MultiDict

from relay.accounts.rules import Licence
from relay.organization.fields import SECTIONS, Field, fields_of
from relay.organization.units import UnitKind
from relay.permissions.catalogue import ANY, ANYONE, APPROVED_ONLY, BY_KEY, CONSENT_REQUIRED, SPECIFIED, PermissionState
from relay.permissions.service import PermissionChange
from relay.settings.forms import PLANNED
from relay.settings.sentences import Translate
from relay.texts import _

ASKED, REVOKE = "keys:asked", "keys:revoke"
"""Whether the form asked what becomes of a person's API keys, and whether they shall be revoked."""
WAS, CHOSEN, PERMISSION, OPTION, LOCK, LOCKABLE = "was:", "keep:", "may:", "how:", "lock:", "lockable:"
_ON, _OFF = "on", "off"
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "status": {"enabled": _("Enabled"), "disabled": _("Disabled")},
    "rights": {"standard": _("Standard administrator rights"), "restricted": _("Restricted administrator rights")},
    "role": {"account_owner": _("Account owner"), "master_administrator": _("Master administrator")},
}
OPTIONS: Mapping[str, str] = {
    ANY: _("To anyone"),
    SPECIFIED: _("Only to selected people"),
    ANYONE: _("Anyone, by e-mail"),
    APPROVED_ONLY: _("Only approved people"),
    CONSENT_REQUIRED: _("Ask on its own"),
}
_SWITCHES = frozenset({Licence.STANDARD.value, Licence.MOBILE.value, "allow_command_center", "allow_reports"})
_LONGEST = {"name": 128, "nickname": 128, "email": 254, "sso_id": 254, "description": 4_000}


@dataclass(frozen=True)
class FieldRow:
    """One field as it is drawn. `theirs` is what someone else has just stored in it, where that is in question."""

    key: str
    label: str
    help: str
    widget: str
    value: str
    was: str
    choices: tuple[tuple[str, str], ...] = ()
    longest: int = 0
    note: str = ""
    problem: str = ""
    theirs: str | None = None
    by: str = ""


@dataclass(frozen=True)
class Part:
    """A heading and its fields."""

    key: str
    title: str
    lines: tuple[FieldRow, ...]


@dataclass(frozen=True)
class Allowance:
    """One permission as it is drawn. `holder` names the group above whose lock holds."""

    key: str
    label: str
    help: str
    enabled: bool
    option: str
    options: tuple[tuple[str, str], ...]
    may_have_none: bool
    is_locked: bool
    is_fixed: bool
    may_lock: bool
    holder: str
    was: str
    has_targets: bool
    is_entered: bool = False
    """Whether this is what was entered, and not what is stored."""
    note: str = ""
    theirs: str | None = None
    by: str = ""


def parts(
    kind: UnitKind,
    values: Mapping[str, object],
    say: Translate,
    entered: Mapping[str, object] | None = None,
    problems: Mapping[str, str] | None = None,
    conflicts: Mapping[str, str] | None = None,
    *,
    planned: bool = True,
) -> tuple[Part, ...]:
    """Return a unit's form, with fields that are `planned` or without.

    After a save that was refused, it has what was `entered` and what is wrong with it.
    """
    found: dict[str, list[FieldRow]] = {}
    for key, field in fields_of(kind).items():
        if not (planned or field.in_effect):
            continue
        line = _line(field, values[key], say, entered or {}, problems or {}, conflicts or {})
        found.setdefault(field.section, []).append(line)
    return tuple(Part(section, say(SECTIONS[section]), tuple(lines)) for section, lines in found.items())


def allowances(
    state: Mapping[str, PermissionState],
    say: Translate,
    group: int,
    names: Mapping[int, str],
    may_lock: bool,
    wishes: Mapping[str, PermissionChange] | None = None,
    conflicts: Mapping[str, str] | None = None,
    *,
    planned: bool = True,
) -> tuple[Allowance, ...]:
    """Return the table of permissions, in its order (PERM-33), with those that are `planned` or without."""
    return tuple(
        _allowance(key, each, say, group, names, may_lock, (wishes or {}).get(key), (conflicts or {}).get(key))
        for key, each in state.items()
        if planned or BY_KEY[key].in_effect
    )


def changed_fields(kind: UnitKind, form: MultiDict[str]) -> dict[str, object]:
    """Return the fields that someone changed since the form was drawn; "keep: theirs" is no change."""
    found: dict[str, object] = {}
    for key in fields_of(kind):
        if WAS + key not in form or form.get(CHOSEN + key) == "theirs":
            continue
        text = (_ON if key in form else _OFF) if key in _SWITCHES else form.get(key, "")
        if _plain(text) != _plain(form[WAS + key]) or form.get(CHOSEN + key) == "mine":
            found[key] = _value(key, text)
    return found


def changed_permissions(form: MultiDict[str]) -> dict[str, PermissionChange]:
    """Return the permissions that someone changed since the form was drawn."""
    found: dict[str, PermissionChange] = {}
    for key in BY_KEY:
        if WAS + PERMISSION + key not in form or form.get(CHOSEN + key) == "theirs":
            continue
        locked = LOCK + key in form if LOCKABLE + key in form else None
        wish = PermissionChange(PERMISSION + key in form, form.get(OPTION + key) or None, locked)
        if stood(wish.enabled, wish.option, bool(locked)) != form[WAS + PERMISSION + key]:
            found[key] = wish
    return found


def stood(enabled: bool, option: str | None, locked: bool) -> str:
    """Return how a permission stood when the form was drawn, as the form carries it."""
    return f"{int(enabled)}{int(locked)}{option or ''}"


def labels(kind: UnitKind, keys: Iterable[str], say: Translate) -> tuple[str, ...]:
    """Return the names of fields and permissions, for the sentence about what was saved."""
    fields = fields_of(kind)
    return tuple(say(fields[key].label if key in fields else BY_KEY[key].label) for key in keys)


def _line(
    field: Field,
    value: object,
    say: Translate,
    entered: Mapping[str, object],
    problems: Mapping[str, str],
    conflicts: Mapping[str, str],
) -> FieldRow:
    key, stored = field.key, _text(value)
    widget = (
        "switch" if key in _SWITCHES else "choice" if key in _CHOICES else "long" if key == "description" else "text"
    )
    return FieldRow(
        key=key,
        label=say(field.label),
        help=say(field.help) if field.help else "",
        widget=widget,
        value=_text(entered[key]) if key in entered else stored,
        was=stored,
        choices=tuple((choice, say(text)) for choice, text in _CHOICES.get(key, {}).items()),
        longest=_LONGEST.get(key, 0),
        note="" if field.in_effect else say(PLANNED),
        problem=problems.get(key, ""),
        theirs=_words(key, stored, say) if key in conflicts else None,
        by=conflicts.get(key, ""),
    )


def _allowance(
    key: str,
    each: PermissionState,
    say: Translate,
    group: int,
    names: Mapping[int, str],
    may_lock: bool,
    wish: PermissionChange | None,
    by: str | None,
) -> Allowance:
    permission = BY_KEY[key]
    from_above = each.by_group is not None and each.by_group != group
    shown = wish or PermissionChange(each.enabled, each.option)
    own_lock = each.locked and not from_above
    return Allowance(
        key=key,
        label=say(permission.label),
        help=say(permission.help),
        enabled=shown.enabled,
        option=shown.option or "",
        options=tuple((option, say(OPTIONS[option])) for option in permission.options),
        may_have_none=permission.may_have_none,
        is_locked=own_lock if wish is None or wish.locked is None else wish.locked,
        is_fixed=each.locked and not may_lock,
        may_lock=may_lock and not from_above,
        holder=names.get(each.by_group or 0, "") if from_above else "",
        was=stood(each.enabled, each.option, own_lock),
        has_targets=bool(permission.target_kinds),
        is_entered=wish is not None,
        note="" if permission.in_effect else say(PLANNED),
        theirs=None if by is None else say(_("on")) if each.enabled else say(_("off")),
        by=by or "",
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return _ON if value else _OFF
    return "" if value is None else str(value)


def _words(key: str, text: str, say: Translate) -> str:
    if key in _SWITCHES:
        return say(_("on")) if text == _ON else say(_("off"))
    choice = _CHOICES.get(key, {}).get(text)
    return say(choice) if choice else text


def _value(key: str, text: str) -> object:
    return text == _ON if key in _SWITCHES else text


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
