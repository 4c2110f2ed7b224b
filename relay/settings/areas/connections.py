"""How a technician starts a private session: methods, invitations, fields; and what the fields are called."""

from functools import partial

from relay.settings.compound_kinds import Column, ListOf, Table
from relay.settings.declare import (
    CHANNEL_SCOPES,
    GROUP_SCOPES,
    Editors,
    Rule,
    Section,
    Setting,
    Tab,
    Values,
    When,
)
from relay.settings.holders import HolderKind
from relay.settings.kinds import (
    Choice,
    Option,
    Switch,
)
from relay.settings.sentences import Sentence
from relay.settings.text_kinds import Text, Url
from relay.texts import _

_METHODS_NEEDED = _("Leave at least one method on. Otherwise no one in this group can start a private session.")

CONNECTIONS = Section(
    "connections",
    Tab.SETTINGS,
    _("Connection methods"),
    (HolderKind.GROUP,),
    help=_("What the New session dialog offers the technicians of this group."),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "connections.pin",
            _("PIN"),
            Switch(),
            default=True,
            help=_("Six digits that the customer enters on a page."),
            requirements=("SESS-17", "SESS-18"),
            in_effect=True,
            for_console=True,
        ),
        Setting(
            "connections.pin_page",
            _("PIN page"),
            Url(),
            "",
            help=_("The technician reads this address to the customer. If empty, the page of this server is used."),
            when=(When("connections.pin"),),
            requirements=("SESS-22", "SESS-23"),
            in_effect=True,
            for_console=True,
        ),
        Setting(
            "connections.link",
            _("Link"),
            Switch(),
            default=True,
            help=_("An address that the technician copies and sends."),
            requirements=("SESS-17", "SESS-33"),
            in_effect=True,
            for_console=True,
        ),
        Setting(
            "connections.own_mail",
            _("E-mail from the technician’s e-mail program"),
            Switch(),
            default=True,
            help=_("The technician can still edit the subject and text."),
            requirements=("SESS-17", "SESS-24", "SESS-26"),
            in_effect=True,
            for_console=True,
        ),
        Setting(
            "connections.server_mail",
            _("E-mail from this server"),
            Switch(),
            default=False,
            help=_("Subject and text are sent exactly as written here."),
            requirements=("SESS-17", "SESS-25", "SESS-26", "SESS-31"),
            in_effect=True,
            for_console=True,
        ),
        Setting(
            "connections.mail_subject",
            _("E-mail subject"),
            Text(200),
            _("Your support session"),
            requirements=("SESS-27",),
            in_effect=True,
            for_console=True,
        ),
        Setting(
            "connections.mail_text",
            _("E-mail text"),
            Text(4_000, lines=0),
            _("Open this link to start the support session:"),
            help=_("The link follows below this text."),
            requirements=("SESS-28", "SESS-32"),
            in_effect=True,
            for_console=True,
        ),
        Setting(
            "connections.sms",
            _("Text message"),
            Switch(),
            default=False,
            help=_("Only where the operator of this server has set a text message gateway."),
            requirements=("SESS-17", "SESS-34", "SESS-35", "MOB-11"),
            in_effect=True,
            for_console=True,
        ),
    ),
    rules=(
        Rule(
            "connections.pin",
            tuple(f"connections.{each}" for each in ("pin", "link", "own_mail", "server_mail", "sms")),
            lambda values: (
                None
                if any(values[f"connections.{each}"] for each in ("pin", "link", "own_mail", "server_mail", "sms"))
                else Sentence(_METHODS_NEEDED)
            ),
            confirm=True,
        ),
    ),
)

