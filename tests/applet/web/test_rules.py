"""The rules of the customer's page answer any calls as the applet's do: consent, chat, codes, wrong secrets."""

import json
from functools import partial
from operator import setitem
from random import Random
from typing import Any

import msgspec
import pytest

from applet.session.codes import BadCodeError, read_code, read_digits
from applet.session.consent import POSSIBLE, Consent, Question
from applet.session.conversation import CHAT_KEPT, Conversation
from applet.session.ui_state import ChatLine, UiState
from applet.session.wrong_secrets import WrongSecret, WrongSecrets
from applet.ui.widgets import shown_name
from codec.wire.access import Access
from codec.wire.messages import CHAT_CHARACTERS, Chat, Message, SendUrl, SwitchChat, Typing
from tests.support.node import Node

ROUNDS, CALLS = 60, 60
ADDRESSES = (
    "https://help.example/manual?a=1#b",
    "http://help.example:8080",
    "https://a@evil.example/",
    "https://bаnk.example/",
    "javascript:alert(1)",
    "https://help.example/\n",
)
PAGE = frozenset({Access.VIEW, Access.RECORD})
"""What a page can allow."""
RELAY = "https://help.northwind.example"


def plain(message: Message) -> Any:
    """A message as JSON has it, sets in order."""
    fields = msgspec.to_builtins(message)
    return fields | {name: sorted(value) for name, value in fields.items() if isinstance(value, list)}


def question_of(consent: Consent) -> dict[str, Any] | None:
    """What is asked, as the page's views are told."""
    question: Question | None = consent.question
    if question is None:
        return None
    return {
        "serial": question.serial,
        "access": question.access,
        "offers": sorted(question.offers),
        "records": question.records,
        "isOneAnswer": question.is_one_answer,
    }


def any_call(random: Random) -> tuple[Any, ...]:
    """Something that technician, customer or relay may do. A camera is a page's alone."""
    known = sorted(POSSIBLE)
    some = random.sample(known, random.randrange(5))
    number = random.randrange(1, 5)
    return random.choice(
        (
            ("permit", some, random.random() < 0.5),
            ("ask", number, random.choice(known), random.random() < 0.3),
            ("ask", number, Access.VIEW, random.random() < 0.5),
            ("answer", random.randrange(1, 12), some),
            ("answer", random.randrange(1, 12), list(PAGE)),
            ("withdraw", number),
            ("release", random.choice(known)),
            ("stop",),
            ("startOver",),
        )
    )


def test_consent_is_the_applets_for_what_a_page_can_show(node: Node) -> None:
    random = Random(1)
    for _ in range(ROUNDS):
        calls = [("permit", sorted(POSSIBLE), True)] + [any_call(random) for _ in range(CALLS)]
        for answers, call in zip(node.ask("consent", calls), our_consent(calls), strict=True):
            answers["said"] = [
                {
                    **said,
                    **(
                        {"access": sorted(said["access"])}
                        if "access" in said and isinstance(said["access"], list)
                        else {}
                    ),
                }
                for said in answers["said"]
            ]
            if answers["question"] is not None:
                answers["question"]["offers"] = sorted(answers["question"]["offers"])
            assert answers == call


