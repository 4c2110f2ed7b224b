"""Phones and tablets: the mobile applet, what technicians may configure, text messages, Lens."""

import re

from relay.settings.compound_kinds import Column, File, ListOf, Secret, Table
from relay.settings.declare import GROUP_SCOPES, Editors, Rule, Section, Setting, Tab, Values, When
from relay.settings.holders import HolderKind
from relay.settings.kinds import (
    MESSAGES,
    SECONDS,
    Choice,
    Kept,
    Number,
    Option,
    References,
    Several,
    Switch,
)
from relay.settings.sentences import Sentence
from relay.settings.text_kinds import Text, Url
from relay.texts import _

_ADDRESS_NEEDED = _("Enter the address of your terms.")

MOBILE_APPLET = Section(
    "mobile_applet",
    Tab.SETTINGS,
    _("Mobile applet"),
    (HolderKind.GROUP,),
    scopes=GROUP_SCOPES,
    settings=(
        Setting("mobile_applet.terms", _("Show terms of service"), Switch(), default=False, requirements=("MOB-128",)),
        Setting(
            "mobile_applet.terms_page",
            _("Address of the terms"),
            Url(),
            "",
            when=(When("mobile_applet.terms"),),
            requirements=("MOB-128",),
        ),
        Setting(
            "mobile_applet.terms_when",
            _("Shown"),
            Choice((Option("first", _("The first time only")), Option("always", _("Every time")))),
            "first",
            when=(When("mobile_applet.terms"),),
            requirements=("MOB-129", "MOB-130"),
        ),
        Setting(
            "mobile_applet.start_by_sms",
            _("Start the applet by text message"),
            Switch(),
            default=False,
            help=_("An installed applet is not downloaded again. The customer still has to agree."),
            requirements=("MOB-131",),
        ),
        Setting(
            "mobile_applet.offer_removal",
            _("Offer to remove support data afterwards"),
            Switch(),
            default=False,
            requirements=("MOB-132",),
        ),
    ),
    rules=(
        Rule(
            "mobile_applet.terms_page",
            ("mobile_applet.terms", "mobile_applet.terms_page"),
            lambda values: (
                Sentence(_ADDRESS_NEEDED)
                if values["mobile_applet.terms"] and not values["mobile_applet.terms_page"]
                else None
            ),
        ),
    ),
)

SMS_INVITATION = Section(
    "sms_invitation",
    Tab.SETTINGS,
    _("Invitation by text message"),
    (HolderKind.GROUP,),
    help=_("The message consists of the text above, the address and the text below."),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "sms_invitation.above",
            _("Text above the address"),
            Text(160),
            _("Your support technician invites you to a session:"),
            requirements=("MOB-108", "MOB-109", "MOB-113", "MOB-115"),
        ),
        Setting(
            "sms_invitation.page",
            _("Address"),
            Url(placeholders=("$PINCODE$",)),
            "",
            help=_("$PINCODE$ is replaced with the PIN. If empty, the page of this server is used."),
            requirements=("MOB-110", "MOB-115"),
        ),
        Setting(
            "sms_invitation.below",
            _("Text below the address"),
            Text(160, optional=False, contains=("$PINCODE$",)),
            _("Or enter this code: $PINCODE$"),
            help=_("$PINCODE$ is replaced with the PIN and is required."),
            requirements=("MOB-111", "MOB-115"),
        ),
        Setting(
            "sms_invitation.start_android",
            _("Start the Android applet by text message"),
            Switch(),
            default=False,
            requirements=("MOB-112",),
        ),
    ),
)

