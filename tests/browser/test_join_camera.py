"""A customer with a phone shows its camera: real relay, console engine and browser, whose camera is made up."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import expect

from codec.picture.diff import Frame
from codec.wire.access import Access
from codec.wire.api_types import Method
from codec.wire.chat_log import Who
from codec.wire.messages import (
    Answered,
    Ask,
    Camera,
    CameraRequest,
    CameraWish,
    ClearMarks,
    Displays,
    Freeze,
    Granted,
    Mark,
    Photo,
    Shape,
    Stopped,
    Watch,
)
from console.page import messages as said
from console.tools.camera import jpeg_size
from tests.support.firefox import ENTER, firefox_page
from tests.support.join_customers import JoinCustomer
from tests.support.phones import ALLOWS, CAMERA, TWO_CAMERAS, phone
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import Technician, technician

SEES = frozenset({Access.VIEW, Access.CAMERA})
GREEN = (0, 125, 0)
"""The ground of the browser's own camera: B, G, R, more or less."""


@asynccontextmanager
async def meeting(
    folder: Path, arguments: Sequence[str] = (CAMERA, ALLOWS), method: Method = Method.PIN
) -> AsyncIterator[tuple[JoinCustomer, Technician]]:
    """A customer with a phone and a technician, who are connected."""
    async with (
        running_relay(folder) as relay,
        technician(relay.url) as anna,
        phone(relay.url, arguments) as customer,
    ):
        await customer.enter(await spoken_code(anna, method))
        await picked_up(anna)
        yield customer, anna


async def shows(customer: JoinCustomer, anna: Technician, number: int = 1, films: bool = True) -> Displays:
    """The technician asks for the camera, and the customer says yes."""
    anna.send(Ask(number, Access.CAMERA))
    await customer.page.get_by_role("button", name="Yes, show my camera").tap()
    await anna.hear(Granted, lambda granted: granted.access == SEES)
    displays = await anna.hear(Displays)
    anna.picture = None
    anna.send(Watch(displays.displays[0].id, films=films, packets=4))
    return displays


def is_the_camera(frame: Frame) -> bool:
    """Whether this is what the browser's own camera shows."""
    ground = np.abs(frame[..., :3].astype(int) - GREEN).max(axis=-1) < 30
    return bool(ground.mean() > 0.5)


@pytest.mark.req("LENS-06")
@pytest.mark.req("LENS-08")
@pytest.mark.req("LENS-23")
@pytest.mark.req("LENS-36")
@pytest.mark.req("MOB-148")
@pytest.mark.req("MOB-155")
@pytest.mark.parametrize("films", [True, False])
async def test_the_technician_sees_the_camera_as_a_film_or_where_they_read_none_as_tiles(
    tmp_path: Path, films: bool
) -> None:
    async with meeting(tmp_path) as (customer, anna):
        displays = await shows(customer, anna, films=films)
        assert [(each.width, each.height) for each in displays.displays] == [(1280, 720)]
        await anna.sees(is_the_camera)
        before = anna.pictures
        await anna.until_pictures(before + 5)
        assert (await anna.hear(Camera)) == Camera(cameras=1)
        await expect(customer.page.get_by_text("sees your camera")).to_be_visible()
        await customer.page.get_by_role("button", name="Chat").tap()
        await customer.writes("It is this plug")
        line = await anna.hear(said.ChatLine, lambda line: line.who is Who.CUSTOMER)
        assert line.text == "It is this plug"
        await customer.page.get_by_role("button", name="Stop", exact=True).tap()
        await anna.hear(Granted, lambda granted: granted.access == frozenset())
        assert not (await anna.hear(Stopped)).by_key
        await expect(customer.page.get_by_text("You stopped showing your camera")).to_be_visible()
        assert await customer.page.evaluate("opened.every((s) => s.getTracks().every((t) => t.readyState === 'ended'))")


