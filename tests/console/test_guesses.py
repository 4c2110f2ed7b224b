"""Guesses belong to a code: they are counted before they are used, kept across restarts, and given back when right."""

from pathlib import Path

from codec.session.responder import SECRET_GUESSES
from codec.wire.api_types import Method
from console.guess_files import GuessFiles
from console.guesses import LONGEST_SECONDS, Guesses, SecuredCode

NOW = 1_000_000.0


def made(keep: list[SecuredCode] | None = None) -> Guesses:
    kept = keep if keep is not None else []
    guesses = Guesses(kept.append)
    guesses.made(7, Method.PIN, NOW + 900, NOW)
    return guesses


def test_f2_three_unconfirmed_proofs_use_a_code_up() -> None:
    guesses = made()
    assert [guesses.use(7) for _ in range(5)] == [True, True, True, False, False]
    assert guesses.left(7) == 0


def test_f2_a_guess_is_kept_before_it_is_used() -> None:
    kept: list[SecuredCode] = []
    guesses = made(kept)
    assert guesses.use(7)
    assert kept[-1].guesses == 1


def test_a_confirmed_proof_was_the_customers_own() -> None:
    guesses = made()
    guesses.use(7)
    guesses.confirmed(7)
    assert guesses.left(7) == SECRET_GUESSES
    assert not guesses.awaits_secret(NOW)


def test_f2_a_code_that_was_not_made_here_gets_no_proof() -> None:
    assert not made().use(8)


def test_f38_a_customer_with_a_secret_is_awaited_whatever_the_relay_says_of_the_codes_end() -> None:
    guesses = Guesses(lambda _code: None)
    guesses.made(7, Method.LINK, expires_at=NOW - 5, now=NOW)
    assert guesses.awaits_secret(NOW + 3_600)
    assert not guesses.awaits_secret(NOW + 25 * 3_600)


def test_f38_what_the_technician_cancels_here_is_no_longer_awaited() -> None:
    guesses = made()
    guesses.cancelled(7)
    assert not guesses.awaits_secret(NOW)
    assert guesses.has_secret(7)


def test_f38_a_relay_cannot_have_a_code_awaited_for_ever() -> None:
    guesses = Guesses(lambda _code: None)
    guesses.made(7, Method.PIN, expires_at=NOW * 1000, now=NOW)
    assert not guesses.awaits_secret(NOW + LONGEST_SECONDS + 1)


def test_f2_restarts_share_the_count_and_relays_do_not(tmp_path: Path) -> None:
    files = GuessFiles(tmp_path, "https://help.example")
    guesses = Guesses(files.keep)
    guesses.made(7, Method.PIN, NOW + 900, NOW)
    guesses.use(7)
    again = Guesses(files.keep, files.read(NOW))
    assert again.left(7) == SECRET_GUESSES - 1
    assert again.awaits_secret(NOW)
    assert GuessFiles(tmp_path, "https://other.example").read(NOW) == []


def test_files_are_private_and_go_when_they_no_longer_matter(tmp_path: Path) -> None:
    files = GuessFiles(tmp_path, "https://help.example")
    files.keep(SecuredCode(code=7, awaited_until=NOW))
    (file,) = (tmp_path / "codes").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert "help" not in file.name
    assert files.read(NOW + 2 * LONGEST_SECONDS) == []
    assert not file.exists()


def test_a_damaged_file_costs_only_itself(tmp_path: Path) -> None:
    files = GuessFiles(tmp_path, "https://help.example")
    files.keep(SecuredCode(code=7, awaited_until=NOW))
    files.keep(SecuredCode(code=8, awaited_until=NOW))
    (file, _) = sorted((tmp_path / "codes").iterdir())
    file.write_bytes(b"{")
    assert [code.code for code in files.read(NOW)] == [8]
