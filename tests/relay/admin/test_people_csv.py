"""People as a file, on its page: looked at first, then stored as a whole or not at all."""

import io

import aiohttp
import pytest

from relay.admin.people_csv import MAX_POSTED, read_seen, write_seen
from relay.people_csv.table import MAX_BYTES, BadTableError
from tests.relay.admin.browsers import Answer, Browser, Form
from tests.relay.admin.conftest import Center
from tests.relay.admin.test_forms import place

PATH = "/admin/people"
CONFIRM = PATH + "/confirm"
FILE = (
    "email,name,group,status\n"
    "noor@northwind.example,=Noor & <b>,Support Europe / Service desk NL,enabled\n"
    "bram@northwind.example,Bram J.,,\n"
    "daan@northwind.example,,,\n"
)


async def preview(browser: Browser, content: bytes | str) -> Answer:
    """Choose a file."""
    fields = aiohttp.FormData({"form": await browser.token()})
    raw = content.encode() if isinstance(content, str) else content
    fields.add_field("file", io.BytesIO(raw), filename="people.csv", content_type="text/csv")
    return await browser.post(PATH + "/preview", fields)


GOOD = FILE.replace("daan@northwind.example,,,\n", "daan@northwind.example,Daan Visser,,enabled\n")


async def test_a_file_is_looked_at_then_stored_as_a_whole(center: Center) -> None:
    browser = await center.browser("owner")
    answer = await preview(browser, GOOD)
    assert answer.status == 200
    for words in ("Added: 1", "Changed: 1", "Unchanged: 1", "=Noor &amp; &lt;b&gt;", "Bram Janssen</bdi>", "Bram J."):
        assert words in answer.text, words
    assert "Noor" not in (await browser.get(f"{PATH}/file")).text, "nothing is stored yet"
    done = await browser.post(CONFIRM, Form.read(answer.text, CONFIRM).fields)
    assert done.status == 303
    assert "<b>Imported</b>" in (await browser.get(done.location)).text
    file = (await browser.get(f"{PATH}/file")).text
    assert "'=Noor & <b>" in file, "a spreadsheet must not take a name for a formula"
    assert "Bram J." in file


async def test_what_changed_meanwhile_is_refused_by_name_and_nothing_is_stored(center: Center) -> None:
    owner, lead = await center.browser("owner"), await center.browser("lead")
    mine = Form.read((await preview(owner, GOOD)).text, CONFIRM)
    theirs = await lead.form(place(center.units["bram"]))
    theirs["nickname"] = "Theirs"
    assert (await lead.post(place(center.units["bram"]), theirs.fields)).status == 303
    await lead.post("/admin/delete", [("form", await lead.token()), ("unit", f"technician-{center.units['daan'].id}")])
    answer = await owner.post(CONFIRM, mine.fields)
    assert answer.status == 422
    assert "Someone changed Bram J. in the meantime." in answer.text
    assert "Someone removed Daan Visser in the meantime." in answer.text
    assert "Nothing was saved" in answer.text
    assert "Noor" not in (await owner.get(f"{PATH}/file")).text
    again = await owner.post(PATH + "/preview", Form.read(answer.text, PATH + "/preview").fields)
    assert "Refused: 1" in again.text, "Daan would be added, and no group is named for him"


async def test_somebody_added_meanwhile_is_refused_by_name(center: Center) -> None:
    owner = await center.browser("owner")
    first, second = [Form.read((await preview(owner, GOOD)).text, CONFIRM) for _ in range(2)]
    assert (await owner.post(CONFIRM, first.fields)).status == 303
    answer = await owner.post(CONFIRM, second.fields)
    assert answer.status == 422
    assert "Someone added =Noor &amp; &lt;b&gt; in the meantime." in answer.text


BAD = [
    (b"email,name\n\xff", "not UTF-8"),
    (b"", "Choose a file that is not empty."),
    (b"email,salary\n", "There is no column “salary”"),
    (b"name\nBob\n", "including “email”"),
    (b"x" * (MAX_BYTES + 1), "larger than 2 MiB"),
]


async def test_what_is_no_table_is_said_at_the_file(center: Center) -> None:
    browser = await center.browser("owner")
    for content, problem in BAD:
        answer = await preview(browser, content)
        assert answer.status == 422
        assert problem in answer.text.partition('id="problem-file"')[2].partition("</div>")[0], problem
    answer = await preview(browser, b"x" * (MAX_POSTED + 1))
    assert answer.status == 413
    assert "more than the server accepts at once" in answer.text
    fields = [("form", await browser.token()), ("file", "%%%"), ("seen", "")]
    assert "preview was damaged" in (await browser.post(CONFIRM, fields)).text


async def test_refused_rows_say_why_in_the_readers_language_and_cannot_be_confirmed(center: Center) -> None:
    browser = await center.browser("owner")
    text = "email,name,group\nx@x.example,X,Atlantis\nx@x.example,Y,Support Europe\n"
    answer = await preview(browser, text)
    assert answer.status == 422
    assert "group: There is no such group. Enter its path, for example Europe / Utrecht." in answer.text
    assert "email: This is already in line 2." in answer.text
    assert CONFIRM not in answer.text
    await browser.get("/admin/people?lang=nl")


async def test_an_administrator_brings_in_only_whom_he_arranges(center: Center) -> None:
    lead = await center.browser("lead")
    exported = (await lead.get(f"{PATH}/file")).text
    assert "Bram" in exported
    assert "Anna" not in exported
    answer = await preview(lead, "email,name,group\nanna@northwind.example,Owned,\nn@x.example,N,Support Europe\n")
    assert answer.status == 422
    assert answer.text.count("You do not have permission for this.") == 2


def test_what_was_seen_survives_the_page() -> None:
    assert read_seen(write_seen({2: 7, 3: 0})) == {2: 7, 3: 0}
    assert read_seen("") == {}
    for text in ("1", "1:x", "1:2,", "1:" + "9" * 30):
        with pytest.raises(BadTableError):
            read_seen(text)