MOBILE_DEVICES = Section(
    "mobile_devices",
    Tab.SETTINGS,
    _("Configuring phones and tablets"),
    (HolderKind.GROUP,),
    help=_("Requires a Mobile licence and permission to configure mobile devices."),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "mobile_devices.settings",
            _("Technicians can change"),
            Several(
                (
                    Option("email", _("E-mail (IMAP, POP)"), "iOS"),
                    Option("exchange", "Exchange ActiveSync", "iOS"),
                    Option("apn", _("Access point (APN)"), "Android, iOS"),
                    Option("passcode", _("Passcode"), "iOS"),
                    Option("restrictions", _("Restrictions"), "iOS"),
                    Option("web_clips", _("Web clips"), "iOS"),
                    Option("wifi", "Wi-Fi", "Android, iOS"),
                )
            ),
            ["email", "exchange", "apn", "passcode", "restrictions", "web_clips", "wifi"],
            requirements=("MOB-92", "MOB-93", "MOB-95", "MOB-96", "MOB-97", "MOB-98", "MOB-99", "MOB-100", "MOB-101"),
        ),
        Setting(
            "mobile_devices.access_points",
            _("Available access points"),
            References("access_point"),
            [],
            help=_("From the list in Global settings."),
            requirements=("MOB-75",),
        ),
        Setting(
            "mobile_devices.shortcuts",
            _("Available web shortcuts"),
            References("web_shortcut"),
            [],
            help=_("From the list in Global settings."),
            requirements=("MOB-89",),
        ),
    ),
)

LENS = Section(
    "lens",
    Tab.SETTINGS,
    "Lens",
    (HolderKind.GROUP,),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "lens.audio",
            _("Voice in Lens sessions"),
            Switch(),
            default=False,
            help=_(
                "Both sides can mute. When this is off, the microphone is never requested. Running sessions do "
                "not change."
            ),
            requirements=("LENS-13", "LENS-14", "LENS-18", "LENS-19", "LENS-20", "LENS-21"),
        ),
    ),
)

_GATEWAY_ON = When("sms_gateway.on")
_GATEWAY_NEEDS = _("Enter the address of the gateway.")
_PLACES_NEEDED = _("Include {to} and {text} in the address or the body. Without them the message cannot be delivered.")
_SIGN_NEEDED = _("Enter how the response to an accepted message looks.")
_EXPRESSION = _("This is not a regular expression. Check the brackets.")
_BASIC = ("basic",)


def _no_gateway(values: Values) -> Sentence | None:
    return Sentence(_GATEWAY_NEEDS) if values["sms_gateway.on"] and not values["sms_gateway.page"] else None


def _no_places(values: Values) -> Sentence | None:
    written = values["sms_gateway.page"] + values["sms_gateway.body"]
    is_missing = values["sms_gateway.on"] and not ("{to}" in written and "{text}" in written)
    return Sentence(_PLACES_NEEDED) if is_missing else None


def _no_sign(values: Values) -> Sentence | None:
    how, value = values["sms_gateway.success"], values["sms_gateway.success_value"]
    if not values["sms_gateway.on"] or how == "status":
        return None
    try:
        re.compile(value)
    except re.error:
        return Sentence(_EXPRESSION) if how == "regex" else None
    return None if value else Sentence(_SIGN_NEEDED)


