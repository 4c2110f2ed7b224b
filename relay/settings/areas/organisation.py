"""What holds for everybody: passwords, second step, networks, privacy, hierarchy, monitoring, labels, licences."""

import ipaddress

from relay.organization.guard import Guard
from relay.settings.composed import ListOf
from relay.settings.declare import GROUP_SCOPES, Editors, Rule, Section, Setting, Tab, Values
from relay.settings.kinds import (
    DAYS,
    Choice,
    Kept,
    Number,
    Option,
    References,
    Several,
    Switch,
)
from relay.settings.sentences import Sentence
from relay.settings.units import Kind
from relay.settings.written import Email, Network, Url
from relay.texts import _

ORGANISATION = (Kind.ORGANISATION,)

PASSWORD = Section(
    "password",
    Tab.GLOBAL_SETTINGS,
    _("Password policy"),
    ORGANISATION,
    help=_("For everybody who signs in with a password. Eight characters are the least in any case."),
    editors=Editors.MASTERS,
    guard=Guard.PROOF,
    settings=(
        Setting(
            "password.level",
            _("Least strength"),
            Choice(
                (
                    Option("good", _("Good"), _("Three of: small letters, capitals, digits, special characters.")),
                    Option("strong", _("Strong"), _("Three kinds and no character twice, or all four kinds.")),
                    Option("excellent", _("Excellent"), _("All four kinds and no character twice.")),
                )
            ),
            "good",
            requirements=("SEC-22", "SEC-25", "SEC-26", "SEC-27", "SEC-28", "SEC-34"),
            in_effect=True,
        ),
        Setting(
            "password.age",
            _("A password lasts"),
            Number(0, 3_650, DAYS, zero=_("for ever")),
            0,
            help=_("Passwords that are older already must be changed at the next sign-in."),
            requirements=("SEC-31",),
            in_effect=True,
        ),
        Setting(
            "password.warn",
            _("Warn before it ends"),
            Number(0, 365, DAYS, zero=_("never")),
            0,
            help=_("As many days as a password lasts, or more: from its first day on."),
            requirements=("SEC-32",),
            in_effect=True,
        ),
        Setting(
            "password.change_after_reset",
            _("Require a password change after an administrator sets it"),
            Switch(),
            default=True,
            requirements=("SEC-33",),
            in_effect=True,
        ),
    ),
)

TWO_STEP = Section(
    "two_step",
    Tab.GLOBAL_SETTINGS,
    _("Two-step verification"),
    ORGANISATION,
    editors=Editors.MASTERS,
    guard=Guard.PROOF,
    settings=(
        Setting(
            "two_step.required",
            _("Required for"),
            Several(
                (
                    Option("administrators", _("Administrators"), _("Master administrators included.")),
                    Option("technicians", _("Technicians")),
                )
            ),
            [],
            help=_("They set up an authenticator app at the next sign-in."),
            requirements=("SEC-36", "SEC-40"),
            in_effect=True,
        ),
    ),
)

_ACCESS = Choice((Option("granted", _("Allowed")), Option("denied", _("Refused"))))
_SHUT_OUT = _("Nobody could sign in any more. List the networks that may.")
_SHUT_OUT_GROUP = _("Nobody of this group could open the console any more. List the networks that may.")


def _is_shut(access: str, exceptions: list[str]) -> bool:
    if access == "denied":
        return not exceptions
    return any(ipaddress.ip_network(each).prefixlen == 0 for each in exceptions)


def _addresses(section: str, ids: tuple[str, str]) -> tuple[Setting, ...]:
    return (
        Setting(
            f"{section}.access", _("By default, access is"), _ACCESS, "granted", requirements=(ids[0],), in_effect=True
        ),
        Setting(
            f"{section}.exceptions",
            _("Exceptions"),
            ListOf(Network(), 1_000),
            [],
            help=_("Changing the default turns every exception round."),
            requirements=("SEC-53", "SEC-54", "SEC-55", "SEC-56", ids[1]),
            in_effect=True,
        ),
    )


def _shut_rule(section: str, text: str, *, confirm: bool) -> Rule:
    access, exceptions = f"{section}.access", f"{section}.exceptions"

    def broken(values: Values) -> Sentence | None:
        return Sentence(text) if _is_shut(values[access], values[exceptions]) else None

    return Rule(exceptions, (access, exceptions), broken, confirm=confirm)


ADDRESSES = Section(
    "addresses",
    Tab.GLOBAL_SETTINGS,
    _("Networks that may sign in"),
    ORGANISATION,
    help=_("For staff only. Customers and external technicians are never shut out."),
    editors=Editors.MASTERS,
    guard=Guard.PROOF,
    settings=_addresses("addresses", ("SEC-50", "SEC-49")),
    rules=(_shut_rule("addresses", _SHUT_OUT, confirm=False),),
)

CONSOLE_ADDRESSES = Section(
    "console_addresses",
    Tab.SETTINGS,
    _("Networks that may open the console"),
    (Kind.GROUP,),
    help=_("If somebody cannot get in, look at the rule for the whole organisation too: both must allow it."),
    scopes=GROUP_SCOPES,
    guard=Guard.PROOF,
    settings=_addresses("console_addresses", ("SEC-63", "SEC-62")),
    rules=(_shut_rule("console_addresses", _SHUT_OUT_GROUP, confirm=True),),
)

