from tests.requirements import PAGE, as_markdown, proofs
from tests.requirements_later import (
    CHANNELS_AND_FIELDS,
    CUSTOMERS_SIDE,
    LATER,
    ORGANISATION,
    PHONES,
    RECORDING,
    SESSIONS,
    SURVEYS,
    spread,
)


def test_the_page_of_requirements_is_current() -> None:
    assert PAGE.read_text() == as_markdown()


def test_every_requirement_of_these_parts_is_proven_or_says_why_not() -> None:
    known, proven = (
        list(
            spread(f"{ORGANISATION} {RECORDING} {PHONES} {CUSTOMERS_SIDE} {CHANNELS_AND_FIELDS} {SURVEYS} {SESSIONS}")
        ),
        proofs(),
    )
    assert len(known) == len(set(known)) == 331 + 37 + 155 + 41 + 16 + 92 + 49 + 23 + 29 + 220 + 95 + 49 + 11 + 21
    assert set(LATER) <= set(known)
    assert [requirement for requirement in known if requirement not in proven and requirement not in LATER] == []
