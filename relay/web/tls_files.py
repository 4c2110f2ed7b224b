"""What is wrong with a certificate and its key, in a sentence that names the file and what helps."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

MAX_BYTES = 1 << 20
_KEY = b"PRIVATE KEY-----"
_CERTIFICATE = b"BEGIN CERTIFICATE-----"
_Chain = list[x509.Certificate]


@dataclass(frozen=True)
class Flaw:
    """Something that visitors or their browsers stumble over, although the relay can use the files."""

    saw: str
    remedy: str


def problem_with(certificate: Path, key: Path) -> str:
    """Return why the relay cannot use two files, with the remedy; empty where it can."""
    try:
        chain = read_chain(certificate)
        _check_key(certificate, key, chain[0])
    except ValueError as error:
        return str(error)
    return ""


def read_chain(file: Path) -> _Chain:
    """Return the certificates in a PEM file. Raises ValueError, which names the file and the remedy."""
    content = _read(file)
    if _CERTIFICATE not in content:
        if _KEY in content:
            raise ValueError(f"{file} holds a key, not a certificate: tls_certificate and tls_key may be swapped.")
        raise ValueError(f"{file} is not a certificate in PEM: it must hold a line BEGIN CERTIFICATE.")
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        raise ValueError(f"{file} holds a certificate that is damaged. Copy it again, with all of its lines.") from None


def flaws(chain: _Chain, host: str, known_issuers: frozenset[bytes], now: datetime) -> list[Flaw]:
    """Return what visitors of `host` stumble over. `known_issuers` are the names of the roots that computers know."""
    leaf, found = chain[0], list[Flaw]()
    if leaf.not_valid_before_utc > now:
        found.append(
            Flaw(f"is valid only from {leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC", "Check this computer’s clock.")
        )
    if leaf.not_valid_after_utc <= now:
        found.append(Flaw(f"expired on {leaf.not_valid_after_utc:%Y-%m-%d %H:%M} UTC", "Renew it."))
    if not covers(leaf, host):
        named = ", ".join(names_of(leaf)) or "no name at all"
        found.append(Flaw(f"is for {named}, not for {host}", f"Get one for {host}, or change public_url."))
    if (broken := _broken_link(chain)) is not None:
        found.append(
            Flaw(
                f"is followed by certificate {broken + 1} of its file, which did not issue it",
                "Put your own certificate first, then the one that issued it, and so on (fullchain.pem).",
            )
        )
    elif not _is_complete(chain, known_issuers):
        issuer = chain[-1].issuer.rfc4514_string()
        found.append(
            Flaw(
                f"comes without the certificate of its issuer ({issuer})",
                "Use the file with the whole chain (fullchain.pem): other computers may refuse it as it is. If this is "
                "your own authority, its root must be known to every computer.",
            )
        )
    return found


def covers(leaf: x509.Certificate, host: str) -> bool:
    """Whether a certificate is for a host name or address."""
    names, parent = [name.lower() for name in names_of(leaf)], host.lower().partition(".")[2]
    try:
        return str(ip_address(host)) in names
    except ValueError:
        return host.lower() in names or (bool(parent) and f"*.{parent}" in names)


def names_of(leaf: x509.Certificate) -> list[str]:
    """Return the names and addresses that a certificate is for."""
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]


def _check_key(certificate: Path, key: Path, leaf: x509.Certificate) -> None:
    """Raise ValueError unless this is the key of the certificate."""
    content = _read(key)
    if b"ENCRYPTED" in content:
        raise ValueError(f"{key} is protected by a passphrase. Save it without one.")
    if _KEY not in content:
        swapped = " tls_certificate and tls_key may be swapped." if _CERTIFICATE in content else ""
        raise ValueError(f"{key} is not a private key in PEM: it must hold a line BEGIN PRIVATE KEY.{swapped}")
    try:
        private: Any = load_pem_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(f"{key} holds a key that is damaged. Copy it again, with all of its lines.") from None
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if private.public_key().public_bytes(*form) != leaf.public_key().public_bytes(*form):
        raise ValueError(
            f"{key} is the key of another certificate than the one in {certificate}. Use the two together."
        )


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES)
    except FileNotFoundError:
        raise ValueError(f"{file} does not exist. Check the path.") from None
    except PermissionError:
        raise ValueError(
            f"{file} cannot be read by the relay’s user. Give it read access (chgrp, chmod 640)."
        ) from None
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}.") from None


def _broken_link(chain: _Chain) -> int | None:
    for number, (issued, issuer) in enumerate(pairwise(chain), 1):
        try:
            issued.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature):
            return number
    return None


def _is_complete(chain: _Chain, known_issuers: frozenset[bytes]) -> bool:
    last = chain[-1]
    return last.issuer == last.subject or last.issuer.public_bytes() in known_issuers
