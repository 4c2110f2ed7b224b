"""Which survey belongs to a session: from its channel, or from the group of the technician who started or closed it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from codec.wire.survey_types import SurveyKind
from relay.accounts.model import PersonRow
from relay.sessions.model import LegRow, SessionRow
from relay.settings.applied import AppliedSettings
from relay.settings.holders import Holder, HolderKind, UnknownUnitError
from relay.settings.save_context import ORGANISATION
from relay.surveys.rules import TECHNICIANS, Issuer, Question, Respondent, Source, own_page, questions_of

_BY = "survey_issuer.by"
_KEYS = {
    Respondent.CUSTOMER: (
        "customer_survey.mode",
        "customer_survey.questions",
        "customer_survey.page",
        "customer_survey.details",
    ),
    Respondent.TECHNICIAN: (
        "technician_survey.mode",
        "technician_survey.questions",
        "technician_survey.page",
        "technician_survey.details",
    ),
}


@dataclass(frozen=True)
class Issued:
    """What someone is asked after a session, and whose survey it is. Without questions it is on a page elsewhere."""

    kind: SurveyKind
    source: Source
    issuer: Issuer
    questions: tuple[Question, ...] = ()
    page: str = ""


@dataclass(frozen=True)
class Groups:
    """The groups of a session's technicians: None for administrators, who have none."""

    starting: int | None
    closing: int | None
    technician: int | None
    """That of who had the session at its end, as it is now."""


async def groups_of(transaction: AsyncSession, row: SessionRow) -> Groups:
    """Read the groups that a survey can be of."""
    legs = list(await transaction.scalars(select(LegRow).where(LegRow.session_id == row.id).order_by(LegRow.id)))
    now = await transaction.scalar(select(PersonRow.technician_group_id).where(PersonRow.id == row.person_id))
    by_number = {leg.id: leg for leg in legs}
    closing = by_number.get(row.leg_id or 0, legs[-1] if legs else None)
    return Groups(legs[0].group_id if legs else now, closing.group_id if closing else now, now)


async def issued(settings: AppliedSettings, respondent: Respondent, row: SessionRow, groups: Groups) -> Issued | None:
    """Return the survey that belongs to a session; None where nothing is asked, or where its unit is gone."""
    issuer = Issuer(str(await settings.value(ORGANISATION, _BY)))
    unit = _unit(respondent, issuer, row, groups)
    keys = _KEYS[respondent]
    try:
        held = await settings.held(unit, keys)
    except UnknownUnitError:
        return None
    mode, questions, page, details = (held[key] for key in keys)
    kind = SurveyKind(str(mode.value))
    if kind is SurveyKind.NONE:
        return None
    chosen_by = {mode.unit, (questions if kind is SurveyKind.BUILT_IN else page).unit}
    is_general = unit.kind is not HolderKind.CHANNEL and chosen_by <= {None, ORGANISATION}
    name = TECHNICIANS if is_general else (await settings.tree()).name(unit)
    source = Source(TECHNICIANS if is_general else unit.kind.value, unit.id, name)
    if kind is SurveyKind.OWN:
        address = str(page.value)
        if address and details.value:
            address = own_page(address, row.id, entered(row))
        return Issued(kind, source, issuer, page=address) if address else None
    asked = questions_of(questions.value)
    return Issued(kind, source, issuer, asked) if asked else None


def entered(row: SessionRow) -> list[str]:
    """Return the six fields of a session as they were when it was created (SURV-10)."""
    return [row.name, *row.custom_fields] if row.entered is None else list(row.entered)


def _unit(respondent: Respondent, issuer: Issuer, row: SessionRow, groups: Groups) -> Holder:
    if respondent is Respondent.CUSTOMER and row.channel_id is not None:
        return Holder(HolderKind.CHANNEL, row.channel_id)
    if respondent is Respondent.TECHNICIAN:
        group = groups.technician
    else:
        group = groups.starting if issuer is Issuer.STARTING else groups.closing
    return ORGANISATION if group is None else Holder(HolderKind.GROUP, group)
