"""The shell lines of a page of documentation, so that tests can run them."""

import re
from pathlib import Path


def shell_lines(file: Path, heading: str) -> list[str]:
    """Return the lines of all `sh` blocks under a heading, with what belongs to a block as one line.

    A block that is a script of its own (`#!`) stays whole. Raises AssertionError where there are none.
    """
    sections = re.split(r"^## ", file.read_text(), flags=re.MULTILINE)
    (section,) = (each for each in sections if each.partition("\n")[0] == heading)
    blocks: list[str] = re.findall(r"^```sh\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in ([block] if block.startswith("#!") else block.splitlines())]
    assert lines, heading
    return [line for line in lines if line.strip()]
