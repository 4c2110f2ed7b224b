"""What a gateway is asked, whatever is typed; and what becomes of a message by its answer."""

import json
from pathlib import Path
from urllib.parse import parse_qsl

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.config.settings import Settings, SettingsError
from relay.text_messages.gateway import Answered, Gateway, gateway_of
from tests.support.relays import free_port
from tests.support.text_gateway import running_text_gateway

NUMBER, TEXT = "+31612345678", 'Open "this" & that: https://help.example/s/abc?x=1 ü {number}'


def gateway_with(**values: object) -> Gateway:
    """Return the gateway of these settings."""
    made = gateway_of(Settings(**({"sms_url": "https://gateway.example/send"} | values)))  # type: ignore[arg-type]
    assert made is not None
    return made


async def asked(**values: object) -> tuple[str, str, str, str]:
    """Return what a gateway with these settings was asked for one message."""
    async with running_text_gateway() as gateway, aiohttp.ClientSession() as http:
        answered = await gateway_with(sms_url=gateway.url, **values).send(http, NUMBER, TEXT)
        assert answered == Answered("", 200)
        (once,) = gateway.asked
        return once


async def test_json_form_and_address_carry_exactly_what_was_given(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("gateway key\n")
    key = str(tmp_path / "key")
    method, _query, body, authorization = await asked(
        sms_secret_file=key, sms_body='{"messages": [{"to": "{number}", "content": "{text}", "parts": 1}]}'
    )
    assert json.loads(body) == {"messages": [{"to": NUMBER, "content": TEXT, "parts": 1}]}
    assert (method, authorization) == ("POST", "Bearer gateway key")
    form = {"sms_format": "form", "sms_body": "from=Northwind&to={number}&text={text}&empty="}
    wanted = [("from", "Northwind"), ("to", NUMBER), ("text", TEXT), ("empty", "")]
    method, _query, body, authorization = await asked(**form, sms_method="PUT")
    assert (method, parse_qsl(body, keep_blank_values=True), authorization) == ("PUT", wanted, "")
    method, query, body, _authorization = await asked(**form, sms_method="GET")
    assert (method, parse_qsl(query, keep_blank_values=True), body) == ("GET", wanted, "")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_changes_the_form_of_a_request(number: str, text: str) -> None:
    filled = gateway_with(sms_body='{"to": "{number}", "text": "{text}!", "kept": true}').filled_in(number, text)
    assert filled == {"json": {"to": number, "text": f"{text}!", "kept": True}}
    filled = gateway_with(sms_format="form", sms_body="to={number}&text=a{text}").filled_in(number, text)
    assert filled == {"data": [("to", number), ("text", f"a{text}")]}


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (200, ""),
        (202, ""),
        (302, "gateway"),
        (400, "address"),
        (401, "sign_in"),
        (403, "sign_in"),
        (422, "address"),
        (429, "later"),
        (500, "gateway"),
        (503, "gateway"),
    ],
)
async def test_its_answer_says_what_became_of_a_message(status: int, problem: str) -> None:
    async with running_text_gateway() as gateway, aiohttp.ClientSession() as http:
        gateway.status, gateway.answer = status, b"x" * 1_000_000
        assert await gateway_with(sms_url=gateway.url).send(http, NUMBER, TEXT) == Answered(problem, status)
        assert len(gateway.asked) == 1, "neither again, nor elsewhere"


async def test_a_gateway_that_is_silent_or_gone_is_not_taken_for_one_that_took_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("relay.text_messages.gateway.SECONDS", 0.3)
    async with running_text_gateway() as gateway, aiohttp.ClientSession() as http:
        gateway.hangs = True
        assert await gateway_with(sms_url=gateway.url).send(http, NUMBER, TEXT) == Answered("unclear")
        nowhere = gateway_with(sms_url=f"http://127.0.0.1:{free_port()}/")
        assert await nowhere.send(http, NUMBER, TEXT) == Answered("unreachable")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"sms_url": "gateway.example"}, "sms_url"),
        ({"sms_body": "to={number}"}, "sms_body"),
        ({"sms_body": '{"to": "{number}"}'}, "sms_body"),
        ({"sms_method": "GET"}, "sms_format"),
        ({"sms_headers": ["X-Key {secret}"], "sms_secret_file": "/nowhere"}, "sms_secret_file"),
        ({"sms_headers": ["X-Key"]}, "sms_headers"),
    ],
)
def test_what_the_operator_wrote_wrong_is_named(values: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        gateway_with(**values)


def test_without_an_address_there_is_no_gateway() -> None:
    assert gateway_of(Settings()) is None
