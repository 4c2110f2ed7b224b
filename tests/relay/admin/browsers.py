"""A browser without a browser: it keeps its cookie, reads forms, and posts them back with what somebody changed."""

from dataclasses import dataclass
from html.parser import HTMLParser

import aiohttp

from tests.support.relays import RunningRelay, form_token

Fields = list[tuple[str, str]] | aiohttp.FormData


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    location: str


class Browser:
    """One person's browser."""

    def __init__(self, relay: RunningRelay, cookie: str) -> None:
        self._relay = relay
        self.cookie = cookie

    async def get(self, path: str, **headers: str) -> Answer:
        """Open a page."""
        return await self._ask("GET", path, None, headers)

    async def post(self, path: str, fields: Fields, **headers: str) -> Answer:
        """Post a form."""
        return await self._ask("POST", path, fields, headers)

    async def token(self, path: str = "/admin/help") -> str:
        """Return what this browser's forms carry."""
        return form_token((await self.get(path)).text)

    async def form(self, path: str, action: str | None = None) -> "Form":
        """Return the form of a page, as it was drawn."""
        answer = await self.get(path)
        assert answer.status == 200, answer.text
        return Form.read(answer.text, action or path)

    async def _ask(self, method: str, path: str, fields: Fields | None, headers: dict[str, str]) -> Answer:
        sent = {"Cookie": f"deskside={self.cookie}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = self._relay.url + path
        async with self._relay.http.request(method, url, data=fields, headers=sent, allow_redirects=False) as response:
            return Answer(response.status, await response.text(), response.headers.get("Location", ""))


class Form(HTMLParser):
    """The fields of one form, as a browser would post them."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self._action = action
        self._is_inside = False
        self._area = ""
        self._select = ""

    @classmethod
    def read(cls, page: str, action: str) -> "Form":
        """Return the form of a page that posts to `action`."""
        form = cls(action)
        form.feed(page)
        assert form.fields, f"no form for {action} in {page}"
        return form

    def __setitem__(self, name: str, value: str) -> None:
        """Fill a field in."""
        del self[name]
        self.fields.append((name, value))

    def __delitem__(self, name: str) -> None:
        """Leave a field out, as a browser does with a box that is not ticked."""
        self.fields = [each for each in self.fields if each[0] != name]

    def __getitem__(self, name: str) -> str:
        """Return what a field holds."""
        return dict(self.fields)[name]

    def __contains__(self, name: str) -> bool:
        return name in dict(self.fields)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a field would post."""
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._is_inside = given.get("action") == self._action
        name = "" if "disabled" in given or "form" in given else given.get("name", "")
        if not self._is_inside:
            return
        match tag, given.get("type"):
            case "input", "checkbox" | "radio":
                if "checked" in given and name:
                    self.fields.append((name, given.get("value", "on")))
            case "input", _kind if name:
                self.fields.append((name, given.get("value", "")))
            case "textarea", _kind if name:
                self._area = name
                self.fields.append((name, ""))
            case "select", _kind:
                self._select = name
            case "option", _kind if self._select and "selected" in given:
                self.fields.append((self._select, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        """Leave a field, or the form."""
        if tag == "form":
            self._is_inside = False
        self._area = "" if tag == "textarea" else self._area
        self._select = "" if tag == "select" else self._select

    def handle_data(self, data: str) -> None:
        """Read what stands in a text of several lines."""
        if self._area:
            self.fields[-1] = (self._area, self.fields[-1][1] + data)
