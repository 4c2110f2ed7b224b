"""Replaces pylibsrtp in the packed help program: aiortc imports its names, and never calls them for data channels.

The real one brings a whole OpenSSL, 6 MB.
"""


class Error(Exception):
    """There is no media here."""


class Policy:
    """What would be done with the keys."""

    SRTP_PROFILE_AES128_CM_SHA1_80 = 1
    SRTP_PROFILE_AEAD_AES_128_GCM = 7
    SRTP_PROFILE_AEAD_AES_256_GCM = 8
    SSRC_ANY_INBOUND = 2
    SSRC_ANY_OUTBOUND = 3

    def __init__(
        self, key: bytes | None = None, ssrc_type: int = 0, ssrc_value: int = 0, srtp_profile: int = 1
    ) -> None:
        self.allow_repeat_tx = False
        self.window_size = 0


class Session:
    """Refuses every packet of media."""

    def __init__(self, policy: Policy | None = None) -> None:
        pass

    def protect(self, packet: bytes) -> bytes:
        """Raise Error."""
        raise Error(Error.__doc__)

    protect_rtcp = unprotect = unprotect_rtcp = protect
