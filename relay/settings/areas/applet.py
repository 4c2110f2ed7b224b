"""The customer’s side: how the applet starts, looks and asks; terms and waiting."""

from relay.settings.composed import File
from relay.settings.declare import WIDE_SCOPES, Rule, Section, Setting, Tab, When
from relay.settings.kinds import Choice, Option, References, Switch
from relay.settings.sentences import Sentence
from relay.settings.units import Kind
from relay.settings.written import Text
from relay.texts import _

BOTH = (Kind.CHANNEL, Kind.GROUP)
_STANDARD = When("applet.run_type", ("standard",))

START = Section(
    "applet",
    Tab.SETTINGS,
    _("Customer applet: start"),
    BOTH,
    help=_("A channel’s settings hold for its sessions, a group’s for private sessions."),
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "applet.run_type",
            _("Sessions on a computer start with"),
            Choice(
                (
                    Option("standard", _("The applet"), _("Everything that is permitted.")),
                    Option("instant_chat", _("Instant Chat"), _("Chat only, in the browser, no download.")),
                )
            ),
            "standard",
            help=_("Where no applet exists, Instant Chat opens in any case."),
            requirements=("APP-08", "APP-09", "APP-10", "APP-11", "CHAT-01"),
        ),
        Setting(
            "applet.download_page",
            _("Show the page that explains the download"),
            Switch(),
            default=True,
            help=_("Off: the download starts at once."),
            when=(_STANDARD,),
            requirements=("APP-14", "APP-15", "APP-16", "APP-20"),
        ),
        Setting(
            "applet.launcher",
            _("Use the one-click launcher"),
            Switch(),
            default=False,
            help=_("A small signed program, installed once, starts every later session with one click."),
            when=(_STANDARD,),
            requirements=("APP-17", "APP-18", "APP-20"),
        ),
    ),
)

SERVICE = Section(
    "service",
    Tab.SETTINGS,
    _("Customer applet: system service"),
    BOTH,
    help=_("As a service the applet survives a restart and sees elevated windows. It goes when the session ends."),
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "service.administrator",
            _("Start as a service when the customer is an administrator"),
            Switch(),
            default=False,
            requirements=("APP-22", "APP-23", "APP-28"),
        ),
        Setting(
            "service.elevation",
            _("Only if the computer asks before such changes"),
            Switch(),
            default=False,
            help=_("User Account Control on Windows, the system’s own question on macOS and Linux."),
            when=(When("service.administrator"),),
            requirements=("APP-24", "APP-25", "APP-28"),
        ),
    ),
)

CONTROL = Section(
    "control",
    Tab.SETTINGS,
    _("Customer applet: control"),
    BOTH,
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "control.priority",
            _("When both move the mouse or type, this one goes first"),
            Choice((Option("technician", _("Technician")), Option("customer", _("Customer")))),
            "customer",
            units=(Kind.GROUP,),
            requirements=("APP-31", "APP-32", "APP-33", "APP-34", "CONS-29"),
        ),
        Setting(
            "control.no_stop_key",
            _("Switch off the stop key"),
            Switch(),
            default=False,
            help=_("Pause/Break takes every permission back at once. Without it, customers use the red stop button."),
            requirements=("APP-75", "APP-79", "APP-80", "APP-82"),
        ),
        Setting(
            "control.ask_at_start",
            _("Ask the customer for permission"),
            Choice(
                (
                    Option("action", _("When the technician first needs it")),
                    Option("start", _("Once, when the session starts")),
                )
            ),
            "action",
            help=_("A no never ends the session; the customer is asked again at the next attempt."),
            requirements=("APP-84", "APP-87", "SESS-60"),
        ),
    ),
)

WAITING = Section(
    "waiting",
    Tab.SETTINGS,
    _("Customer applet: waiting"),
    BOTH,
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "waiting.estimate",
            _("Tell customers how long they may wait"),
            Switch(),
            default=False,
            units=(Kind.GROUP,),
            help=_("The average of the technician’s last ten sessions."),
            requirements=("APP-35", "APP-36", "APP-37", "APP-46", "SESS-55"),
        ),
        Setting(
            "waiting.message",
            _("Tell waiting customers"),
            Choice(
                (
                    Option("none", _("Nothing")),
                    Option("estimate", _("How long they may wait")),
                    Option("position", _("Their place in the queue")),
                )
            ),
            "none",
            units=(Kind.CHANNEL,),
            requirements=("APP-40", "APP-41", "APP-42", "APP-46", "SESS-56", "SESS-57"),
        ),
    ),
)

LOOK = Section(
    "look",
    Tab.SETTINGS,
    _("Customer applet: look"),
    BOTH,
    help=_("In the applet, on phones and in Instant Chat."),
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "look.application_name",
            _("Application name"),
            Text(64),
            "",
            help=_("Stands at the top. Empty: the name of your organisation."),
            requirements=("APP-49", "MOB-120", "CHAT-08"),
        ),
        Setting(
            "look.logo",
            _("Logo"),
            File(("PNG", "WEBP"), 200 * 1_024, side=1_024),
            None,
            help=_("Top right."),
            requirements=("APP-48", "APP-50", "APP-51", "APP-56", "APP-57", "MOB-121"),
        ),
        Setting(
            "look.icon",
            _("Icon"),
            File(("PNG", "ICO"), 200 * 1_024, side=512, square=True),
            None,
            help=_("Top left."),
            requirements=("APP-52", "APP-53", "APP-56", "APP-57", "MOB-122"),
        ),
        Setting(
            "look.small_logo",
            _("Logo for small screens"),
            File(("BMP",), 8_192, exactly=(78, 32)),
            None,
            requirements=("MOB-123", "MOB-124", "MOB-125", "MOB-127"),
        ),
    ),
)

_TERMS_NEEDED = _("Enter the terms, or switch them off.")

TERMS = Section(
    "terms",
    Tab.SETTINGS,
    _("Customer applet: terms and conditions"),
    BOTH,
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "terms.on",
            _("Show terms before the session"),
            Switch(),
            default=False,
            help=_("Nobody can help before they are accepted. Refusing closes and deletes the applet."),
            requirements=("APP-59", "APP-60", "SESS-50", "MOB-135"),
        ),
        Setting(
            "terms.text",
            _("Terms and conditions"),
            Text(0, lines=0),
            "",
            help=_("Plain text of any length. Customers need time to read: allow enough in the time-outs."),
            when=(When("terms.on"),),
            requirements=("APP-61", "APP-62", "APP-63", "APP-64"),
        ),
        Setting(
            "terms.scroll",
            _("Accept only after reading to the end"),
            Switch(),
            default=False,
            when=(When("terms.on"),),
            requirements=("APP-65", "MOB-136"),
        ),
    ),
    rules=(
        Rule(
            "terms.text",
            ("terms.on", "terms.text"),
            lambda values: Sentence(_TERMS_NEEDED) if values["terms.on"] and not values["terms.text"] else None,
        ),
    ),
)

GROUP_CARD = Section(
    "group_card",
    Tab.ORGANISATION,
    _("Calling Card of this group"),
    (Kind.GROUP,),
    inherits=False,
    settings=(
        Setting(
            "group_card.installer",
            _("Installer reference ID"),
            References("calling_card_installer", 1),
            [],
            help=_("Copy it from the Channels tab of the channel. Technicians also need the permission to deploy."),
            requirements=("CARD-45", "CARD-46", "CARD-47", "CARD-99"),
        ),
    ),
)
