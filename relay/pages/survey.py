"""The survey after a session, for customers: a page that works without script, and the same for a page with it.

The address holds a token that opens this one survey and nothing else. What was typed is drawn again when it is refused.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web
from msgspec import json

from codec.wire.survey_types import ANSWER_CHARACTERS, QUESTIONS, Survey, SurveyKind, SurveyQuestion
from relay.accounts.service import Accounts
from relay.surveys.rules import AnswersRefusedError, NoAnswersError, Wrong
from relay.surveys.service import AnsweredError, NoSurveyError, NotEndedError, OtherSurveyError, Surveys
from relay.web.bodies import STRANGERS_BYTES
from relay.web.forms import texts
from relay.web.rendering import Renderer

PAGE = r"/survey/{token:[0-9]{1,18}-[0-9a-f]{64}}"
MOST_BYTES = 60 * 1024
"""Of answers that are as long as they may be, in any script."""
_FIELD = re.compile(r"q([1-9][0-9]?)\Z")


class SurveyPage:
    """Draws it, and takes what was answered."""

    def __init__(self, surveys: Surveys, accounts: Accounts, pages: Renderer) -> None:
        self._surveys = surveys
        self._accounts = accounts
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            web.get(PAGE, self._show),
            web.post(PAGE, self._take),
            web.get(f"{PAGE}/questions", self._questions),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        try:
            survey = await self._surveys.for_customer(request.match_info["token"], datetime.now(UTC))
        except NotEndedError:
            return await self._draw(request, "not_ended", 409)
        except NoSurveyError:
            return await self._draw(request, "none", 404)
        if survey.answered:
            return await self._draw(request, "answered")
        match survey.kind:
            case SurveyKind.BUILT_IN:
                return await self._draw(request, "form", questions=survey.questions, reference=survey.reference)
            case SurveyKind.OWN:
                return await self._draw(request, "own", page=survey.page)
            case _:
                return await self._draw(request, "none", 404)

    async def _questions(self, request: web.Request) -> web.Response:
        """Tell a customer's program or page what is asked, if anything is."""
        try:
            return _json(await self._surveys.for_customer(request.match_info["token"], datetime.now(UTC)))
        except NotEndedError:
            return _json({"problem": "not_ended"}, 409)
        except NoSurveyError:
            return _json(Survey())

    async def _take(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        form = await texts(request, MOST_BYTES if self._surveys.knows(token) else STRANGERS_BYTES)
        is_program = request.headers.get("Accept", "") == "application/json"
        given = {int(found[1]): value for name, value in form.items() if (found := _FIELD.match(name))}
        reference = form.get("reference", "")
        wrong: dict[int, Wrong] = {}
        try:
            await self._surveys.answer_as_customer(token, reference, given, datetime.now(UTC))
            state, status = "thanks", 200
        except AnsweredError:
            state, status = "answered", 409
        except NotEndedError:
            state, status = "not_ended", 409
        except NoSurveyError:
            state, status = "none", 404
        except OtherSurveyError:
            state, status = "changed", 409
        except AnswersRefusedError as error:
            state, status, wrong = "refused", 422, error.wrong
        except NoAnswersError:
            state, status = "nothing", 422
        if is_program:
            return _json(
                {"problem": "" if status == 200 else state, "wrong": {str(n): w for n, w in wrong.items()}}, status
            )
        if state in ("refused", "nothing"):
            asked = [question.shown for question in await self._surveys.questions(token, reference)]
            return await self._draw(
                request, "form", status, asked, reference, given, wrong, is_nothing=state == "nothing"
            )
        return await self._draw(request, state, status, given=given)

    async def _draw(
        self,
        request: web.Request,
        state: str,
        status: int = 200,
        questions: list[SurveyQuestion] | None = None,
        reference: str = "",
        given: Mapping[int, str] | None = None,
        wrong: Mapping[int, Wrong] | None = None,
        *,
        page: str = "",
        is_nothing: bool = False,
    ) -> web.Response:
        organisation = await self._accounts.name_if_set_up()
        typed = {n: text[: 4 * ANSWER_CHARACTERS] for n, text in (given or {}).items() if n <= QUESTIONS}
        return self._pages.draw(
            request,
            "survey.html",
            status,
            organisation=organisation or "Deskside",
            state=state,
            questions=questions or [],
            reference=reference,
            typed=typed,
            wrong={n: w.value for n, w in (wrong or {}).items()},
            page=page,
            is_nothing=is_nothing,
            most=ANSWER_CHARACTERS,
        )


def _json(content: object, status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=json.encode(content), status=status, content_type="application/json", headers=headers)
