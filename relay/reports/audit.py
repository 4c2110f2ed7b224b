"""The audit report (audit_list): what administrators changed, a row for each field."""

from sqlalchemy import select

from relay.notifications.events import LINK, PASSWORD, SECOND_STEP
from relay.organization.audit import Action, Done
from relay.organization.fields import SECTIONS, fields_of
from relay.organization.model import AuditEventRow
from relay.organization.seed import ROOT_NAMES
from relay.organization.transactions import Transactions
from relay.organization.units import UnitKind
from relay.permissions.catalogue import BY_KEY
from relay.reports.declare import Batches, Brief, Column, Report, Request, Row, Translate, Type
from relay.reports.paging import by_moment
from relay.texts import _

UNIT_TYPES = {
    UnitKind.CHANNEL: _("Channel"),
    UnitKind.TECHNICIAN_GROUP: _("Technician group"),
    UnitKind.TECHNICIAN: _("Technician"),
    UnitKind.COMPUTER_GROUP: _("Unattended computer group"),
    UnitKind.COMPUTER: _("Unattended computer"),
    UnitKind.ADMINISTRATOR_GROUP: _("Administrator group"),
    UnitKind.MASTER_ADMINISTRATOR: _("Master administrator"),
    UnitKind.ADMINISTRATOR: _("Administrator"),
    UnitKind.ADMINISTRATOR_GROUP_LINK: _("Administrator group link"),
    UnitKind.ADMINISTRATOR_LINK: _("Administrator link"),
    UnitKind.EXTERNAL_GROUP: _("External technician group"),
    UnitKind.EXTERNAL_TECHNICIAN: _("External technician"),
    UnitKind.EXTERNAL_LINK: _("External link"),
    UnitKind.ORGANISATION: _("Organisation"),
}
CHANGES = {
    Done.ADD: _("Add"),
    Done.DELETE: _("Delete"),
    Done.MOVE: _("Move"),
    Done.COPY: _("Copy"),
    Done.ASSIGN: _("Assign"),
    Done.UNASSIGN: _("Unassign"),
    Done.EDIT: _("Change"),
}
ACTIONS = {
    Action.ENABLED: _("Enabled"),
    Action.DISABLED: _("Disabled"),
    Action.SELECTED: _("Selected"),
    Action.NOT_SELECTED: _("Not selected"),
    Action.SET: _("Set"),
    Action.NOT_SET: _("Not set"),
    Action.ASSIGNED: _("Assigned"),
    Action.NOT_ASSIGNED: _("Not assigned"),
    Action.LOCKED: _("Locked"),
    Action.NOT_LOCKED: _("Not locked"),
    Action.ADDED: _("Added"),
    Action.DELETED: _("Deleted"),
    Action.SORT: _("Sort"),
    Action.UNKNOWN: _("Unknown"),
}
_OTHER_SECTIONS = {
    "assignments": _("Assignments"),
    "channels": _("Channels"),
    "permissions": _("Permissions"),
    "security": _("Sign-in"),
    "notifications": _("Notifications"),
    "organisation": _("Organisation"),
    "licences": _("Licences"),
    "API keys": _("API keys"),
}
_NAMED_BY_PEOPLE = frozenset({"channels", "API keys"})
"""Sections whose fields are called as someone called them: never translated (REP-39)."""
_FIELD_NAMES: dict[str, str] = {kind.value: word for kind, word in (UNIT_TYPES | ROOT_NAMES).items()} | {
    "place": _("Place"),
    LINK: _("Link to choose a password"),
    PASSWORD: _("Password"),
    SECOND_STEP: _("Second step"),
}
_OLD_ACTIONS = {action.value: word for action, word in ACTIONS.items() if action is not Action.ADDED}

COLUMNS = (
    Column("requested_by", _("Changed by"), longest=128, width=24),
    Column("unit_type", _("Unit type"), longest=128, words={kind.value: word for kind, word in UNIT_TYPES.items()}),
    Column("unit_id", _("Unit ID"), Type.NUMBER, width=9),
    Column("unit_name", _("Unit name"), longest=256, width=28),
    Column(
        "change_type", _("Change type"), longest=128, width=12, words={d.value: word for d, word in CHANGES.items()}
    ),
    Column("changed_at", _("Last change"), Type.MOMENT),
    Column("section", _("Section"), width=24),
    Column("field", _("Field"), width=28),
    Column("old_value", _("Old value"), width=24),
    Column("old_action", _("Old action"), width=14, words=_OLD_ACTIONS),
    Column("new_value", _("New value"), width=24),
    Column("new_action", _("New action"), width=14, words={action.value: word for action, word in ACTIONS.items()}),
)


def batches(transactions: Transactions, request: Request) -> Batches:
    """Read events by their moment."""
    query = select(AuditEventRow).where(request.coverage.of_events())
    return by_moment(transactions, request, query, AuditEventRow.at, lambda event: _row(event, request.say))


def _row(event: AuditEventRow, say: Translate) -> Row:
    return (
        event.actor_name,
        event.unit_kind,
        event.unit_id,
        event.unit_name,
        event.change,
        event.at,
        _section(event.section, say),
        _field(event, say),
        event.old_value,
        event.old_action,
        event.new_value,
        event.new_action,
    )


def _section(section: str, say: Translate) -> str:
    """Return a heading as people read it: sections of settings are stored as they read in English."""
    label = SECTIONS.get(section) or _OTHER_SECTIONS.get(section) or section
    return say(label) if label else ""


def _field(event: AuditEventRow, say: Translate) -> str:
    kind = UnitKind(event.unit_kind)
    if event.section in _NAMED_BY_PEOPLE or not event.field:
        return event.field
    declared = fields_of(kind).get(event.field)
    if declared is not None:
        return say(declared.label)
    if event.section == "permissions" and event.field in BY_KEY:
        return say(BY_KEY[event.field].label)
    return say(_FIELD_NAMES.get(event.field, event.field))


_NOTHING = frozenset({Action.UNKNOWN.value})
BRIEF = (
    Brief(_("When"), ("changed_at",)),
    Brief(_("Changed by"), ("requested_by",)),
    Brief(_("What"), ("change_type", "unit_type", "unit_name")),
    Brief(_("Field"), ("section", "field")),
    Brief(_("Before"), ("old_value", "old_action"), is_first=True, skips=_NOTHING),
    Brief(_("After"), ("new_value", "new_action"), is_first=True, skips=_NOTHING),
)
AUDIT = Report("audit_list", _("Audit"), _("List all"), _("What administrators changed."), COLUMNS, batches, BRIEF)
