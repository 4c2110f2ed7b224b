"""What a relay does with bytes that no browser sends: any answer but "something went wrong here", and no traceback.

Each input is one connection's worth of bytes to a real relay on loopback. Words between @ stand for what only a running
relay knows: @COOKIE@ and @TOKEN@ of its administrator, @FORM@ for what their forms carry.
"""

import asyncio
import contextlib
import json
import logging
import re
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from relay.api.document import as_text
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, form_token, running_relay

AT_ONCE = 32
ANSWER_SECONDS = 0.5
"""Inputs that are no whole request get no answer; they are not waited for."""
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_HEAD = "%s %s HTTP/1.1\r\nHost: here\r\nCookie: deskside=@COOKIE@\r\n"
_PAGES = (
    "/", "/start", "/how-to-check", "/sign-in", "/forgotten", "/choose-password", "/setup", "/account",
    "/account/two-step", "/account/password", "/account/notifications", "/account/organisation", "/admin",
    "/admin/organization/organisation", "/admin/reports/organisation?report=audit", "/admin/keys", "/admin/people",
    "/admin/licences", "/admin/tree/technicians", "/admin/branch/technicians?from=0", "/s/abcdefghijklmnopqrstu",
    "/download/none", "/static/pages.css", "/health",
    "/metrics", "/ws/applet", "/ws/console", "/ws/tunnel", "/?lang=nl", "/api/v1/openapi.json",
)  # fmt: skip
_FORMS = {
    "/sign-in": "email=anna%40northwind.example&password=x",
    "/setup": "token=a&organisation=b&name=c&email=d&password=e",
    "/start": "pin=123456",
    "/not-them": "code=1.abc",
    "/forgotten": "email=bob%40northwind.example",
    "/choose-password": "secret=%23abc&password=a&confirm=a&code=123456",
    "/sign-in/code": "form=@FORM@&code=123456",
    "/sign-out-there": "form=@FORM@&sign_in=99999",
    "/account/password": "form=@FORM@&current=a&password=b&confirm=b&code=123456",
    "/account/two-step/propose": "form=@FORM@&current=a",
    "/account/two-step/confirm": "form=@FORM@&code=%D9%A1%D9%A2%D9%A3456",
    "/account/two-step/codes": "form=@FORM@&code=123456",
    "/account/two-step/remove": "form=@FORM@&code=123456",
    "/account/notifications": "form=@FORM@&event=sign_in",
    "/account/organisation": "form=@FORM@&version=1&name=Northwind",
    "/admin/organization/technician-1": "form=@FORM@&version=1&name=Anna",
    "/admin/organization/technician-1/password": "form=@FORM@&password=a&confirm=b",
    "/admin/settings/organisation": "form=@FORM@&was=1&password.level=strong",
    "/admin/licences": "form=@FORM@&version=1&standard=5",
    "/admin/keys": "form=@FORM@&name=a&scopes=org%3Aread&days=30",
    "/admin/keys/1/revoke": "form=@FORM@",
}
_ODD = (
    b"GET / HTTP/1.1\r\nHost: here\r\nUser-Agent: \xff\xfe\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: here\r\nAccept-Language: \xc3\x28\r\n\r\n",
    b"GET /account HTTP/1.1\r\nHost: here\r\nCookie: deskside=\xff\xff\r\n\r\n",
    b"GET /account HTTP/1.1\r\nHost: here\r\nCookie: deskside=\"\\000\\377\"; deskside-open=\xff\r\n\r\n",
    b"GET /?lang=%FF HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /?lang=%00 HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /?lang=\xff HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /s/%ED%A0%80abcdefghij HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /download/%00 HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /static/%00 HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /static/" + b"a" * 5_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /static/../../etc/passwd%0d%0aX: y HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET /static/pages.css HTTP/1.1\r\nHost: here\r\nRange: bytes=99999999999999999999999-\r\n\r\n",
    b"GET /static/pages.css HTTP/1.1\r\nHost: here\r\nIf-Modified-Since: Mon, 99 Foo 99999 99:99:99 GMT\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: here\r\nOrigin: http://[\r\nContent-Length: 0\r\n\r\n",
    b"GET /ws/applet HTTP/1.1\r\nHost: here\r\nOrigin: http://[\r\n\r\n",
    b"GET http://[/ HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET http://here:99999/ HTTP/1.1\r\nHost: here\r\n\r\n",
    b"CONNECT here:1 HTTP/1.1\r\nHost: here\r\n\r\n",
    b"CONNECT [::1 HTTP/1.1\r\nHost: here\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET // HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET //[/ HTTP/1.1\r\nHost: here\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: [\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: here\r\nX-Forwarded-For: \xff, ::ffff:1.2.3.4%x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: here\r\nExpect: a miracle\r\n\r\n",
    b"GET /sign-in HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer \xff\r\n\r\n",
    b"GET /api/v1/me HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer dk_\xc3\xa9\r\n\r\n",
    b"GET /api/v1/sessions HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer @TOKEN@\r\n"
    b'If-Match: "' + b"9" * 5_000 + b'"\r\n\r\n',
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)  # fmt: skip
_ODD_BODIES = (
    (b"application/x-www-form-urlencoded", b"email=%FF%FE&password=%00"),
    (b"application/x-www-form-urlencoded", b"email=\xff\xfe"),
    (b"application/x-www-form-urlencoded; charset=no-such", b"email=a"),
    (b"application/x-www-form-urlencoded; charset=utf-16", b"e\0m\0a"),
    (b"application/x-www-form-urlencoded", b"&".join(b"a=b" for _ in range(2_000))),
    (b"application/x-www-form-urlencoded", b"form=@FORM@&sign_in=" + b"9" * 5_000),
    (b"application/x-www-form-urlencoded", b"form=@FORM@&code=%D9%A1%D9%A2%D9%A3%D9%A4%D9%A5%D9%A6&version=%D9%A1"),
    (b"multipart/form-data", b"--x\r\n\r\n"),
    (b"multipart/form-data; boundary=x", b"no boundary at all"),
    (b"multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n"),
    (
        b"multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n\xff\0\r\n--x--\r\n',
    ),
    (
        b"multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=x\r\n\r\na\r\n--x--\r\n',
    ),
    (
        b"multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: x\r\n\r\na\r\n--x--\r\n',
    ),
    (
        b"multipart/form-data; boundary=x",
        b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n--y--\r\n--x--\r\n",
    ),
    (b"multipart/form-data; boundary=" + b"x" * 200, b"--x\r\n"),
    (b"application/json", b'{"email": "\\ud800", "password": "\\u0000", "console": "x"}'),
    (b"application/json", b'{"email": "\\u0000", "password": "\\u0000", "console": "\\u0000"}'),
    (b"application/json", b'{"version": ' + b"9" * 5_000 + b"}"),
    (b"application/json", b'{"version": 99999999999999999999999}'),
    (b"application/json", b"[" * 10_000),
    (b"\xff", b"\xff"),
)  # fmt: skip
_ENCODED = (
    b"POST /sign-in HTTP/1.1\r\nHost: here\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone",
    b"POST /api/v1/sign-in HTTP/1.1\r\nHost: here\r\nContent-Encoding: deflate\r\nContent-Length: 4\r\n\r\nnone",
    b"POST /sign-in HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b'POST /api/v1/sign-in HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"ema\r\nfoo\r\n',
    b"POST /sign-in HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: here\r\nContent-Length: -1\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: here\r\nContent-Length: 99999999999999999999999999\r\n\r\n",
)


