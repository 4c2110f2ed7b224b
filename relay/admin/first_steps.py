"""The first steps of a new organisation, one page each: every step says what it is for, and can be skipped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from codec.wire.api_types import Code, Method
from relay.admin import add_person
from relay.admin.base import AdminBase, Visit, see
from relay.admin.error_texts import said
from relay.admin.navigation import START, Tab, address, name_of
from relay.admin.outline import all_below
from relay.admin.receipts import Receipts
from relay.admin.recording_location import RecordingLocation
from relay.codes.rules import NoPinLeftError, TooManyCodesError
from relay.codes.service import Codes
from relay.credentials.service import Credentials
from relay.credentials.staff import Staff
from relay.field_errors import FieldError
from relay.mail.transports import NotSentError
from relay.organization.details import Details
from relay.organization.first_steps import FirstSteps, Progress, State, Step
from relay.organization.logo import Logos
from relay.organization.rules import ChangedMeanwhileError, NotAllowedError
from relay.organization.service import Organisation
from relay.organization.units import Unit, UnitKind
from relay.permissions.service import NotPermittedError
from relay.texts import _
from relay.web.numbers import whole

PATH = "/admin/welcome"
FILE_BYTES = 512 * 1024
TITLES: Mapping[Step, str] = {
    Step.ORGANISATION: _("Your organisation"),
    Step.MAIL: _("E-mail"),
    Step.RECORDINGS: _("Recordings"),
    Step.GROUP: _("First group"),
    Step.TECHNICIAN: _("First technician"),
    Step.PIN: _("First PIN"),
}


@dataclass(frozen=True)
class Operator:
    """What only the operator of the relay chooses: where it is, and which mail server it uses.

    `systems` returns the kinds of computers for which customers find a help program. With `is_signed`, only programs
    with a signature are offered.
    """

    url: str
    is_https: bool
    mail_server: str
    systems: Callable[[], list[str]]
    is_signed: bool

    @property
    def has_downloads(self) -> bool:
        """Whether customers find a help program."""
        return bool(self.systems())


@dataclass(frozen=True)
class Drawn:
    """What a page shows besides its step: what was entered, what is wrong with it, what was just found out."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    code: Code | None = None
    filled: add_person.Filled | None = None


