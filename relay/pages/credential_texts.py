"""What the pages of account security show of errors and secrets. Pure."""

import segno
from markupsafe import Markup

from codec.errors import DesksideError
from relay.field_errors import FieldError
from relay.limits.fair_queue import BusyError
from relay.limits.rate_limiter import TooOftenError
from relay.sign_in.authentication import GroupDisabledError, ShutOutError
from relay.sign_in.one_time_codes import totp_uri


def problem_of(error: DesksideError | None) -> dict[str, object] | None:
    """Return an error as templates take it: the field that it is at, its kind, and how long to wait."""
    match error:
        case None:
            return None
        case FieldError():
            about = {"field": error.field, "kind": error.code, "most": error.most}
            return {**about, "seconds": 0, "what": "", "contact": ""}
        case TooOftenError():
            return {"field": "", "kind": "too_many", "seconds": error.retry_seconds, "what": "", "contact": ""}
        case BusyError():
            return {"field": "", "kind": "busy", "seconds": error.retry_seconds, "what": "", "contact": ""}
        case ShutOutError():
            kind = "group_disabled" if isinstance(error, GroupDisabledError) else "disabled"
            return {"field": "", "kind": kind, "seconds": 0, "what": "", "contact": error.contact}
        case _:
            return {"field": "code", "kind": "wrong", "seconds": 0, "what": type(error).__name__, "contact": ""}


def squares(uri: str) -> list[str]:
    """Return the rows of a QR code, for a program that draws it itself: each square a 0 or a 1."""
    return ["".join(str(each) for each in row) for row in segno.make(uri, error="m", micro=False).matrix]


def qr_code(secret: str, email: str, organisation: str) -> Markup:
    """Return the QR code of an authenticator's secret, as SVG to stand in a page. No other service draws it."""
    code = segno.make(totp_uri(secret, email, organisation), error="m", micro=False)
    drawn = code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None, dark="#14181c", light="#ffffff")
    return Markup(drawn)  # noqa: S704  (segno draws modules only; no text of anybody's is in it)
