"""What everybody chooses for himself: notifications, options of the console, limits in the Command Center."""

from relay.settings.declare import Editors, Rule, Section, Setting, Tab, Values
from relay.settings.holders import HolderKind
from relay.settings.kinds import (
    SECONDS,
    Choice,
    Number,
    Option,
    Several,
    Switch,
    TimeOfDay,
)
from relay.settings.sentences import Sentence
from relay.settings.text_kinds import Folder
from relay.texts import _

OWN_OPTIONS = Section(
    "options",
    Tab.MY_ACCOUNT,
    _("Console options"),
    (HolderKind.PERSON,),
    editors=Editors.SELF,
    inherits=False,
    settings=(
        Setting(
            "options.sounds",
            _("Sounds"),
            Several(
                (
                    Option("waiting", _("A customer is waiting")),
                    Option("incoming", _("A session is transferred to you")),
                    Option("chat", _("A chat message arrives")),
                    Option("ended", _("The customer ends a session")),
                )
            ),
            ["waiting", "incoming", "chat"],
            requirements=("CONS-04", "CONS-05"),
        ),
        Setting(
            "options.scheme",
            _("Colours"),
            Choice(
                (
                    Option("system", _("Use system setting")),
                    Option("light", _("Light")),
                    Option("dark", _("Dark")),
                    Option("contrast", _("High contrast")),
                )
            ),
            "system",
            requirements=("CONS-04", "CONS-06"),
        ),
        Setting(
            "options.folder",
            _("Recordings folder"),
            Folder(),
            "",
            help=_("Only if your group lets you choose."),
            requirements=("CONS-04", "REC-23"),
            in_effect=True,
        ),
        Setting(
            "options.clipboard", _("Share the clipboard"), Switch(), default=True, requirements=("CONS-04", "CLIP-03")
        ),
        Setting(
            "options.auto_start_private",
            _("Start your private sessions automatically"),
            Switch(),
            default=False,
            help=_("Your group may decide this for you."),
            requirements=("CONS-04", "SESS-66"),
        ),
        Setting(
            "options.edit_in_list",
            _("Edit custom fields in the list"),
            Switch(),
            default=True,
            requirements=("CONS-04", "CONS-92"),
            in_effect=True,
        ),
    ),
)

NOTIFICATIONS = Section(
    "notifications",
    Tab.MY_ACCOUNT,
    _("Notifications"),
    (HolderKind.PERSON,),
    help=_("The e-mail says what happened, when, who did it and from where. It never contains a password."),
    editors=Editors.SELF,
    inherits=False,
    settings=(
        Setting(
            "notifications.events",
            _("Send me an e-mail when"),
            Several(
                (
                    Option("login_succeeded", _("Someone signs in")),
                    Option("login_failed", _("A sign-in fails")),
                    Option("contact_changed", _("Contact details change")),
                    Option("billing_changed", _("Billing details change")),
                    Option("password_changed", _("A password changes")),
                    Option("administrator_added", _("An administrator is added")),
                    Option("administrator_changed", _("An administrator’s details change")),
                    Option("administrators_removed", _("Administrators are removed")),
                    Option("technician_added", _("A technician is added")),
                    Option("technician_changed", _("A technician’s details change")),
                    Option("technicians_removed", _("Technicians are removed")),
                    Option("customer_disowned", _("A customer says that a technician is not who they spoke to")),
                )
            ),
            [],
            requirements=("SEC-01", "SEC-02", *(f"SEC-{number:02}" for number in range(3, 14))),
            in_effect=True,
        ),
    ),
)

_ALARM_LATER = _("Set the alarm to a longer time than the warning.")
_LIMIT = Number(1, 86_400, SECONDS, optional=True)
_FIGURES = (
    ("longest_wait", _("Longest wait: warning"), _("Longest wait: alarm")),
    ("longest_handling", _("Longest handling: warning"), _("Longest handling: alarm")),
    ("mean_handling", _("Average handling: warning"), _("Average handling: alarm")),
)


def _limits(figure: str, warning: str, alarm: str) -> tuple[Setting, Setting]:
    key = f"command_center.{figure}"
    return (
        Setting(f"{key}_warning", warning, _LIMIT, None, requirements=("CC-43", "CC-44")),
        Setting(f"{key}_alarm", alarm, _LIMIT, None, requirements=("CC-43", "CC-44", "CC-45")),
    )


def _alarm_rule(figure: str) -> Rule:
    warning, alarm = f"command_center.{figure}_warning", f"command_center.{figure}_alarm"

    def broken(values: Values) -> Sentence | None:
        first, second = values[warning], values[alarm]
        return Sentence(_ALARM_LATER) if first is not None and second is not None and second <= first else None

    return Rule(alarm, (warning, alarm), broken)


COMMAND_CENTER = Section(
    "command_center",
    Tab.COMMAND_CENTER,
    _("Limits and columns"),
    (HolderKind.PERSON,),
    help=_("Applies only to you. Leave a limit empty to turn it off."),
    editors=Editors.SELF,
    inherits=False,
    settings=(
        *(setting for figure in _FIGURES for setting in _limits(*figure)),
        Setting(
            "command_center.reset",
            _("Count from"),
            TimeOfDay(30),
            "00:00",
            help=_("Each day, events before this time are not counted. Open sessions are always shown."),
            requirements=("CC-46", "CC-47", "CC-12"),
        ),
        Setting(
            "command_center.column",
            _("Custom column of the session list"),
            Choice(
                (
                    Option("none", _("None")),
                    Option("1", _("Custom field 1")),
                    Option("2", _("Custom field 2")),
                    Option("3", _("Custom field 3")),
                    Option("4", _("Custom field 4")),
                    Option("5", _("Custom field 5")),
                )
            ),
            "none",
            requirements=("CC-48", "CC-49", "FIELD-22"),
        ),
    ),
    rules=tuple(_alarm_rule(figure[0]) for figure in _FIGURES),
)
