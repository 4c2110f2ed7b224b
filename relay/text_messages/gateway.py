"""The gateway that takes text messages by HTTP, as the relay's operator describes it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from relay.config.settings import Settings, SettingsError

SECONDS = 10.0
NUMBER, TEXT, SECRET = "{number}", "{text}", "{secret}"
_PLACES = re.compile(r"\{number\}|\{text\}")
_NO_LINES = str.maketrans("", "", "\r\n\0")


@dataclass(frozen=True)
class Answered:
    """What became of a message. `problem` is empty where the gateway took it, `status` is what it answered."""

    problem: str = ""
    status: int = 0


@dataclass(frozen=True)
class Gateway:
    """Where text messages go. Values are put into a body that is taken apart already: none can change its form."""

    url: str
    method: str
    headers: Mapping[str, str]
    body: Any
    """JSON, or the pairs of a form. A GET has the form in its address."""
    is_json: bool

    async def send(self, http: aiohttp.ClientSession, number: str, text: str) -> Answered:
        """Hand a message over, once: whether a gateway that fell silent has sent it, no one knows."""
        try:
            async with http.request(
                self.method,
                self.url,
                headers=self.headers,
                timeout=aiohttp.ClientTimeout(total=SECONDS),
                allow_redirects=False,
                **self.filled_in(number, text),
            ) as response:
                return Answered(_problem_of(response.status), response.status)
        except aiohttp.ClientConnectorError:
            return Answered("unreachable")
        except (aiohttp.ClientError, OSError, TimeoutError):
            return Answered("unclear")

    def filled_in(self, number: str, text: str) -> dict[str, Any]:
        """Return the body of a request, or its query."""
        values = {NUMBER: number, TEXT: text}
        if self.is_json:
            return {"json": _filled(self.body, values)}
        form = [(name, _put(value, values)) for name, value in self.body]
        return {"params": form} if self.method == "GET" else {"data": form}


def gateway_of(settings: Settings) -> Gateway | None:
    """Return the gateway, None where there is none. Raises SettingsError."""
    if not settings.sms_url:
        return None
    address = urlsplit(settings.sms_url)
    if address.scheme not in ("https", "http") or not address.hostname:
        raise SettingsError("sms_url is no address. Write it as https://gateway.example/send.")
    is_json = settings.sms_format == "json"
    if is_json and settings.sms_method == "GET":
        raise SettingsError("sms_method GET has no body. Set sms_format to form.")
    body = _json(settings.sms_body) if is_json else parse_qsl(settings.sms_body, keep_blank_values=True)
    written = json.dumps(body, ensure_ascii=False)
    if not (NUMBER in written and TEXT in written):
        raise SettingsError("sms_body needs {number} and {text}.")
    headers = dict(_header(each, _secret(settings)) for each in settings.sms_headers if _applies(each, settings))
    return Gateway(settings.sms_url, settings.sms_method, headers, body, is_json)


def _applies(header: str, settings: Settings) -> bool:
    return SECRET not in header or bool(settings.sms_secret_file)


def _header(line: str, secret: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise SettingsError("sms_headers has a line without a colon. Write each as Name: value.")
    return name.strip(), value.strip().replace(SECRET, secret).translate(_NO_LINES)


def _secret(settings: Settings) -> str:
    if not settings.sms_secret_file:
        return ""
    try:
        return Path(settings.sms_secret_file).read_text().strip()
    except OSError as error:
        raise SettingsError(f"sms_secret_file cannot be read ({error.strerror}). Check its name.") from None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise SettingsError("sms_body is no JSON. Check its quotes, or set sms_format to form.") from None


def _filled(body: Any, values: Mapping[str, str]) -> Any:
    match body:
        case str():
            return _put(body, values)
        case list():
            return [_filled(each, values) for each in body]
        case dict():
            return {key: _filled(each, values) for key, each in body.items()}
        case _:
            return body


def _put(written: str, values: Mapping[str, str]) -> str:
    """Put values in their places, all at once: what is put in is not looked through again."""
    return _PLACES.sub(lambda place: values[place[0]], written)


def _problem_of(status: int) -> str:
    match status // 100:
        case 2:
            return ""
        case 4 if status in (401, 403, 407):
            return "sign_in"
        case 4 if status == 429:
            return "later"
        case 4:
            return "address"
        case _:
            return "gateway"
