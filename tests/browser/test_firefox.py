"""Real Firefox: the technician's page and the customer's, by keys and clicks."""

import base64
from pathlib import Path

import numpy as np

from tests.support.applets import headless_applet
from tests.support.consoles import running_console
from tests.support.firefox import ENTER, FirefoxPage, firefox_page
from tests.support.relays import EMAIL, PASSWORD, running_relay
from tests.support.sessions import same, screenshot
from tests.support.waiting import becomes_true, written
from tests.support.xvfb import VirtualDisplay, virtual_display

CANVAS = """(() => { const canvas = document.querySelector("canvas");
    if (!canvas || canvas.width === 0) return null;
    const read = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    read.drawImage(canvas, 0, 0);
    const { data, width, height } = read.getImageData(0, 0, canvas.width, canvas.height);
    let text = "";
    for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
    return { text: btoa(text), width, height }; })()"""


async def looks_the_same(page: FirefoxPage, display: VirtualDisplay) -> None:
    """Return as soon as canvas and screen are equal, pixel for pixel."""

    async def is_same() -> bool:
        data = await page.evaluate(CANVAS)
        if data is None:
            return False
        pixels = np.frombuffer(base64.b64decode(data["text"]), np.uint8)
        shown = pixels.reshape(data["height"], data["width"], 4)[..., [2, 1, 0, 3]]
        return same(np.ascontiguousarray(shown), screenshot(display))

    await becomes_true(is_same)


async def test_a_session_by_firefox_to_the_pixel_with_typed_text_chat_and_its_end(tmp_path: Path) -> None:
    typed = tmp_path / "typed"
    with virtual_display(window_manager=True) as display:
        display.start("xterm", "-geometry", "80x24+50+50", "-title", "work", "-e", f"cat > {typed}")
        display.wait_for_window("work")
        async with running_relay(tmp_path) as relay, firefox_page() as page:
            with running_console(relay.url) as console:
                await page.goto(console.link)
                await page.fill("E-mail address", EMAIL)
                await page.fill("Password", PASSWORD)
                await page.click("Sign in")
                await page.sees("No customer is waiting")
                await page.click("New session")
                await page.fill("Name optional", "Hélène")
                await page.click("Create PIN")
                await page.sees("Read this to the customer")
                pin = await page.evaluate(
                    "[...document.querySelectorAll('.pin span')].map((e) => e.innerText).join('')"
                )
                with headless_applet(display, relay.url, pin):
                    await page.click("Request control")
                    await looks_the_same(page, display)
                    display.run("xdotool", "search", "--name", "work", "windowfocus", "--sync")
                    await page.evaluate("document.querySelector('.keys').focus()")
                    await page.type("Hello, World! (10 % & more) ")
                    await page.press(ENTER)
                    await written(typed, "Hello, World! (10 % & more) \n")
                    await looks_the_same(page, display)
                    await page.click("Chat and details")
                    await page.fill("Message to Hélène", "Good morning")
                    await page.press(ENTER)
                    await page.sees("Good morning")
                    await page.click("End session")
                    await page.evaluate("document.querySelector('dialog .btn--danger').click()")
                    await page.sees("The session has ended")
        assert page.errors == []


async def test_a_customer_comes_by_firefox(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, firefox_page(390, 844) as page:
        await page.goto(relay.url)
        pin = (await relay.call("POST", "/codes", {"method": "pin"}))[1]["pin"]
        await page.evaluate("document.querySelector('#pin').focus()")
        await page.type("000 000")
        await page.press(ENTER)
        await page.sees("No technician has this PIN")
        await page.evaluate("document.querySelector('#pin').select()")
        await page.type(f"{pin[:3]} {pin[3:]}")
        await page.press(ENTER)
        await page.sees("Anna de Vries")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(wide) == 0
        assert page.errors == []