EXTERNAL_CONNECTIONS = Section(
    "external_connections",
    Tab.SETTINGS,
    _("Inviting external technicians"),
    (HolderKind.GROUP,),
    help=_(
        "How members of this group can invite people from outside. Offering only one method gives you the most control."
    ),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "external_connections.own_mail",
            _("E-mail from the technician’s e-mail program"),
            Switch(),
            default=True,
            requirements=("COLL-12", "COLL-13"),
        ),
        Setting(
            "external_connections.server_mail",
            _("E-mail from this server"),
            Switch(),
            default=True,
            requirements=("COLL-12", "COLL-14"),
        ),
        Setting("external_connections.link", _("Link"), Switch(), default=True, requirements=("COLL-12",)),
        Setting("external_connections.pin", _("PIN"), Switch(), default=True, requirements=("COLL-12",)),
    ),
)

_FIELD = {"enabled": False, "required": False, "input": "text", "choices": []}
_NAME_ALONE = [_FIELD | {"enabled": True}] + [_FIELD] * 5
_FIELDS = Table(
    (
        Column("enabled", _("Shown"), Switch(), default=False),
        Column("required", _("Required"), Switch(), default=False),
        Column(
            "input",
            _("Type"),
            Choice((Option("text", _("Free text")), Option("choice", _("Drop-down list")))),
            "text",
        ),
        Column("choices", _("Choices"), ListOf(Text(64), 100), []),
    ),
    6,
    fixed=True,
)
_CHOICES_NEEDED = _("Enter at least two choices for each field with a drop-down list.")


def _choices_missing(key: str, values: Values) -> Sentence | None:
    missing = any(row["enabled"] and row["input"] == "choice" and len(row["choices"]) < 2 for row in values[key])
    return Sentence(_CHOICES_NEEDED) if missing else None


def _choices_needed(key: str) -> Rule:
    return Rule(key, (key,), partial(_choices_missing, key))


PRIVATE_FIELDS = Section(
    "private_fields",
    Tab.SETTINGS,
    _("Custom fields of private sessions"),
    (HolderKind.GROUP,),
    help=_("What the technician fills in before a session. The field names are in Global settings."),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "private_fields.fields",
            _("Fields"),
            _FIELDS,
            _NAME_ALONE,
            help=_("The name field comes first, then the five custom fields. A hidden field is never required."),
            requirements=("FIELD-13", "FIELD-14", "FIELD-15", "FIELD-16", "FIELD-17", "FIELD-18", "SESS-38"),
            in_effect=True,
        ),
    ),
    rules=(_choices_needed("private_fields.fields"),),
)

CHANNEL_FIELDS = Section(
    "channel_fields",
    Tab.SETTINGS,
    _("Form for customers"),
    (HolderKind.CHANNEL,),
    help=_("What customers fill in before they wait. The field names are in Global settings."),
    scopes=CHANNEL_SCOPES,
    settings=(
        Setting(
            "channel_fields.fields",
            _("Fields"),
            _FIELDS,
            _NAME_ALONE,
            help=_(
                "The name field comes first, then the five custom fields. A hidden field is never required. "
                "Without any field shown, customers wait as soon as they open the link."
            ),
            requirements=("CHAN-34", "FIELD-05"),
            in_effect=True,
        ),
    ),
    rules=(_choices_needed("channel_fields.fields"),),
)

FIELD_NAMES = Section(
    "fields",
    Tab.GLOBAL_SETTINGS,
    _("Custom fields"),
    (HolderKind.ORGANISATION,),
    help=_(
        "These names also appear in older sessions. Forms on your website keep their own names until you change them."
    ),
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "fields.name",
            _("Name field"),
            Text(64, optional=False),
            _("Name"),
            help=_("Identifies a session, for example by the customer’s name or a staff number."),
            requirements=("FIELD-01", "FIELD-02", "FIELD-10", "I18N-09"),
            in_effect=True,
        ),
        *(
            Setting(
                f"fields.{number}",
                label,
                Text(64, optional=False),
                label,
                requirements=("FIELD-01", "FIELD-03", "FIELD-10"),
                in_effect=True,
            )
            for number, label in enumerate(
                (
                    _("Custom field 1"),
                    _("Custom field 2"),
                    _("Custom field 3"),
                    _("Custom field 4"),
                    _("Custom field 5"),
                ),
                1,
            )
        ),
    ),
)
