"""Dockerfile and compose.yaml, read strictly: what Docker would refuse, or take for something else, raises here."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_INSTRUCTIONS = {
    *("CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK"),
    *("RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
}
_SERVICE = {
    "build": str,
    "cap_drop": list,
    "depends_on": dict,
    "entrypoint": list,
    "environment": dict,
    "healthcheck": dict,
    "image": str,
    "network_mode": str,
    "networks": list,
    "ports": list,
    "read_only": bool,
    "restart": str,
    "secrets": list,
    "security_opt": list,
    "tmpfs": list,
    "user": str,
    "volumes": list,
}
"""Keys of a service in the Compose specification that we use, and what each may be."""
_TOP = {"name": str, "services": dict, "networks": dict, "volumes": dict, "secrets": dict}
_HEALTH = {"test", "interval", "timeout", "retries", "start_period"}
_CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::\?[^}]*)?\}")


@dataclass
class Stage:
    """One stage of a Dockerfile: its instructions in order."""

    base: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def of(self, instruction: str) -> list[str]:
        """Return what every such instruction says."""
        return [text for kind, text in self.instructions if kind == instruction]

    def only(self, instruction: str) -> str:
        """Return what the one such instruction says."""
        (text,) = self.of(instruction)
        return text

    def environment(self) -> dict[str, str]:
        """Return the variables that it sets."""
        pairs = [pair.partition("=") for text in self.of("ENV") for pair in shlex.split(text)]
        assert all(name and equals for name, equals, _value in pairs), "ENV NAME=VALUE"
        return {name: value for name, _equals, value in pairs}

    def copies(self) -> list[tuple[str | None, list[str], str]]:
        """Return what it copies: from which stage, if any, which sources, and where to."""
        found = []
        for text in self.of("COPY"):
            words = shlex.split(text)
            stage = words.pop(0).removeprefix("--from=") if words[0].startswith("--from=") else None
            assert not words[0].startswith("--"), words
            assert len(words) >= 2
            assert len(words) == 2 or words[-1].endswith("/"), "several sources go into a folder"
            found.append((stage, words[:-1], words[-1]))
        return found


def read_dockerfile(file: Path) -> list[Stage]:
    """Return the stages of a Dockerfile. Raises AssertionError."""
    stages: list[Stage] = []
    lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        if not line.strip():
            continue
        instruction, _, text = line.strip().partition(" ")
        assert instruction in _INSTRUCTIONS, line
        assert text.strip(), line
        if instruction == "FROM":
            found = re.fullmatch(r"(\S+:\S+)(?: AS (\w+))?", text)
            assert found is not None, f"{text}: name an image and its tag"
            stages.append(Stage(found[1], found[2] or str(len(stages))))
        else:
            assert stages, "FROM comes first"
            stages[-1].instructions.append((instruction, " ".join(text.split())))
        if instruction in ("CMD", "ENTRYPOINT", "VOLUME"):
            assert all(isinstance(each, str) for each in json.loads(text)), line
    known = set()
    for stage in stages:
        assert all(source is None or source in known for source, _what, _to in stage.copies())
        known.add(stage.name)
    return stages


def read_compose(file: Path, variables: Mapping[str, str]) -> dict[str, Any]:
    """Return a compose file with its variables put in. Raises AssertionError and KeyError."""
    text = file.read_text()
    whole: dict[str, Any] = _filled(yaml.load(text, Loader=_NoRepeats), variables)
    _check(whole, _TOP)
    for service in whole["services"].values():
        _check(service, _SERVICE)
        assert ("image" in service) != ("build" in service)
        assert re.fullmatch(r"\S+:[\w.-]+", service.get("image", "x:1")), "name a tag"
        assert set(service.get("healthcheck", {})) <= _HEALTH
        for other, how in service.get("depends_on", {}).items():
            assert other in whole["services"]
            assert set(how) == {"condition"}
            assert how["condition"] in _CONDITIONS
        for name in service.get("networks", []):
            assert name in whole["networks"]
        for name in service.get("secrets", []):
            assert set(whole["secrets"][name]) == {"file"}
        for volume in service.get("volumes", []):
            source, target, *mode = volume.split(":")
            assert target.startswith("/")
            assert mode in ([], ["ro"])
            assert source in whole["volumes"] or (file.parent / source).is_file(), source
        for port in service.get("ports", []):
            assert re.fullmatch(r"\d{1,5}:\d{1,5}(/(tcp|udp))?", port), port
        for value in service.get("environment", {}).values():
            assert isinstance(value, str), f"{value!r}: YAML takes it for something else"
    return whole


def _check(found: Mapping[str, Any], known: Mapping[str, type]) -> None:
    for key, value in found.items():
        assert key in known, key
        assert isinstance(value, known[key]), key


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, variables) for each in value]
    if not isinstance(value, str):
        return value
    assert "$" not in _VARIABLE.sub("", value), f"{value}: Compose takes a single $ for a variable"
    return _VARIABLE.sub(lambda found: "$" if found[1] is None else variables[found[1]], value)


class _NoRepeats(yaml.SafeLoader):  # type: ignore[misc]  # published without types
    """Refuses a key that is there twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """See yaml."""
        keys = [self.construct_object(key, deep=deep) for key, _value in node.value]
        assert len(keys) == len(set(keys)), keys
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made
