from pathlib import Path

from applet.processor_use import ProcessorUse


def test_what_was_used_since_the_last_call(tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3\n")
    use = ProcessorUse(stat)
    assert use.percent() is None
    stat.write_text("cpu  160 0 65 820 55 0 0 0 0 0\n")
    assert use.percent() == 75
    stat.unlink()
    assert use.percent() is None


def test_this_computer_tells() -> None:
    use = ProcessorUse()
    while (percent := use.percent()) is None:
        pass
    assert 0 <= percent <= 100
