"""Signatures for S3, held against the examples that AWS publishes and against botocore's signer."""

import hashlib
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.stores.signature import EMPTY, Signer, canonical_query

AT = datetime(2013, 5, 24, tzinfo=UTC)
SIGNER = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
HOST = {"Host": "examplebucket.s3.amazonaws.com"}


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "payload", "signature"),
    [
        (
            "GET", "/test.txt", {}, {"Range": "bytes=0-9"}, EMPTY,
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT", "/test%24file.text", {},
            {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            hashlib.sha256(b"Welcome to Amazon S3.").hexdigest(),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET", "/", {"lifecycle": ""}, {}, EMPTY,
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "GET", "/", {"prefix": "J", "max-keys": "2"}, {}, EMPTY,
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)  # fmt: skip
def test_the_published_examples_are_signed_as_aws_signs_them(
    method: str, path: str, query: dict[str, str], headers: dict[str, str], payload: str, signature: str
) -> None:
    sent = SIGNER.signed(method, path, query, HOST | headers, payload, AT)
    assert sent["authorization"].endswith(f"Signature={signature}")


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=8)


@settings(max_examples=30)
@given(st.sampled_from(["GET", "PUT"]), st.lists(_TEXT, min_size=1, max_size=3), st.dictionaries(_TEXT, _TEXT))
def test_whatever_the_name_botocore_signs_it_the_same(method: str, pieces: list[str], query: dict[str, str]) -> None:
    path = "/bucket/" + "/".join(quote(piece, safe="") for piece in pieces)
    url = f"https://s3.example{path}" + (f"?{canonical_query(query)}" if query else "")
    asked = AWSRequest(method, url, headers={"host": "s3.example", "x-amz-content-sha256": EMPTY})
    theirs = S3SigV4Auth(Credentials(SIGNER.key, SIGNER.secret), "s3", SIGNER.region)
    asked.context["timestamp"] = "20130524T000000Z"
    asked.headers["X-Amz-Date"] = "20130524T000000Z"
    expected = theirs.signature(theirs.string_to_sign(asked, theirs.canonical_request(asked)), asked)
    ours = SIGNER.signed(method, path, query, {"host": "s3.example"}, EMPTY, AT)
    assert ours["authorization"].endswith(f"Signature={expected}")


def test_a_secret_does_not_show() -> None:
    assert SIGNER.secret not in repr(SIGNER)
