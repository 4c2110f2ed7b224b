"""S3 and what speaks like it: `s3://[key:secret@]server[:port]/bucket[/prefix][?region=…&http=1]`, bucket in the path.

A small file goes in one request. A large one goes in parts, which the server keeps until all are there; after a break
the rest is sent. The server compares each request with the SHA-256 in its signature and takes none that differs, so
nothing is read back; at the end the size is asked. The SHA-256 of the whole stays there as metadata.
"""

import hashlib
import html
import re
import secrets
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import aiohttp
from aiohttp.payload import Payload
from yarl import URL

from codec.stores.address_policy import Reach
from codec.stores.base import Progress, StoreError
from codec.stores.credentials import credentials_needed
from codec.stores.locations import Location
from codec.stores.names import quoted, stored_name
from codec.stores.signature import EMPTY, Signer, canonical_query
from codec.stores.source import digest_of, opened, piece_digest
from codec.stores.web import Piece, WebLine, address_of, length, proxy_refused, said

PART = 8 << 20
MOST_PARTS = 9_000
"""S3 keeps 10,000 of an upload; a file that would need more goes in larger ones."""
_USUAL_REGION = "us-east-1"
_WHOLE = "x-amz-meta-sha256"
_NOT_KNOWN = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "TokenRefreshRequired")
_REASONS = {
    "NoSuchBucket": "the bucket does not exist. Create it there, or correct the address",
    "RequestTimeTooSkewed": "the clock of this computer is wrong. Set it",
    "PermanentRedirect": "the bucket is in another region. Write that region's server and ?region=…",
    "AuthorizationHeaderMalformed": "the bucket is in another region. Write ?region=… after the address",
    "EntityTooLarge": "the recording is too large for the server. Have its limit raised",
}
_LATER = ("QuotaExceeded", "XMinioStorageFull", "InsufficientStorage")


@dataclass(frozen=True)
class _Upload:
    """An upload in parts that has begun: what the server calls it, and its parts' tags in order."""

    id: str
    tags: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        return sum(self.sizes)


