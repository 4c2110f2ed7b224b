"""Each reader's own language: on pages, in mails, in refusals; whatever was asked for before, or at the same moment."""

import asyncio
import sys
from collections.abc import Iterator, Sized
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from relay.mail.texts import Mail, Sender, compose
from relay.web.languages import DOMAIN, LOCALES, choose, load_languages
from tests.rehearsal.organisation import LEAD, TECHNICIAN
from tests.relay.admin.browsers import Browser
from tests.relay.admin.conftest import Center
from tests.support.mail_server import MailServer
from tests.support.waiting import eventually

ORDER = ("en", "nl", "en", "nl", "es", "en")
"""What visitors ask for, one after the other. There is no Spanish yet, so they read English."""
PAGES = {
    "/": ("Enter the PIN from your technician", "Voer de pincode van uw technicus in"),
    "/how-to-check": ("How to check who is calling", "Zo controleert u wie er belt"),
    "/sign-in": ("Forgot your password?", "Wachtwoord vergeten?"),
    "/forgotten": ("Forgot your password?", "Wachtwoord vergeten?"),
    "/who-sees-what": ("What the server can and cannot do", "Wat de server wel en niet kan"),
}
ADMIN_PAGES = {
    "/admin/organization/technicians": ("Skip the tree", "De boom overslaan"),
    "/admin/global-settings/technicians": ("Password policy", "Wachtwoordbeleid"),
    "/admin/organization/technician-4711": ("This item does not exist", "Dit onderdeel bestaat niet"),
}


async def ask(browser: Browser, path: str, language: str, *, by_hand: bool) -> str:
    """Return a page, asked for in the address or by what the browser accepts."""
    if by_hand:
        return (await browser.get(f"{path}?lang={language}")).text
    return (await browser.get(path, Accept_Language=f"{language}, *;q=0.1")).text


def is_in(page: str, language: str, words: tuple[str, str]) -> bool:
    """Whether a page is in this language as a whole: its words, and what it says of itself."""
    code = "nl" if language == "nl" else "en"
    expected, other = words if code == "en" else words[::-1]
    return expected in page and other not in page and f'<html lang="{code}"' in page


@pytest.mark.finding("use-A1")
async def test_visitors_share_no_language_one_after_the_other_or_at_once(center: Center) -> None:
    """The language that was first used last since the start was everybody's."""
    owner = await center.browser("owner")
    everywhere = [(center.stranger, path, words) for path, words in PAGES.items()]
    everywhere += [(owner, path, words) for path, words in ADMIN_PAGES.items()]
    for browser, path, words in everywhere:
        for by_hand in (True, False):
            for language in ORDER:
                assert is_in(await ask(browser, path, language, by_hand=by_hand), language, words), (path, language)
    asked = [
        (path, words, language, ask(browser, path, language, by_hand=False))
        for language in ORDER
        for browser, path, words in everywhere
    ]
    answers = await asyncio.gather(*(each for *_rest, each in asked))
    for page, (path, words, language, _asked) in zip(answers, asked, strict=True):
        assert is_in(page, language, words), (path, language)


@pytest.mark.finding("use-A1")
async def test_refusals_of_the_api_are_the_same_whoever_asked_before(center: Center) -> None:
    said = set()
    for language in ORDER:
        await ask(center.stranger, "/", language, by_hand=True)
        url, headers = f"{center.relay.url}/api/v1/sessions/77/end", {"Accept-Language": language}
        headers["Authorization"] = f"Bearer {center.relay.token}"
        async with center.relay.http.post(url, headers=headers) as response:
            said.add((response.status, await response.text()))
    assert len(said) == 1


@pytest.mark.finding("use-A1")
async def test_a_mail_is_in_its_readers_language(mailing: tuple[Center, MailServer]) -> None:
    """Whoever causes it may read another one; two of them may leave at the same moment."""
    center, server = mailing
    http, url = center.relay.http, center.relay.url
    readers = {TECHNICIAN: ("nl", "Kies een nieuw wachtwoord"), LEAD: ("en", "Choose a new password")}
    for email, (language, _subject) in readers.items():
        form = {"email": email, "password": "Tulips in the rain 7"}
        async with http.post(f"{url}/sign-in", data=form, headers={"Accept-Language": language}) as response:
            assert response.status == 200
    for email, (language, _subject) in readers.items():
        other = "en" if language == "nl" else "nl"
        async with http.post(f"{url}/forgotten", data={"email": email}, headers={"Accept-Language": other}) as response:
            assert response.status == 200
    await eventually(lambda: len(server.mails) == len(readers))
    assert {str(mail["To"]): str(mail["Subject"]) for mail in server.mails} == {
        email: subject for email, (_language, subject) in readers.items()
    }


