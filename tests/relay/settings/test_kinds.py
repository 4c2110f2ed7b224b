"""What a value may be: every kind takes what it should, names what it refuses, and changes nothing twice."""

import string
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.settings.areas.card import contrast
from relay.settings.catalogue import CATALOGUE
from relay.settings.compound_kinds import File, ListOf, Secret
from relay.settings.declare import Json
from relay.settings.kinds import Number, Switch, TimeOfDay, TimeZone, ValueKind, ValueProblemError
from relay.settings.text_kinds import Email, Folder, Network, Text, Url, split_credentials
from relay.settings.uploads import describe, recognise

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KINDS = list({repr(setting.kind): setting.kind for setting in CATALOGUE if not setting.kind.is_elsewhere}.values())


def _kept(kind: ValueKind, value: Json) -> Json:
    try:
        return kind.check(value)
    except ValueProblemError as problem:
        return problem


@settings(deadline=None)
@given(st.sampled_from(KINDS), JSON)
def test_any_value_is_kept_or_refused_with_a_sentence_and_keeping_it_twice_changes_nothing(
    kind: ValueKind, value: Json
) -> None:
    kept = _kept(kind, value)
    if isinstance(kept, ValueProblemError):
        assert str(kept)
        return
    assert kind.check(kept) == kept
    assert str(kind.show(kept))


@settings(deadline=None)
@given(st.text(alphabet=string.printable + "éüß漢字العربية\u202e\u2066\x00", max_size=40))
def test_kept_text_has_no_character_that_deceives(text: str) -> None:
    kept = _kept(Text(100, lines=0), text)
    if isinstance(kept, ValueProblemError):
        assert kept.code in ("direction", "characters")
        return
    assert not set(kept) & {"\u202e", "\u2066", "\x00", "\r"}
    assert kept == kept.strip()


@pytest.mark.req("SESS-121", "SESS-124")
@pytest.mark.parametrize("value", [-1, 1_000, "", None, 1.5, True, "12"])
def test_a_time_out_is_a_whole_number_up_to_999_minutes(value: Json) -> None:
    with pytest.raises(ValueProblemError, match="whole number from 0 to 999"):
        CATALOGUE.setting("timeouts.waiting").kind.check(value)


@pytest.mark.req("SESS-121", "SESS-124")
@pytest.mark.parametrize("value", [0, 1, 999])
def test_the_limits_themselves_are_accepted(value: int) -> None:
    assert CATALOGUE.setting("timeouts.active").kind.check(value) == value
    assert str(CATALOGUE.setting("timeouts.active").kind.show(0)) == "never"


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (Text(5), "abcdef", "too_long"),
        (Text(0, lines=3), "a\nb\nc\nd", "too_many_lines"),
        (Text(5, optional=False), "  ", "empty"),
        (Text(50), "evil\u202egnp.exe", "direction"),
        (Text(50), "two\nlines", "characters"),
        (Text(50), "p\u0430ypal", "lookalikes"),
        (Text(50, contains=("$PINCODE$",)), "your code", "missing"),
        (Url(), "javascript:alert(1)", "url"),
        (Url(), "ftp://help.example/x", "url"),
        (Url(), "https://", "url"),
        (Url(), "https://help.example:99999/", "url"),
        (Url(), "https://help.example/<script>", "url"),
        (Url(), "https://user:secret@help.example/", "credentials"),
        (Url(), "https://p\u0430ypal.example/", "lookalikes"),
        (Url(), "https://[::1", "url"),
        (Email(), "nobody", "email"),
        (Email(), "a@b@c.example", "email"),
        (Network(), "10.1.2.77/24", "network"),
        (Network(), "300.1.1.1", "network"),
        (Network(), 7, "network"),
        (Folder(), "recordings", "folder"),
        (Folder(), r"C:\a\..\b", "folder"),
        (TimeOfDay(), "24:00", "time"),
        (TimeOfDay(30), "10:10", "time"),
        (TimeZone(), "Mars/Olympus", "time_zone"),
        (Switch(), 1, "type"),
        (Secret(least=12), "short", "secret"),
        (Text(4, pattern=r"\+[0-9]{1,3}", example="+31"), "31", "pattern"),
        (ListOf(Number(1, 3), 2), [1, 2, 3], "too_many"),
    ],
)
def test_what_is_refused_is_named(kind: ValueKind, value: Json, code: str) -> None:
    with pytest.raises(ValueProblemError) as caught:
        kind.check(value)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (Text(50), "  Привет, мир – hello ", "Привет, мир – hello"),
        (Text(0, lines=0), "a\r\nb", "a\nb"),
        (Url(), "HTTPS://Help.Example/Path", "https://help.example/Path"),
        (Url(), "https://help.example/$techid$?f=$cfield1$", "https://help.example/$techid$?f=$cfield1$"),
        (Url(), "", ""),
        (Network(), "5.5.5.5", "5.5.5.5/32"),
        (Network(), "10.1.2.0/255.255.255.0", "10.1.2.0/24"),
        (Network(), "2001:db8::/32", "2001:db8::/32"),
        (Folder(), r"\\support\recordings", r"\\support\recordings"),
        (Folder(), "/home/shared/recordings", "/home/shared/recordings"),
        (Folder(), "smb://support/recordings", "smb://support/recordings"),
        (Secret(), "", None),
        (ListOf(Network(), 9), ["5.5.5.5", "", "5.5.5.5/32"], None),
    ],
)
def test_what_is_kept_has_one_form(kind: ValueKind, value: Json, kept: Json) -> None:
    if isinstance(kind, ListOf):
        with pytest.raises(ValueProblemError) as caught:
            kind.check(value)
        assert caught.value.path == "2"
        return
    assert kind.check(value) == kept


