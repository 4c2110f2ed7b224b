"""What is wrong with one field of a form or of a call."""

from codec.errors import DesksideError


class FieldError(DesksideError):
    """One field cannot be stored as it is. `field` names it, `code` is for tests and programs, the text for people.

    `most`: how long it may be at most, where it is too long.
    """

    def __init__(self, field: str, code: str, message: str, most: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.code = code
        self.most = most


def too_long(field: str, most: int) -> FieldError:
    """Return what is said of a text with more characters than `most`."""
    return FieldError(field, "too_long", f"Use at most {most} characters.", most)
