"""Forms of pages: their text fields, and where to go afterwards."""

from aiohttp import web


async def texts(request: web.Request) -> dict[str, str]:
    """Return the text fields of a form; files are not what these forms carry."""
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


async def several(request: web.Request, name: str) -> list[str]:
    """Return all values of a field that may be chosen more than once."""
    return [value for value in (await request.post()).getall(name, []) if isinstance(value, str)]


def see(path: str) -> web.Response:
    """Return the answer that leads on to another page."""
    return web.Response(status=303, headers={"Location": path})
