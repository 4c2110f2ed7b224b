"""How a request to S3 is signed: AWS Signature Version 4. Pure; the time is an argument.

Of our own, since the client libraries are the largest part of what they would bring (botocore: 14 MB for one scheme of
signatures). It is held against AWS's published examples and against botocore's signer.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

EMPTY = hashlib.sha256(b"").hexdigest()
_SCHEME = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Signer:
    """Signs for one key in one region."""

    key: str
    secret: str = field(repr=False)
    region: str

    def signed(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        payload: str,
        at: datetime,
    ) -> dict[str, str]:
        """Return the headers to send, those given among them.

        `path` is encoded as it is sent; `headers` hold `host`; `payload` is the SHA-256 of the body in hexadecimal;
        `at` is in UTC.
        """
        stamp = at.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{stamp[:8]}/{self.region}/s3/aws4_request"
        sent = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
        sent |= {"x-amz-date": stamp, "x-amz-content-sha256": payload}
        names = ";".join(sorted(sent))
        request = "\n".join(
            [
                method,
                path,
                canonical_query(query),
                *(f"{name}:{sent[name]}" for name in sorted(sent)),
                "",
                names,
                payload,
            ]
        )
        text = "\n".join([_SCHEME, stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
        key = f"AWS4{self.secret}".encode()
        for step in (stamp[:8], self.region, "s3", "aws4_request"):
            key = hmac.digest(key, step.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        sent["authorization"] = f"{_SCHEME} Credential={self.key}/{scope},SignedHeaders={names},Signature={signature}"
        return sent


def canonical_query(query: Mapping[str, str]) -> str:
    """Return the part after the `?`, as it is signed and sent."""
    pairs = [(quote(name, safe="~"), quote(value, safe="~")) for name, value in query.items()]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))
