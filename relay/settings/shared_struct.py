"""Settings that a program is told, as the struct that it and the relay share: written from the declarations."""

from collections.abc import Iterable, Mapping

from relay.settings.catalogue import CATALOGUE, Catalogue
from relay.settings.declare import Json, Setting
from relay.settings.inheritance import Held, Origin
from relay.settings.kinds import Choice, Number, Switch

_MODULE = '''"""{about} Written from relay/settings by `make settings`."""

from msgspec import Struct


class {name}(Struct, frozen=True, kw_only=True):
    """{values}"""

'''


def settings_for_console(catalogue: Catalogue = CATALOGUE) -> list[Setting]:
    """Return the settings that consoles are told, in their order."""
    return [setting for setting in catalogue if setting.for_console]


def settings_for_customer(catalogue: Catalogue = CATALOGUE) -> list[Setting]:
    """Return the settings that customers' programs are told, in their order."""
    return [setting for setting in catalogue if setting.for_customer]


def field_of(setting: Setting) -> str:
    """Return what a setting is called in the struct."""
    return setting.key.replace(".", "_")


def chosen(settings: Iterable[Setting], values: Mapping[str, Held]) -> dict[str, Json]:
    """Return the fields of what was chosen, and only where it means something now."""
    held = {key: each.value for key, each in values.items()}
    return {
        field_of(setting): held[setting.key]
        for setting in settings
        if setting.key in held
        and values[setting.key].source is not Origin.DEFAULT
        and all(when.holds(held) for when in setting.when if when.key in held)
    }


def as_python(name: str, about: str, values: str, settings: Iterable[Setting]) -> str:
    """Return the module that declares the struct."""
    fields = "".join(f"    {field_of(setting)}: {_default(setting)}\n" for setting in settings)
    return _MODULE.format(name=name, about=about, values=values) + fields


def _default(setting: Setting) -> str:
    match setting.kind:
        case Switch():
            return f"bool = {setting.default}"
        case Choice():
            return f'str = "{setting.default}"'
        case Number():
            return "int = 0"
        case _:
            return 'str = ""'
