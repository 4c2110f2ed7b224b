"""What the one-file program for Linux says when it cannot start. Its launcher is built with these, translated."""

_ = str  # marks the texts for `tests.catalogues`; `tests/packaging/one_file.py` translates them
DAMAGED = _(
    "This file is not whole, so the help program cannot start. The download may have stopped early. "
    "Delete the file and download it again."
)
NO_ROOM = _(
    "The help program cannot start, because there is no place to unpack it. It needs %(disk)s MB of free space "
    "in your home folder, in a place where programs may run. Free some space, then start it again."
)
