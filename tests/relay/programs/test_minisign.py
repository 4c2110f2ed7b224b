"""Against what minisign 0.11 itself wrote."""

import hashlib

import pytest

from relay.programs.minisign import BadKeyError, BadSignatureError, check, read_key, read_signature
from tests.packaging.release import read_key as read_secret_key
from tests.packaging.release import write_key

PROGRAM = b"the program\n"
PUBLIC = "RWSTH7uN4U2ivo+ttBfCYGxBHGgfdTBl1TJpWiUOvgof+dGwg6a2Vv8Y"
SECRET = """untrusted comment: minisign encrypted secret key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAkx+7jeFNor4nXQMEyzlLmp/1/7rlU4uNKT5inozIS6SVXXwvM8Pfi4+ttBfCYGxBHGgfdTBl1TJpWiUOvgof+dGwg6a2Vv8YAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
"""
SIGNATURE = """untrusted comment: signature from minisign secret key
RUSTH7uN4U2ivgpm4ind4pMnTmC8Gp0fuh/RGpZjRKtvt1ykPFRmw1RF9Tqmp3N3hRkMwPZoOErlfkfqHrXxQviC24FQ8VDWSgs=
trusted comment: timestamp:1764000000\tfile:deskside-help-windows.exe\thashed
DEnoGqFY4jYQelt/009C4UiqA/3WyVzwGTwjbO5e4yEHJicVDAGMIofWPdnQ8jbr+rQGv8WXJOiVg29GVk8ZCg==
"""


def test_a_signature_of_minisign_is_believed() -> None:
    key = read_key(f"untrusted comment: minisign public key BEA24DE18DBB1F93\n{PUBLIC}\n")
    assert key.name == "BEA24DE18DBB1F93"
    signature = read_signature(SIGNATURE)
    assert check(signature, hashlib.blake2b(PROGRAM).digest(), [key]) is key
    assert signature.file_name == "deskside-help-windows.exe"


def test_ours_are_byte_for_byte_those_of_minisign() -> None:
    key = read_secret_key(SECRET)
    assert key.public_key == PUBLIC
    digest = hashlib.blake2b(PROGRAM).digest()
    assert key.sign("deskside-help-windows.exe", digest, 1_764_000_000) == SIGNATURE
    assert read_secret_key(write_key(key)) == key
    assert write_key(key).splitlines()[1] == SECRET.splitlines()[1]


@pytest.mark.parametrize("place", range(len(SIGNATURE.splitlines()[0]), len(SIGNATURE), 3))
def test_a_signature_that_was_changed_anywhere_is_refused(place: int) -> None:
    """But in its first line: that proves nothing, and is not read."""
    changed = SIGNATURE[:place] + ("A" if SIGNATURE[place] != "A" else "B") + SIGNATURE[place + 1 :]
    with pytest.raises(BadSignatureError):
        check(read_signature(changed), hashlib.blake2b(PROGRAM).digest(), [read_key(PUBLIC)])


def test_another_file_another_key_and_the_older_kind_are_refused_by_name() -> None:
    signature = read_signature(SIGNATURE)
    with pytest.raises(BadSignatureError, match="not the one that was signed"):
        check(signature, hashlib.blake2b(PROGRAM[:-1]).digest(), [read_key(PUBLIC)])
    with pytest.raises(BadSignatureError, match="BEA24DE18DBB1F93, which is not one of yours"):
        check(signature, hashlib.blake2b(PROGRAM).digest(), [])
    with pytest.raises(BadSignatureError, match="older kind"):
        read_signature(SIGNATURE.replace("\nRUST", "\nRWST"))


@pytest.mark.parametrize("text", ["", "RW", PUBLIC[:-4], f"{PUBLIC}\n{PUBLIC}", SIGNATURE, "é"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(BadKeyError):
        read_key(text)
