"""How sessions wait, move and end: routing, hours, time-outs."""

from collections.abc import Callable

from relay.settings.compound_kinds import Column, Table
from relay.settings.declare import (
    CHANNEL_SCOPES,
    GROUP_SCOPES,
    UNIT_ONLY,
    WIDE_SCOPES,
    AcrossRule,
    Rule,
    Section,
    Setting,
    Tab,
    Values,
    When,
)
from relay.settings.holders import Holder, HolderKind, Tree
from relay.settings.kinds import (
    MINUTES,
    SECONDS,
    SESSIONS,
    Choice,
    Day,
    Number,
    Option,
    References,
    Several,
    Switch,
    TimeOfDay,
    TimeZone,
)
from relay.settings.sentences import Sentence
from relay.settings.text_kinds import Text, Url
from relay.texts import _

NEVER = _("never")

_TARGET_NEEDED = _("Choose the receiving channel.")
_SELF = _("Choose another channel. A session cannot move to the channel that it is already in.")
_RING = _("Sessions would be transferred in a circle: {channels}. Choose another channel.")


def _transfer_ring(unit: Holder, values_of: Callable[[Holder], Values], tree: Tree) -> Sentence | None:
    """Follow the receiving channels; say when they lead back (SESS-75)."""
    path = [unit]
    while True:
        values = values_of(path[-1])
        if not values["auto_transfer.on"] or not values["auto_transfer.to"]:
            return None
        following = Holder(HolderKind.CHANNEL, values["auto_transfer.to"][0])
        if following == path[-1] == unit:
            return Sentence(_SELF)
        if following not in tree:
            return None
        if following in path:
            names = " → ".join(tree.name(each) for each in [*path, following])
            return Sentence(_RING, (("channels", names),))
        path.append(following)


AUTO_TRANSFER = Section(
    "auto_transfer",
    Tab.SETTINGS,
    _("Transferring waiting sessions"),
    (HolderKind.CHANNEL,),
    help=_("A session that waits too long moves to another channel automatically."),
    inherits=False,
    settings=(
        Setting(
            "auto_transfer.on",
            _("Transfer waiting sessions automatically"),
            Switch(),
            default=False,
            requirements=("SESS-69", "SESS-70", "SESS-74"),
            in_effect=True,
        ),
        Setting(
            "auto_transfer.minutes",
            _("After waiting for"),
            Number(1, 999, MINUTES),
            10,
            help=_("The transfer may start up to 90 seconds later."),
            when=(When("auto_transfer.on"),),
            requirements=("SESS-69", "SESS-71"),
            in_effect=True,
        ),
        Setting(
            "auto_transfer.to",
            _("Receiving channel"),
            References("channel", 1),
            [],
            help=_("The receiving channel’s rules apply as soon as the session arrives."),
            when=(When("auto_transfer.on"),),
            requirements=("SESS-69", "SESS-75", "SESS-76"),
            in_effect=True,
        ),
    ),
    rules=(
        Rule(
            "auto_transfer.to",
            ("auto_transfer.on", "auto_transfer.to"),
            lambda values: (
                Sentence(_TARGET_NEEDED) if values["auto_transfer.on"] and not values["auto_transfer.to"] else None
            ),
        ),
    ),
    across=(AcrossRule("auto_transfer.to", ("auto_transfer.on", "auto_transfer.to"), _transfer_ring),),
)

AUTO_START = Section(
    "auto_start",
    Tab.SETTINGS,
    _("Starting waiting sessions"),
    (HolderKind.CHANNEL,),
    help=_("Sessions start automatically with the technician who is least busy."),
    scopes=UNIT_ONLY,
    inherits=False,
    settings=(
        Setting(
            "auto_start.on",
            _("Start waiting sessions automatically"),
            Switch(),
            default=False,
            requirements=("SESS-77", "SESS-84"),
            in_effect=True,
        ),
        Setting(
            "auto_start.below",
            _("Only for technicians with fewer active sessions than"),
            Number(1, 10, SESSIONS, most_means=_("any number")),
            10,
            help=_("10 means any number. The maximum number of sessions of the group still applies."),
            when=(When("auto_start.on"),),
            requirements=("SESS-79", "SESS-80", "SESS-85"),
            in_effect=True,
        ),
    ),
)

