"""All settings, in the order of tabs and sections; the only place that knows every area."""

from collections.abc import Iterable, Iterator

from relay.settings.areas import (
    applet,
    card,
    connections,
    console,
    integration,
    organisation,
    personal,
    phones,
    sessions,
    surveys,
)
from relay.settings.declare import AcrossRule, Rule, Section, Setting, Tab
from relay.settings.holders import HolderKind
from relay.settings.sentences import SaidError, sentence
from relay.texts import _

SECTIONS: tuple[Section, ...] = (
    sessions.TECHNICIAN_ROUTING,
    organisation.UNIT_LABELS,
    applet.GROUP_CARD,
    console.CONSOLE,
    connections.CONNECTIONS,
    connections.EXTERNAL_CONNECTIONS,
    connections.PRIVATE_FIELDS,
    connections.CHANNEL_FIELDS,
    sessions.AUTO_TRANSFER,
    sessions.AUTO_START,
    sessions.INCOMING,
    sessions.TIMEOUTS,
    sessions.AVAILABILITY,
    sessions.PRIVATE_AVAILABILITY,
    applet.START,
    applet.SERVICE,
    applet.CONTROL,
    applet.WAITING,
    applet.LOOK,
    applet.TERMS,
    console.RECORDING,
    console.CHAT_LOG,
    console.CLIPBOARD,
    console.UNATTENDED,
    console.SCRIPTS,
    console.PORTALS,
    surveys.TECHNICIAN_SURVEY,
    surveys.CUSTOMER_SURVEY,
    organisation.CONSOLE_ADDRESSES,
    integration.EXPORT,
    phones.MOBILE_APPLET,
    phones.MOBILE_DEVICES,
    phones.SMS_INVITATION,
    phones.LENS,
    card.CARD,
    card.EMBEDDED,
    connections.FIELD_NAMES,
    surveys.SURVEY_ISSUER,
    organisation.PASSWORD,
    organisation.TWO_STEP,
    organisation.ADDRESSES,
    integration.SSO,
    organisation.PRIVACY,
    organisation.CUSTOMERS,
    organisation.HIERARCHY,
    organisation.MONITORING,
    organisation.LABELS,
    organisation.COLLECTIONS,
    organisation.INSTANT_CHAT,
    phones.SMS_GATEWAY,
    phones.PHONES,
    integration.API,
    organisation.MAIL,
    organisation.LICENCES,
    organisation.PLANNED,
    personal.NOTIFICATIONS,
    personal.OWN_OPTIONS,
    personal.COMMAND_CENTER,
)


class UnknownSettingError(SaidError):
    """There is no such setting, or this kind of unit does not have it."""


class Catalogue:
    """What is declared, and the questions that rules, forms and documents ask about it."""

    def __init__(self, sections: Iterable[Section]) -> None:
        """Keep the sections in their order."""
        self.sections = tuple(sections)
        self._settings = {setting.key: setting for section in self.sections for setting in section.settings}
        self._sections = {setting.key: section for section in self.sections for setting in section.settings}

    def __iter__(self) -> Iterator[Setting]:
        return iter(self._settings.values())

    def __contains__(self, key: object) -> bool:
        return key in self._settings

    def setting(self, key: str) -> Setting:
        """Return a setting. Raises UnknownSettingError."""
        found = self._settings.get(key)
        if found is None:
            said = _("There is no setting “{key}”. All settings are listed in the documentation.")
            raise UnknownSettingError(sentence(said, key=key))
        return found

    def section(self, key: str) -> Section:
        """Return the section of a setting. Raises UnknownSettingError."""
        self.setting(key)
        return self._sections[key]

    def of(
        self, kind: HolderKind, tab: Tab | None = None, *, planned: bool = True
    ) -> list[tuple[Section, list[Setting]]]:
        """Return the sections of a kind of unit, each with the settings that this kind carries.

        Without `planned`, only those settings that have an effect.
        """
        found = []
        for section in self.sections:
            carried = [setting for setting in section.settings if section.carries(setting, kind)]
            settings = [setting for setting in carried if planned or setting.has_effect_for(kind)]
            if settings and tab in (None, section.tab):
                found.append((section, settings))
        return found

    def rules(self, kind: HolderKind, keys: Iterable[str]) -> list[Rule]:
        """Return the rules that read any of the settings, and whose settings a unit of this kind has all."""
        return [rule for section in self._touched(keys) for rule in section.rules if self._applies(rule, kind, keys)]

    def across(self, kind: HolderKind, keys: Iterable[str]) -> list[AcrossRule]:
        """Return the rules across units, likewise."""
        return [rule for section in self._touched(keys) for rule in section.across if self._applies(rule, kind, keys)]

    def _touched(self, keys: Iterable[str]) -> list[Section]:
        return list({self._sections[key].key: self._sections[key] for key in keys}.values())

    def _applies(self, rule: Rule | AcrossRule, kind: HolderKind, keys: Iterable[str]) -> bool:
        is_read = not set(rule.reads).isdisjoint(keys)
        return is_read and all(self._sections[key].carries(self._settings[key], kind) for key in rule.reads)


CATALOGUE = Catalogue(SECTIONS)
