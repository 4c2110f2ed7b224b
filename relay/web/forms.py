"""Forms of pages: their text fields, and where to go afterwards."""

from aiohttp import web

from relay.web.bodies import STRANGERS_BYTES, fields


async def texts(request: web.Request, most: int = STRANGERS_BYTES) -> dict[str, str]:
    """Return the text fields of a form; files are not what these forms carry. Raises HTTPException."""
    return {name: value for name, value in (await fields(request, most)).items() if isinstance(value, str)}


async def several(request: web.Request, name: str, most: int = STRANGERS_BYTES) -> list[str]:
    """Return all values of a field that may be chosen more than once. Raises HTTPException."""
    return [value for value in (await fields(request, most)).getall(name, []) if isinstance(value, str)]


def see(path: str) -> web.Response:
    """Return the answer that leads on to another page."""
    return web.Response(status=303, headers={"Location": path})
