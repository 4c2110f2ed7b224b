"""Errors of the system as sentences with their remedy."""

import errno

_REMEDIES = {
    errno.ENOSPC: " Make room on the disk.",
    errno.EDQUOT: " Make room, or raise the quota.",
    errno.EROFS: " The disk is read-only.",
    errno.EACCES: " Give the relay’s user access.",
    errno.EPERM: " Give the relay’s user access.",
    errno.EMFILE: " Raise the limit of open files (LimitNOFILE in the systemd unit, ulimit -n elsewhere).",
}


def sentence_of(error: OSError) -> str:
    """Return what failed, where, and what helps."""
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}.{_REMEDIES.get(error.errno or 0, '')}"
