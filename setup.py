"""What pyproject.toml cannot say: a wheel without its pages or the help program must not be built."""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
BUILT = (
    "console/page/static/index.html",
    "relay/downloads/deskside-help.pyz",
    "relay/join/manifest.json",
    "console/customer_page/released.json",
)
"""What other tools build (tests/rehearsal/prepare.py), and programs need."""
CATALOGUES = {"relay/locale": ".po", "applet/locale": ".mo"}
"""Where each program's translations are, in the form that it reads. Those of the page are built into it."""


class CompleteBuild(build_py):
    """Builds only what is complete. An editable installation is of a checkout, which is built afterwards."""

    def run(self) -> None:
        """See setuptools."""
        if not self.editable_mode and (missing := missing_files(ROOT)):
            sys.exit(
                f"A package would be incomplete: {', '.join(missing)} is not there. "
                "In a checkout, run `make wheel`: it builds everything and writes a complete package into dist/."
            )
        super().run()


def missing_files(root: Path) -> list[str]:
    """Return what a complete package has and `root` lacks."""
    missing = [name for name in BUILT if not (root / name).is_file()]
    for folder, ending in CATALOGUES.items():
        languages = [each for each in (root / folder).glob("*") if each.is_dir()]
        missing += [
            f"{each.relative_to(root)}/LC_MESSAGES/*{ending}"
            for each in languages
            if not list(each.glob(f"LC_MESSAGES/*{ending}"))
        ]
        if not languages:
            missing.append(folder)
    return missing


if __name__ == "__main__":
    setup(cmdclass={"build_py": CompleteBuild})
