"""A page reads what the relay says as the applet does: what Python refuses it refuses."""

import base64
import json
from random import Random
from typing import Any

import msgspec
import pytest

from codec.wire import signals
from codec.wire.api_types import IceServer, SessionState
from codec.wire.customer_settings import CustomerSettings
from codec.wire.permits import SignedPermit
from codec.wire.signals import BadSignalError, ToApplet, read_to_applet
from tests.support.node import Node

PERMIT = SignedPermit(statement=b"\x81\xff", signature=b"s" * 64)
TICKET = "t" * 30
SAID: list[ToApplet] = [
    signals.Entered(7, SessionState.WAITING, "Anna", "Northwind IT", TICKET),
    signals.Entered(7, SessionState.ACTIVE, "Anna", "Nørthwind", TICKET, PERMIT, b"k" * 32),
    signals.Entered(
        7,
        SessionState.CONNECTING,
        "",
        "Northwind IT",
        TICKET,
        settings=CustomerSettings(terms_on=True, terms_text="1. <b>é\n2.", terms_scroll=True),
    ),
    *(signals.Refused(reason, seconds) for reason in signals.Refusal for seconds in (None, 30)),
    *(signals.State(state, present) for state in SessionState for present in (True, False)),
    signals.Permitted(PERMIT),
    signals.RelaySignal("AAAA"),
    signals.Tunnel(TICKET),
    signals.Tunnel(TICKET, [IceServer(urls=["stun:relay:3478"]), IceServer(urls=[], username="u", credential="c")]),
    signals.Pong(),
]


def heard(text: str) -> Any:
    """What Python hears, with all fields, as JSON has it."""
    try:
        signal = read_to_applet(text)
    except BadSignalError:
        return "BadSignalError"
    fields = {name: getattr(signal, name) for name in signal.__struct_fields__}
    return {"type": signal.__struct_config__.tag} | msgspec.to_builtins(fields)


def told(answer: Any) -> Any:
    """The same of what the page hears: bytes come as maps of numbers."""
    if isinstance(answer, list):
        return [told(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    if answer and all(key.isdigit() for key in answer):
        return base64.b64encode(bytes(answer.values())).decode()
    return {key: told(value) for key, value in answer.items()}


@pytest.mark.parametrize("signal", SAID, ids=lambda each: type(each).__name__)
def test_what_the_relay_writes_is_read(node: Node, signal: ToApplet) -> None:
    text = signals.write(signal)
    (answer,) = node.ask("signals", [text])
    ours, theirs = heard(text), told(answer)
    for empty in ("permit", "relay_key", "ice_servers"):
        if ours.get(empty) in (None, "", []):
            ours.pop(empty, None)
            theirs.pop(empty, None)
    ours.get("settings", {}).pop("control_no_stop_key", None)  # a page has no stop key
    for server in ours.get("ice_servers", []):
        for name in [name for name, value in server.items() if value is None]:
            del server[name]
    assert theirs == ours


def test_what_python_refuses_is_refused(node: Node) -> None:
    random = Random(1)
    texts = ["", "null", "[]", "{}", '{"type":"pong"', '{"type":1}', '{"type":"enter","version":2}']
    for _ in range(400):
        signal = json.loads(signals.write(random.choice(SAID)))
        name = random.choice(list(signal))
        change: Any = random.choice((None, 3, "x", True, [], {}, [None], "délivré", 1.5, "gone"))
        if change == "gone":
            del signal[name]
        else:
            signal[name] = change
        texts.append(json.dumps(signal))
    theirs = node.ask("signals", texts)
    assert [each == "BadSignalError" for each in theirs] == [heard(text) == "BadSignalError" for text in texts]
    assert 50 < sum(each == "BadSignalError" for each in theirs) < len(texts)