class FoundError(AssertionError):
    """The relay did what it should not."""


def seeds() -> list[bytes]:
    """Return what inputs are made from: a request to each page and call, good ones and odd ones."""
    pages = [f"{_HEAD % ('GET', path)}\r\n".encode() for path in _PAGES]
    forms = [_posted(path, b"application/x-www-form-urlencoded", form.encode()) for path, form in _FORMS.items()]
    odd = [
        _posted(path, kind, body) for kind, body in _ODD_BODIES for path in ("/sign-in", "/sign-out-there", "/start")
    ]
    odd += [_posted("/api/v1/sign-in", kind, body) for kind, body in _ODD_BODIES]
    odd += [_posted("/account/two-step/confirm", kind, body) for kind, body in _ODD_BODIES]
    odd += [_posted("/admin/people/preview", kind, body) for kind, body in _ODD_BODIES]
    return [*pages, *forms, *_calls(), *_ODD, *odd, *_ENCODED]


def _calls() -> Iterator[bytes]:
    """Return each call of the API, with numbers in its gaps and bodies of several kinds."""
    bodies = (b"{}", b'{"name": "\\u0000", "version": 1}', b'{"version": 99999999999999999999, "name": "\xc3\xa9"}')
    for path, methods in json.loads(as_text())["paths"].items():
        filled = re.sub(r"{kind}", "technician", re.sub(r"{(id|channel)}", "1", path))
        filled = re.sub(r"{\w+}", "a", filled)
        whole = filled if filled.startswith("/api/") else f"/api/v1{filled}"
        for method in methods:
            for body in bodies if method in ("post", "put", "patch") else bodies[:1]:
                head = f"{method.upper()} {whole} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer @TOKEN@\r\n"
                yield f'{head}If-Match: "1"\r\nContent-Length: {len(body)}\r\n\r\n'.encode() + body


