"""What the members of a technician group may do: every permission once, and what follows from them. Pure.

Declared here are key, requirement ids, order, default, options and what a permission needs; storage, locks, the form,
the statement that applet and console enforce, and what the console hides all follow.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from relay.organization.units import Unit, UnitKind
from relay.texts import _

ANY, SPECIFIED = "any", "specified"
ANYONE, APPROVED_ONLY = "anyone", "approved_only"
CONSENT_REQUIRED = "consent_required"


@dataclass(frozen=True)
class Permission:
    """One permission. Of `options` exactly one holds, or at most one where `may_have_none`."""

    key: str
    ids: tuple[str, ...]
    label: str
    help: str
    default: bool = True
    options: tuple[str, ...] = ()
    default_option: str | None = None
    may_have_none: bool = False
    needs: str | None = None
    target_kinds: frozenset[UnitKind] = frozenset()
    """What may be selected as a target where the option says that only some are allowed."""
    in_effect: bool = False
    """Whether something in the programs obeys it; what does not is planned, and shown only where that is wished."""


class Grant(NamedTuple):
    """How one permission stands for someone."""

    enabled: bool
    option: str | None = None


class Cell(NamedTuple):
    """How one permission is stored for one group."""

    enabled: bool
    option: str | None = None
    locked: bool = False


class PermissionState(NamedTuple):
    """How one permission stands for a group: `locked` for all but master administrators, `by_group` by whose lock."""

    enabled: bool
    option: str | None
    locked: bool
    by_group: int | None


_GROUPS = frozenset({UnitKind.TECHNICIAN_GROUP})
_P = Permission
PERMISSIONS: tuple[Permission, ...] = (
    _P("chat", ("PERM-01",), _("Chat"), _("The chat is on when a session starts."), in_effect=True),
    _P(
        "chat_toggle",
        ("PERM-02",),
        _("Let technicians turn the chat on and off"),
        _("Technicians can turn the chat on and off during a session."),
        in_effect=True,
    ),
    _P(
        "remote_control",
        ("PERM-03",),
        _("Remote control"),
        _("Technicians can request control of the customer's mouse and keyboard."),
        in_effect=True,
    ),
    _P(
        "desktop_view",
        ("PERM-04",),
        _("Desktop viewing"),
        _("Technicians can ask to see the customer's screen."),
        in_effect=True,
    ),
    _P("send_files", ("PERM-05",), _("Send files"), _("Technicians can send files to the customer.")),
    _P("receive_files", ("PERM-06",), _("Receive files"), _("Technicians can receive files from the customer.")),
    _P(
        "file_manager_tab",
        ("PERM-07", "PERM-07a"),
        _("File manager"),
        _("Technicians can open the file manager. Sending and receiving files have their own permissions."),
    ),
    _P(
        "manage_files",
        ("PERM-08",),
        _("Manage files"),
        _("Technicians can create folders, and rename, delete, copy and move the customer's files."),
        needs="file_manager_tab",
    ),
    _P(
        "send_urls",
        ("PERM-09",),
        _("Send web addresses"),
        _("Technicians can send the address of a web page. It opens when the customer chooses it."),
        in_effect=True,
    ),
    _P(
        "system_info",
        ("PERM-10",),
        _("System information"),
        _("Technicians can see the customer's system information."),
    ),
    _P("reboot", ("PERM-11",), _("Restart"), _("Technicians can restart the customer's device.")),
    _P(
        "record",
        ("PERM-12", "PERM-12a", "PERM-12b"),
        _("Record sessions"),
        _(
            "Technicians can record the screen if the customer agrees. The customer is asked together with the screen, "
            "or separately."
        ),
        options=(CONSENT_REQUIRED,),
        default_option=CONSENT_REQUIRED,
        may_have_none=True,
        in_effect=True,
    ),
    _P(
        "private_sessions",
        ("PERM-13",),
        _("Start private sessions"),
        _("Technicians can start sessions by PIN or link."),
        in_effect=True,
    ),
    _P(
        "single_prompt",
        ("PERM-14",),
        _("One question for everything"),
        _("Customers are asked once instead of for each action. Recording always needs a separate answer."),
        default=False,
    ),
    _P(
        "transfer",
        ("PERM-15", "PERM-15a", "PERM-15b"),
        _("Transfer sessions"),
        _("Technicians can transfer sessions to anyone, or only to selected groups and channels."),
        options=(ANY, SPECIFIED),
        default_option=ANY,
        target_kinds=_GROUPS | {UnitKind.CHANNEL},
        in_effect=True,
    ),
    _P("hold", ("PERM-16",), _("Hold sessions"), _("Technicians can put a session on hold."), in_effect=True),
    _P(
        "windows_credentials",
        ("PERM-17",),
        _("Ask for Windows credentials"),
        _("Technicians can ask the customer to sign in to Windows for them. They never see what the customer types."),
    ),
    _P(
        "clipboard_sync",
        ("PERM-18",),
        _("Share the clipboard"),
        _("What is copied on one computer can be pasted on the other."),
        in_effect=True,
    ),
    _P("deploy_calling_card", ("PERM-19",), _("Install Calling Card"), _("Technicians can install a Calling Card.")),
    _P("share_screen", ("PERM-20",), _("Show own screen"), _("Technicians can show the customer their own screen.")),
    _P(
        "invite",
        ("PERM-21", "PERM-21a", "PERM-21b"),
        _("Invite technicians"),
        _("Technicians can invite any colleague into a session, or only members of selected groups."),
        options=(ANY, SPECIFIED),
        default_option=ANY,
        target_kinds=_GROUPS,
    ),
    _P(
        "invite_external",
        ("PERM-22", "PERM-22a", "PERM-22b"),
        _("Invite people outside the organisation"),
        _("Technicians can invite anyone by e-mail, or only people approved in external technician groups."),
        default=False,
        options=(ANYONE, APPROVED_ONLY),
        default_option=APPROVED_ONLY,
    ),
    _P(
        "inline_edit",
        ("PERM-23",),
        _("Edit custom fields"),
        _("Technicians can edit a session's custom fields."),
        in_effect=True,
    ),
    _P(
        "script_deploy", ("PERM-24",), _("Deploy scripts"), _("Technicians can run scripts on the customer's computer.")
    ),
    _P(
        "embedded_script_run",
        ("PERM-25",),
        _("Run embedded scripts"),
        _("Technicians can run the embedded script manually. Automatic runs do not depend on this permission."),
        default=False,
    ),
    _P(
        "unattended_access",
        ("PERM-26",),
        _("Unattended access"),
        _("Technicians can request access for when no one is at the computer."),
    ),
    _P(
        "lan_connect",
        ("PERM-27",),
        _("Connect on the local network"),
        _("Technicians can connect to unattended computers nearby without any action by the customer."),
        default=False,
    ),
    _P(
        "mobile_config",
        ("PERM-28",),
        _("Configure mobile devices"),
        _("Technicians can change the settings of phones and tablets."),
    ),
    _P(
        "mobile_quick_fix",
        ("PERM-29",),
        _("Mobile quick fix"),
        _("Sessions with phones and tablets open on the tools for the most common problems."),
    ),
    _P(
        "mobile_classic_display",
        ("PERM-30",),
        _("Classic mobile display"),
        _("Sessions with phones and tablets use the traditional display."),
    ),
    _P(
        "lens",
        ("PERM-31",),
        _("Lens"),
        _("Technicians can start Lens sessions, and can ask for the camera of the customer's phone or computer."),
        in_effect=True,
    ),
    _P("screenshot", ("PERM-32",), _("Screenshots"), _("Technicians can take screenshots of the customer's screen.")),
)
"""All of them, in the order of the form (PERM-33)."""

BY_KEY: Mapping[str, Permission] = {permission.key: permission for permission in PERMISSIONS}
DEFAULTS: Mapping[str, Cell] = {each.key: Cell(each.default, each.default_option) for each in PERMISSIONS}
UNLIMITED: Mapping[str, Grant] = {
    permission.key: Grant(permission.key != "single_prompt", permission.default_option) for permission in PERMISSIONS
} | {"invite_external": Grant(True, ANYONE)}
"""For administrators with a licence (EDGE-18). The customer is still asked each time, and about recordings."""


def permission_states(chain: Sequence[tuple[int, Mapping[str, Cell]]]) -> dict[str, PermissionState]:
    """Return how all permissions stand for a group.

    `chain` is the group and all groups that contain it, the nearest first, each with what is stored for it. The nearest
    lock decides, so a lock holds for everything below it (PERM-38); without one the group's own value does.
    """
    own = chain[0][1] if chain else {}
    found = {}
    for key, default in DEFAULTS.items():
        cell, holder = own.get(key, default), None
        for group, cells in chain:
            if key in cells and cells[key].locked:
                cell, holder = cells[key], group
                break
        found[key] = PermissionState(cell.enabled, cell.option, holder is not None, holder)
    return found


def grants(state: Mapping[str, PermissionState]) -> dict[str, Grant]:
    """Return what the members of a group have. What needs another permission is off without it."""
    return {key: Grant(each.enabled and _has_what_it_needs(key, state), each.option) for key, each in state.items()}


def copied(state: Mapping[str, PermissionState]) -> dict[str, Cell]:
    """Return what a new subgroup starts with: the same values, with no lock of its own (PERM-39)."""
    return {key: Cell(each.enabled, each.option) for key, each in state.items()}


def escapes(source: Mapping[str, PermissionState], target: Mapping[str, PermissionState]) -> list[str]:
    """Return the permissions whose lock someone would get around by moving from one group to another (EDGE-16).

    A lock on the target was decided by a master administrator too, so that one counts.
    """
    return [
        key
        for key, each in source.items()
        if each.locked and not target[key].locked and (each.enabled, each.option) != target[key][:2]
    ]


def options_of(key: str, option: str | None) -> str | None:
    """Return an option that fits a permission. Raises KeyError or ValueError for one that does not."""
    permission = BY_KEY[key]
    if option is None and permission.options and not permission.may_have_none:
        return permission.default_option
    if option is not None and option not in permission.options:
        raise ValueError(option)
    return option


# ── what follows from them ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Targets:
    """Whom a session may go to, or who may be asked into one. `everybody`, or just these; an empty list is nobody."""

    everybody: bool
    units: frozenset[Unit] = frozenset()

    def include(self, unit: Unit) -> bool:
        """Whether this group or channel is a target."""
        return self.everybody or unit in self.units


def targets(granted: Mapping[str, Grant], key: str, stored: Iterable[Unit]) -> Targets:
    """Return the targets of `transfer` or `invite` (PERM-15b, PERM-21b, EDGE-09)."""
    grant = granted[key]
    if not grant.enabled:
        return Targets(everybody=False)
    if grant.option == ANY:
        return Targets(everybody=True)
    return Targets(False, frozenset(unit for unit in stored if unit.kind in BY_KEY[key].target_kinds))


HIDDEN_WITHOUT: Mapping[str, tuple[str, ...]] = {
    "remote_control_button": ("remote_control",),
    "desktop_view_button": ("desktop_view",),
    "file_manager_tab": ("file_manager_tab",),
    "system_info_tab": ("system_info",),
    "reboot_tab": ("reboot",),
    "calling_card_tab": ("deploy_calling_card",),
    "scripts_tab": ("script_deploy", "embedded_script_run"),
    "unattended_tab": ("unattended_access",),
    "device_configuration_tab": ("mobile_config",),
    "customer_display_tab": ("mobile_classic_display",),
    "quick_fix_tab": ("mobile_quick_fix",),
}
"""Part of the console → the permissions of which one must be on for it to be in view (PERM-43 to PERM-53)."""
_FILES = ("send_files", "receive_files", "manage_files")


def hidden_functions(granted: Mapping[str, Grant]) -> frozenset[str]:
    """Return the parts of the console that someone does not get to see."""
    hidden = {part for part, keys in HIDDEN_WITHOUT.items() if not any(granted[key].enabled for key in keys)}
    if not any(granted[key].enabled for key in _FILES):
        hidden.add("file_manager_tab")  # nothing could be done in it (PERM-45, EDGE-19)
    return frozenset(hidden)


def _has_what_it_needs(key: str, state: Mapping[str, PermissionState]) -> bool:
    needed = BY_KEY[key].needs
    return needed is None or state[needed].enabled
