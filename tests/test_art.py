import pytest

from tests.art import COPIES, ROOT


@pytest.mark.parametrize("copy", COPIES)
def test_every_program_wears_the_same_look(copy: str) -> None:
    assert (ROOT / copy).read_bytes() == (ROOT / COPIES[copy]).read_bytes(), "run make art"
