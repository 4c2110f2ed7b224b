"""What a test before a session says of each fault, and of what works in spite of it."""

from typing import Any

import pytest

from tests.support.node import Node

FINE: dict[str, Any] = {
    "secure": True,
    "phone": False,
    "wasm": True,
    "storage": True,
    "shows": True,
    "camera": "asks",
    "channel": True,
    "udp": True,
    "socket": "works",
    "rttMs": 20,
    "downMbit": 40,
    "upMbit": 12,
    "clockSeconds": 1,
}
CUT = {"rttMs": None, "downMbit": None, "upMbit": None, "clockSeconds": None}
FAULTS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "address_open": ({"secure": False, "shows": False, "camera": None}, "bad", "none", "address_open"),
    "browser_old": ({"wasm": False, "shows": False}, "bad", "some", "browser_old"),
    "browser_forgets": ({"storage": False}, "note", "ready", ""),
    "camera_ready": ({"camera": "ready"}, "good", "ready", ""),
    "camera_off": ({"camera": "off"}, "note", "ready", ""),
    "camera_none": ({"camera": "none"}, "note", "ready", ""),
    "camera_unsupported": ({"camera": "unsupported"}, "note", "ready", ""),
    "screen_unsupported": ({"shows": False}, "bad", "some", "screen_unsupported"),
    "screen_phone": ({"shows": False, "phone": True}, "note", "ready", ""),
    "direct_no_udp": ({"udp": False}, "note", "ready", ""),
    "direct_unsupported": ({"channel": False}, "note", "ready", ""),
    "direct_untested": ({"udp": None}, "note", "ready", ""),
    "server_blocked": ({"socket": "blocked", **CUT}, "bad", "none", "server_blocked"),
    "server_silent": ({"socket": "silent", **CUT}, "bad", "none", "server_silent"),
    "server_busy": ({"socket": "busy", **CUT}, "note", "later", ""),
    "server_slow": ({"rttMs": 900}, "note", "ready", ""),
    "speed_enough": ({"upMbit": 2}, "note", "ready", ""),
    "speed_slow": ({"upMbit": 0.2}, "bad", "some", "speed_slow"),
    "clock_wrong": ({"clockSeconds": -400}, "note", "ready", ""),
}


def test_where_all_is_well_everything_is_good(node: Node) -> None:
    told = node.ask("check", FINE)
    assert set(told["results"].values()) == {"good"}
    assert told["verdict"] == {"session": "ready", "screen": True, "camera": True, "direct": True, "first": None}


@pytest.mark.parametrize("cause", FAULTS)
def test_each_fault_is_named_and_only_that_one(node: Node, cause: str) -> None:
    changed, outcome, session, first = FAULTS[cause]
    told = node.ask("check", FINE | changed)
    assert told["results"].pop(cause) == outcome
    others = set(told["results"].values())
    assert others <= ({"good"} if session != "none" else {"good", "note"})
    assert told["verdict"]["session"] == session
    assert ((told["verdict"]["first"] or {}).get("cause") or "") == first


def test_where_only_a_camera_can_be_shown_one_that_is_off_is_what_to_see_to(node: Node) -> None:
    told = node.ask("check", FINE | {"phone": True, "shows": False, "camera": "off"})
    assert told["results"]["camera_off"] == "bad"
    assert (told["verdict"]["session"], told["verdict"]["first"]["cause"]) == ("some", "camera_off")


def test_a_phone_without_a_camera_can_only_chat(node: Node) -> None:
    verdict = node.ask("check", FINE | {"phone": True, "shows": False, "camera": None})["verdict"]
    assert (verdict["session"], verdict["screen"], verdict["camera"]) == ("ready", False, False)
