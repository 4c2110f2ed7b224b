"""Reads what comes behind the head of a request, and refuses what nobody can read: odd bytes answer 400, here only.

Ask who is calling before you call these: callers who have shown nothing get STRANGERS_BYTES and no more.
"""

import warnings
from io import BytesIO
from urllib.parse import parse_qsl, unquote_to_bytes

from aiohttp import BadContentDispositionHeader, BadContentDispositionParam, BodyPartReader, web
from aiohttp.web_protocol import RequestPayloadError
from multidict import MultiDict, MultiDictProxy

STRANGERS_BYTES = 16 * 1024
"""The largest body of a caller whom nobody knows: a form to sign in, a PIN."""
MAX_FIELDS = 1_000
LONGEST_PART = 255
"""Bytes in a part of a path; a file has no longer name."""
_FORM = "application/x-www-form-urlencoded"
_PARTS = "multipart/form-data"
for _category in (BadContentDispositionHeader, BadContentDispositionParam):
    warnings.filterwarnings("ignore", category=_category)  # strangers would fill the log with them
Fields = MultiDictProxy[str | bytes | bytearray | web.FileField]
_READ = web.RequestKey("form", Fields)


def is_odd(request: web.Request) -> bool:
    """Whether address or head have what no program sends on purpose: no UTF-8, NUL, a path with controls or no end."""
    try:
        address = unquote_to_bytes(request.raw_path).decode()
        head = "".join(part.decode() for pair in request.raw_headers for part in pair)
    except UnicodeError:
        return True
    path = address.partition("?")[0]
    if "\0" in address or "\0" in head or any(character < " " or character == "\x7f" for character in path):
        return True
    return any(len(part.encode()) > LONGEST_PART for part in path.split("/"))


async def read(request: web.Request, most: int = STRANGERS_BYTES) -> bytes:
    """Return the body. Raises HTTPBadRequest; HTTPRequestEntityTooLarge, unread where it says its length itself."""
    _check_head(request, most)
    try:
        return await request.clone(client_max_size=most).read()
    except RequestPayloadError:
        raise _unreadable() from None


async def fields(request: web.Request, most: int = STRANGERS_BYTES) -> Fields:
    """Return the fields of a form; they are read once. Raises what `read` raises."""
    if _READ not in request:
        request[_READ] = await _fields(request, most)
    return request[_READ]


async def _fields(request: web.Request, most: int) -> Fields:
    _check_head(request, most)
    try:
        if request.content_type == _FORM:
            text = (await read(request, most)).decode()
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
            found: Fields = MultiDictProxy(MultiDict(pairs))
        elif request.content_type == _PARTS:
            found = MultiDictProxy(await _parts(request.clone(client_max_size=most), most))
        else:
            found = MultiDictProxy(MultiDict())
    except (web.HTTPException, OSError):
        raise
    except Exception:  # aiohttp has no name for most of what can be wrong with a multipart body
        raise _unreadable() from None
    texts = [text for name, value in found.items() for text in (name, _text_of(value))]
    if any("\0" in text or not _is_text(text) for text in texts):
        raise _unreadable()
    return found


async def _parts(request: web.Request, most: int) -> MultiDict[str | bytes | bytearray | web.FileField]:
    """Return the fields of a multipart form, with their texts read as UTF-8 whatever they say of themselves.

    aiohttp's own reader uses the encoding that the sender names: Python has some that take a minute for a megabyte
    (punycode), and some whose texts cannot be written again (utf-7).
    """
    found: MultiDict[str | bytes | bytearray | web.FileField] = MultiDict()
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None or len(found) >= MAX_FIELDS:
            raise _unreadable()
        content = bytes(await part.read(decode=True))  # which looks at `most` for this part alone
        if request.content.total_bytes > most:
            raise web.HTTPRequestEntityTooLarge(most, request.content.total_bytes)
        kind = part.headers.get("Content-Type", "text/plain")
        if part.filename:
            found.add(part.name, web.FileField(part.name, part.filename, BytesIO(content), kind, part.headers))
        elif kind.startswith("text/"):
            found.add(part.name, content.decode())
        else:
            found.add(part.name, content)
    return found


def _text_of(value: str | bytes | bytearray | web.FileField) -> str:
    return value.filename if isinstance(value, web.FileField) else value if isinstance(value, str) else ""


def _is_text(text: str) -> bool:
    """Whether a text can be written again: half of a character that takes two cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _check_head(request: web.Request, most: int) -> None:
    """Refuse unread what is too long, and what is compressed: nobody needs it, and it can hide any length."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPUnsupportedMediaType(text="Send this uncompressed.\n")
    length = request.content_length or 0
    if length > most:
        raise web.HTTPRequestEntityTooLarge(most, length)


def _unreadable() -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text="This cannot be read: it is damaged, or not UTF-8 text.\n")
