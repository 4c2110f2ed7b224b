"""The first steps: each keeps what it says, can be skipped, and is where it was after a restart."""

import re
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest_asyncio

from tests.packaging.release import new_key
from tests.relay.admin.browsers import Answer, Browser
from tests.relay.admin.conftest import Center
from tests.relay.admin.test_add_person import NEW, NOOR, copied
from tests.support.mail_server import running_mail_server
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, running_relay


def png(width: int = 40, height: int = 20) -> bytes:
    """Return a picture of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x20\x60\xa0" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


async def owner_of(relay: RunningRelay) -> Browser:
    """Return the browser of the owner."""
    form = {"email": EMAIL, "password": PASSWORD}
    async with relay.http.post(f"{relay.url}/sign-in", data=form, allow_redirects=False) as response:
        return Browser(relay, response.cookies["deskside"].value)


@pytest_asyncio.fixture
async def relay(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    """A relay that has just been set up."""
    async with running_relay(tmp_path) as relay:
        yield relay


async def fill(browser: Browser, step: str, **fields: str) -> Answer:
    """Fill a step in, and go on."""
    form = await browser.form(f"/admin/welcome/{step}")
    for name, value in fields.items():
        form[name] = value
    return await browser.post(f"/admin/welcome/{step}", form.fields)


async def test_from_set_up_to_a_technician_who_signs_in(relay: RunningRelay) -> None:
    owner = await owner_of(relay)
    assert "Finish setting up" in (await owner.get("/admin/organization/technicians")).text
    assert (await owner.get("/admin/welcome")).location == "/admin/welcome/organisation"
    answer = await fill(owner, "organisation", name="Northwind Support", contact_details="Pat, extension 12")
    assert answer.location == "/admin/welcome/mail"
    assert (await owner.get("/admin/welcome/mail")).text.count("smtp_host") == 1
    assert (await fill(owner, "mail")).location == "/admin/welcome/recordings"
    token = ("form", await owner.token())
    skipped = await owner.post("/admin/welcome/skip/recordings", [token])
    assert skipped.location == "/admin/welcome/group"
    assert (await owner.get("/admin/welcome")).location == "/admin/welcome/group", "kept, and taken up again"
    assert (await fill(owner, "group", name="Service desk")).location == "/admin/welcome/technician"
    answer = await fill(owner, "technician", name="Noor Bouzid", email=NOOR)
    page = (await owner.get(answer.location)).text
    secret = copied(page).partition("#")[2]
    assert (await relay.call("POST", "/password-links/use", {"secret": secret, "new": NEW}))[0] == 204
    who = {"email": NOOR, "password": NEW, "serving": True}
    status, signed_in = await relay.call("POST", "/sign-in", who)
    assert (status, signed_in["organisation"]) == (200, "Northwind Support")
    answer = await fill(owner, "pin", do="pin")
    pin = re.search(r'class="big-pin ltr">([0-9\s\u2009]+)<', answer.text)
    assert pin is not None
    codes = (await relay.call("GET", "/codes"))[1]
    assert [each["pin"] for each in codes] == [re.sub(r"\D", "", pin[1])]
    assert (await fill(owner, "pin", do="next")).location == "/admin/welcome/finished"
    end = (await owner.get("/admin/welcome/finished")).text
    for text in ("Use HTTPS", "Set up e-mail", "Add the help program", "Add more technicians"):
        assert text in end
    root = (await owner.get("/admin/organization/technicians")).text
    assert "5 of 6 steps" in root, "the skipped one is not done"
    assert (await owner.post("/admin/welcome/dismiss", [token])).status == 303
    assert "Finish setting up" not in (await owner.get("/admin/organization/technicians")).text


async def test_the_end_says_how_a_program_is_added_that_must_be_signed(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        end = (await (await owner_of(relay)).get("/admin/welcome/finished")).text
        assert "folder “downloads”" in end
        assert "downloads add" not in end
    (tmp_path / "signed").mkdir()
    async with running_relay(tmp_path / "signed", downloads_keys=[new_key().public_key]) as relay:
        end = (await (await owner_of(relay)).get("/admin/welcome/finished")).text
        assert "deskside-relay downloads add FILE" in end
        assert "folder “downloads”" not in end


async def test_what_is_wrong_in_a_step_is_said_and_kept(relay: RunningRelay) -> None:
    owner = await owner_of(relay)
    for step, fields, sentence in (
        ("organisation", {"name": " "}, "Enter a name."),
        ("group", {"name": ""}, "Enter a name."),
        ("technician", {"name": "Noor", "email": "noor"}, "for example anna@northwind.example"),
    ):
        answer = await fill(owner, step, **fields)
        assert (answer.status, sentence in answer.text) == (422, True), step
    answer = await fill(owner, "recordings", place="sftp", where="http://files.example/", user="desk")
    assert (answer.status, 'value="http://files.example/"' in answer.text, "desk" in answer.text) == (422, True, True)
    for place, where, example in (
        ("sftp", "http://files.example/recordings", "sftp://files.example.com/recordings"),
        ("sftp", "files.example.com/recordings", "sftp://files.example.com/recordings"),
        ("s3", "https://files.example/bucket", "s3://server.example.com/bucket"),
    ):
        answer = await fill(owner, "recordings", place=place, where=where, user="desk")
        assert (answer.status, f"begins with {place}://, for example {example}" in answer.text) == (422, True), where
    answer = await fill(owner, "recordings", place="https", where="https://127.0.0.1/recordings", do="test")
    assert (answer.status, "Recordings cannot be stored there" in answer.text) == (422, True)
    answer = await fill(owner, "recordings", place="https", where="https://files.example/recordings", do="next")
    assert answer.location == "/admin/welcome/group"
    kept = (await relay.call("GET", "/settings/organisation/0"))[1]
    assert (kept["recording.place"]["value"], kept["recording.url"]["value"]) == (
        "https",
        "https://files.example/recordings",
    )


async def test_a_logo_is_judged_kept_and_shown_to_everybody(relay: RunningRelay) -> None:
    owner = await owner_of(relay)

    async def upload(name: str, content: bytes, **more: str) -> Answer:
        form = await owner.form("/admin/welcome/organisation")
        data = aiohttp.FormData([*form.fields, *more.items()])
        data.add_field("logo", content, filename=name, content_type="image/png")
        return await owner.post("/admin/welcome/organisation", data)

    for name, content, sentence in (
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "PNG, JPG, WEBP"),
        ("logo.png", b"no picture", "is not a PNG file"),
        ("logo.png", b"", "The file is empty."),
        ("logo.png", png(1_025, 2), "No side may be longer than 1024"),
    ):
        answer = await upload(name, content)
        assert (answer.status, sentence in answer.text) == (422, True), (name, answer.text[-3000:])
    assert (await upload("logo.png", png())).status == 303
    places = set()
    for path in ("/", "/sign-in", "/how-to-check"):
        async with relay.http.get(relay.url + path) as response:
            found = re.search(r'class="brand-logo" src="(/logo/[0-9a-f]{32})"', await response.text())
            assert found is not None, path
            places.add(found[1])
    (place,) = places
    async with relay.http.get(relay.url + place) as response:
        assert (response.status, response.content_type, await response.read()) == (200, "image/png", png())
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    async with relay.http.get(f"{relay.url}/logo/{'0' * 32}") as response:
        assert response.status == 404
    form = await owner.form("/admin/welcome/organisation")
    form["remove_logo"] = "on"
    assert (await owner.post("/admin/welcome/organisation", form.fields)).status == 303
    async with relay.http.get(relay.url + place) as response:
        assert response.status == 404
    async with relay.http.get(relay.url) as response:
        assert "brand-logo" not in await response.text()


async def test_a_test_mail_says_whether_the_server_took_it(tmp_path: Path) -> None:
    with running_mail_server() as server:
        async with running_relay(tmp_path, **server.settings) as relay:
            owner = await owner_of(relay)
            answer = await fill(owner, "mail", do="test")
            assert f"took a test mail to {EMAIL}" in answer.text
            assert [mail["To"] for mail in server.mails] == [EMAIL]
            server.refuses = "554 no"
            answer = await fill(owner, "mail", do="test")
            assert (answer.status, "could not be sent" in answer.text, "554" in answer.text) == (422, True, True)


async def test_the_first_steps_are_the_masters(center: Center) -> None:
    lead = await center.browser("lead")
    for path in ("/admin/welcome", "/admin/welcome/organisation", "/admin/welcome/finished"):
        assert (await lead.get(path)).status == 403
    assert "Finish setting up" not in (await lead.get("/admin")).text
