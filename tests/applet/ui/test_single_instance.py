"""One window for each person: where that cannot be kept, the window is shown all the same."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import subprocess
import sys
from pathlib import Path

from applet.ui.app import make_application
from applet.ui.single_instance import SingleInstance


def test_where_nothing_can_be_kept_the_window_is_shown_all_the_same(tmp_path: Path) -> None:
    make_application()
    (tmp_path / "taken").write_text("a file where the folder should be")
    only = SingleInstance(tmp_path / "taken" / "deskside", desktop=":0")
    assert only.take()
    only.listen(lambda _brought: None)
    only.close()


def test_a_second_start_gives_the_first_one_what_it_brings(tmp_path: Path) -> None:
    application = make_application()
    first, heard = SingleInstance(tmp_path, desktop=":0"), list[str]()
    assert first.take()
    first.listen(heard.append)
    second = (
        "from applet.ui.app import make_application; from applet.ui.single_instance import SingleInstance;"
        "from pathlib import Path; import sys; make_application();"
        "sys.exit(SingleInstance(Path(sys.argv[1]), desktop=':0').take(sys.argv[2]))"
    )
    link = "deskside://open?relay=https%3A%2F%2Fhelp.example&pin=482133"
    for brings in (link, ""):
        with subprocess.Popen([sys.executable, "-c", second, tmp_path, brings]) as started:
            while started.poll() is None:
                application.processEvents()
        assert started.returncode == 0, "the first one keeps its place"
        application.processEvents()
    assert heard == [link, ""]
    first.close()
