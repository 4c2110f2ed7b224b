"""The survey after a session: whether something is asked, told by the relay once the session has ended."""

import asyncio
import logging

import aiohttp
import msgspec

from codec.wire.survey_types import Survey, SurveyKind

ASKED = 5
"""So often: the relay may hear of the end after this program."""
AGAIN_SECONDS = 1.0
MOST_BYTES = 64 * 1024
_LIMIT = aiohttp.ClientTimeout(total=10)
_NOT_YET = 409
_log = logging.getLogger(__name__)


async def survey_page(http: aiohttp.ClientSession, relay: str, token: str) -> str:
    """Return the address at which the customer can answer; empty where nothing is asked, or it cannot be told."""
    page = f"{relay}/survey/{token}"
    try:
        for _time in range(ASKED):
            async with http.get(f"{page}/questions", timeout=_LIMIT, allow_redirects=False) as response:
                if response.status == _NOT_YET:
                    await asyncio.sleep(AGAIN_SECONDS)
                    continue
                content = await response.content.read(MOST_BYTES)
                if response.status != 200:
                    return ""
            survey = msgspec.json.decode(content, type=Survey)
            return "" if survey.answered or survey.kind is SurveyKind.NONE else page
    except (aiohttp.ClientError, OSError, TimeoutError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        _log.info("it is not known whether there is a survey: %s", type(error).__name__)
    return ""
