"""How large a picture may be, from what the line carries."""

from codec.picture.rate.picture_budget import FIRST_HELPING_SECONDS, HELPING_SECONDS, SMALL_EACH, budget_for

RATE = 400_000.0


def test_a_picture_takes_the_line_for_a_helping() -> None:
    budget = budget_for(7.0, RATE, sent=SMALL_EACH, videos=True)
    assert (budget.now, budget.bytes_per_second, budget.videos) == (7.0, RATE, True)
    assert budget.bytes == RATE * HELPING_SECONDS


def test_the_first_may_be_larger() -> None:
    assert budget_for(0.0, RATE, sent=None, videos=False).bytes == RATE * FIRST_HELPING_SECONDS


def test_one_of_so_many_is_small_and_measures_the_line() -> None:
    sizes = [budget_for(0.0, RATE, sent, videos=False).bytes for sent in range(3 * SMALL_EACH)]
    assert sizes.count(int(RATE * HELPING_SECONDS / 4)) == 3
    assert sizes.count(int(RATE * HELPING_SECONDS)) == len(sizes) - 3
