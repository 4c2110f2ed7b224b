"""F4: what a technician confirmed on their own computer, and what of an order may not change without a question."""

from pathlib import Path

import pytest

from codec.stores.locations import read_location
from console.recording.confirmed_locations import FILE, Account, ConfirmedLocations, Order, pin_of, server_name
from console.recording.location_access import refusal_of

ANNA = Account("https://help.example", "anna@northwind.example")
ORDER = Order(ANNA, "https://files.example/kept?key=secret-7f3a", "desk")


@pytest.mark.parametrize("kept", [True, False])
def test_f4_a_yes_is_remembered_privately_and_holds_for_the_very_same_order(tmp_path: Path, kept: bool) -> None:
    folder = tmp_path / "data" if kept else None
    places = ConfirmedLocations(folder)
    assert not places.has(ORDER)
    assert places.confirm(ORDER)
    assert places.has(ORDER)
    assert places.has(
        Order(ANNA, "https://FILES.example:443/kept/?key=secret-7f3a", "desk")
    )  # the same, otherwise written
    if kept:
        assert ConfirmedLocations(folder).has(ORDER)
        assert (tmp_path / "data" / FILE).stat().st_mode & 0o777 == 0o600
        assert b"secret-7f3a" not in (tmp_path / "data" / FILE).read_bytes()


@pytest.mark.parametrize(
    "order",
    [
        Order(Account("https://other.example", ANNA.name), ORDER.location, "desk"),
        Order(Account(ANNA.relay, "bob@northwind.example"), ORDER.location, "desk"),
        Order(ANNA, ORDER.location, "root"),
        Order(ANNA, ORDER.location),
        Order(ANNA, "http://files.example/kept?key=secret-7f3a", "desk"),
        Order(ANNA, "s3://files.example/kept", "desk"),
        Order(ANNA, "https://files.example.evil.example/kept?key=secret-7f3a", "desk"),
        Order(ANNA, "https://files.example:8443/kept?key=secret-7f3a", "desk"),
        Order(ANNA, "https://files.example/other?key=secret-7f3a", "desk"),
        Order(ANNA, "https://files.example/kept/deeper?key=secret-7f3a", "desk"),
        Order(ANNA, "https://files.example/?key=secret-7f3a", "desk"),
        Order(ANNA, "https://files.example/kept?key=another", "desk"),
        Order(ANNA, "https://files.example@evil.example/kept?key=secret-7f3a", "desk"),
        Order(ANNA, "/kept", "desk"),
        Order(ANNA, "gopher://files.example/kept", "desk"),
        Order(ANNA, ""),
    ],
)
def test_f4_every_difference_is_asked_again(order: Order) -> None:
    places = ConfirmedLocations(None)
    places.confirm(ORDER)
    assert not places.has(order)


def test_f4_a_user_in_the_address_is_one_too() -> None:
    places = ConfirmedLocations(None)
    places.confirm(Order(ANNA, "sftp://files.example/kept"))
    assert not places.has(Order(ANNA, "sftp://root@files.example/kept"))
    assert pin_of(Order(ANNA, "sftp://root@files.example/kept")) == pin_of(
        Order(ANNA, "sftp://files.example/kept", "root")
    )


@pytest.mark.parametrize("spoil", ["damaged", "open"])
def test_f4_a_file_that_is_damaged_or_that_others_can_write_confirms_nothing(tmp_path: Path, spoil: str) -> None:
    places = ConfirmedLocations(tmp_path)
    places.confirm(ORDER)
    file = tmp_path / FILE
    if spoil == "damaged":
        file.write_bytes(file.read_bytes()[:-9])
    else:
        file.chmod(0o666)
    assert not places.has(ORDER)
    assert not ConfirmedLocations(tmp_path).has(ORDER)


def test_f4_what_another_console_of_this_person_confirms_counts_here_too(tmp_path: Path) -> None:
    one, other = ConfirmedLocations(tmp_path), ConfirmedLocations(tmp_path)
    assert not one.has(ORDER)
    other.confirm(ORDER)
    assert one.has(ORDER)


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("https://files.example/kept", "files.example:443"),
        ("sftp://[2001:db8::1]/kept", "[2001:db8::1]:22"),
        ("https://f\u0456les.example/kept", "xn--fles-l9d.example:443"),  # an i of another script
        ("/kept", ""),
    ],
)
def test_f4_a_server_is_shown_as_the_network_knows_it(location: str, name: str) -> None:
    assert server_name(read_location(location)) == name


@pytest.mark.parametrize(
    ("location", "refused"),
    [
        ("http://files.example/", True),
        ("ftp://files.example/", True),
        ("s3://files.example/kept?http=1", True),
        ("http://127.0.0.1.evil.example/", True),
        ("http://localhost.evil.example/", True),
        ("http://10.0.0.7/", True),
        ("http://127.0.0.1:9000/", False),
        ("ftp://[::1]/", False),
        ("http://localhost/", False),
        ("https://files.example/", False),
        ("ftps://files.example/", False),
        ("s3://files.example/kept", False),
        ("/kept", False),
    ],
)
def test_f4_what_is_not_encrypted_goes_over_no_network_unless_the_technician_says_so(
    location: str, refused: bool
) -> None:
    read = read_location(location)
    refusal = refusal_of(read, ())
    assert bool(refusal) is refused
    if refused:
        assert f"--allow-unencrypted {read.host}" in refusal
        assert refusal_of(read, {read.host}) == ""
        assert refusal_of(read, {"other.example"}) != ""
