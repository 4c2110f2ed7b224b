"""The organisation's logo, for everybody who sees a page: its address changes with it, so browsers may keep it."""

from aiohttp import web

from relay.organization.logo import Logos


def logo_route(logos: Logos) -> web.RouteDef:
    """Return the route of the logo."""

    async def show(request: web.Request) -> web.Response:
        row = await logos.read() if request.path == logos.path else None
        if row is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return web.Response(body=row.content, content_type=row.content_type, headers=headers)

    return web.get("/logo/{digest:[0-9a-f]{32}}", show)
