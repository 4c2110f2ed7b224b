"""The rules of the page's input, alone in a browser: keys held, wheels, the size of pointers, new passwords."""

import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from relay.credentials.password_strength import Level, level_of
from tests.support.browsers import chromium
from tests.support.decoders import build_part

FLAGS = {"Shift": "shiftKey", "Control": "ctrlKey", "Alt": "altKey", "Meta": "metaKey"}
CODES = ["ShiftLeft", "ShiftRight", "ControlLeft", "AltLeft", "MetaLeft", "KeyA", "KeyB", "Enter", "ArrowLeft", "F5"]
HELD = """({ mac, events }) => {
    const held = new rules.Pressed(mac);
    const event = (said) => ({ repeat: false, isComposing: false, getModifierState: () => false, ...said });
    const take = (what, said) => (what === "look" ? held.modifiers(said) : held.key(said, what === "down"));
    return events.map(([what, said]) => take(what, event(said)));
}"""
WHEEL = """(turns) => {
    const wheel = new rules.Wheel();
    return turns.map(([turn, ratio, at]) => wheel.turn({ deltaX: 0, deltaMode: 0, ...turn }, ratio, at).along);
}"""
MEETS = "({ typed, levels }) => typed.map((each) => levels.map((least) => rules.meets(each, least)))"
SHARED = """async () => {
    const sent = [];
    let here = "copied before";
    const browser = {
        reading: async () => "freely",
        read: async () => here,
        write: async (text) => ((here = text), true),
    };
    const shared = new rules.SharedClipboard((text) => sent.push(text), () => {}, browser);
    const steps = [];
    const step = async (deed) => {
        await deed();
        steps.push(sent.splice(0));
    };
    shared.begin();
    await step(() => shared.look());
    await step(() => shared.offer("copied before"));
    await step(() => shared.look());
    await step(() => shared.take("the customer's"));
    await step(() => shared.look());
    here = "copied before";
    await step(() => shared.look());
    shared.begin();
    await step(() => shared.look());
    await step(() => shared.offer("copied before"));
    return steps;
}"""
"""Share, come back, paste, come back; the customer copies, come back, copy; share again, come back, paste."""
Run = Callable[..., Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def run(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Run]:
    """Run a function of JavaScript with the rules at hand."""
    folder: Path = tmp_path_factory.mktemp("rules")
    build_part("input", folder)
    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        page = await browser.new_page()
        source = (folder / "input.js").read_text()
        address = "URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))"
        await page.evaluate(f"async (source) => {{ globalThis.rules = await import({address}); }}", source)
        yield page.evaluate
        await browser.close()


def said(code: str, held: set[str], **more: object) -> dict[str, object]:
    """Return what an event says: its code, and the flags of what is held."""
    flags = {flag: any(each.startswith(kind) for each in held) for kind, flag in FLAGS.items()}
    return {"code": code, "key": code.removeprefix("Key").lower(), **flags, **more}


def changes(steps: list[list[dict[str, Any]]]) -> list[tuple[str, bool]]:
    """Return what was pressed and released, in order."""
    return [(each["code"], each["down"]) for step in steps for each in step]


def down_after(steps: list[list[dict[str, Any]]]) -> set[str]:
    """Return what is held in the end."""
    held: set[str] = set()
    for code, down in changes(steps):
        held = held | {code} if down else held - {code}
    return held


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.finding("field-2")
async def test_a_mac_tells_no_release_while_command_is_held(run: Run) -> None:
    meta = {"MetaLeft"}
    events = [
        ["down", said("KeyA", set())],  # held before, and let go while Command is: no release is told
        ["down", said("MetaLeft", meta)],
        ["down", said("KeyV", meta)],
        ["down", said("KeyV", meta, repeat=True)],
        ["up", said("MetaLeft", set())],
    ]
    told = await run(HELD, {"mac": True, "events": events})
    once = [("KeyV", True), ("KeyV", False)]
    assert changes(told) == [("KeyA", True), ("KeyA", False), ("MetaLeft", True), *once, *once, ("MetaLeft", False)]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.finding("field-2")
async def test_caps_lock_is_a_whole_press_on_each_kind_of_computer(run: Run) -> None:
    lock = said("CapsLock", set())
    press = [("CapsLock", True), ("CapsLock", False)]
    on, off = await run(HELD, {"mac": True, "events": [["down", lock], ["up", lock]]})
    assert changes([on]) == changes([off]) == press
    told = await run(HELD, {"mac": False, "events": [["down", lock], ["down", lock | {"repeat": True}], ["up", lock]]})
    assert changes(told) == press


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.finding("field-2")
async def test_print_is_pressed_where_only_its_release_is_told_and_nothing_is_released_that_was_not_pressed(
    run: Run,
) -> None:
    events = [["up", said("PrintScreen", set())], ["up", said("Tab", set())], ["up", said("KeyA", set())]]
    assert changes(await run(HELD, {"mac": False, "events": events})) == [("PrintScreen", True), ("PrintScreen", False)]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.finding("field-2")
async def test_a_second_press_without_a_release_between_is_a_release_that_was_swallowed(run: Run) -> None:
    events = [["down", said("KeyA", set())], ["down", said("KeyA", set())]]
    told = await run(HELD, {"mac": False, "events": events})
    assert changes(told) == [("KeyA", True), ("KeyA", False), ("KeyA", True)]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.finding("field-2")
async def test_whatever_releases_are_swallowed_no_modifier_stays_held_that_events_deny(run: Run) -> None:
    chance = random.Random(2)
    for _ in range(60):
        held: set[str] = set()
        events: list[list[object]] = []
        for _ in range(30):
            code = chance.choice(CODES)
            if code not in held:
                held.add(code)
                events.append(["down", said(code, held)])
            else:
                held.discard(code)
                if chance.random() < 0.5:  # else it is swallowed
                    events.append(["up", said(code, held)])
        events.append(["look", said("", held)])
        told = await run(HELD, {"mac": chance.random() < 0.5, "events": events})
        stuck = {code for code in down_after(told) if not code.startswith("Key")} & {*CODES[:5]}
        kinds = {code.removesuffix("Left").removesuffix("Right") for code in held}
        assert {code.removesuffix("Left").removesuffix("Right") for code in stuck} <= kinds


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.finding("field-10")
async def test_buttons_that_an_event_denies_are_released(run: Run) -> None:
    missed = await run(
        """() => { const held = new rules.Pressed(false);
        const all = [0, 1, 2, 3, 4, 5].map((button) => held.press(button));
        return [all, held.missed(31), held.missed(1 | 8), held.letGo(0), held.missed(0), held.letGo(3)]; }"""
    )
    assert missed == [[True] * 5 + [False], [], [1, 2, 4], True, [3], False]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.finding("field-9")
@pytest.mark.parametrize("pixels", [100, 120, 138])
@pytest.mark.parametrize("zoom", [0.67, 0.8, 1, 1.1, 1.25, 1.5, 1.75, 2, 3])
@pytest.mark.parametrize("screen", [1, 1.5, 2])
async def test_an_event_of_a_wheel_is_a_notch_at_every_zoom(run: Run, pixels: int, zoom: float, screen: float) -> None:
    delta = pixels / zoom
    places = [(1, 0), (1, 900), (-1, 950), (-1, 960), (1, 2_000), (2, 2_010)]
    turns = [[{"deltaY": way * delta, "wheelDeltaY": -int(way * delta)}, zoom * screen, at] for way, at in places]
    assert await run(WHEEL, turns) == [120, 120, -120, -120, 120, 240]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.finding("field-9")
async def test_notches_are_known_by_lines_by_what_windows_counts_and_by_a_macs_steps(run: Run) -> None:
    lines = [[{"deltaMode": 1, "deltaY": delta}, 1, at] for delta, at in [(3, 0), (1, 10), (-6, 20)]]
    assert await run(WHEEL, lines) == [120, 120, -240]
    windows = [[{"deltaY": 33.3, "wheelDeltaY": -120}, 1, 0], [{"deltaY": -66.7, "wheelDeltaY": 240}, 1, 9]]
    assert await run(WHEEL, windows) == [120, -240]
    mac = [[{"deltaY": 4.000244140625, "wheelDeltaY": -12}, 2, 0], [{"deltaY": -4.000244140625 * 3}, 2, 1_000]]
    assert await run(WHEEL, mac) == [120, -120]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.finding("field-9")
async def test_a_touchpad_adds_up_and_forgets_at_a_pause_and_a_turn_back(run: Run) -> None:
    chance = random.Random(9)
    for _ in range(50):
        deltas = [chance.uniform(0.2, 20), *(chance.uniform(0.2, 150) for _ in range(40))]
        turned = await run(WHEEL, [[{"deltaY": delta}, 1, 16 * place] for place, delta in enumerate(deltas)])
        assert abs(sum(turned) - 1.2 * sum(deltas)) < 1
    small = [[{"deltaY": delta}, 1, at] for delta, at in [(0.5, 0), (-0.5, 16), (0.5, 1_000)]]
    assert await run(WHEEL, small) == [0, 0, 0]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.finding("field-17")
async def test_a_pointer_fits_its_limit_and_keeps_its_hot_spot(run: Run) -> None:
    chance = random.Random(17)
    for _ in range(200):
        width, height = chance.randint(1, 256), chance.randint(1, 256)
        shape = {"width": width, "height": height, "hot_x": width - 1, "hot_y": height // 2}
        scale, limit = chance.choice([0.25, 0.5, 1, 2]), chance.choice([32, 128])
        size = await run("([shape, scale, limit]) => rules.cursorSize(shape, scale, limit)", [shape, scale, limit])
        assert max(size["width"], size["height"]) <= limit
        if max(width, height) * scale <= limit:
            assert size["width"] == width * scale
        assert size["hotX"] <= size["width"]
        assert abs(size["hotX"] / size["width"] - shape["hot_x"] / width) < 0.01
        at = [size, size["hotX"], size["hotY"]]
        inside = "([size, x, y, width, height]) => rules.isInside(size, x, y, width, height)"
        assert await run(inside, [*at, size["width"], size["height"]])
        assert not await run(inside, [*at, size["width"] - 0.5, size["height"]])


@pytest.mark.asyncio(loop_scope="module")
async def test_the_page_asks_of_a_new_password_what_the_relay_asks(run: Run) -> None:
    """The relay says how strong a password is; the page names what is missing for the level that is due."""
    rng = random.Random(30)
    kinds = ["aebz", "AEBZ", "0189", "%& é中٣", "ßØǅⅫ"]
    typed = ["", "Sampla12", "Sample12", "Sampla1%", "Sample1%", "\U0001f98a" * 7 + "aA1"]
    for _ in range(2_000):
        some = "".join(rng.sample(kinds, rng.randint(1, len(kinds))))
        typed.append("".join(rng.choices(some, k=rng.randint(5, 12))))
    levels = [Level.GOOD, Level.STRONG, Level.EXCELLENT]
    page = await run(MEETS, {"typed": typed, "levels": [level.key for level in levels]})
    enough = [[all(rule["met"] for rule in rules) for rules in answers] for answers in page]
    assert enough == [[level_of(each) >= least for least in levels] for each in typed]
    assert {sum(answers) for answers in enough} == {0, 1, 2, 3}, "passwords of every strength were tried"


@pytest.mark.asyncio(loop_scope="module")
async def test_what_was_copied_before_the_clipboard_was_shared_stays_here_until_it_is_pasted(run: Run) -> None:
    old = ["copied before"]
    assert await run(SHARED) == [[], old, [], [], [], old, [], old]
