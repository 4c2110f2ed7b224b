"""The JSON schema of what a unit can have, for the API and for those who write against it."""

from relay.settings.catalogue import Catalogue
from relay.settings.declare import Json
from relay.settings.holders import HolderKind
from relay.settings.sentences import Translate
from relay.texts import _


def schema(catalogue: Catalogue, kind: HolderKind, say: Translate = _) -> dict[str, Json]:
    """Return the schema of a unit's values. Secrets are write-only; lists with a page of their own are left out."""
    properties = {
        setting.key: {
            "title": say(setting.label),
            "description": say(setting.help) if setting.help else "",
            "default": None if setting.sensitive else setting.default_for(kind),
            "x-section": section.key,
            "x-in-effect": setting.has_effect_for(kind),
            **setting.kind.schema(),
        }
        for section, settings in catalogue.of(kind)
        for setting in settings
        if not setting.kind.is_elsewhere
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Settings of a {kind.value}",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
