"""What TLS says when it trusts nobody, in words that help."""

import ssl

_CLOCK = "Check this computer's clock, or have the server's certificate renewed."
_REASONS = {
    9: f"the server's certificate is not valid yet. {_CLOCK}",
    10: f"the server's certificate has expired. {_CLOCK}",
    18: "the server vouches for itself, with a certificate that nobody signed. "
    "Have one signed, or make its authority known to this computer.",
    19: "nobody that this computer trusts vouches for the server. Make its authority known to this computer.",
    20: "nobody that this computer trusts vouches for the server. Make its authority known to this computer.",
    62: "the server's certificate is for another name. Write the name that stands in it, or have it issued anew.",
    64: "the server's certificate is for another address. Write the name that stands in it, or have it issued anew.",
}
"""By OpenSSL's number (X509_V_ERR_…)."""


def certificate_problem(error: ssl.SSLError) -> str:
    """Return what is wrong with the server's certificate, or with TLS at all, and what helps."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _REASONS.get(
            error.verify_code, f"the server's certificate cannot be trusted ({error.verify_message}). Have it mended."
        )
    return "the server and this computer find no common way to encrypt. Check the port, and the server's TLS."
