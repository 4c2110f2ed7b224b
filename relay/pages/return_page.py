"""The page that a stranger asked for before they signed in: that is where signing in leads.

A cookie that only /sign-in gets keeps it. Whatever the browser brings, it leads nowhere but to pages of staff here.
"""

import re

from aiohttp import web

ACCOUNT = "/account"
COOKIE = "deskside-return"
SECONDS = 900
_PAGE = re.compile(r"/(?:admin|account)(?:[/?][!-\[\]-~]{0,500})?\Z")
"""A path of ours and its query in printable ASCII: no other host, and no backslash, which is a slash to browsers."""


def keep_page(request: web.Request, response: web.StreamResponse, https: bool) -> None:
    """Have the browser keep which page was asked for, where signing in can lead to it."""
    if request.method == "GET" and _PAGE.match(request.path_qs):
        response.set_cookie(
            COOKIE, request.path_qs, max_age=SECONDS, path="/sign-in", httponly=True, samesite="Lax", secure=https
        )


def page_after(request: web.Request) -> str:
    """Return where to go once signed in: to the page that was asked for, else to one's own account."""
    kept = request.cookies.get(COOKIE, "")
    return kept if _PAGE.match(kept) else ACCOUNT


def forget_page(response: web.StreamResponse) -> None:
    """Have the browser forget it: it was shown."""
    response.del_cookie(COOKIE, path="/sign-in")