SMS_GATEWAY = Section(
    "sms_gateway",
    Tab.GLOBAL_SETTINGS,
    _("Text message gateway"),
    (HolderKind.ORGANISATION,),
    help=_("Any provider with an HTTP interface. Without one, text messages are sent from the technician’s own phone."),
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "sms_gateway.on", _("Send through a gateway"), Switch(), default=False, requirements=("MOB-117", "MOB-118")
        ),
        Setting(
            "sms_gateway.method",
            _("Method"),
            Choice((Option("POST", "POST"), Option("GET", "GET"))),
            "POST",
            when=(_GATEWAY_ON,),
            requirements=("MOB-117",),
        ),
        Setting(
            "sms_gateway.page",
            _("Address"),
            Url(placeholders=("{to}", "{from}", "{text}")),
            "",
            when=(_GATEWAY_ON,),
            requirements=("MOB-117",),
        ),
        Setting(
            "sms_gateway.headers",
            _("Headers"),
            Table(
                (
                    Column(
                        "name",
                        _("Name"),
                        Text(128, optional=False, pattern=r"[A-Za-z0-9-]+", example="X-Api-Version"),
                        "",
                    ),
                    Column("value", _("Value"), Text(1_024), ""),
                ),
                20,
            ),
            [],
            help=_("Enter passwords and tokens below, not here. These headers can be read later."),
            when=(_GATEWAY_ON,),
            requirements=("MOB-117",),
        ),
        Setting(
            "sms_gateway.body",
            _("Body"),
            Text(4_000, lines=0),
            "",
            help=_("{to}, {from} and {text} are replaced."),
            when=(_GATEWAY_ON,),
            requirements=("MOB-117",),
        ),
        Setting(
            "sms_gateway.authentication",
            _("Sign in with"),
            Choice(
                (
                    Option("none", _("Nothing")),
                    Option("basic", _("User name and password")),
                    Option("bearer", _("Token")),
                )
            ),
            "none",
            when=(_GATEWAY_ON,),
            requirements=("MOB-117",),
        ),
        Setting(
            "sms_gateway.user",
            _("User name"),
            Text(128),
            "",
            when=(_GATEWAY_ON, When("sms_gateway.authentication", _BASIC)),
            requirements=("MOB-117",),
        ),
        Setting(
            "sms_gateway.secret",
            _("Password or token"),
            Secret(longest=4_096),
            None,
            when=(_GATEWAY_ON, When("sms_gateway.authentication", ("basic", "bearer"))),
            requirements=("MOB-117",),
        ),
        Setting(
            "sms_gateway.success",
            _("A message was accepted if"),
            Choice(
                (
                    Option("status", _("The status is 2xx")),
                    Option("json", _("A JSON path gives the value")),
                    Option("regex", _("The response matches an expression")),
                )
            ),
            "status",
            when=(_GATEWAY_ON,),
            requirements=("MOB-117",),
        ),
        Setting(
            "sms_gateway.success_value",
            _("Path or expression"),
            Text(256),
            "",
            when=(_GATEWAY_ON, When("sms_gateway.success", ("json", "regex"))),
            requirements=("MOB-117",),
        ),
        Setting(
            "sms_gateway.timeout",
            _("Wait for a response for"),
            Number(1, 60, SECONDS),
            10,
            when=(_GATEWAY_ON,),
            requirements=("MOB-117",),
        ),
        Setting("sms_gateway.sender", _("Sender"), Text(16), "", when=(_GATEWAY_ON,), requirements=("MOB-117",)),
        Setting(
            "sms_gateway.countries",
            _("Countries that messages can be sent to"),
            ListOf(Text(4, pattern=r"\+[0-9]{1,3}", example="+31"), 250),
            [],
            help=_("Calling codes such as +31. If empty, every country."),
            when=(_GATEWAY_ON,),
            requirements=("MOB-117",),
        ),
        Setting(
            "sms_gateway.daily",
            _("Maximum messages per day"),
            Number(0, 1_000_000, MESSAGES, zero=_("no limit")),
            500,
            when=(_GATEWAY_ON,),
            requirements=("MOB-117",),
        ),
    ),
    rules=(
        Rule("sms_gateway.page", ("sms_gateway.on", "sms_gateway.page"), _no_gateway),
        Rule(
            "sms_gateway.success_value",
            ("sms_gateway.on", "sms_gateway.success", "sms_gateway.success_value"),
            _no_sign,
        ),
        Rule("sms_gateway.body", ("sms_gateway.on", "sms_gateway.page", "sms_gateway.body"), _no_places),
    ),
)


PHONES = Section(
    "phones",
    Tab.GLOBAL_SETTINGS,
    _("Phones and tablets"),
    (HolderKind.ORGANISATION,),
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "phones.apps",
            _("List of wanted and unwanted apps"),
            File(("XML",), 1_024 * 1_024),
            None,
            help=_("A new list replaces the old one."),
            requirements=("MOB-43", "MOB-45", "MOB-49", "MOB-50"),
        ),
        Setting(
            "phones.firmware",
            _("List of current firmware"),
            File(("XML",), 1_024 * 1_024),
            None,
            requirements=("MOB-51", "MOB-52", "MOB-54", "MOB-58"),
        ),
        Setting(
            "phones.access_points", _("Access points"), Kept("access_points"), None, requirements=("MOB-60", "MOB-73")
        ),
        Setting("phones.shortcuts", _("Web shortcuts"), Kept("web_shortcuts"), None, requirements=("MOB-80", "MOB-88")),
        Setting(
            "phones.store_page",
            _("Your own app in the Android store"),
            Url(("https",)),
            "",
            help=_("Android customers are sent there. The message itself shows the session link."),
            requirements=("MOB-139", "MOB-141"),
        ),
    ),
)