def _posted(path: str, kind: bytes, body: bytes) -> bytes:
    """Return a form, whose length is filled in when its words are."""
    return (_HEAD % ("POST", path)).encode() + b"Content-Type: %s\r\nContent-Length: @LENGTH@\r\n\r\n%s" % (kind, body)


def try_one(data: bytes) -> None:
    """Try one input. Raises FoundError."""
    try_all([data])


def try_all(inputs: Iterable[bytes]) -> int:
    """Try inputs on one relay; return how many. Raises FoundError with the first that it does not stand."""
    return asyncio.run(_try_all(iter(inputs)))


async def _try_all(inputs: Iterator[bytes]) -> int:
    tried = 0
    with tempfile.TemporaryDirectory() as folder, _Log() as log:
        async with running_relay(Path(folder), max_strangers_per_address=4_096, head_seconds=5) as relay:
            while batch := list(islice(inputs, AT_ONCE)):
                words = await _words(relay)
                answers = await asyncio.gather(*(_answer(relay, _filled(data, words)) for data in batch))
                tried += len(batch)
                if log.said or any(b"500" in statuses for statuses in answers):
                    await _find(relay, log, batch, words)
    return tried


async def _find(relay: RunningRelay, log: "_Log", batch: list[bytes], words: dict[bytes, bytes]) -> None:
    """Try a batch again one by one, and name the input. Raises FoundError."""
    before = list(log.said)
    for data in batch:
        log.said.clear()
        filled = _filled(data, words)
        statuses = await _answer(relay, filled)
        if log.said or b"500" in statuses:
            raise FoundError(f"{filled[:2_000]!r}\nwas answered {statuses!r}\n" + "\n".join(log.said))
    raise FoundError(f"one of {batch!r}, not by itself\n" + "\n".join(before))


async def _answer(relay: RunningRelay, data: bytes) -> list[bytes]:
    """Return the statuses with which the relay answers."""
    heard = b""
    host, port = relay.settings.address
    reader, writer = await asyncio.open_connection(host, port)
    with contextlib.suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS):
            writer.write(data)
            while part := await reader.read(65_536):
                heard += part
                if len(_STATUS.findall(heard)) >= data.count(b" HTTP/1.1\r\n"):
                    break
    writer.transport.abort()
    return _STATUS.findall(heard)


async def _words(relay: RunningRelay) -> dict[bytes, bytes]:
    """Return what stands for the words; the administrator signs in again where an input has signed them out."""
    known: dict[bytes, bytes] = getattr(relay, "words", {})
    if known:
        headers = {"Cookie": f"deskside={known[b'@COOKIE@'].decode()}"}
        async with relay.http.get(f"{relay.url}/account", headers=headers, allow_redirects=False) as response:
            if response.status == 200 and (await relay.call("GET", "/me"))[0] == 200:
                return known
    form = {"email": EMAIL, "password": PASSWORD}
    async with relay.http.post(f"{relay.url}/sign-in", data=form, allow_redirects=False) as response:
        cookie = response.cookies["deskside"].value if "deskside" in response.cookies else ""
    token = ""
    if cookie:
        async with relay.http.get(f"{relay.url}/account", headers={"Cookie": f"deskside={cookie}"}) as response:
            token = form_token(await response.text())
    known = {b"@COOKIE@": cookie.encode(), b"@TOKEN@": relay.token.encode(), b"@FORM@": token.encode()}
    relay.words = known  # type: ignore[attr-defined]
    return known


def _filled(data: bytes, words: dict[bytes, bytes]) -> bytes:
    for word, meaning in words.items():
        data = data.replace(word, meaning)
    length = len(data.partition(b"\r\n\r\n")[2])
    return data.replace(b"@LENGTH@", str(length).encode())


class _Log(logging.Handler):
    """Hears whatever the relay, asyncio and aiohttp write that an operator should never see from strangers."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def __enter__(self) -> "_Log":
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_what: object) -> None:
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        if record.levelno >= logging.ERROR or record.exc_info:
            formatted = logging.Formatter().format(record)
            self.said.append(formatted)
