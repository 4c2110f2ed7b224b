"""How what a relay serves compares with what was released."""

from pathlib import Path

from codec.wire.customer_page import Manifest
from console.customer_page.released import MOST_FILES, PageState, compare, fingerprint, names_to_compare, read_released

RELEASED = Manifest({"index.html": "a" * 64, "assets/index.js": "b" * 64}, "1.0")


def test_every_file_counts_and_one_that_is_not_served_too() -> None:
    assert compare(RELEASED, dict(RELEASED.files), frozenset()) is PageState.SAME
    for name in RELEASED.files:
        assert compare(RELEASED, RELEASED.files | {name: "c" * 64}, frozenset()) is PageState.OTHER
        assert compare(RELEASED, RELEASED.files | {name: ""}, frozenset()) is PageState.OTHER


def test_only_what_was_accepted_is_accepted() -> None:
    own = RELEASED.files | {"index.html": "c" * 64}
    accepted = frozenset({fingerprint(own)})
    assert compare(RELEASED, own, accepted) is PageState.ACCEPTED
    assert compare(RELEASED, own | {"index.html": "d" * 64}, accepted) is PageState.OTHER


def test_a_relay_names_no_more_files_than_a_page_has() -> None:
    told = Manifest({f"assets/{number}.js": "" for number in range(10_000)}, "1.0")
    names = names_to_compare(RELEASED, told)
    assert set(RELEASED.files) < set(names)
    assert len(names) <= MOST_FILES + len(RELEASED.files)


def test_a_checkout_in_which_nothing_was_built_knows_no_page(tmp_path: Path) -> None:
    assert read_released(tmp_path / "none.json") is None
