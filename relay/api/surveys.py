"""The survey of technicians after a session, by JSON."""

from codec.wire.survey_types import Survey, SurveyAnswers
from relay.api.calls import Asked, NoBody, NoQuery, call
from relay.api_keys.rules import Scope
from relay.surveys.service import Surveys


class SurveysApi:
    """The calls of a technician."""

    def __init__(self, surveys: Surveys) -> None:
        self._surveys = surveys

    @call("GET", "/sessions/{id}/survey", Scope.SESSIONS_READ, serves=True)
    async def show_survey(self, asked: Asked[NoQuery, NoBody]) -> Survey:
        """Return what you are asked after a session that was yours."""
        return await self._surveys.for_technician(asked.person, asked.number(), asked.now)

    @call("POST", "/sessions/{id}/survey", Scope.SESSIONS_WRITE, serves=True)
    async def answer_survey(self, asked: Asked[NoQuery, SurveyAnswers]) -> None:
        """Answer the survey after a session that was yours. The first answers are kept."""
        body, session = asked.body, asked.number()
        given = {int(number): said for number, said in body.answers.items()}
        await self._surveys.answer_as_technician(asked.person, session, body.reference, given, asked.now)