class FirstStepsPages:
    """Draws the steps, and keeps how far someone is."""

    def __init__(
        self,
        base: AdminBase,
        steps: FirstSteps,
        details: Details,
        logos: Logos,
        organisation: Organisation,
        staff: Staff,
        credentials: Credentials,
        recordings: RecordingLocation,
        codes: Codes,
        operator: Operator,
        receipts: Receipts,
    ) -> None:
        self._base = base
        self._steps = steps
        self._details = details
        self._logos = logos
        self._organisation = organisation
        self._staff = staff
        self._credentials = credentials
        self._recordings = recordings
        self._codes = codes
        self._operator = operator
        self._receipts = receipts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        saves = {
            Step.ORGANISATION: self._save_organisation,
            Step.MAIL: self._test_mail,
            Step.RECORDINGS: self._save_recordings,
            Step.GROUP: self._save_group,
            Step.TECHNICIAN: self._save_technician,
            Step.PIN: self._make_pin,
        }
        tab = Tab.GLOBAL_SETTINGS
        return [
            self._base.shown(PATH, self._begin, tab),
            self._base.shown(PATH + "/finished", self._show_end, tab),
            self._base.posted(PATH + "/dismiss", self._dismiss, tab),
            self._base.posted(PATH + "/skip/{step}", self._skip, tab),
            self._base.shown(PATH + "/{step}", self._show, tab),
            *(
                self._base.posted(f"{PATH}/{step.value}", save, tab, most=FILE_BYTES, again=self._again)
                for step, save in saves.items()
            ),
        ]

    async def offer(self, visit: Visit) -> Progress | None:
        """Return how far the organisation is where the card is to be shown to this visitor."""
        if not visit.reach.all:
            return None
        progress = await self._steps.progress(visit.actor, visit.now)
        return progress if progress.is_offered else None

    async def _begin(self, visit: Visit) -> web.Response:
        progress = await self._steps.progress(visit.actor, visit.now)
        return see(visit, f"{PATH}/{progress.next.value}" if progress.next else f"{PATH}/finished")

    async def _show(self, visit: Visit) -> web.Response:
        return await self._draw(visit, _step(visit), Drawn())

    async def _again(self, visit: Visit) -> web.Response:
        """Draw what was typed, for someone who does not want to give their password now."""
        step = Step(visit.request.path.rpartition("/")[2])
        filled = add_person.read_form(UnitKind.TECHNICIAN, visit.form) if step is Step.TECHNICIAN else None
        return await self._draw(visit, step, Drawn(values=dict(visit.form), filled=filled))

    async def _skip(self, visit: Visit) -> web.Response:
        step = _step(visit)
        await self._steps.mark(visit.actor, step, State.SKIPPED, visit.now)
        return await self._on(visit, step)

    async def _dismiss(self, visit: Visit) -> web.Response:
        await self._steps.dismiss(visit.actor, visit.now)
        return see(visit, address(Tab.ORGANIZATION, START))

    async def _done(self, visit: Visit, step: Step) -> web.Response:
        await self._steps.mark(visit.actor, step, State.DONE, visit.now)
        return await self._on(visit, step)

    async def _on(self, visit: Visit, step: Step, receipt: str = "") -> web.Response:
        """Go on to the step after this one, whatever is open before it."""
        order = list(Step)
        after = order[order.index(step) + 1 :]
        return see(visit, f"{PATH}/{after[0].value if after else 'finished'}{receipt}")

    # ── the steps ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _save_organisation(self, visit: Visit) -> web.Response:
        form = visit.form
        values = {"name": form.get("name", ""), "contact_details": form.get("contact_details", "")}
        try:
            if chosen := visit.file_names.get("logo", ""):
                await self._logos.save(visit.actor, chosen, visit.files.get("logo", b""), visit.now)
            elif "remove_logo" in form:
                await self._logos.remove(visit.actor, visit.now)
            await self._details.save(visit.actor, whole(form.get("version", "")) or 0, values, visit.now)
        except FieldError as error:
            problems = {error.field: said(error, visit.say)}
            return await self._draw(visit, Step.ORGANISATION, Drawn(values, problems))
        except ChangedMeanwhileError as error:
            return await self._draw(visit, Step.ORGANISATION, Drawn({}, {"": said(error, visit.say)}))
        return await self._done(visit, Step.ORGANISATION)

    async def _test_mail(self, visit: Visit) -> web.Response:
        if visit.form.get("do") != "test":
            return await self._done(visit, Step.MAIL)
        try:
            recipient = await self._credentials.invitations.send_test(visit.actor, visit.now)
        except NotSentError as error:
            text = visit.say(_("The test mail could not be sent: {reason}. Check the settings of the mail server."))
            return await self._draw(visit, Step.MAIL, Drawn(problems={"": text.format(reason=error)}))
        text = visit.say(_("The mail server took a test mail to {address}. Look whether it arrives."))
        return await self._draw(visit, Step.MAIL, Drawn(told=text.format(address=recipient)))

    async def _save_recordings(self, visit: Visit) -> web.Response:
        values = {name: visit.form.get(name, "") for name in ("place", "where", "user", "password")}
        problem, told = await self._recordings.take(visit, values, is_test=visit.form.get("do") == "test")
        if problem or told:
            problems = {problem[0]: problem[1]} if problem else {}
            return await self._draw(visit, Step.RECORDINGS, Drawn(values, problems, told))
        return await self._done(visit, Step.RECORDINGS)

    async def _save_group(self, visit: Visit) -> web.Response:
        group, name = await self._group(visit), visit.form.get("name", "")
        try:
            if group is None:
                await self._organisation.create(
                    visit.actor, UnitKind.TECHNICIAN_GROUP, START, {"name": name}, visit.now
                )
            else:
                shown = await self._organisation.show(visit.actor, group, visit.now)
                await self._organisation.edit(visit.actor, group, shown.version, {"name": name}, visit.now)
        except FieldError as error:
            return await self._draw(visit, Step.GROUP, Drawn({"name": name}, {"name": said(error, visit.say)}))
        return await self._done(visit, Step.GROUP)

    async def _save_technician(self, visit: Visit) -> web.Response:
        filled = add_person.read_form(UnitKind.TECHNICIAN, visit.form)
        try:
            added = await self._staff.add(visit.actor, add_person.newcomer(filled), visit.now)
        except add_person.REFUSALS as error:
            problems = add_person.problems_of(error, visit.say)
            return await self._draw(visit, Step.TECHNICIAN, Drawn(problems=problems, filled=filled))
        await self._steps.mark(visit.actor, Step.TECHNICIAN, State.DONE, visit.now)
        receipt = self._receipts.give(
            visit.identity.person.id, visit.say(_("Added")), (filled.name.strip(),), at=visit.now, link=added.link
        )
        return await self._on(visit, Step.TECHNICIAN, receipt)

    async def _make_pin(self, visit: Visit) -> web.Response:
        if visit.form.get("do") != "pin":
            return await self._done(visit, Step.PIN)
        try:
            code = await self._codes.make(visit.identity.person.id, Method.PIN, "", visit.now)
        except (NotPermittedError, NoPinLeftError, TooManyCodesError) as error:
            return await self._draw(visit, Step.PIN, Drawn(problems={"": said(error, visit.say)}))
        return await self._draw(visit, Step.PIN, Drawn(code=code))

    # ── drawing ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _show_end(self, visit: Visit) -> web.Response:
        progress = await self._steps.progress(visit.actor, visit.now)
        facts: dict[str, Any] = {"progress": progress, "operator": self._operator, "title": visit.say(_("Ready"))}
        return await self._base.draw_part(visit, "welcome_end", step=None, steps=_listed(visit, progress), **facts)

    async def _draw(self, visit: Visit, step: Step, drawn: Drawn) -> web.Response:
        progress = await self._steps.progress(visit.actor, visit.now)
        facts: dict[str, Any] = {
            "step": step,
            "steps": _listed(visit, progress),
            "problems": {**dict.fromkeys(_FIELDS[step], ""), **drawn.problems},
            "failed": bool(drawn.problems),
            "told": drawn.told,
            "code": drawn.code,
            "operator": self._operator,
            "receipt": self._receipts.take(visit.request.query.get("done", ""), visit.identity.person.id),
            "title": visit.say(TITLES[step]),
            **await self._facts(visit, step, drawn),
        }
        return await self._base.draw_part(visit, "welcome", 422 if drawn.problems else 200, **facts)

    async def _facts(self, visit: Visit, step: Step, drawn: Drawn) -> dict[str, Any]:
        match step:
            case Step.ORGANISATION:
                shown = await self._details.show(visit.actor, visit.now)
                values = {"name": shown.name, "contact_details": shown.contact_details, "version": str(shown.version)}
                return {"values": values | dict(drawn.values), "logo": self._logos.path}
            case Step.RECORDINGS:
                return {"values": await self._recordings.values() | dict(drawn.values)}
            case Step.GROUP:
                group = await self._group(visit)
                shown_group = None if group is None else await self._organisation.show(visit.actor, group, visit.now)
                name = "" if shown_group is None else shown_group.name
                return {"values": {"name": name} | dict(drawn.values)}
            case Step.TECHNICIAN:
                group = await self._group(visit)
                place = "" if group is None else name_of(group)
                how = add_person.MAIL if self._credentials.invitations.can_mail else add_person.LINK
                filled = drawn.filled or add_person.Filled(UnitKind.TECHNICIAN, place, licence=True, how=how)
                return {"filled": filled, **await self._adding_facts(visit, filled)}
            case _:
                own = address(Tab.ORGANIZATION, Unit(UnitKind.MASTER_ADMINISTRATOR, visit.identity.person.id))
                return {"values": dict(drawn.values), "may_serve": visit.identity.may_serve, "own": own}

    async def _adding_facts(self, visit: Visit, filled: add_person.Filled) -> dict[str, Any]:
        return await add_person.facts_of(visit, filled, self._base, self._organisation, self._credentials)

    async def _group(self, visit: Visit) -> Unit | None:
        """Return the first technician group, which the organisation began with."""
        nodes = all_below(await self._base.roots(visit))
        return next((node.unit for node, _depth in nodes if node.unit.kind is UnitKind.TECHNICIAN_GROUP), None)


_FIELDS: Mapping[Step, tuple[str, ...]] = {
    Step.ORGANISATION: ("", "name", "contact_details", "logo"),
    Step.MAIL: ("",),
    Step.RECORDINGS: ("", "place", "where", "user", "password"),
    Step.GROUP: ("", "name"),
    Step.TECHNICIAN: ("", "name", "email", "place", "standard", "password"),
    Step.PIN: ("",),
}


def _listed(visit: Visit, progress: Progress) -> list[tuple[Step, str, str]]:
    """Return the steps with their titles, and whether each is done, skipped or open."""
    states = {step: "done" if step in progress.done else "skipped" for step in progress.done | progress.skipped}
    return [(step, visit.say(TITLES[step]), states.get(step, "open")) for step in Step]


def _step(visit: Visit) -> Step:
    named = visit.request.match_info["step"]
    if named not in set(Step):
        raise NotAllowedError(NotAllowedError.__doc__)
    return Step(named)
