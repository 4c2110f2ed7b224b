"""Writes docs/settings.md, the page of all settings for administrators: `python -m relay.settings.reference`."""

import sys
from itertools import groupby

from relay.organization.guard import Guard
from relay.settings.catalogue import CATALOGUE, Catalogue
from relay.settings.declare import Editors, Scope, Section, Setting
from relay.settings.holders import HolderKind
from relay.settings.kinds import Choice, Several

_UNITS = {
    HolderKind.ORGANISATION: "the organisation",
    HolderKind.GROUP: "technician groups",
    HolderKind.TECHNICIAN: "technicians",
    HolderKind.CHANNEL: "channels",
    HolderKind.PERSON: "yourself",
}
_EDITORS = {
    Editors.MASTERS: "master administrators",
    Editors.ADMINISTRATORS: "master administrators, and administrators for their own groups",
    Editors.SELF: "each person for themselves",
}
_SCOPES = {
    Scope.UNIT: "the selected item",
    Scope.SUBGROUPS: "its subgroups",
    Scope.ALL_GROUPS: "all groups",
    Scope.ALL_CHANNELS: "all channels",
}
_GUARDS = {
    Guard.NONE: "",
    Guard.PEOPLE: " Never by an API key.",
    Guard.PROOF: " Never by an API key; the password is asked again.",
}
_HEAD = """# Settings of an organisation

Written from `relay/settings/areas` by `make settings`; do not edit. The settings of a relay's operator are in
[relay-settings.md](relay-settings.md).

A group without its own value uses the value of the group above, then of the organisation, then the
default. Master administrators can lock a setting for everything below a group.
"""
_IN_EFFECT = "\n# In effect\n"
_PLANNED = """
# Planned

The API already stores values of these settings, but they have no effect yet. The Admin Center shows them, marked, only
while *Show what is planned* is on in the global settings.
"""


def as_markdown(catalogue: Catalogue = CATALOGUE) -> str:
    """Return the whole page."""
    parts = [_HEAD]
    for heading, in_effect in ((_IN_EFFECT, True), (_PLANNED, False)):
        parts.append(heading)
        chosen = [(section, _those(section, in_effect=in_effect)) for section in catalogue.sections]
        for tab, sections in groupby([each for each in chosen if each[1]], key=lambda each: each[0].tab):
            parts.append(f"\n## {tab.value}{'' if in_effect else ' (planned)'}\n")
            parts += [_section(section, settings) for section, settings in sections]
    return "".join(parts)


def _those(section: Section, *, in_effect: bool) -> list[Setting]:
    return [setting for setting in section.settings if setting.in_effect is in_effect]


def _section(section: Section, settings: list[Setting]) -> str:
    units = ", ".join(_UNITS[kind] for kind in section.units)
    lines = [f"\n### {section.title}", ""]
    lines += [section.help, ""] if section.help else []
    lines += [
        f"For {units}. Changed by {_EDITORS[section.editors]}.{_GUARDS[section.guard]} Saved for "
        + ", ".join(_SCOPES[scope] for scope in section.scopes)
        + ("." if section.inherits or HolderKind.ORGANISATION in section.units else ". Not inherited."),
        "",
        "| setting | what it does | accepted | default | key, requirements |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_row(section, setting) for setting in settings), ""])


def _row(section: Section, setting: Setting) -> str:
    label = setting.label
    only = ", ".join(_UNITS[kind] for kind in setting.units)
    label += f" (only {only})" if only and setting.units != section.units else ""
    default = "–" if setting.kind.is_elsewhere else str(setting.kind.show(setting.default))
    ids = f"`{setting.key}`<br>{' '.join(setting.requirements)}"
    cells = [label, setting.help, _accepted(setting), default, ids]
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _accepted(setting: Setting) -> str:
    kind = setting.kind
    if isinstance(kind, (Choice, Several)):
        return "; ".join(option.label for option in kind.options)
    if kind.is_elsewhere:
        return "a list with a page of its own"
    return str(kind.limits() or kind.widget.replace("_", " "))


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
