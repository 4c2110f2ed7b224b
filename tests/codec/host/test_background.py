"""Work beside everything else: its failure is said, and no program keeps a task whose failure nobody would see."""

import ast
import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from codec.host import background
from codec.host.background import BackgroundTasks

ROOT = Path(__file__).parents[3]
STARTS = ("asyncio.ensure_future", "asyncio.create_task")


async def fail() -> None:
    """Work that fails."""
    raise ValueError("no such thing")


async def test_what_fails_is_logged_by_its_name_and_raised_to_those_who_wait(caplog: pytest.LogCaptureFixture) -> None:
    task = background.start(fail(), "looking for things")
    with pytest.raises(ValueError, match="no such thing"):
        await task
    assert [(each.levelno, each.getMessage()) for each in caplog.records] == [
        (logging.ERROR, "looking for things failed")
    ]
    assert "no such thing" in caplog.text


async def test_what_is_canceled_is_no_failure_and_close_waits_for_it(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("work")

    tasks = BackgroundTasks()
    tasks.start(work(), "waiting")
    await asyncio.sleep(0)
    await tasks.close()
    assert ended == ["work"]
    assert not caplog.records


async def test_finish_waits_for_what_ends_by_itself_and_cuts_nothing_off() -> None:
    ended: list[str] = []
    go = asyncio.Event()

    async def work() -> None:
        await go.wait()
        ended.append("work")

    tasks = BackgroundTasks()
    tasks.start(work(), "working")
    asyncio.get_running_loop().call_soon(go.set)
    await tasks.finish()
    assert ended == ["work"]
    await tasks.finish()


def kept_tasks(file: Path) -> Iterator[str]:
    """Yield what asyncio begins as a task that is more than a local variable of its function."""
    tree = ast.parse(file.read_text())
    local = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and all(isinstance(each, ast.Name | ast.Tuple) for each in node.targets)
    }
    local |= {id(each) for node in ast.walk(tree) if isinstance(node, ast.Tuple) for each in node.elts}
    local |= {id(each) for node in ast.walk(tree) if isinstance(node, ast.BoolOp) for each in node.values}
    local |= {id(node.elt) for node in ast.walk(tree) if isinstance(node, ast.ListComp)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in STARTS and id(node) not in local:
            yield ast.unparse(node)


def test_every_task_that_outlives_its_function_says_when_it_fails() -> None:
    """A task in a local variable is awaited there, or given the callback that tells."""
    found = {
        f"{file.relative_to(ROOT)}: {started}"
        for part in ("applet", "codec", "console", "relay")
        for file in sorted((ROOT / part).rglob("*.py"))
        if "node_modules" not in file.parts
        for started in kept_tasks(file)
    }
    assert found == {
        "codec/session/links/direct.py: asyncio.ensure_future(self._peer.setLocalDescription(description))",  # shielded
        "console/recording/uploads.py: asyncio.ensure_future(self._bring(entry))",  # what fails is noted of the upload
    }