PRIVACY = Section(
    "privacy",
    Tab.GLOBAL_SETTINGS,
    _("Customers’ addresses"),
    ORGANISATION,
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "privacy.store_addresses",
            _("Store the network addresses of customers"),
            Switch(),
            default=True,
            help=_("Off: none is stored from now on. What was stored before stays."),
            requirements=("SEC-16", "SEC-17", "SEC-18", "REP-19"),
            in_effect=True,
        ),
    ),
)

HIERARCHY = Section(
    "hierarchy",
    Tab.GLOBAL_SETTINGS,
    _("Organisation in the Technician Console"),
    ORGANISATION,
    help=_("When transferring, inviting and monitoring."),
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "hierarchy.view",
            _("Show"),
            Choice(
                (
                    Option("compact", _("What can be chosen"), _("Each channel once.")),
                    Option("extended", _("The whole organisation"), _("Channels under every group that serves them.")),
                )
            ),
            "compact",
            requirements=("ORG-74", "ORG-75", "ORG-77", "ORG-80", "SESS-165"),
        ),
    ),
)

MONITORING = Section(
    "monitoring",
    Tab.GLOBAL_SETTINGS,
    _("Monitoring technicians"),
    ORGANISATION,
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "monitoring.credentials",
            _("Who may watch a technician’s desktop"),
            Choice(
                (
                    Option("administrator", _("Only with an administrator account of that computer")),
                    Option("any", _("With any account of that computer")),
                )
            ),
            "administrator",
            requirements=("TECH-43", "TECH-46"),
        ),
        Setting(
            "monitoring.notify",
            _("Tell the technician when it happens"),
            Switch(),
            default=True,
            help=_("Off: technicians read once who may watch without telling."),
            requirements=("TECH-44", "TECH-45", "TECH-46"),
        ),
    ),
)

LABELS = Section(
    "labels",
    Tab.GLOBAL_SETTINGS,
    _("Labels"),
    ORGANISATION,
    help=_("Gather groups and channels that are watched together in the Command Center."),
    editors=Editors.MASTERS,
    settings=(Setting("labels.list", _("Labels"), Kept("labels"), None, requirements=("CC-30", "CC-31", "CC-32")),),
)

UNIT_LABELS = Section(
    "unit_labels",
    Tab.ORGANISATION,
    _("Assigned labels"),
    (Kind.GROUP, Kind.CHANNEL),
    inherits=False,
    settings=(
        Setting("unit_labels.labels", _("Labels"), References("label"), [], requirements=("CC-28", "CC-33", "CC-34")),
    ),
)

COLLECTIONS = Section(
    "collections",
    Tab.GLOBAL_SETTINGS,
    _("Centralised scripts"),
    ORGANISATION,
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "collections.list", _("Collections"), Kept("scripts"), None, requirements=("SCR-28", "SCR-29", "SCR-30")
        ),
    ),
)

LICENCES = Section(
    "licences",
    Tab.GLOBAL_SETTINGS,
    _("Licences"),
    ORGANISATION,
    help=_("Deskside costs nothing; give a number only if you count your own. Empty: as many as you like."),
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "licences.totals",
            _("Totals"),
            Kept("licences"),
            None,
            in_effect=True,
            requirements=("ORG-30", "ORG-31", "COMP-23", "COMP-27", "MOB-07"),
        ),
    ),
)

MAIL = Section(
    "mail",
    Tab.GLOBAL_SETTINGS,
    _("E-mail of Deskside"),
    ORGANISATION,
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "mail.sender",
            _("Sender"),
            Email(),
            "",
            help=_("Of alerts and invitations. Empty: the sender of this relay."),
            requirements=("SESS-105",),
        ),
    ),
)

CUSTOMERS = Section(
    "customers",
    Tab.GLOBAL_SETTINGS,
    _("What customers read"),
    ORGANISATION,
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "customers.never_called",
            _("We never call customers first"),
            Switch(),
            default=False,
            help=_(
                "The page for the PIN then says so, as a warning against callers who pretend to be you. Leave it off "
                "if your technicians call people back or call about a problem that they found."
            ),
            in_effect=True,
        ),
    ),
)

PLANNED = Section(
    "planned",
    Tab.GLOBAL_SETTINGS,
    _("Planned features"),
    ORGANISATION,
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "planned.show",
            _("Show what is planned"),
            Switch(),
            default=False,
            help=_(
                "The Admin Center then shows what later versions will bring, marked “Planned”: it has no effect yet."
            ),
            in_effect=True,
        ),
    ),
)

INSTANT_CHAT = Section(
    "instant_chat",
    Tab.GLOBAL_SETTINGS,
    "Instant Chat",
    ORGANISATION,
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "instant_chat.allowed",
            _("Addresses that your own chat page may load from"),
            ListOf(Url(("https",)), 50),
            [],
            requirements=("CHAT-16",),
        ),
    ),
)
