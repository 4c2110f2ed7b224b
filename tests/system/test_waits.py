"""The help program tells how long others waited, where the technician's group says so."""

from pathlib import Path

import msgspec
import pytest

from codec.wire.api_types import Code, PickUp
from codec.wire.signals import Entered
from tests.support.applets import headless_applet
from tests.support.channels import make_desk, sign_in
from tests.support.relays import enter_with, running_relay
from tests.support.waiting import written
from tests.support.xvfb import virtual_display

BOB = "console-of-bob"


@pytest.mark.req("SESS-55", "APP-35", "APP-36", "APP-37", "APP-38")
async def test_the_help_program_says_how_long_others_waited(tmp_path: Path) -> None:
    said = tmp_path / "said"
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay:
            group, *_people = await make_desk(relay, "Bob")
            path = f"/settings/technician_group/{group.id}"
            assert (await relay.call("PATCH", path, {"values": {"waiting.estimate": True}}))[0] == 200
            token = await sign_in(relay, "Bob")

            async def new_code() -> Code:
                _, made = await relay.call("POST", "/codes", {"method": "pin", "name": ""}, token)
                return msgspec.convert(made, Code)

            async with relay.console(BOB, token), relay.applet(enter_with(await new_code())) as earlier:
                session = (await earlier.hear_a(Entered)).session
                answer = await relay.call("POST", f"/sessions/{session}/pick-up", PickUp(console=BOB), token)
                assert answer[0] == 200
                with headless_applet(display, relay.url, (await new_code()).pin or "", said=said):
                    await written(said, "The last customers waited less than a minute.", 30)
