"""What a new organisation starts with, in the language of its registration (I18N-09, FIELD-10).

Names and texts that customers or reports show are data: they are written down once and no later change of language
touches them.
"""

from relay.settings.catalogue import Catalogue
from relay.settings.sentences import Translate
from relay.settings.text_kinds import Text


def seeds(catalogue: Catalogue, say: Translate) -> dict[str, str]:
    """Return the texts to store for the organisation: those whose default reads differently in its language."""
    texts = {
        setting.key: setting.default for setting in catalogue if isinstance(setting.kind, Text) and setting.default
    }
    said = {key: say(text) for key, text in texts.items()}
    return {key: text for key, text in said.items() if text != texts[key]}
