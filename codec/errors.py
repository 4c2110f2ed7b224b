"""The one root of every error that Deskside raises on purpose.

Each error lives beside the code that raises it; callers that must tell them apart import them from there.
"""

import msgspec

MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are not what they should be; each reader turns it into its own named error."""


class DesksideError(Exception):
    """Something Deskside expected and names. `str()` of it is a sentence for the person who sees it."""