async def test_a_photo_is_asked_for_taken_in_full_resolution_and_sent(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (customer, anna):
        await shows(customer, anna)
        await anna.sees(is_the_camera)
        anna.send(CameraRequest(CameraWish.PHOTO))
        await customer.page.get_by_role("button", name="Take the photo").tap()
        photo = await anna.hear(Photo)
        assert jpeg_size(photo.jpeg) == (photo.width, photo.height)
        largest = {"imageWidth": 1920, "imageHeight": 1080}  # the browser's own camera has it, and gives less
        assert await customer.page.evaluate("photos") == [largest]
        assert photo.number == 0
        await expect(customer.page.get_by_text("Your photo was sent")).to_be_visible()
        await expect(customer.page.get_by_role("button", name="Take the photo")).to_have_count(0)
        await customer.page.get_by_role("button", name="Photo", exact=True).tap()
        assert (await anna.hear(Photo)).number == 1


async def test_a_frozen_picture_stands_still_on_both_sides_and_marks_show_until_it_goes_on(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (customer, anna):
        await shows(customer, anna)
        await anna.sees(is_the_camera)
        anna.send(Freeze(True))
        assert (await anna.hear(Camera, lambda each: each.frozen)).by_technician
        await expect(customer.page.get_by_text("sees a still picture")).to_be_visible()
        await expect(customer.page.get_by_text("Anna de Vries froze the picture at")).to_be_visible()
        anna.send(Mark(7, Shape.RECTANGLE, [10_000, 10_000, 30_000, 40_000]))
        anna.send(Mark(8, Shape.ARROW, [60_000, 60_000, 30_000, 40_000]))
        lines = customer.page.locator(".mark-line")
        await expect(lines).to_have_count(2)
        await expect(customer.page.get_by_role("img", name="has drawn on it")).to_be_visible()
        box, frame = await lines.first.bounding_box(), await customer.page.locator(".shown").bounding_box()
        assert box is not None
        assert frame is not None
        assert abs(box["x"] - frame["x"] - frame["width"] * 10_000 / 65_536) < 4
        assert abs(box["height"] - frame["height"] * 30_000 / 65_536) < 8
        anna.send(ClearMarks())
        await expect(lines).to_have_count(0)
        anna.send(Mark(9, Shape.PEN, [0, 0, 9_000, 9_000, 20_000, 3_000]))
        await expect(lines).to_have_count(1)
        await customer.page.get_by_role("button", name="Continue").tap()
        await anna.hear(Camera, lambda each: not each.frozen)
        await expect(lines).to_have_count(0)
        before = anna.pictures
        await anna.until_pictures(before + 3)
        await customer.page.get_by_role("button", name="Freeze").tap()
        assert not (await anna.hear(Camera, lambda each: each.frozen)).by_technician
        await expect(customer.page.get_by_text("You froze the picture at")).to_be_visible()


async def test_the_receipt_says_that_the_camera_was_seen_and_how_many_photos_were_sent(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (customer, anna):
        page = customer.page
        await shows(customer, anna)
        await anna.sees(is_the_camera)
        await page.get_by_role("button", name="Photo", exact=True).tap()
        assert (await anna.hear(Photo)).number == 0
        await page.get_by_role("button", name="Stop", exact=True).tap()
        await anna.hear(Granted, lambda granted: granted.access == frozenset())
        await shows(customer, anna, 2)
        await anna.sees(is_the_camera)
        await page.get_by_role("button", name="Photo", exact=True).tap()
        assert (await anna.hear(Photo)).number == 1  # one count for a whole session
        await anna.request(lambda number: said.PageEnd(number, anna.session))
        await expect(page.get_by_text("No one can see your camera any more.")).to_be_visible()
        await expect(page.get_by_text("Viewing your camera", exact=True)).to_be_visible()
        photos = page.locator("dl.rc > div").filter(has=page.get_by_text("Photos sent"))
        await expect(photos.locator("dd")).to_have_text("2")


@pytest.mark.req("LENS-28")
async def test_the_customer_switches_between_cameras_and_the_technician_may_ask_for_it(tmp_path: Path) -> None:
    async with meeting(tmp_path, (TWO_CAMERAS, ALLOWS)) as (customer, anna):
        await shows(customer, anna)
        assert (await anna.hear(Camera)).cameras == 2
        await anna.sees(is_the_camera)
        anna.send(CameraRequest(CameraWish.SWITCH))
        await customer.page.get_by_role("button", name="Switch cameras").tap()
        displays = await anna.hear(Displays)
        anna.picture = None
        anna.send(Watch(displays.displays[0].id, films=True, packets=4))
        await anna.sees(lambda _frame: True)
        labels = await customer.page.evaluate("opened.map((stream) => stream.getVideoTracks()[0].label)")
        assert len(labels) == 2
        assert labels[0] != labels[1]
        ended = "opened[0].getVideoTracks()[0].readyState"
        assert await customer.page.evaluate(ended) == "ended"


@pytest.mark.req("LENS-34")
async def test_what_the_browser_interrupts_is_told_and_goes_on_without_another_question(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (customer, anna):
        await shows(customer, anna)
        await anna.sees(is_the_camera)
        track = "opened.at(-1).getVideoTracks()[0]"
        await customer.page.evaluate(f"{track}.dispatchEvent(new Event('mute'))")
        await anna.hear(Camera, lambda each: each.interrupted)
        await expect(customer.page.get_by_text("The camera has paused")).to_be_visible()
        await customer.page.evaluate(f"{track}.dispatchEvent(new Event('unmute'))")
        await anna.hear(Camera, lambda each: not each.interrupted)
        await expect(customer.page.get_by_text("The camera has paused")).to_have_count(0)


async def test_a_camera_that_a_phone_took_from_a_page_behind_is_opened_again_in_front(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (customer, anna):
        await shows(customer, anna)
        await anna.sees(is_the_camera)
        await customer.page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
        await customer.page.evaluate("opened.at(-1).getVideoTracks()[0].dispatchEvent(new Event('ended'))")
        await anna.hear(Camera, lambda each: each.interrupted)
        anna.heard.clear()  # what the camera told of itself before
        assert await customer.page.evaluate("opened.length") == 1
        await customer.page.evaluate("delete document.hidden, document.dispatchEvent(new Event('visibilitychange'))")
        await anna.hear(Camera, lambda each: not each.interrupted)
        await anna.hear(Displays)
        anna.picture = None
        anna.send(Watch(0, films=True, packets=4))
        await anna.sees(is_the_camera)
        assert await customer.page.evaluate("opened.length") == 2
        assert anna.granted == SEES


async def test_a_camera_that_is_pulled_out_ends_it(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (customer, anna):
        await shows(customer, anna)
        await anna.sees(is_the_camera)
        await customer.page.evaluate("opened.at(-1).getVideoTracks()[0].dispatchEvent(new Event('ended'))")
        await anna.hear(Granted, lambda granted: granted.access == frozenset())
        await expect(customer.page.get_by_text("Your camera is no longer shown")).to_be_visible()


@pytest.mark.req("LENS-38")
async def test_with_the_session_the_camera_is_let_go_at_once(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (customer, anna):
        await shows(customer, anna)
        await anna.sees(is_the_camera)
        await anna.request(lambda number: said.PageEnd(number, anna.session))
        await expect(customer.page.get_by_role("heading", name="The session has ended")).to_be_visible()
        assert await customer.page.evaluate("opened.every((s) => s.getTracks().every((t) => t.readyState === 'ended'))")


@pytest.mark.req("LENS-40")
async def test_a_computer_shows_a_camera_too_where_it_has_one(tmp_path: Path) -> None:
    async with (
        running_relay(tmp_path) as relay,
        technician(relay.url) as anna,
        phone(relay.url, is_phone=False) as customer,
    ):
        await customer.enter(await spoken_code(anna))
        session = await picked_up(anna)
        assert set(session.means) == {"view", "camera", "chat"}
        anna.send(Ask(1, Access.CAMERA))
        await customer.page.get_by_role("button", name="Yes, show my camera").click()
        await anna.hear(Granted, lambda granted: granted.access == SEES)
        displays = await anna.hear(Displays)
        anna.send(Watch(displays.displays[0].id, films=True, packets=4))
        await anna.sees(is_the_camera)


async def test_a_photo_that_is_asked_for_leaves_a_trace_whatever_the_customer_does(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (customer, anna):
        await shows(customer, anna)
        anna.send(CameraRequest(CameraWish.PHOTO))
        await anna.hear(said.ChatLine, lambda each: (each.event, each.detail) == (said.Event.ASKED_WISH, "photo"))
        await customer.page.get_by_role("button", name="Not now").tap()
        await anna.hear(said.ChatLine, lambda each: (each.event, each.detail) == (said.Event.DECLINED_WISH, "photo"))
        anna.send(CameraRequest(CameraWish.PHOTO))
        await customer.page.get_by_role("button", name="Take the photo").tap()
        await anna.hear(said.ChatLine, lambda each: each.event is said.Event.PHOTO_SENT)


async def test_a_part_of_the_page_that_does_not_load_is_named_and_tried_again(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (customer, anna):
        customer.may_log("ERR_FAILED")
        await customer.page.route("**/assets/camera-*.js", lambda route: route.abort())
        anna.send(Ask(1, Access.CAMERA))
        await customer.page.get_by_role("button", name="Yes, show my camera").tap()
        await expect(customer.page.get_by_text("Part of this page did not load.")).to_be_visible()
        await customer.page.unroute("**/assets/camera-*.js")
        await customer.page.get_by_role("button", name="Try again").tap()
        await anna.hear(Granted, lambda granted: granted.access == SEES)


async def test_a_browser_that_gives_no_camera_leaves_the_question_open_and_says_what_to_do(tmp_path: Path) -> None:
    async with meeting(tmp_path, (CAMERA, "--deny-permission-prompts")) as (customer, anna):
        anna.send(Ask(1, Access.CAMERA))
        await customer.page.get_by_role("button", name="Yes, show my camera").tap()
        await expect(customer.page.get_by_text("Your browser does not allow it")).to_be_visible()
        await expect(customer.page.get_by_text("Allow the camera for this page.")).to_be_visible()
        await customer.page.get_by_role("button", name="Try again").tap()
        await expect(customer.page.get_by_text("Your browser does not allow it")).to_be_visible()
        assert not [each for each in anna.heard if isinstance(each, Answered)]
        await customer.page.get_by_role("button", name="Just chat").tap()
        assert not (await anna.hear(Answered)).allowed


@pytest.mark.parametrize("asked", [Access.VIEW, Access.CONTROL, Access.CLIPBOARD])
async def test_a_phone_is_asked_for_nothing_that_it_cannot_give(tmp_path: Path, asked: Access) -> None:
    async with meeting(tmp_path, method=Method.LINK) as (customer, anna):
        anna.send(Ask(1, asked))
        answer = await anna.hear(Answered)
        assert (answer.allowed, answer.permitted) == (False, False)
        await expect(customer.page.get_by_role("button", name="Yes")).to_have_count(0)


async def test_firefox_shows_its_camera_too(tmp_path: Path) -> None:
    async with (
        running_relay(tmp_path) as relay,
        technician(relay.url) as anna,
        firefox_page(preferences={"media.navigator.streams.fake": True}) as page,
    ):
        await page.goto(f"{relay.url}/join")
        await page.fill("PIN or link", await spoken_code(anna))
        await page.press(ENTER)
        session = await picked_up(anna)
        assert "camera" in session.means
        anna.send(Ask(1, Access.CAMERA))
        await page.click("Yes, show my cameraYour browser asks next. Choose Allow.")
        await anna.hear(Granted, lambda granted: granted.access == SEES)
        displays = await anna.hear(Displays)
        anna.send(Watch(displays.displays[0].id, films=True, packets=4))
        await anna.until_pictures(5)
        assert anna.picture is not None
        assert anna.picture.shape[:2] == (displays.displays[0].height, displays.displays[0].width)
        assert float(anna.picture[..., :3].std()) > 0, "it is a picture"
        await page.sees("Anna de Vries sees your camera")
        await page.click("Stop")
        await anna.hear(Granted, lambda granted: granted.access == frozenset())
        await page.sees("You stopped showing your camera")
        assert page.errors == []
