"""The file of predefined replies: what is written is read again, and nothing else is."""

import time

import pytest

from console.replies.exchange import (
    MOST_REPLIES,
    BadAddressError,
    BadRepliesError,
    EmptyReplyError,
    Entry,
    entry,
    read,
    write,
)
from console.replies.messages import FILE_BYTES, Reply, ReplyKind

HELLO = Reply("1", ReplyKind.REPLY, "Hello & <welcome>", 'Good "morning"\n\n]]> {name} 😀')
PAGE = Reply("2", ReplyKind.URL, "Manual", "https://help.example/?a=1&b=<2>")


def whole(inner: str, before: str = "", version: str = "1") -> str:
    return f'{before}<deskside-replies version="{version}">{inner}</deskside-replies>'


def one(name: str = "a", content: str = "b", kind: str = "reply") -> str:
    return f"<{kind}><name>{name}</name><content>{content}</content></{kind}>"


@pytest.mark.req("CONS-83", "CONS-85")
def test_what_is_written_is_read_again() -> None:
    found = read(write([HELLO, PAGE]))
    assert found == [Entry(each.kind, each.name, each.content) for each in (HELLO, PAGE)]
    assert read("\ufeff" + write([])) == []
    assert read(whole(one("a&amp;b", "<![CDATA[<b>]]>"))) == [Entry(ReplyKind.REPLY, "a&b", "<b>")]


@pytest.mark.req("CONS-88")
@pytest.mark.parametrize(
    "xml",
    [
        "",
        "hello",
        "<replies/>",
        whole("", version="2"),
        whole(one(), before='<!DOCTYPE deskside-replies [<!ENTITY a "b">]>'),
        whole(one(content="&a;"), before='<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        whole(one(), before='<!DOCTYPE d SYSTEM "http://evil.example/x.dtd">'),
        whole(one(content="&undefined;")),
        whole("text"),
        whole("<script/>"),
        whole("<reply><name>a</name></reply>"),
        whole("<reply><name>a</name><name>b</name><content>c</content></reply>"),
        whole("<reply><name><b/></name><content>c</content></reply>"),
        whole(one(name=" ")),
        whole(one(name="a" * 101)),
        whole(one(content="a" * 4_001)),
        whole(one(kind="url", content="javascript:alert(1)")),
        whole(one() * (MOST_REPLIES + 1)),
        write([HELLO])[:-9],
        whole("<!-- " + "x" * (1 << 20) + " -->"),
    ],
    ids=range(20),
)
def test_a_file_of_anything_else_is_refused(xml: str) -> None:
    with pytest.raises(BadRepliesError):
        read(xml)


@pytest.mark.req("CONS-81")
def test_an_address_is_one_of_a_page_or_of_a_place_for_files() -> None:
    for address in ("https://help.example", "HTTP://help.example/a?b#c", "ftp://files.example/drivers"):
        assert entry(ReplyKind.URL, "a", f" {address} ").content == address
    for address in ("help.example", "javascript:alert(1)", "file:///etc/passwd", "https://", "https://a b"):
        with pytest.raises(BadAddressError):
            entry(ReplyKind.URL, "a", address)


@pytest.mark.req("CONS-80")
def test_a_text_is_plain() -> None:
    assert entry(ReplyKind.REPLY, " two\nlines ", "a\r\nb\x00\x1b[31m") == Entry(
        ReplyKind.REPLY, "two lines", "a\nb[31m"
    )
    for name, content in (("", "a"), ("a", " \x00 ")):
        with pytest.raises(EmptyReplyError):
            entry(ReplyKind.REPLY, name, content)


@pytest.mark.parametrize("text", ["\n", "a\n", "&amp;", "&#65;", "<![CDATA[]]]]>"])
def test_a_file_with_one_endless_text_is_refused_at_once(text: str) -> None:
    xml = whole(f"<reply><name>a</name><content>{text * ((FILE_BYTES - 200) // len(text))}</content></reply>")
    before = time.process_time()
    with pytest.raises(BadRepliesError):
        read(xml)
    assert time.process_time() - before < 1.0, "it is not put together piece by piece"
