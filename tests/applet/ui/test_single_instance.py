"""One window for each person: where that cannot be kept, the window is shown all the same."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pathlib import Path

from applet.ui.app import make_application
from applet.ui.single_instance import SingleInstance


def test_where_nothing_can_be_kept_the_window_is_shown_all_the_same(tmp_path: Path) -> None:
    make_application()
    (tmp_path / "taken").write_text("a file where the folder should be")
    only = SingleInstance(tmp_path / "taken" / "deskside", desktop=":0")
    assert only.take()
    only.listen(lambda: None)
    only.close()
