"""The relay's settings as texts: the reference page, a file to begin with, a table for the terminal, what holds."""

import re
import textwrap
from typing import Any

from relay.config.settings import ENVIRONMENT, Described, describe
from relay.config.sources import SYSTEM_CONFIG, Loaded, toml

WIDTH = 98
MASK = "********"
_IN_ADDRESS = re.compile(r"(://[^/?#@:\s]*:)\S*@")
_IN_QUERY = re.compile(r"([?&](?:ssl)?password=)[^&#\s]+", re.IGNORECASE)
_MARKDOWN_HEAD = f"""# Settings of the relay

Written from `relay/config/settings.py` by `deskside-relay settings --markdown`; do not edit. Set them in a TOML file
given by `--config FILE` (default {SYSTEM_CONFIG}), or in the environment as `{ENVIRONMENT}<NAME>` with
lists separated by commas. `deskside-relay settings --example` prints an example file, `--effective` shows
the values in use.

| setting | type | default | what it does |
|---|---|---|---|"""
_EXAMPLE_HEAD = f"""# Settings of the Deskside relay.
#
# Every setting is listed with its default, or with an example if it is empty by default. Remove the #
# in front of the ones that you change. An environment variable {ENVIRONMENT}<NAME> overrides this file.
# `deskside-relay settings --effective` shows the values in use, `deskside-relay doctor` finds problems.
"""
_TABLE_HEAD = f"""Settings of the relay. They are read from --config FILE (without it from {SYSTEM_CONFIG},
if that exists), and from the environment ({ENVIRONMENT}LISTEN=0.0.0.0:443).

  deskside-relay settings --example > relay.toml   prints an example file
  deskside-relay settings --effective              shows the values in use and where each is set
"""


def as_markdown() -> str:
    """Return the reference page of all settings."""
    rows = [f"| `{each.name}` | {_kind(each)} | {_shown(each.default)} | {each.help} |" for each in describe()]
    return "\n".join([_MARKDOWN_HEAD, *rows, ""])


def as_example() -> str:
    """Return a settings file in which every setting is explained and commented out; without its # each one loads."""
    parts = [_EXAMPLE_HEAD]
    for each in describe():
        about = textwrap.wrap(each.help, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
        parts += [*(f"# {line}" for line in about), f"#{each.name} = {toml(each.default or each.example)}", ""]
    return "\n".join(parts)


def as_table() -> str:
    """Return all settings for a terminal."""
    parts = [_TABLE_HEAD]
    for each in describe():
        parts.append(f"{each.name}  ({_kind(each)}; default {_shown(each.default)})")
        parts += textwrap.wrap(each.help, WIDTH, initial_indent="    ", subsequent_indent="    ")
    return "\n".join([*parts, ""])


def as_effective(loaded: Loaded) -> str:
    """Return every setting as it holds, with its source; passwords are masked."""
    lines = [(f"{each.name} = {toml(masked(getattr(loaded.settings, each.name)))}", each.name) for each in describe()]
    width = min(max(len(line) for line, _name in lines), 60)
    return "\n".join([*(f"{line:<{width}}  # {loaded.sources[name]}" for line, name in lines), ""])


def masked(value: Any) -> Any:
    """Return a setting's value without the password that an address in it may have."""
    if isinstance(value, list):
        return [masked(each) for each in value]
    if not isinstance(value, str) or "://" not in value:
        return value
    return _IN_QUERY.sub(rf"\1{MASK}", _IN_ADDRESS.sub(rf"\1{MASK}@", value))


def _kind(each: Described) -> str:
    return ", ".join(each.choices) if each.choices else each.kind


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return "–" if default in ("", []) else str(default)
