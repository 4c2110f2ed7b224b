"""What holds for everybody: passwords, second step, networks, privacy, hierarchy, monitoring, labels, licences."""

import ipaddress

from relay.organization.guard import Guard
from relay.settings.compound_kinds import ListOf
from relay.settings.declare import GROUP_SCOPES, Editors, Rule, Section, Setting, Tab, Values
from relay.settings.holders import HolderKind
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
from relay.settings.text_kinds import Email, Network, Url
from relay.texts import _

ORGANISATION = (HolderKind.ORGANISATION,)

PASSWORD = Section(
    "password",
    Tab.GLOBAL_SETTINGS,
    _("Password policy"),
    ORGANISATION,
    help=_("For everyone who signs in with a password. Passwords always need at least eight characters."),
    editors=Editors.MASTERS,
    guard=Guard.PROOF,
    settings=(
        Setting(
            "password.level",
            _("Minimum strength"),
            Choice(
                (
                    Option("good", _("Good"), _("Three of: lower-case letters, capitals, digits, special characters.")),
                    Option("strong", _("Strong"), _("Three kinds without repeating a character, or all four kinds.")),
                    Option("excellent", _("Excellent"), _("All four kinds without repeating a character.")),
                )
            ),
            "good",
            requirements=("SEC-22", "SEC-25", "SEC-26", "SEC-27", "SEC-28", "SEC-34"),
            in_effect=True,
        ),
        Setting(
            "password.age",
            _("Passwords are valid for"),
            Number(0, 3_650, DAYS, zero=_("forever")),
            0,
            help=_("Passwords that are already older must be changed at the next sign-in."),
            requirements=("SEC-31",),
            in_effect=True,
        ),
        Setting(
            "password.warn",
            _("Warn before a password expires"),
            Number(0, 365, DAYS, zero=_("never")),
            0,
            help=_("For a warning from the first day, enter at least as many days as passwords are valid."),
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
                    Option("administrators", _("Administrators"), _("Including master administrators.")),
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
_SHUT_OUT = _("No one could sign in any more. List the networks that are allowed.")
_SHUT_OUT_GROUP = _("No one in this group could open the console any more. List the networks that are allowed.")


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
            help=_("If you switch the default, the exceptions mean the opposite."),
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
    _("Networks that can be used to sign in"),
    ORGANISATION,
    help=_("For staff only. Customers and external technicians are never blocked."),
    editors=Editors.MASTERS,
    guard=Guard.PROOF,
    settings=_addresses("addresses", ("SEC-50", "SEC-49")),
    rules=(_shut_rule("addresses", _SHUT_OUT, confirm=False),),
)

CONSOLE_ADDRESSES = Section(
    "console_addresses",
    Tab.SETTINGS,
    _("Networks that can be used for the console"),
    (HolderKind.GROUP,),
    help=_("If someone cannot sign in, check the rule for the whole organisation too. Both rules must allow it."),
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
            _("Store customers’ network addresses"),
            Switch(),
            default=True,
            help=_("When this is off, no new addresses are stored. Addresses stored earlier are kept."),
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
    help=_("For transferring, inviting and monitoring."),
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "hierarchy.view",
            _("Show"),
            Choice(
                (
                    Option("compact", _("Available choices"), _("Each channel once.")),
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
            _("Who can watch a technician’s desktop"),
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
            _("Tell the technician when they are watched"),
            Switch(),
            default=True,
            help=_("When this is off, technicians are told once who can watch them without notice."),
            requirements=("TECH-44", "TECH-45", "TECH-46"),
        ),
    ),
)

LABELS = Section(
    "labels",
    Tab.GLOBAL_SETTINGS,
    _("Labels"),
    ORGANISATION,
    help=_("Labels group the groups and channels that are monitored together in the Command Center."),
    editors=Editors.MASTERS,
    settings=(Setting("labels.list", _("Labels"), Kept("labels"), None, requirements=("CC-30", "CC-31", "CC-32")),),
)

UNIT_LABELS = Section(
    "unit_labels",
    Tab.ORGANISATION,
    _("Assigned labels"),
    (HolderKind.GROUP, HolderKind.CHANNEL),
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
    help=_(
        "Deskside is free. Enter a number only if you want to limit your own licences. If empty, there is no limit."
    ),
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
    _("E-mail from Deskside"),
    ORGANISATION,
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "mail.sender",
            _("Sender"),
            Email(),
            "",
            help=_("For alerts and invitations. If empty, the sender of this server is used."),
            requirements=("SESS-105",),
        ),
    ),
)

CUSTOMERS = Section(
    "customers",
    Tab.GLOBAL_SETTINGS,
    _("What customers see"),
    ORGANISATION,
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "customers.never_called",
            _("We never call customers first"),
            Switch(),
            default=False,
            help=_(
                "The PIN page then says so, to warn customers about callers who pretend to be you. Leave this "
                "off if your technicians call people back or report problems by phone."
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
                "The Admin Center then shows features of later versions, marked “Planned”. They have no effect yet."
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
            _("Addresses that your own chat page can load from"),
            ListOf(Url(("https",)), 50),
            [],
            requirements=("CHAT-16",),
        ),
    ),
)
