"""What a session is identified by beside its number: a name field, and up to five custom fields (FIELD-01)."""

from msgspec import Struct

NAME_CHARACTERS = 128
FIELD_CHARACTERS = 64
"""The longest value of each (FIELD-11)."""
CUSTOM_FIELDS = 5


class CustomField(Struct, frozen=True, kw_only=True):
    """One of the six, the name field first: what the organisation calls it, and what is asked for.

    `label` is empty where it was not named: then each reader has a word for it in their own language.

    `choices` are those of a drop-down list; without any, the value is free text.
    """

    label: str = ""
    shown: bool = False
    required: bool = False
    choices: list[str] = []
