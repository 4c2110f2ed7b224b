"""Which commands there are for what is chosen in the tree. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from relay.accounts.rules import Status
from relay.organization.fields import fields_of
from relay.organization.rules import Reach
from relay.organization.tree import Drag, what_a_drag_means
from relay.organization.units import PLANNED, ROOTS, Unit, UnitKind
from relay.settings.sentences import Translate
from relay.texts import _

_K = UnitKind
CREATE = {
    _K.MASTER_ADMINISTRATOR: (_("Create master administrator"), _("New master administrator")),
    _K.ADMINISTRATOR: (_("Create administrator"), _("New administrator")),
    _K.ADMINISTRATOR_GROUP: (_("Create group"), _("New group")),
    _K.TECHNICIAN_GROUP: (_("Create group"), _("New group")),
    _K.TECHNICIAN: (_("Create technician"), _("New technician")),
    _K.EXTERNAL_GROUP: (_("Create group"), _("New group")),
    _K.EXTERNAL_TECHNICIAN: (_("Create technician"), _("New technician")),
    _K.COMPUTER_GROUP: (_("Create computer group"), _("New computer group")),
    _K.CHANNEL: (_("Create channel"), _("New channel")),
}
"""For each kind its command, and the name that a new one has until someone writes another (EDGE-01).

There is none for channels: their number is fixed (EDGE-10).
"""
ADD = {
    _K.MASTER_ADMINISTRATOR: _("Add master administrator"),
    _K.ADMINISTRATOR: _("Add administrator"),
    _K.TECHNICIAN: _("Add technician"),
}
"""People are added by a form of their own, so that they can work at once."""
_ONLY_MASTERS = frozenset({_K.ADMINISTRATOR, _K.ADMINISTRATOR_GROUP})
_LOOKED_AFTER = frozenset({_K.TECHNICIAN, _K.TECHNICIAN_GROUP, _K.COMPUTER_GROUP, _K.COMPUTER})
"""What administrators arrange; all the rest is for those who rule the whole organisation."""
_KEPT = frozenset({_K.CHANNEL, _K.COMPUTER})
"""What the tree does not remove: web sites link to channels, and a computer goes when no one has it any more."""


@dataclass(frozen=True)
class Menu:
    """The commands for what is chosen, each only where it can be used (ORG-11)."""

    addable: tuple[tuple[str, str], ...]
    creatable: tuple[tuple[str, str], ...]
    may_enable: bool
    may_disable: bool
    may_move: bool
    may_add: bool
    may_unlink: bool
    may_delete: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not any(
            (
                self.addable,
                self.creatable,
                self.may_enable,
                self.may_disable,
                self.may_move,
                self.may_add,
                self.may_unlink,
                self.may_delete,
            )
        )


def menu_for(
    reach: Reach,
    say: Translate,
    units: Sequence[Unit],
    creatable: Sequence[UnitKind],
    *,
    statuses: Collection[object] = (Status.ENABLED, Status.DISABLED),
    is_linked: bool = False,
) -> Menu:
    """Return what someone of this reach can do with units, of which some have each of these statuses.

    What it comes to is decided where it is done.
    """
    kinds = {unit.kind for unit in units}
    is_arranged = not is_linked and (reach.all or kinds <= _LOOKED_AFTER) and not kinds & set(ROOTS)
    may_switch = is_arranged and all("status" in fields_of(kind) for kind in kinds)
    may_link = reach.all or not kinds & _ONLY_MASTERS
    here = () if is_linked else tuple(creatable)
    return Menu(
        addable=tuple((kind.value, say(ADD[kind])) for kind in here if kind in ADD),
        creatable=tuple((kind.value, say(CREATE[kind][0])) for kind in here if kind in CREATE and kind not in ADD),
        may_enable=may_switch and Status.DISABLED in statuses,
        may_disable=may_switch and Status.ENABLED in statuses,
        may_move=is_arranged and bool(_targets(kinds, Drag.MOVE)),
        may_add=may_link and bool(_targets(kinds, Drag.ADD)),
        may_unlink=may_link and is_linked,
        may_delete=is_arranged and not kinds & _KEPT,
    )


def creatable(kinds: Iterable[UnitKind], *, planned: bool) -> tuple[UnitKind, ...]:
    """Return the kinds to offer of those that can be created; planned ones only where they are shown."""
    return tuple(kind for kind in kinds if planned or kind not in PLANNED)


def _targets(kinds: set[UnitKind], meaning: Drag) -> set[UnitKind]:
    """Return the kinds of places where all of these can be dropped with this meaning."""
    return {
        target for target in UnitKind if kinds and all(what_a_drag_means(kind, target) is meaning for kind in kinds)
    }