def our_consent(calls: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """What the applet's says to the same, where it is permitted no more than a page can give."""
    consent, told = Consent(), []
    for method, *about in calls:
        match method:
            case "permit":
                consent.permit(PAGE & frozenset(about[0]), about[1])
                said: list[Message] = []
            case "answer":
                said = consent.answer(about[0], frozenset(about[1]))
            case "stop":
                said = consent.stop(by_key=False)
            case "startOver":
                consent.start_over()
                said = []
            case _:
                said = getattr(consent, method)(*about)
        told.append(
            {
                "said": [plain(message) for message in said],
                "granted": sorted(consent.granted),
                "question": question_of(consent),
                "hasRecorded": consent.has_recorded,
            }
        )
    return told


PINS = [
    "",
    "  ",
    "482133",
    "482 133",
    "482-133.7421",
    "482·133 12345678",
    "482133123456789",
    "48213",
    "948213377",
    "482133742",
    "9482133777421",
]
NO_PINS = ["948213", "9482133771234", "４８２１３３", "482133x", "12 34", "x" * 501, "/s/abc#secret", "http:///s/a#b"]
LINKS = [
    "/s/abc#secret",
    "/s/abc#",
    "/s/abc",
    "/s/#secret",
    "/x/abc#secret",
    "/s/abc#a#b",
    "/s/abc#ü",
    "/?program#482133",
    "/?program#9482133777421",
    "#482133",
    "/#48213",
    "/#x",
    "/#",
    "/join#482133",
    "/s/abc#se%20cret ",
]


@pytest.mark.parametrize("typed", [*PINS, *NO_PINS, *(RELAY + link for link in LINKS)])
def test_codes_are_read_as_in_the_applet(node: Node, typed: str) -> None:
    try:
        code = read_code(typed, RELAY)
        ours: Any = {
            "relay": code.relay,
            "pin": code.pin,
            "routing": code.routing,
            "channel": None,
            "secret": code.secret,
            "digest": code.digest,
        }
    except BadCodeError as error:
        ours = error.problem
    assert node.ask("code", typed, RELAY) == ours


@pytest.mark.parametrize(
    ("link", "channel"),
    [
        ("/join?channel=3", 3),
        ("/join?lang=nl&channel=12", 12),
        ("/join?channel=0", None),
        ("/join?channel=-3", None),
        ("/join?channel=3x", None),
        ("/join?channel=12345678901", None),
        ("/s/abc?channel=3", None),
        ("/?channel=3", None),
    ],
)
def test_a_channels_link_leads_into_that_channel(node: Node, link: str, channel: int | None) -> None:
    read = node.ask("code", RELAY + link, RELAY)
    assert (read["channel"] if isinstance(read, dict) else None) == channel


def test_a_link_of_another_relay_is_not_followed(node: Node) -> None:
    assert node.ask("code", "https://elsewhere.example/s/abc#secret", RELAY) == "other_relay"


@pytest.mark.parametrize("typed", ["7421", " 74 21 ", "", "742", "7", "123456789", "12345678", "abc", "７"])
def test_extra_digits_are_read_as_in_the_applet(node: Node, typed: str) -> None:
    try:
        ours: Any = {"digits": read_digits(typed)}
    except BadCodeError as error:
        ours = error.problem
    assert node.ask("digits", typed) == ours


def test_the_chat_is_the_applets(node: Node) -> None:
    random, now = Random(1), 5.0
    calls: list[tuple[Any, ...]] = []
    for number in range(600):
        now += random.choice((0.0, 0.0, 0.01, 0.2))
        calls.append(
            random.choice(
                (
                    ("say", random.choice((" hello ", "", "  ", "x" * (CHAT_CHARACTERS + 5))), number),
                    ("take", {"kind": "chat", "number": number, "text": f"line {number}", "at": number}, True, now),
                    ("take", {"kind": "chat", "number": number, "text": f"line {number}", "at": number}, True, now),
                    ("take", {"kind": "send_url", "url": random.choice(ADDRESSES), "at": number}, True, now),
                    ("take", {"kind": "typing", "on": random.random() < 0.5}, True, now),
                    ("take", {"kind": "switch_chat", "on": random.random() < 0.8}, random.random() < 0.5, now),
                )
            )
        )
    calls += [("take", {"kind": "chat", "number": n, "text": "fast", "at": n}, True, now) for n in range(500)]
    assert node.ask("conversation", calls) == our_conversation(calls)


def test_of_five_thousand_lines_the_latest_are_kept_in_order_and_none_twice(node: Node) -> None:
    calls: list[tuple[Any, ...]] = []
    for number in range(2_500):
        line = Chat(number, f"theirs {number} 🧑‍💻 שלום", number)
        calls.append(("take", plain(line), False, number * 0.2))
        calls.append(("say", f"mine {number}", number))
    calls.append(calls[-2])  # said again after a new key
    told = node.ask("conversation", calls)
    assert told == our_conversation(calls)
    assert [line["text"] for line in told[-1]["chat"]] == ["mine 2498", "theirs 2499 🧑‍💻 שלום", "mine 2499"]
    conversation, ui_state = Conversation(), UiState()
    for number in range(5_000):
        _, ui_state = conversation.say(f"mine {number}", ui_state, number)
    assert [line.text for line in ui_state.chat] == [f"mine {number}" for number in range(5_000 - CHAT_KEPT, 5_000)]


def shown_line(line: ChatLine) -> dict[str, Any]:
    """Return a line as the page has it."""
    shown = {"text": line.text, "mine": line.mine, "at": line.at} | ({"link": True} if line.link else {})
    return shown if line.mine else shown | {"by": line.by}


def our_conversation(calls: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """What the applet's says to the same."""
    conversation, ui_state, told = Conversation(), UiState(), []
    for method, about, *when in calls:
        if method == "say":
            said, ui_state = conversation.say(about, ui_state, *when)
        else:
            message = msgspec.convert(about, Chat | SendUrl | Typing | SwitchChat)
            said, ui_state = conversation.take(message, ui_state, *when)
        told.append(
            {
                "said": [plain(each) for each in said],
                "chat": [shown_line(line) for line in ui_state.chat[-3:]],
                "chatOn": ui_state.chat_on,
                "technicianTypes": ui_state.technician_types,
            }
        )
    assert len(ui_state.chat) <= CHAT_KEPT
    return told


def test_wrong_secrets_are_counted_as_in_the_applet(node: Node) -> None:
    random = Random(1)
    for _ in range(ROUNDS):
        now, calls = 1_000_000.0, []
        for _ in range(CALLS):
            now += random.choice((0, 60, 40_000, 90_000))
            calls.append((random.choice(("missed", "isUsedUp")), random.choice("abc"), now * 1000))
        kept: list[WrongSecret] = []
        secrets = WrongSecrets(partial(setitem, kept, slice(None)))
        ours: list[bool | None] = []
        for method, code, at in calls:
            if method == "missed":
                secrets.missed(code, at / 1000)
                ours.append(None)
            else:
                ours.append(secrets.is_used_up(code, at / 1000))
        told = node.ask("wrongSecrets", calls)
        assert told["answers"] == ours
        assert told["kept"] == [{"code": each.code, "times": each.times, "at": each.at * 1000} for each in kept]


SECRET = {"code": "3f2a", "times": 2, "at": 1_000.5}
WAY_BACK = {"pin": "482133", "routing": None, "channel": None, "secret": None, "ticket": "t" * 30}
LINE = {"text": "It is this one", "mine": True, "at": 7}
SO_FAR = {
    "technician": "Anna de Vries",
    "organisation": "Northwind IT",
    "beganAt": 5,
    "allowedOnce": ["view", "record"],
    "photosSent": 2,
    "recordings": [{"from": 6, "to": 9}, {"from": 12, "to": None}],
    "chat": [LINE, LINE | {"mine": False}],
    "chatIsCut": True,
    "unconfirmed": 1,
}
NOTHING_YET: dict[str, Any] = {
    "technician": "",
    "organisation": "",
    "beganAt": None,
    "allowedOnce": [],
    "photosSent": 0,
    "recordings": [],
    "chat": [],
    "chatIsCut": False,
    "unconfirmed": 0,
}
NOT_OURS: list[Any] = [None, 1, "x", [], {}, [None], [1]]
WRONG: list[Any] = [[], {}, 7.5, True]


def test_what_a_page_kept_is_read_again(node: Node) -> None:
    assert node.ask("keptSecrets", json.dumps([SECRET])) == [SECRET]
    for way in (
        WAY_BACK,
        WAY_BACK | {"pin": None, "routing": "jL2g8z7pQ9", "secret": "kMx"},
        WAY_BACK | {"pin": None, "channel": 3},
    ):
        assert node.ask("visit", node.ask("kept", way, SO_FAR)) == way | SO_FAR
    assert node.ask("visit", node.ask("kept", WAY_BACK, {})) == WAY_BACK | NOTHING_YET


def test_of_a_long_chat_the_end_is_kept_and_that_it_is_the_end(node: Node) -> None:
    short = [LINE | {"at": number} for number in range(201)]
    kept = node.ask("visit", node.ask("kept", WAY_BACK, {"chat": short}))
    assert (kept["chat"], kept["chatIsCut"]) == (short[1:], True)
    long = [LINE | {"text": "x" * CHAT_CHARACTERS, "at": number} for number in range(60)]
    kept = node.ask("visit", node.ask("kept", WAY_BACK, {"chat": long}))
    assert (kept["chat"], kept["chatIsCut"]) == (long[10:], True)
    assert not node.ask("visit", node.ask("kept", WAY_BACK, {"chat": short[:200]}))["chatIsCut"]


def test_what_was_not_confirmed_is_kept_however_many_lines_that_are_and_said_again(node: Node) -> None:
    theirs = [LINE | {"mine": False, "at": number} for number in range(300)]
    mine = [LINE | {"at": 300 + number} for number in range(500)]
    kept = node.ask("visit", node.ask("kept", WAY_BACK, {"chat": theirs + mine, "unconfirmed": 400}))
    assert (kept["chat"], kept["unconfirmed"]) == (mine[100:], 400)
    long = [LINE | {"text": "x" * CHAT_CHARACTERS, "at": number} for number in range(300)]
    kept = node.ask("visit", node.ask("kept", WAY_BACK, {"chat": long, "unconfirmed": 200}))
    assert kept["chat"] == long[100:]
    kept = node.ask("visit", node.ask("kept", WAY_BACK, {"chat": long, "unconfirmed": 300}))
    assert kept["chat"] == long[50:], "no more than a browser keeps"
    chat = [mine[0], mine[1], theirs[0], mine[2]]
    told = node.ask("sayAgain", {"chat": chat, "unconfirmed": 2})
    assert told == [{"kind": "chat", "number": n, "text": LINE["text"], "at": 300 + n} for n in (1, 2)]
    assert node.ask("sayAgain", {"chat": chat, "unconfirmed": 0}) == []
    assert len(node.ask("sayAgain", {"chat": chat, "unconfirmed": 9})) == 3


def test_it_is_kept_again_when_any_of_it_has_changed(node: Node) -> None:
    for name, value in SO_FAR.items():
        if name != "chatIsCut":  # it changes with the chat
            assert node.ask("hasNews", {}, {name: value}), name
    assert not node.ask("hasNews", {"online": True}, {"online": False})


def test_what_cannot_be_read_counts_as_not_kept(node: Node) -> None:
    for text in (None, "", "{", *map(json.dumps, NOT_OURS)):
        assert node.ask("keptSecrets", text) == []
        assert node.ask("visit", text) is None
    for name in SECRET:
        for wrong in (None, *(each for each in WRONG if each != 7.5)):
            assert node.ask("keptSecrets", json.dumps([SECRET | {name: wrong}, None, SECRET])) == [SECRET]
    for name in WAY_BACK:
        for wrong in WRONG:
            assert node.ask("visit", json.dumps(WAY_BACK | {name: wrong})) is None
    assert node.ask("visit", json.dumps(WAY_BACK | {"routing": "jL2g8z7pQ9"})) is None
    assert node.ask("visit", json.dumps({name: value for name, value in WAY_BACK.items() if name != "ticket"})) is None


def test_a_session_goes_on_with_what_can_be_read_of_it(node: Node) -> None:
    assert node.ask("visit", json.dumps(WAY_BACK)) == WAY_BACK | NOTHING_YET
    wrong: dict[str, list[Any]] = {
        "technician": [7, None, []],
        "organisation": [7, {}],
        "beganAt": ["7", []],
        "allowedOnce": ["view", {}, ["eyes", 7, None]],
        "photosSent": ["2", -1, 0.5, None],
        "recordings": [{}, [7, None, {"from": "x", "to": 1}, {"from": 1}]],
        "chat": ["x", [None, 7, {}, LINE | {"text": 7}, LINE | {"mine": 1}, LINE | {"at": "now"}]],
        "chatIsCut": [1, "true"],
        "unconfirmed": ["1", -1, 0.5, None, 1e300],
    }
    for name, values in wrong.items():
        for value in values:
            read = node.ask("visit", json.dumps(WAY_BACK | SO_FAR | {name: value}))
            assert read == WAY_BACK | SO_FAR | {name: NOTHING_YET[name]}, (name, value)


HOSTILE = [
    "Anna de Vries",
    "  Anna \t\n de   Vries ",
    "Anna\u202eseirV ed",
    "\u2066Anna\u2069\u200f\u061c",
    "\u2028Anna\x00\x1b[2J\x85\x7f\ufeff",
    "W" * 44,
    "W" * 45,
    "😀" * 45,
    "e" + "\u0301" * 30,
    "\u3164\uffa0\u115f\ufdd0\U0001ffff",
    "عائشة الهاشمي",
    "क्षि\u200dक",
    "\U000e0041\U000e0042",
    "",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_shown_as_in_the_applet(node: Node, name: str) -> None:
    """A name could turn a sentence around, hide, or fill the page."""
    assert node.ask("shownName", name) == shown_name(name)[1:-1]


def test_the_organisations_name_is_cleaned_and_cut_before_a_session_too(node: Node) -> None:
    name = "North\u202ewind " + "x" * 100
    told = {"organisation": name, "logo": "/l", "never_calls": True, "languages": ["en"]}
    assert node.ask("about", told) == told | {"organisation": shown_name(name)[1:-1]}


def test_a_page_is_told_the_newest_state_when_it_has_taken_the_last(node: Node) -> None:
    assert node.ask("states", [1, "taken", "taken", 2]) == [1, 2]
    flood: list[int | str] = list(range(5_000))
    assert node.ask("states", flood) == [0]
    assert node.ask("states", [*flood, "taken", "taken"]) == [0, 4_999]
    assert node.ask("states", [*flood, "taken", "taken", 5_000]) == [0, 4_999, 5_000]


def test_a_camera_is_asked_with_its_view_and_both_go_together(node: Node) -> None:
    answers = node.ask(
        "consent",
        [
            ("permit", ["camera", "record"], False),
            ("ask", 1, "view", False),
            ("ask", 2, "camera", True),
            ("answer", 1, ["view", "camera"]),
            ("ask", 3, "camera", True),
            ("answer", 2, ["view", "camera", "record"]),
            ("release", "view"),
            ("ask", 4, "camera", False),
            ("answer", 3, ["view"]),
            ("ask", 5, "camera", False),
            ("permit", ["record"], False),
            ("answer", 4, ["view", "camera"]),
        ],
    )
    assert answers[1]["said"] == [{"kind": "answered", "number": 1, "allowed": False, "permitted": False}]
    assert answers[2]["question"]["offers"] == ["view", "camera", "record"]
    granted = [each["granted"] for each in answers]
    assert granted[3] == [], "one answer allows all or nothing"
    assert granted[5] == ["camera", "record", "view"]
    assert granted[6] == ["record"], "what is not seen is no camera"
    assert granted[8] == ["record"], "a view without the camera was not asked for"
    assert granted[11] == ["record"], "what the group lost while the question was open is not granted"
