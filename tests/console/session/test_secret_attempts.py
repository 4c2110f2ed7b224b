"""Attempts belong to a code: they are counted before they are used, kept across restarts, and given back when right."""

from pathlib import Path

from codec.session.responder import SECRET_GUESSES
from codec.wire.api_types import Method
from console.session.attempt_files import AttemptFiles
from console.session.secret_attempts import LONGEST_SECONDS, SecretAttempts, SecuredCode

NOW = 1_000_000.0


def made(keep: list[SecuredCode] | None = None) -> SecretAttempts:
    kept = keep if keep is not None else []
    secret_attempts = SecretAttempts(kept.append)
    secret_attempts.made(7, Method.PIN, NOW + 900, NOW)
    return secret_attempts


def test_f2_three_unconfirmed_proofs_use_a_code_up() -> None:
    secret_attempts = made()
    assert [secret_attempts.use(7) for _ in range(5)] == [True, True, True, False, False]
    assert secret_attempts.left(7) == 0


def test_f2_a_guess_is_kept_before_it_is_used() -> None:
    kept: list[SecuredCode] = []
    secret_attempts = made(kept)
    assert secret_attempts.use(7)
    assert kept[-1].secret_attempts == 1


def test_a_confirmed_proof_was_the_customers_own() -> None:
    secret_attempts = made()
    secret_attempts.use(7)
    secret_attempts.confirmed(7)
    assert secret_attempts.left(7) == SECRET_GUESSES
    assert not secret_attempts.awaits_secret(NOW)


def test_f2_a_code_that_was_not_made_here_gets_no_proof() -> None:
    assert not made().use(8)


def test_f38_a_customer_with_a_secret_is_awaited_whatever_the_relay_says_of_the_codes_end() -> None:
    secret_attempts = SecretAttempts(lambda _code: None)
    secret_attempts.made(7, Method.LINK, expires_at=NOW - 5, now=NOW)
    assert secret_attempts.awaits_secret(NOW + 3_600)
    assert not secret_attempts.awaits_secret(NOW + 25 * 3_600)


def test_f38_what_the_technician_cancels_here_is_no_longer_awaited() -> None:
    secret_attempts = made()
    secret_attempts.cancelled(7)
    assert not secret_attempts.awaits_secret(NOW)
    assert secret_attempts.has_secret(7)


def test_f38_a_relay_cannot_have_a_code_awaited_for_ever() -> None:
    secret_attempts = SecretAttempts(lambda _code: None)
    secret_attempts.made(7, Method.PIN, expires_at=NOW * 1000, now=NOW)
    assert not secret_attempts.awaits_secret(NOW + LONGEST_SECONDS + 1)


def test_f2_restarts_share_the_count_and_relays_do_not(tmp_path: Path) -> None:
    files = AttemptFiles(tmp_path, "https://help.example")
    secret_attempts = SecretAttempts(files.keep)
    secret_attempts.made(7, Method.PIN, NOW + 900, NOW)
    secret_attempts.use(7)
    again = SecretAttempts(files.keep, files.read(NOW))
    assert again.left(7) == SECRET_GUESSES - 1
    assert again.awaits_secret(NOW)
    assert AttemptFiles(tmp_path, "https://other.example").read(NOW) == []


def test_files_are_private_and_go_when_they_no_longer_matter(tmp_path: Path) -> None:
    files = AttemptFiles(tmp_path, "https://help.example")
    files.keep(SecuredCode(code=7, awaited_until=NOW))
    (file,) = (tmp_path / "codes").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert "help" not in file.name
    assert files.read(NOW + 2 * LONGEST_SECONDS) == []
    assert not file.exists()


def test_a_damaged_file_costs_only_itself(tmp_path: Path) -> None:
    files = AttemptFiles(tmp_path, "https://help.example")
    files.keep(SecuredCode(code=7, awaited_until=NOW))
    files.keep(SecuredCode(code=8, awaited_until=NOW))
    (file, _) = sorted((tmp_path / "codes").iterdir())
    file.write_bytes(b"{")
    assert [code.code for code in files.read(NOW)] == [8]
