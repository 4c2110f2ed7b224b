"""Where recordings go, as people write it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codec.stores.locations import BadLocationError, Flaw, Location, Place, folder_of, read_location


@pytest.mark.req("REC-14", "REC-15", "REC-21")
@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("/home/shared/recordings", Location(Place.LOCAL, path="/home/shared/recordings")),
        ("C:\\recordings", Location(Place.LOCAL, path="C:\\recordings")),
        ("d:/my recordings", Location(Place.LOCAL, path="d:/my recordings")),
        ("\\\\support\\recordings", Location(Place.NETWORK, "support", path="recordings")),
        ("smb://support/recordings/2026", Location(Place.NETWORK, "support", path="recordings\\2026")),
        ("smb://support/our%20calls/", Location(Place.NETWORK, "support", path="our calls")),
    ],
)
def test_folders_are_read_as_each_system_writes_them(text: str, location: Location) -> None:
    assert read_location(text) == location


@pytest.mark.req("REC-13", "REC-16", "REC-21")
@pytest.mark.parametrize(
    ("text", "location"),
    [
        (
            "ftp://user:password@company.org:21/recordings",
            Location(Place.FTP, "company.org", 21, "/recordings", "", "user", "password"),
        ),
        ("FTPS://Company.org", Location(Place.FTPS, "company.org", None, "/")),
        ("ftp://a/%2Fsrv/x", Location(Place.FTP, "a", None, "//srv/x")),
        ("http://a/b%2Fc/?key=1", Location(Place.HTTP, "a", None, "/b%2Fc/", "key=1")),
        ("https://[::1]:8443/ü", Location(Place.HTTPS, "::1", 8443, "/%C3%BC")),
        ("sftp://r%40b:a%3Ab@a/~/x", Location(Place.SFTP, "a", None, "/~/x", "", "r@b", "a:b")),
        (
            "s3://AKIA:sec/ret@s3.example:9000/bucket/calls?region=eu-west-1&http=1".replace("/ret", "%2Fret"),
            Location(Place.S3, "s3.example", 9000, "/bucket/calls", "region=eu-west-1&http=1", "AKIA", "sec/ret"),
        ),
    ],
)
def test_addresses_of_servers_are_read_in_all_their_parts(text: str, location: Location) -> None:
    assert read_location(text) == location


@pytest.mark.req("REC-17")
def test_what_stands_beside_an_address_wins_over_what_stands_in_it() -> None:
    text = "ftp://anna:old@a/"
    assert read_location(text, "anna", "new").password == "new"
    assert (read_location(text, password="new").user, read_location(text, password="new").password) == ("anna", "new")
    other = read_location(text, "bert")
    assert (other.user, other.password) == ("bert", ""), "a password is good for the name that it was written with"


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("  \n", Flaw.EMPTY),
        ("recordings", Flaw.NOT_WHOLE),
        ("C:recordings", Flaw.NOT_WHOLE),
        ("\\\\support", Flaw.NOT_WHOLE),
        ("gopher://a/b", Flaw.SCHEME),
        ("file:///etc", Flaw.SCHEME),
        ("ftp:///recordings", Flaw.HOST),
        ("ftp://[::1/x", Flaw.HOST),
        ("ftp://a b/x", Flaw.HOST),
        ("ftp://a:0/x", Flaw.PORT),
        ("ftp://a:70000/x", Flaw.PORT),
        ("ftp://a:ftp/x", Flaw.PORT),
        ("ftp://a/x%0d%0aDELE y", Flaw.CHARACTERS),
        ("ftp://a\nb/x", Flaw.CHARACTERS),
        ("https://a\u202eb/x", Flaw.CHARACTERS),
        ("ftp://a/../x", Flaw.DOTS),
        ("ftp://a/%2E%2e/x", Flaw.DOTS),
        ("C:\\a\\..\\b", Flaw.DOTS),
        ("ftp://a/x#y", Flaw.MARK),
        ("sftp://a/x?y", Flaw.MARK),
        ("ftp://:secret@a/x", Flaw.USER),
        ("smb://support/", Flaw.FOLDER),
        ("s3://a/", Flaw.BUCKET),
        ("s3://a/b?acl=public", Flaw.OPTION),
        ("s3://a/b?region=eu_west", Flaw.OPTION),
    ],
)
def test_what_is_wrong_with_a_location_is_named(text: str, flaw: Flaw) -> None:
    with pytest.raises(BadLocationError) as raised:
        read_location(text)
    assert raised.value.flaw is flaw
    assert str(raised.value) == flaw.value


@pytest.mark.req("REC-21")
def test_a_folder_is_reached_where_its_system_reaches_it() -> None:
    share, unix, windows = read_location("smb://support/a/b"), read_location("/a"), read_location("C:\\a")
    assert folder_of(share, "win32") == "\\\\support\\a\\b"
    assert folder_of(windows, "win32") == "C:\\a"
    assert folder_of(unix, "linux") == folder_of(unix, "darwin") == "/a"
    for location, platform, flaw in [
        (share, "linux", Flaw.ONLY_WINDOWS),
        (windows, "darwin", Flaw.ONLY_WINDOWS),
        (unix, "win32", Flaw.NOT_WINDOWS),
    ]:
        with pytest.raises(BadLocationError) as raised:
            folder_of(location, platform)
        assert raised.value.flaw is flaw


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1)


@pytest.mark.req("REC-19")
@given(_WORDS, _WORDS, st.sampled_from(["ftp", "ftps", "http", "https", "sftp", "s3"]))
@example("anna", "hunter2-never-shown", "ftp")
def test_a_password_is_never_in_what_is_shown(user: str, password: str, scheme: str) -> None:
    password = f"\u00a7{password}\u00a7"
    try:
        location = read_location(f"{scheme}://server/folder", user, password)
    except BadLocationError:  # characters that turn the order
        return
    assert location.password == password
    if password not in user:
        assert password not in repr(location)
        assert password not in location.shown
        assert password not in str(location.account)


def test_the_part_of_an_address_that_may_hide_a_key_is_not_shown() -> None:
    location = read_location("https://server/folder?token=hunter2")
    assert "hunter2" not in repr(location) + location.shown
    assert location.shown == "https://server/folder?…"
    assert "region=eu" in read_location("s3://server/bucket?region=eu").shown


def test_an_account_is_the_same_however_its_address_is_written() -> None:
    assert read_location("ftp://Anna@Server:21/a").account == read_location("ftp://server/b", "Anna").account
    assert read_location("ftp://a/", "u").account != read_location("ftps://a/", "u").account
    assert read_location("ftp://a/", "u").account != read_location("ftp://a:22/", "u").account
    assert read_location("ftp://a/", "u").account != read_location("ftp://a/", "v").account


@given(st.text())
@example("ftp://[")
@example("ftp://\uff0f/")
@example("ftp://a:¹/")
@example("s3://a/b?")
@example("smb://:@/a")
def test_whatever_is_written_is_read_or_refused_by_name(text: str) -> None:
    for prefix in ("", "ftp://", "https://", "s3://a/b", "smb://", "\\\\"):
        try:
            location = read_location(prefix + text)
        except BadLocationError:
            continue
        assert "\n" not in location.host + location.path + location.user
        assert location.place.is_folder or location.host
        if location.place in (Place.FTP, Place.FTPS, Place.SFTP):
            assert read_location(location.shown) == Location(
                location.place, location.host, location.port, location.path, "", location.user
            )
