"""The customer’s side: how the applet starts, looks and asks; terms and waiting."""

from relay.settings.compound_kinds import File
from relay.settings.declare import WIDE_SCOPES, Rule, Section, Setting, Tab, When
from relay.settings.holders import HolderKind
from relay.settings.kinds import Choice, Option, References, Switch
from relay.settings.sentences import Sentence
from relay.settings.text_kinds import Text
from relay.texts import _

BOTH = (HolderKind.CHANNEL, HolderKind.GROUP)
_STANDARD = When("applet.run_type", ("standard",))

START = Section(
    "applet",
    Tab.SETTINGS,
    _("How sessions start"),
    BOTH,
    help=_("A channel’s settings apply to its sessions, a group’s settings to private sessions."),
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "applet.run_type",
            _("Sessions on a computer start with"),
            Choice(
                (
                    Option("standard", _("What the customer chooses"), _("The browser page or the help program.")),
                    Option("instant_chat", _("Instant Chat"), _("Chat only, in the browser, without a download.")),
                )
            ),
            "standard",
            help=_(
                "A device that can only chat always starts with Instant Chat. During a chat, technicians can still "
                "ask for what their group permits."
            ),
            in_effect=True,
            for_console=True,
            planned_for=(HolderKind.CHANNEL,),
            requirements=("APP-08", "APP-09", "APP-10", "APP-11", "CHAT-01"),
        ),
        Setting(
            "applet.download_page",
            _("Show the page that explains the download"),
            Switch(),
            default=True,
            help=_("When this is off, the download starts immediately."),
            when=(_STANDARD,),
            requirements=("APP-14", "APP-15", "APP-16", "APP-20"),
        ),
        Setting(
            "applet.launcher",
            _("Use the one-click launcher"),
            Switch(),
            default=False,
            help=_("A small signed program that is installed once. Later sessions then start with one click."),
            when=(_STANDARD,),
            requirements=("APP-17", "APP-18", "APP-20"),
        ),
    ),
)

SERVICE = Section(
    "service",
    Tab.SETTINGS,
    _("Help program as a system service"),
    BOTH,
    help=_(
        "As a service, the applet survives a restart and can show elevated windows. It is removed when "
        "the session ends."
    ),
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "service.administrator",
            _("Start as a service if the customer is an administrator"),
            Switch(),
            default=False,
            requirements=("APP-22", "APP-23", "APP-28"),
        ),
        Setting(
            "service.elevation",
            _("Only if the computer asks for confirmation of such changes"),
            Switch(),
            default=False,
            help=_("User Account Control on Windows, the system prompt on macOS and Linux."),
            when=(When("service.administrator"),),
            requirements=("APP-24", "APP-25", "APP-28"),
        ),
    ),
)

CONTROL = Section(
    "control",
    Tab.SETTINGS,
    _("Control and consent"),
    BOTH,
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "control.priority",
            _("Priority when both use the mouse or keyboard"),
            Choice((Option("technician", _("Technician")), Option("customer", _("Customer")))),
            "customer",
            units=(HolderKind.GROUP,),
            requirements=("APP-31", "APP-32", "APP-33", "APP-34", "CONS-29"),
        ),
        Setting(
            "control.no_stop_key",
            _("Turn off the stop key"),
            Switch(),
            default=False,
            help=_(
                "In the help program, Pause/Break stops everything at once. Without it, customers use the red Stop "
                "button."
            ),
            in_effect=True,
            for_customer=True,
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
            help=_("Declining never ends the session. The customer is asked again at the next attempt."),
            requirements=("APP-84", "APP-87", "SESS-60"),
        ),
    ),
)

WAITING = Section(
    "waiting",
    Tab.SETTINGS,
    _("While customers wait"),
    BOTH,
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "waiting.estimate",
            _("Show customers how long they may wait"),
            Switch(),
            default=False,
            units=(HolderKind.GROUP,),
            help=_("Calculated from the technician’s last ten sessions."),
            requirements=("APP-35", "APP-36", "APP-37", "APP-46", "SESS-55"),
            in_effect=True,
        ),
        Setting(
            "waiting.message",
            _("Waiting customers see"),
            Choice(
                (
                    Option("none", _("Nothing")),
                    Option("estimate", _("How long they may wait")),
                    Option("position", _("Their place in the queue")),
                )
            ),
            "none",
            units=(HolderKind.CHANNEL,),
            requirements=("APP-40", "APP-41", "APP-42", "APP-46", "SESS-56", "SESS-57"),
            in_effect=True,
        ),
    ),
)

LOOK = Section(
    "look",
    Tab.SETTINGS,
    _("Name and logos"),
    BOTH,
    help=_("In the applet, on phones and in Instant Chat."),
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "look.application_name",
            _("Application name"),
            Text(64),
            "",
            help=_("Shown at the top. If empty, the name of your organisation is used."),
            in_effect=True,
            for_customer=True,
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

_TERMS_NEEDED = _("Enter the terms, or turn them off.")

TERMS = Section(
    "terms",
    Tab.SETTINGS,
    _("Terms and conditions"),
    BOTH,
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "terms.on",
            _("Show terms before the session"),
            Switch(),
            default=False,
            help=_("The session starts only after the customer accepts. If they decline, it ends."),
            in_effect=True,
            for_customer=True,
            requirements=("APP-59", "APP-60", "SESS-50", "MOB-135"),
        ),
        Setting(
            "terms.text",
            _("Terms and conditions"),
            Text(0, lines=0),
            "",
            help=_("Plain text of any length. Set the time-outs so that customers have enough time to read it."),
            when=(When("terms.on"),),
            in_effect=True,
            for_customer=True,
            requirements=("APP-61", "APP-62", "APP-63", "APP-64"),
        ),
        Setting(
            "terms.scroll",
            _("Require scrolling to the end before accepting"),
            Switch(),
            default=False,
            when=(When("terms.on"),),
            in_effect=True,
            for_customer=True,
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
    (HolderKind.GROUP,),
    inherits=False,
    settings=(
        Setting(
            "group_card.installer",
            _("Installer reference ID"),
            References("calling_card_installer", 1),
            [],
            help=_(
                "Copy this from the channel’s Channels tab. Technicians also need permission to deploy "
                "the Calling Card."
            ),
            requirements=("CARD-45", "CARD-46", "CARD-47", "CARD-99"),
        ),
    ),
)