INCOMING = Section(
    "incoming",
    Tab.SETTINGS,
    _("Incoming transfers"),
    (HolderKind.CHANNEL,),
    scopes=CHANNEL_SCOPES,
    settings=(
        Setting(
            "incoming.only_if_available",
            _("Refuse transfers while no one is available"),
            Switch(),
            default=False,
            help=_("Technicians can transfer a session to this channel only if someone can take it."),
            requirements=("SESS-95", "SESS-97"),
            in_effect=True,
        ),
    ),
)

TECHNICIAN_ROUTING = Section(
    "technician",
    Tab.ORGANISATION,
    _("Waiting sessions"),
    (HolderKind.TECHNICIAN,),
    inherits=False,
    settings=(
        Setting(
            "technician.never_auto_start",
            _("Never start waiting sessions with this technician automatically"),
            Switch(),
            default=False,
            help=_("Sessions can still be picked up, received and transferred manually."),
            requirements=("SESS-92", "SESS-93", "SESS-94"),
            in_effect=True,
        ),
    ),
)

_PAGE_NEEDED = _("Enter the address of the page that customers see instead of waiting.")
_POLICY = Choice(
    (
        Option("keep", _("Let customers wait"), _("Sessions are queued even if no one is available.")),
        Option("refuse", _("Show a web page instead"), _("No session is queued.")),
    )
)


def _nobody(section: str, case: str, label: str, requirements: tuple[str, ...]) -> tuple[Setting, ...]:
    key = f"{section}.{case}"
    return (
        Setting(f"{key}_policy", label, _POLICY, "keep", requirements=requirements, in_effect=True),
        Setting(
            f"{key}_notify",
            _("Notify technicians by e-mail when a customer is waiting"),
            Switch(),
            default=False,
            help=_("Only while none of them is signed in. Everyone who could help gets the e-mail."),
            when=(When(f"{key}_policy", ("keep",)),),
            requirements=("SESS-104", "SESS-106") if section == "availability" else ("SESS-115",),
            in_effect=True,
        ),
        Setting(
            f"{key}_page",
            _("Web page"),
            Url(),
            "",
            when=(When(f"{key}_policy", ("refuse",)),),
            requirements=("SESS-107", "SESS-108") if section == "availability" else ("SESS-116",),
            in_effect=True,
        ),
    )


def _page_rule(key: str) -> Rule:
    def broken(values: Values) -> Sentence | None:
        is_missing = values[f"{key}_policy"] == "refuse" and not values[f"{key}_page"]
        return Sentence(_PAGE_NEEDED) if is_missing else None

    return Rule(f"{key}_page", (f"{key}_policy", f"{key}_page"), broken)


WEEK = (
    Option("mon", _("Monday")),
    Option("tue", _("Tuesday")),
    Option("wed", _("Wednesday")),
    Option("thu", _("Thursday")),
    Option("fri", _("Friday")),
    Option("sat", _("Saturday")),
    Option("sun", _("Sunday")),
)

AVAILABILITY = Section(
    "availability",
    Tab.SETTINGS,
    _("No technician available"),
    (HolderKind.CHANNEL,),
    help=_("When this channel is staffed, and what customers see when no one is available."),
    scopes=CHANNEL_SCOPES,
    settings=(
        Setting(
            "availability.start",
            _("Working day starts"),
            TimeOfDay(),
            "08:00",
            requirements=("SESS-99", "CARD-20"),
            in_effect=True,
        ),
        Setting(
            "availability.end",
            _("Working day ends"),
            TimeOfDay(),
            "18:00",
            help=_("A time before the start means after midnight."),
            requirements=("SESS-99", "SESS-110"),
            in_effect=True,
        ),
        Setting(
            "availability.time_zone",
            _("Time zone"),
            TimeZone(),
            "UTC",
            help=_("Daylight saving time is applied automatically."),
            requirements=("SESS-100", "SESS-110"),
            in_effect=True,
        ),
        Setting(
            "availability.days",
            _("Working days"),
            Several(WEEK),
            [day.value for day in WEEK[:5]],
            requirements=("SESS-101",),
            in_effect=True,
        ),
        Setting(
            "availability.holidays",
            _("Holidays"),
            Table(
                (
                    Column("date", _("Date"), Day(), ""),
                    Column("name", _("Name"), Text(100), ""),
                    Column(
                        "repeats",
                        _("Repeats"),
                        Choice((Option("once", _("Once")), Option("yearly", _("Every year")))),
                        "once",
                    ),
                ),
                60,
            ),
            [],
            help=_("No working day starts on these dates. One that started the evening before ends as usual."),
            requirements=("SESS-101",),
            in_effect=True,
        ),
        *_nobody(
            "availability", "open", _("During working hours, while no one is available"), ("SESS-102", "SESS-103")
        ),
        *_nobody("availability", "closed", _("Outside working hours"), ("SESS-102", "SESS-103")),
    ),
    rules=(_page_rule("availability.open"), _page_rule("availability.closed")),
)

