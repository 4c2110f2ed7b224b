"""The findings of three reviews, and where each is closed: by a marked test, or in docs/decisions.md.

A test names what it closes with `@pytest.mark.finding("use-A3")`.
`use`: three people tried Deskside as newcomers. `field`: public bug reports of similar products, tried on ours.
`load`: load, faults and endurance. `python -m tests.findings` lists what is open.
"""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
DECISIONS = ROOT / "docs" / "decisions.md"
FINDINGS = {
    "use-A1": "one visitor's language becomes everybody's",
    "use-A2": "a customer cannot start the help program",
    "use-A3": "recording fails when the pointer is hidden",
    "use-A4": "the applet crashes when it is closed",
    "use-A5": "the product cannot be installed",
    "use-A6": "make run fails by chance",
    "use-A7": "a new technician cannot sign in",
    "use-A8": "settings without an effect are offered",
    "use-A9": "an intact recording is signed by nobody",
    "use-B1": "signing out in mid-session tells the customer an untruth",
    "use-B2": "invitations that never leave",
    "use-B3": "setup-token makes a new relay",
    "use-B4": "the page of a technician group scrolls into nothing",
    "use-B5": "locking drops unsaved edits",
    "use-B6": "warnings out of sight",
    "use-B7": "languages without a catalogue are offered",
    "use-B8": "the time of an ended session counts on",
    "use-B9": "the secret digits lead into a trap",
    "use-B10": "a report of fraud is lost",
    "use-B11": "a refused clipboard is silent",
    "use-B12": "the full-screen toolbar hides the top",
    "use-B13": "the picture gets half of the window",
    "use-B14": "a second tab needs the terminal",
    "use-B15": "the database is readable by others",
    "use-B16": "forced recording asks first and alone",
    "use-B17": "no way back for a forgotten master password",
    "use-B18": "the relay logs nothing",
    "use-B19": "every error at the start blames the port",
    "use-B20": "not signed in, no organisation's name",
    "use-B21": "404 is bare",
    "use-B22": "a claim that many desks cannot keep",
    "use-C1": "doctor: wrong TLS files",
    "use-C2": "doctor: the port is taken by another program",
    "use-C3": "doctor: the disk is full",
    "use-C4": "doctor: the clock is off",
    "use-C5": "doctor: a value of the wrong type",
    "use-C6": "doctor: checks that were not made, and checks that are missing",
    "use-D1": "command line: versions, options, places, interrupts",
    "use-D2": "command line: the applet without a display or an input",
    "use-D3": "command line: an example of the settings",
    "use-D4": "command line: make run with other ports, and what it installs",
    "use-E": "the README as the first screen",
    "use-F1": "smaller things: technician",
    "use-F2": "smaller things: administrator",
    "use-F3": "smaller things: customer",
    "use-G": "plain English",
    "field-1": "a late release, repeated for ever",
    "field-2": "a release that a Mac never sends",
    "field-3": "Caps Lock differs",
    "field-4": "Num Lock differs",
    "field-5": "more than two layouts",
    "field-6": "many foreign characters at once",
    "field-7": "characters of several code points",
    "field-8": "another keymap in mid-session",
    "field-9": "small wheel steps, browser zoom",
    "field-10": "a button let go outside the window",
    "field-11": "a large clipboard",
    "field-12": "odd bytes in the clipboard",
    "field-13": "a clipboard owner that does not answer",
    "field-14": "Firefox and reading the clipboard",
    "field-15": "a 16-bit screen",
    "field-16": "a 30-bit screen",
    "field-17": "large pointers, fine screens",
    "field-18": "the last monitor goes off",
    "field-19": "a path of 1,280 bytes",
    "field-20": "the line dies without a word",
    "field-21": "an address that does not answer beside one that does",
    "field-22": "clocks differ",
    "field-23": "the clock is set while recording",
    "field-24": "the database is held by another program",
    "field-certificate": "a renewed certificate",
    "field-altgr": "AltGr as a key that no keyboard has",
    "field-zoom": "page zoom hides the picture",
    "load-1.1": "typing ends a recording",
    "load-1.2": "a customer who comes while the console connects",
    "load-1.3": "the applet's window crashes after the customer's yes",
    "load-1.4": "a restart with 1,000 consoles",
    "load-1.5": "sign-ins collapse",
    "load-1.6": "keys that stay held",
    "load-1.7": "the limit of file descriptors",
    "load-1.8": "an empty key file",
    "load-1.9": "/health says ok when the relay cannot work",
    "load-1.10": "a right that is taken away arrives late",
    "load-1.11": "VLC does not play the default format",
    "load-1.11b": "a ZMBV recording cannot be sought",
    "load-1.12": "what a stranger can make fail",
    "load-1.13": "the clock jumps",
    "load-1.14": "smaller faults under load",
}


def closed() -> dict[str, list[str]]:
    """Return where each finding is closed: tests as file::name, or the page of decisions."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for finding in _marks(node):
                    found[finding].append(f"{file.relative_to(ROOT)}::{node.name}")
    for line in DECISIONS.read_text().splitlines():
        if line.startswith("### "):
            for word in line.removeprefix("### ").split(":")[0].split(", "):
                found[word].append(str(DECISIONS.relative_to(ROOT)))
    return dict(found)


def _marks(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [
        str(argument.value)
        for mark in node.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.finding"
        for argument in mark.args
        if isinstance(argument, ast.Constant)
    ]


if __name__ == "__main__":
    places = closed()
    for finding, title in FINDINGS.items():
        if finding not in places:
            print(f"open  {finding}: {title}")