class S3Store:
    """A Store in a bucket."""

    def __init__(self, location: Location, reach: Reach, trust: ssl.SSLContext, *, proxies: bool) -> None:
        self._location = location
        self._line = WebLine(location, reach, trust, proxies=proxies)
        self._address = address_of(location)
        self._bucket, _, prefix = location.path.strip("/").partition("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._signer = Signer(location.user, location.password, location.option("region") or _USUAL_REGION)

    async def confirmed(self, name: str) -> int:
        """See Store."""
        stored = stored_name(name)
        there = await self._there(stored)
        if there is not None:
            return there[0]
        begun = await self._begun(stored)
        return 0 if begun is None else begun.size

    async def send(self, source: Path, name: str, progress: Progress) -> None:
        """See Store."""
        stored = stored_name(name)
        with opened(source) as file:
            size, whole = await length(file), (await digest_of(file)).hex()
            there = await self._there(stored)
            if there is None:
                await self._bring(file, stored, size, whole, progress)
                there = await self._there(stored)
        if there is None or there[0] != size or there[1] not in (whole, ""):
            raise StoreError(
                f"{self._shown} has another file with the name {stored}, which is not replaced. Move it there.",
                retry=False,
            )
        progress(size)

    async def delete(self, name: str) -> None:
        """See Store."""
        stored = stored_name(name)
        begun = await self._begun(stored)
        if begun is not None:
            async with self._ask("DELETE", stored, {"uploadId": begun.id}) as answer:
                await self._refuse(answer)
        async with self._ask("DELETE", stored) as answer:
            await self._refuse(answer)

    async def test(self) -> None:
        """See Store."""
        name = f"deskside-test-{secrets.token_hex(8)}.txt"
        text = f"Deskside tests whether recordings can go here. {secrets.token_hex(16)}\n".encode()
        try:
            async with self._ask("PUT", name, body=text) as answer:
                await self._refuse(answer)
            async with self._ask("GET", name) as answer:
                await self._refuse(answer)
                if await answer.content.read(len(text) + 1) != text:
                    raise StoreError(f"{self._shown}: the file read back differs from what was written.", retry=False)
            await self.delete(name)
        except StoreError:
            with suppress(StoreError):
                await self.delete(name)
            raise

    async def close(self) -> None:
        """See Store."""
        await self._line.close()

    async def _bring(self, file: BinaryIO, stored: str, size: int, whole: str, progress: Progress) -> None:
        if size <= PART:
            piece = Piece(file, 0, size, progress)
            async with self._ask("PUT", stored, body=piece, digest=whole, more={_WHOLE: whole}) as answer:
                await self._refuse(answer)
            return
        step = max(PART, -(-size // MOST_PARTS // PART) * PART)
        upload = await self._begun(stored)
        if upload is None or any(each != step for each in upload.sizes[:-1]) or upload.size > size:
            upload = await self._begin(stored, whole)
        tags, at = list(upload.tags), upload.size
        if upload.sizes and upload.sizes[-1] != step and at != size:  # cut short by an older version or another client
            tags.pop()
            at -= upload.sizes[-1]
        progress(at)
        while at < size:
            end = min(at + step, size)
            tags.append(await self._part(file, stored, upload.id, len(tags) + 1, (at, end), progress))
            at = end
        await self._complete(stored, upload.id, tags)

    async def _begin(self, stored: str, whole: str) -> _Upload:
        async with self._ask("POST", stored, {"uploads": ""}, more={_WHOLE: whole}) as answer:
            await self._refuse(answer)
            ids = _texts(await said(answer), "UploadId")
        if not ids:
            raise StoreError(f"{self._shown}: the server takes no uploads in parts.", retry=False)
        return _Upload(ids[0])

    async def _part(
        self, file: BinaryIO, stored: str, upload: str, number: int, span: tuple[int, int], progress: Progress
    ) -> str:
        query = {"partNumber": str(number), "uploadId": upload}
        digest = (await piece_digest(file, *span)).hex()
        async with self._ask("PUT", stored, query, Piece(file, *span, progress), digest) as answer:
            await self._refuse(answer)
            return answer.headers.get("ETag", "")

    async def _complete(self, stored: str, upload: str, tags: list[str]) -> None:
        parts = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{html.escape(tag)}</ETag></Part>"
            for number, tag in enumerate(tags, 1)
        )
        body = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        async with self._ask("POST", stored, {"uploadId": upload}, body) as answer:
            await self._refuse(answer)
            if "<Error>" in await said(answer):  # it begins to answer before it knows
                raise StoreError(f"{self._shown}: the server could not join the parts.", retry=True)

    async def _there(self, stored: str) -> tuple[int, str] | None:
        """Return the size of a whole file and its SHA-256, if that was written beside it; None if there is none."""
        async with self._ask("HEAD", stored) as answer:
            if answer.status == 404:
                return None
            if answer.status < 300:
                return answer.content_length or 0, answer.headers.get(_WHOLE, "")
        async with self._ask("GET", stored) as answer:  # only an answer with a body says why
            await self._refuse(answer)
        raise StoreError(f"{self._shown}: the key cannot read there. Correct its permissions.", retry=False)

    async def _begun(self, stored: str) -> _Upload | None:
        """Return the latest upload of a file that is not complete, with its parts as far as none is missing."""
        key = self._prefix + stored
        async with self._ask("GET", None, {"uploads": "", "prefix": key}) as answer:
            await self._refuse(answer)
            uploads = [
                (*_texts(each, "Initiated"), *_texts(each, "UploadId"))
                for each in _texts(await said(answer), "Upload", unescape=False)
                if _texts(each, "Key") == [key]
            ]
        return await self._parts(stored, max(uploads)[-1]) if uploads else None

    async def _parts(self, stored: str, upload: str) -> _Upload:
        tags: list[str] = []
        sizes: list[int] = []
        marker = "0"
        while True:
            query = {"uploadId": upload, "part-number-marker": marker}
            async with self._ask("GET", stored, query) as answer:
                await self._refuse(answer)
                text = await said(answer)
            for part in _texts(text, "Part", unescape=False):
                if _texts(part, "PartNumber") != [str(len(tags) + 1)]:
                    return _Upload(upload, tuple(tags), tuple(sizes))
                tags += _texts(part, "ETag")
                sizes += [int(each) for each in _texts(part, "Size")]
            marker = str(len(tags))
            if _texts(text, "IsTruncated") != ["true"]:
                return _Upload(upload, tuple(tags), tuple(sizes))

    @asynccontextmanager
    async def _ask(
        self,
        method: str,
        stored: str | None,
        query: Mapping[str, str] | None = None,
        body: Payload | bytes | None = None,
        digest: str | None = None,
        more: Mapping[str, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Lend the answer to a signed request about a file, or about the bucket."""
        if not self._location.user or not self._location.password:
            raise credentials_needed(self._location)
        path = f"/{quote(self._bucket, safe='')}"
        if stored is not None:
            path += f"/{quote(self._prefix)}{quoted(stored)}"
        payload = digest or (hashlib.sha256(body).hexdigest() if isinstance(body, bytes) else EMPTY)
        host = self._address.partition("://")[2]
        headers = self._signer.signed(
            method, path, query or {}, {"host": host, **(more or {})}, payload, datetime.now(UTC)
        )
        url = f"{self._address}{path}" + (f"?{canonical_query(query)}" if query else "")
        async with self._line.ask(method, URL(url, encoded=True), headers, body) as answer:
            yield answer

    @property
    def _shown(self) -> str:
        return self._location.shown

    async def _refuse(self, answer: aiohttp.ClientResponse) -> None:
        """Raise what the answer means, unless it is a yes. Of what the server says only known codes are used."""
        status = answer.status
        if status < 300:
            return
        if status == 407:
            raise StoreError(proxy_refused(status), retry=False)
        code = next(iter(_texts(await said(answer), "Code")), "")
        if code in _NOT_KNOWN or status == 401:
            raise credentials_needed(self._location)
        if code in _REASONS:
            raise StoreError(f"{self._shown}: {_REASONS[code]}.", retry=False)
        if code in _LATER or status == 507:
            raise StoreError(
                f"{self._shown}: the disk is full. Free some space, or choose another location.", retry=True
            )
        if status == 403:
            raise StoreError(
                f"{self._shown}: the key cannot write, read and list there. Correct its permissions.", retry=False
            )
        retry = status >= 500 or status in (408, 409, 429)
        raise StoreError(f"{self._shown}: the server refused (HTTP {status}).", retry=retry)


def _texts(xml: str, tag: str, *, unescape: bool = True) -> list[str]:
    """Return what is in the elements of a name. A parser would expand what a hostile server defines."""
    found = re.findall(rf"<{tag}(?:\s[^>]*)?>(.*?)</{tag}>", xml, re.DOTALL)
    return [html.unescape(each) for each in found] if unescape else found
