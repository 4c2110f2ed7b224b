"""deskside-console: where it starts. The command line is in `command_line`."""

import sys
from collections.abc import Callable

from codec.host.quiet_exit import quietly


def main() -> int:
    """Run the console as this process; return its exit code."""
    return quietly(_load, "console")


def _load() -> Callable[[], int]:
    from console.cli.command_line import main as run  # noqa: PLC0415  (an interrupt while this loads ends quietly)

    return run


if __name__ == "__main__":
    sys.exit(main())