PRIVATE_AVAILABILITY = Section(
    "private_availability",
    Tab.SETTINGS,
    _("No technician available for private sessions"),
    (HolderKind.GROUP,),
    help=_("At any time of day. Working hours do not apply to private sessions."),
    scopes=GROUP_SCOPES,
    settings=_nobody(
        "private_availability", "private", _("While no one is available"), ("SESS-112", "SESS-113", "SESS-114")
    ),
    rules=(_page_rule("private_availability.private"),),
)

_TWICE = _("Two levels of the same state have the same time. Enter a different time for each.")


def _alerts_twice(values: Values) -> Sentence | None:
    moments = [(row["state"], row["seconds"]) for row in values["timeouts.alerts"]]
    return Sentence(_TWICE) if len(set(moments)) < len(moments) else None


TIMEOUTS = Section(
    "timeouts",
    Tab.SETTINGS,
    _("Time-outs"),
    (HolderKind.CHANNEL, HolderKind.GROUP),
    help=_("A channel’s time-outs apply to its sessions, a group’s time-outs to private sessions."),
    scopes=WIDE_SCOPES,
    settings=(
        Setting(
            "timeouts.code",
            _("A PIN or link is valid for"),
            Number(1, 43_200, MINUTES),
            15,
            units=(HolderKind.GROUP,),
            help=_(
                "After that, the customer sees that it has expired. Until you choose a time, the server’s own times "
                "apply, usually 15 minutes for a PIN and 24 hours for a link."
            ),
            requirements=("SESS-117", "SESS-135"),
            in_effect=True,
            for_console=True,
        ),
        Setting(
            "timeouts.connecting",
            _("Connecting sessions end after"),
            Number(1, 999, MINUTES),
            10,
            help=_("This includes the time to read your terms. Allow more time if they are long."),
            requirements=("SESS-119", "SESS-53", "SESS-135", "APP-73"),
            in_effect=True,
        ),
        Setting(
            "timeouts.waiting",
            _("Waiting sessions end after"),
            Number(0, 999, MINUTES, zero=NEVER),
            30,
            requirements=("SESS-120", "SESS-121", "CHAN-06"),
            in_effect=True,
        ),
        Setting(
            "timeouts.active",
            _("Active sessions end after inactivity of"),
            Number(0, 999, MINUTES, zero=NEVER),
            60,
            help=_("Never while the customer’s screen or camera is shown."),
            requirements=("SESS-123", "SESS-124"),
            in_effect=True,
        ),
        Setting(
            "timeouts.alerts",
            _("Colours in the session list"),
            Table(
                (
                    Column(
                        "state",
                        _("State"),
                        Choice((Option("connecting", _("Connecting")), Option("waiting", _("Waiting")))),
                        "waiting",
                    ),
                    Column("seconds", _("After"), Number(1, 86_400, SECONDS), 60),
                    Column(
                        "colour",
                        _("Colour"),
                        Choice(
                            (
                                Option("teal", _("Teal")),
                                Option("green", _("Green")),
                                Option("violet", _("Violet")),
                                Option("amber", _("Amber")),
                                Option("red", _("Red")),
                            )
                        ),
                        "amber",
                    ),
                ),
                10,
            ),
            [
                {"state": "waiting", "seconds": 120, "colour": "amber"},
                {"state": "waiting", "seconds": 300, "colour": "red"},
            ],
            help=_("Each level also has a symbol, so it can be recognised without the colour."),
            requirements=("SESS-136", "SESS-137", "SESS-138"),
            in_effect=True,
        ),
    ),
    rules=(Rule("timeouts.alerts", ("timeouts.alerts",), _alerts_twice),),
)
