"""Sends a report while it is made, and says where a paged one goes on."""

from datetime import datetime
from urllib.parse import quote

from aiohttp import web

from relay.field_errors import FieldError
from relay.reports.declare import Place
from relay.reports.service import File
from relay.texts import _
from relay.web.numbers import whole


async def send(request: web.Request, file: File) -> web.StreamResponse:
    """Send a file. One that fails half-way breaks off, so that nobody takes a part for the whole."""
    response = web.StreamResponse(
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "Content-Type": file.media_type if "text" not in file.media_type else f"{file.media_type}; charset=utf-8",
            "Cache-Control": "no-store",
        }
    )
    await response.prepare(request)
    async for chunk in file.content:
        await response.write(chunk)
    await response.write_eof()
    return response


def word_of(place: Place | None) -> str:
    """Return where to go on, as a parameter of an address."""
    return "" if place is None else f"{place.at.isoformat()}_{place.id}"


def place_of(word: str) -> Place | None:
    """Return where to go on. Raises FieldError."""
    if not word:
        return None
    moment, _underscore, number = word.partition("_")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        at = None
    id_ = whole(number)
    if at is None or at.tzinfo is None or id_ is None:
        raise FieldError("after", "not_a_place", _("Continue with the value of `after` from the last response."))
    return Place(at, id_)
