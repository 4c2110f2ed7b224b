"""What the organisation calls columns: its custom fields, and the questions that a unit asks now (REP-14)."""

from collections.abc import Mapping

from relay.organization.units import Unit, UnitKind
from relay.sessions.custom_fields import chosen_names
from relay.settings.applied import AppliedSettings
from relay.settings.holders import Holder, HolderKind
from relay.settings.save_context import ORGANISATION
from relay.surveys.rules import REPORT_CHARACTERS, Respondent, questions_of

_QUESTIONS = {
    "customer_survey.questions": Respondent.CUSTOMER,
    "technician_survey.questions": Respondent.TECHNICIAN,
}
_HOLDERS = {UnitKind.TECHNICIAN_GROUP: HolderKind.GROUP, UnitKind.CHANNEL: HolderKind.CHANNEL}


async def column_names(settings: AppliedSettings, unit: Unit) -> Mapping[str, str]:
    """Return the names for a report on a unit, by what columns are `named_by`."""
    names = dict(await chosen_names(settings))
    holder = Holder(_HOLDERS[unit.kind], unit.id) if unit.kind in _HOLDERS else ORGANISATION
    held = (await settings.held_by([holder], _QUESTIONS)).get(holder, {})
    for key, respondent in _QUESTIONS.items():
        if key in held:
            for question in questions_of(held[key].value):
                names[f"{respondent}_survey.{question.number}"] = question.text[:REPORT_CHARACTERS]
    return names
