"""What was declared of an error is what both faces say of it."""

from pathlib import Path

import pytest

from codec.errors import DesksideError
from relay.admin.error_texts import said
from relay.field_errors import FieldError
from relay.organization.rules import NotAllowedError, NotEmptyError, NotThereError, PlannedError
from relay.refusals import REFUSALS, refusal_of

RELAY = Path(__file__).parents[2] / "relay"


@pytest.mark.parametrize("kind", REFUSALS)
def test_each_refusal_is_one_that_programs_can_tell_apart(kind: type[DesksideError]) -> None:
    refusal = REFUSALS[kind]
    assert 400 <= refusal.status < 500
    assert refusal.problem.isidentifier()
    assert not issubclass(kind, FieldError), "a field's problem is its own code"
    above = [REFUSALS[each] for each in kind.__mro__[1:] if each in REFUSALS]
    assert refusal.sentence or not any(each.sentence for each in above), "what is above it would be said no more"


def test_people_read_the_sentence_that_was_declared_in_their_language() -> None:
    refusal = REFUSALS[NotAllowedError]
    assert said(NotAllowedError("for programs"), str.upper) == refusal.sentence.upper()


def test_a_kind_of_an_error_is_refused_as_that_error() -> None:
    class OfSomeKindError(NotEmptyError):
        """Not declared itself."""

    assert refusal_of(OfSomeKindError()) == REFUSALS[NotEmptyError]
    assert refusal_of(PlannedError()) != refusal_of(NotThereError())


def test_what_was_not_declared_says_its_own_text() -> None:
    assert said(DesksideError("There is no paper."), str) == "There is no paper."
    assert refusal_of(DesksideError()).status == 500


def test_no_face_keeps_a_register_of_its_own() -> None:
    """The API's and the Admin Center's said different things of the same error."""
    for face in ("admin", "api"):
        for file in (RELAY / face).rglob("*.py"):
            for kind in REFUSALS:
                assert f"    {kind.__name__}: " not in file.read_text(), file
