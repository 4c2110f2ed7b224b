"""What page and engine say about the survey after a session."""

from codec.wire.survey_types import Survey, SurveyAnswers
from console.page.message_base import PageMessage, Request


class SurveyTold(PageMessage, frozen=True, tag="survey"):
    """What the technician is asked after a session."""

    session: int
    survey: Survey


class AskSurvey(PageMessage, frozen=True, tag="ask_survey"):
    """Tell what the technician is asked after a session."""

    request: Request
    session: int


class AnswerSurvey(PageMessage, frozen=True, tag="answer_survey"):
    """Send what the technician answers."""

    request: Request
    session: int
    answers: SurveyAnswers


SurveysFromPage = AskSurvey | AnswerSurvey