@pytest.mark.req("APP-62", "APP-63")
def test_terms_may_be_of_any_length_and_markup_is_only_text() -> None:
    terms = "<b>Terms</b>\n" * 100_000
    assert CATALOGUE.setting("terms.text").kind.check(terms) == terms.strip()


@pytest.mark.req("REC-16")
def test_user_name_and_password_are_taken_out_of_an_address() -> None:
    assert split_credentials("ftp://user:pa:ss@company.example:21/recordings") == (
        "ftp://company.example:21/recordings",
        "user",
        "pa:ss",
    )
    assert split_credentials("https://company.example/") is None
    assert split_credentials("https://[::1") is None


@pytest.mark.req("SURV-04", "SURV-05")
def test_a_survey_has_ten_questions_of_five_answers_and_says_where_one_is_wrong() -> None:
    kind = CATALOGUE.setting("customer_survey.questions").kind
    question = {"text": "How was it?", "type": "list", "answers": [{"text": "Good", "value": 5}] * 5}
    assert len(kind.check([question] * 10)) == 10
    with pytest.raises(ValueProblemError, match="at most 10"):
        kind.check([question] * 11)
    with pytest.raises(ValueProblemError) as caught:
        kind.check([question, question | {"answers": [{"text": "x", "value": "five"}]}])
    assert caught.value.path == "2.answers.1.value"
    with pytest.raises(ValueProblemError, match="no column “colour”"):
        kind.check([{"colour": "red"}])


def _png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))


def _bmp(width: int, height: int, size: int) -> bytes:
    return (b"BM" + struct.pack("<IIIIii", size, 0, 54, 40, width, height)).ljust(size, b"\0")


