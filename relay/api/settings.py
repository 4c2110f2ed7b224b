"""Settings by JSON: what holds for a unit and where it comes from, saves, resets and locks."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from relay.api.calls import Asked, NoBody, NoQuery, call
from relay.api_keys.rules import Scope as KeyScope
from relay.settings.applied import AppliedSettings, Choice
from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import Change, Plan
from relay.settings.declare import Scope
from relay.settings.holders import Holder, HolderKind, UnknownUnitError
from relay.settings.inheritance import Origin
from relay.settings.schema import schema
from relay.settings.sentences import Sentence
from relay.settings.validation import RESET
from relay.texts import _


class SettingsUnit(Struct, frozen=True, kw_only=True):
    """A unit that carries settings; the organisation itself is number 0."""

    kind: HolderKind
    id: int


class SettingShown(Struct, frozen=True, kw_only=True):
    """The value of one setting. A secret is never shown: `set` says whether there is one.

    `unit` is where it was chosen, `locked_by` whose lock keeps it; a save names `mark` to notice faster ones. What is
    not `in_effect` is planned: it is kept, and nothing obeys it yet.
    """

    section: str
    label: str
    value: Any
    set: bool
    source: Origin
    unit: SettingsUnit | None
    locked_by: SettingsUnit | None
    mark: str
    in_effect: bool


class SettingsSave(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Values to choose, and keys to `reset` to what is above.

    `seen` holds the marks that the caller saw, `confirmed` saves what asks for a confirmation.
    """

    values: dict[str, Any] = {}
    reset: list[str] = []
    scope: Scope = Scope.UNIT
    seen: dict[str, str] = {}
    confirmed: bool = False
    sections: Annotated[list[str], Meta(max_length=100)] = []


class SkippedUnit(Struct, frozen=True, kw_only=True):
    """A unit that keeps its value because it is locked above."""

    unit: SettingsUnit
    key: str


class SettingsSaved(Struct, frozen=True, kw_only=True):
    """How many values changed, and what kept its own."""

    changed: int
    skipped: list[SkippedUnit]


class LockWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether to lock a setting for everything below a unit."""

    locked: bool


class SettingsApi:
    """The calls."""

    def __init__(self, settings: AppliedSettings) -> None:
        self._settings = settings

    @call("GET", "/settings/{kind}/schema", KeyScope.SETTINGS_READ)
    async def settings_schema(self, asked: Asked[NoQuery, NoBody]) -> dict[str, Any]:
        """Return the JSON schema of what a kind of unit can choose."""
        return schema(CATALOGUE, _kind(asked.word("kind")))

    @call("GET", "/settings/{kind}/{id}", KeyScope.SETTINGS_READ)
    async def show_settings(self, asked: Asked[NoQuery, NoBody]) -> dict[str, SettingShown]:
        """Return all values that apply to a unit, and where each comes from."""
        choices = await self._settings.choices(asked.actor, _unit(asked), asked.now)
        return {choice.setting.key: _shown(choice) for choice in choices}

    @call("PATCH", "/settings/{kind}/{id}", KeyScope.SETTINGS_WRITE)
    async def save_settings(self, asked: Asked[NoQuery, SettingsSave]) -> SettingsSaved:
        """Save values of a unit, its subgroups or all units, either all of them or none."""
        body = asked.body
        values = body.values | dict.fromkeys(body.reset, RESET)
        change = Change(_unit(asked), values, body.scope, body.seen, body.confirmed, tuple(body.sections))
        return _saved(await self._settings.save(asked.actor, change, asked.now))

    @call("PUT", "/settings/{kind}/{id}/locks/{key}", KeyScope.SETTINGS_WRITE)
    async def lock_setting(self, asked: Asked[NoQuery, LockWish]) -> SettingsSaved:
        """Lock a setting for everything below a unit, or unlock it. For master administrators."""
        unit, key, locked = _unit(asked), asked.word("key"), asked.body.locked
        return _saved(await self._settings.lock(asked.actor, unit, key, asked.now, locked=locked))


def _kind(word: str) -> HolderKind:
    try:
        return HolderKind(word)
    except ValueError:
        raise UnknownUnitError(Sentence(_("This part of the organisation has no settings."))) from None


def _unit(asked: Asked[Any, Any]) -> Holder:
    return Holder(_kind(asked.word("kind")), asked.number())


def _named(unit: Holder | None) -> SettingsUnit | None:
    return None if unit is None else SettingsUnit(kind=unit.kind, id=unit.id)


def _shown(choice: Choice) -> SettingShown:
    held, setting = choice.held, choice.setting
    is_hidden = setting.sensitive or setting.kind.is_elsewhere
    return SettingShown(
        section=choice.section.key,
        label=setting.label,
        value=None if is_hidden else held.value,
        set=held.value not in (None, "", []),
        source=held.source,
        unit=_named(held.unit),
        locked_by=_named(held.locked_by),
        mark=choice.mark,
        in_effect=setting.in_effect,
    )


def _saved(plan: Plan) -> SettingsSaved:
    skipped = [SkippedUnit(unit=SettingsUnit(kind=unit.kind, id=unit.id), key=key) for unit, key in plan.skipped]
    return SettingsSaved(changed=len(plan.writes), skipped=skipped)