@pytest.mark.finding("use-A1")
def test_mails_of_several_languages_are_each_written_in_their_own() -> None:
    languages, sender, now = load_languages(), Sender("a@b.example", "https://b.example", "Acme"), datetime.now(UTC)
    facts = {"name": "Bob", "link": "https://b.example/choose", "until": now.isoformat()}
    subjects = []
    for code in ("en", "nl", "en", "nl", "en"):
        mail = Mail("bob@b.example", code, "forgotten", facts)
        subjects.append(compose(mail, sender, languages[code], "<1@b.example>", now)["Subject"])
    assert subjects == ["Choose a new password", "Kies een nieuw wachtwoord"] * 2 + ["Choose a new password"]


def state_of_modules() -> Iterator[tuple[str, int]]:
    """Yield everything that the modules of relay and codec hold at their top and that could grow, with its size."""
    for name, module in sorted(sys.modules.items()):
        if isinstance(module, ModuleType) and name.partition(".")[0] in ("relay", "codec"):
            for called, value in vars(module).items():
                is_ours = not called.startswith("__") and isinstance(value, Sized) and not isinstance(value, type)
                if is_ours and hasattr(value, "__setitem__" if hasattr(value, "keys") else "add"):
                    yield f"{name}.{called}", hash(repr(value))


@pytest.mark.finding("use-A1")
async def test_no_module_remembers_a_request(center: Center) -> None:
    """What belongs to a visitor is in their request or in the database; modules hold declarations."""
    owner = await center.browser("owner")
    before = dict(state_of_modules())
    assert len(before) > 50, "the search finds what modules declare"
    for language in ORDER:
        for path in PAGES:
            await ask(center.stranger, path, language, by_hand=False)
        for path in ADMIN_PAGES:
            await ask(owner, path, language, by_hand=True)
    assert dict(state_of_modules()) == before


@pytest.mark.finding("use-B7")
@pytest.mark.req("I18N-07", "I18N-08", "I18N-10")
async def test_every_page_offers_the_languages_that_are_complete_and_no_other(center: Center) -> None:
    browser = await center.browser("owner")
    codes = {"en", *(file.parts[-3] for file in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))}
    for path in ("/", "/forgotten", "/account", "/admin/organization/technicians", "/admin/settings/channel-1"):
        page = (await browser.get(path)).text
        assert {code for code in ("de", "en", "es", "fr", "ja", "nl", "zh-Hans") if f"?lang={code}" in page} == codes
        assert '<html lang="nl"' in (await browser.get(f"{path}?lang=nl")).text
        assert '<html lang="en"' in (await browser.get(f"{path}?lang=de")).text


def catalogue(folder: Path, code: str, **translated: str) -> None:
    """Write a catalogue of two texts."""
    found = Catalog(locale=code.replace("-", "_"))
    for text in ("Yes", "No"):
        found.add(text, translated.get(text, ""))
    file = folder / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    file.parent.mkdir(parents=True)
    with file.open("wb") as target:
        write_po(target, found)


@pytest.mark.finding("use-B7")
@pytest.mark.req("I18N-04")
def test_a_catalogue_with_a_gap_is_not_offered_and_historic_codes_are_known(tmp_path: Path) -> None:
    catalogue(tmp_path, "de", Yes="Ja", No="Nein")
    catalogue(tmp_path, "fr", Yes="Oui")
    catalogue(tmp_path, "pt-BR", Yes="Sim", No="Não")
    languages = load_languages(tmp_path)
    assert list(languages) == ["en", "de", "pt-BR"]
    assert languages["de"].name == "Deutsch"
    assert choose("pt-br", "nl", languages).code == "pt-BR"
    assert choose(None, "PT-br,de", languages).code == "pt-BR"
    assert choose("fr", "de-AT", languages).code == "de", "what cannot be had does not stand in the way"


@pytest.mark.finding("use-B7")
@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("nl", "nl"),
        ("nl-BE,en;q=0.5", "nl"),
        ("en;q=0.5,nl;q=0.9", "nl"),
        ("en;q=0.5, nl;q=0.5", "en"),
        ("de-DE,nl;q=0.8", "nl"),
        ("nl;q=0,de", "en"),
        ("nl;q=much,en;q=0.1", "en"),
        ("tlh,de", "en"),
        ("*", "en"),
        ("", "en"),
        (",;q=,", "en"),
    ],
)
def test_a_browsers_languages_count_by_their_weight(accepted: str, code: str) -> None:
    assert choose(None, accepted, load_languages()).code == code


@pytest.mark.finding("use-B7")
async def test_the_roots_of_the_tree_are_named_in_the_readers_language(center: Center) -> None:
    """The organisation was set up in English."""
    owner = await center.browser("owner")
    for language, names in (("nl", ("Technici", "Kanalen")), ("en", ("Technicians", "Channels"))):
        page = (await owner.get(f"/admin/organization/technicians?lang={language}")).text
        tree = page[page.index('id="tree"') : page.index("</nav>", page.index('id="tree"'))]
        assert all(f"<bdi>{name}</bdi>" in tree for name in names), language
        assert f"<bdi>{names[0]}</bdi></span>" in page[page.index("<h1>") :]