@pytest.mark.req("MOB-124", "MOB-125", "CARD-60", "CARD-66", "CARD-67")
def test_an_uploaded_picture_is_judged_by_what_it_is() -> None:
    small = CATALOGUE.setting("look.small_logo").kind
    icon, header = CATALOGUE.setting("look.icon").kind, CATALOGUE.setting("card.header").kind
    card = CATALOGUE.setting("card.icon").kind
    assert isinstance(card, File)
    assert isinstance(small, File)
    assert isinstance(icon, File)
    assert isinstance(header, File)
    kept = describe(small, r"C:\pictures\logo.bmp", _bmp(78, 32, 8_192))
    assert kept["name"] == "logo.bmp"
    assert small.check(kept) == kept
    for forged in (
        {"sha256": "../key"},
        {"name": "a\u202egnp.bmp"},
        {"bytes": True},
        {"bytes": 9_000},
        {"width": "78"},
    ):
        with pytest.raises(ValueProblemError):
            small.check(kept | forged)
    for kind, name, content, said in (
        (small, "logo.bmp", _bmp(80, 32, 500), "80 × 32"),
        (small, "logo.bmp", _bmp(78, 32, 8_193), "at most 8 KiB"),
        (icon, "icon.png", _png(100, 90), "square"),
        (icon, "icon.png", _png(600, 600), "longer than 512"),
        (header, "header.png", b"MZ not a picture", "not a PNG"),
        (header, "header.gif", b"GIF89a", "BMP, PNG, JPG"),
        (header, "header.png", _png(10, 10) + bytes(100 * 1_024), "at most 100 KiB"),
        (header, "header.png", b"", "empty"),
        (card, "icon.png", _png(128, 256), "at least 256"),
    ):
        with pytest.raises(ValueProblemError, match=said):
            describe(kind, name, content)


def _jpeg(before: bytes, width: int, height: int) -> bytes:
    """Return the head of a JPEG, with bytes before the marker that has its sides."""
    return b"\xff\xd8" + before + b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(99)


@pytest.mark.parametrize(
    "before",
    [b"", b"\xff", b"\xff" * 9, b"\xff\xd0", b"\xff\x01", b"\xff\xe0\0\4ab", b"\xff\xff\xe0\0\4ab\xff"],
)
def test_no_picture_hides_its_sides(before: bytes) -> None:
    """Where browsers find them and we do not, no limit held."""
    logo = File(("PNG", "JPG"), 1_000, side=1_024)
    assert describe(logo, "a.jpg", _jpeg(before, 100, 50))["width"] == 100
    with pytest.raises(ValueProblemError, match="20000 × 50 pixels"):
        describe(logo, "a.jpg", _jpeg(before, 20_000, 50))


@pytest.mark.parametrize("content", [_jpeg(b"\0", 20_000, 50), _jpeg(b"", 20_000, 0), _png(0, 7), b"\xff\xd8\xff\xe0"])
def test_a_picture_without_sides_is_none(content: bytes) -> None:
    with pytest.raises(ValueProblemError, match="type PNG, JPG"):
        describe(File(("PNG", "JPG"), 1_000), "a", content)


@settings(deadline=None)
@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"BM", b"\0\0\1\0", b"\xff\xd8\xff", b"RIFF....WEBPVP8 "]),
    st.binary(max_size=80),
)
def test_broken_pictures_are_recognised_without_a_stumble(head: bytes, rest: bytes) -> None:
    kind, width, height = recognise(head + rest)
    assert kind in ("", "PNG", "BMP", "ICO", "JPG", "WEBP", "XML")
    assert isinstance(width, int)
    assert isinstance(height, int)


@pytest.mark.req("SCR-07", "SCR-08")
def test_a_script_of_exactly_the_limit_is_accepted() -> None:
    script = CATALOGUE.setting("embedded.windows_script").kind
    assert isinstance(script, File)
    assert describe(script, "repair.ps1", b"x" * 65_536)["bytes"] == 65_536
    with pytest.raises(ValueProblemError, match="at most 64 KiB"):
        describe(script, "repair.ps1", b"x" * 65_537)


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#2961CE", "#2961CE") == 1


@pytest.mark.parametrize(
    ("key", "wrong", "example"),
    [
        ("recording.url", "files.example.com/rec", "https://files.example.com/recordings"),
        ("recording.folder", "recordings", r"C:\Recordings"),
        ("recording.folder", "recordings", r"\\server\recordings"),
    ],
)
def test_an_example_is_of_what_is_asked_for(key: str, wrong: str, example: str) -> None:
    with pytest.raises(ValueProblemError) as refused:
        CATALOGUE.setting(key).kind.check(wrong)
    assert example in str(refused.value)
