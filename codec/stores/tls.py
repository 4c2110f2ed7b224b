"""Why TLS does not trust a server, in words that help."""

import ssl

_CLOCK = "Check this computer's clock, or have the server's certificate renewed."
_UNKNOWN = "the server's certificate is from an authority that this computer does not trust. Add that authority here."
_REASONS = {
    9: f"the server's certificate is not valid yet. {_CLOCK}",
    10: f"the server's certificate has expired. {_CLOCK}",
    18: "the server's certificate is self-signed. "
    "Use one from an authority that this computer trusts, or add it to the trusted ones here.",
    19: _UNKNOWN,
    20: _UNKNOWN,
    62: "the server's certificate is for another name. Use the name in the certificate, or get a new certificate.",
    64: "the server's certificate is for another address. Use the one in the certificate, or get a new certificate.",
}
"""By OpenSSL's number (X509_V_ERR_…)."""


def certificate_problem(error: ssl.SSLError) -> str:
    """Return what is wrong with the server's certificate, or with TLS at all, and what helps."""
    if isinstance(error, ssl.SSLCertVerificationError):
        other = f"the server's certificate cannot be trusted ({error.verify_message}). Correct it on the server."
        return _REASONS.get(error.verify_code, other)
    return "the server and this computer have no way to encrypt in common. Check the port, and the server's TLS."
