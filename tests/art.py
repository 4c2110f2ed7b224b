"""The look that all three programs share: tokens, components, icons, mark, fonts. `python -m tests.art` hands them out.

The relay's are edited. The programs never reach into one another, and a page is served from its own folder, so the
applet and the console's page carry copies; a test proves that they are the same.
"""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
_FONTS = ("inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2", "OFL.txt")
COPIES = {
    "applet/ui/art/tokens.css": "relay/web/static/tokens.css",
    "applet/ui/art/icons.svg": "relay/web/templates/icons.svg",
    "applet/ui/art/mark.svg": "relay/web/static/mark.svg",
    "console/ui/src/styles/tokens.css": "relay/web/static/tokens.css",
    "console/ui/src/styles/components.css": "relay/web/static/components.css",
    "console/ui/src/views/icons.svg": "relay/web/templates/icons.svg",
    "console/ui/public/mark.svg": "relay/web/static/mark.svg",
    "applet/web/src/styles/tokens.css": "relay/web/static/tokens.css",
    "applet/web/src/styles/components.css": "relay/web/static/components.css",
    "applet/web/src/styles/survey.css": "relay/web/static/survey.css",
    "applet/web/src/styles/pages.css": "relay/web/static/pages.css",
    "applet/web/src/views/icons.svg": "relay/web/templates/icons.svg",
    **{f"console/ui/src/styles/fonts/{name}": f"relay/web/static/fonts/{name}" for name in _FONTS},
}
"""Copy → what it is a copy of."""


def hand_out() -> None:
    """Bring every copy up to date."""
    for copy, original in COPIES.items():
        shutil.copyfile(ROOT / original, ROOT / copy)


if __name__ == "__main__":
    hand_out()
