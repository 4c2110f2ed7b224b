"""The relay's own certificate: what is said of wrong files, and that a renewed one is served without a restart."""

import asyncio
import hashlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from relay.app import running
from relay.config.settings import ENVIRONMENT, Settings
from relay.monitoring.local_checks import check_certificate
from relay.monitoring.network_checks import check_served
from relay.web import certificate as certificates_of_the_relay
from relay.web.certificate import Certificate, CertificateError
from relay.web.tls_files import covers, flaws, read_chain
from tests.codec.stores.grounds import certificates
from tests.support.relays import settings_for
from tests.support.waiting import becomes_true, eventually

ROOT = Path(__file__).parents[3]
NOW = datetime.now(UTC)
Files = tuple[Path, Path]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A chain of a certificate and its authority, and its key, in two files."""
    return made(tmp_path / "made")


def made(folder: Path, *, days: int = 60, name: str = "localhost", with_chain: bool = True) -> Files:
    folder.mkdir()
    both = certificates(folder, days=days, name=name)
    key, _, leaf = both.server.read_text().partition("-----BEGIN CERTIFICATE-----")
    chain, private = folder / "chain.pem", folder / "key.pem"
    issuer = both.authority.read_text() if with_chain else ""
    chain.write_text("-----BEGIN CERTIFICATE-----" + leaf + issuer)
    private.write_text(key)
    return chain, private


def no_pem(files: Files, number: int) -> None:
    files[number].write_bytes(b"\x30\x82garbage")


def damaged(files: Files, number: int) -> None:
    lines = files[number].read_text().splitlines()
    files[number].write_text("\n".join([lines[0], *lines[2:]]))


def missing(files: Files, number: int) -> None:
    files[number].unlink()


def swapped(files: Files, _number: int) -> None:
    chain, key = (file.read_bytes() for file in files)
    files[0].write_bytes(key)
    files[1].write_bytes(chain)


def a_folder(files: Files, number: int) -> None:
    files[number].unlink()
    files[number].mkdir()


def of_another(files: Files, number: int) -> None:
    files[number].write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def encrypted(files: Files, number: int) -> None:
    key = serialization.load_pem_private_key(files[number].read_bytes(), None)
    files[number].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )


WRONG: list[tuple[Callable[[Files, int], None], int, str]] = [
    (no_pem, 0, "is not a certificate in PEM"),
    (no_pem, 1, "is not a private key in PEM"),
    (damaged, 0, "holds a certificate that is damaged"),
    (damaged, 1, "holds a key that is damaged"),
    (missing, 0, "does not exist"),
    (missing, 1, "does not exist"),
    (swapped, 0, "holds a key, not a certificate"),
    (a_folder, 0, "cannot be read"),
    (of_another, 1, "is the key of another certificate"),
    (encrypted, 1, "is protected by a passphrase"),
]


@pytest.mark.finding("use-C1", "use-B19")
@pytest.mark.parametrize(("spoil", "number", "said"), WRONG)
def test_which_of_the_two_files_is_wrong_and_why(
    tmp_path: Path, files: Files, spoil: Callable[[Files, int], None], number: int, said: str
) -> None:
    spoil(files, number)
    with pytest.raises(CertificateError) as raised:
        Certificate(*files)
    assert str(raised.value).startswith(f"{files[number]} {said}")
    assert "_ssl.c" not in str(raised.value)
    settings = settings_for(tmp_path, tls_certificate=str(files[0]), tls_key=str(files[1]))
    (finding,) = check_certificate(settings, NOW)
    assert finding.saw == str(raised.value)
    assert finding.is_problem


@pytest.mark.finding("use-C1")
def test_what_visitors_stumble_over_is_named_apart(tmp_path: Path) -> None:
    def judged(folder: str, now: datetime = NOW, **more: object) -> list[str]:
        chain, _key = made(tmp_path / folder, **more)  # type: ignore[arg-type]
        return [flaw.saw for flaw in flaws(read_chain(chain), "localhost", frozenset(), now)]

    assert judged("good") == []
    assert judged("other", name="other.example") == ["is for other.example, 127.0.0.1, not for localhost"]
    (expired,) = judged("expired", now=NOW + timedelta(days=61))
    assert expired.startswith("expired on")
    assert any(saw.startswith("is valid only from") for saw in judged("early", now=NOW - timedelta(days=30)))
    (alone,) = judged("alone", with_chain=False)
    assert alone == "comes without the certificate of its issuer (CN=Test authority)"
    chain, _key = made(tmp_path / "mixed")
    strange, _key = made(tmp_path / "strange", with_chain=False)
    chain.write_text(strange.read_text() + chain.read_text())
    (mixed,) = flaws(read_chain(chain), "localhost", frozenset(), NOW)
    assert "certificate 2 of its file, which did not issue it" in mixed.saw
    leaf = read_chain(made(tmp_path / "known", with_chain=False)[0])
    assert flaws(leaf, "localhost", frozenset({leaf[0].issuer.public_bytes()}), NOW) == [], "everybody knows that root"


def test_a_name_with_a_star_covers_one_level(tmp_path: Path) -> None:
    leaf = read_chain(made(tmp_path / "star", name="*.help.example")[0])[0]
    covered = [covers(leaf, host) for host in ("a.help.example", "A.Help.Example", "help.example", "a.b.help.example")]
    assert covered == [True, True, False, False]
    assert covers(leaf, "127.0.0.1")
    assert not covers(leaf, "127.0.0.2")


def served(port: int) -> bytes:
    """Return the digest of the certificate that is served."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), 5) as line, context.wrap_socket(line) as tls:
        found = tls.getpeercert(binary_form=True)
    assert found is not None
    return hashlib.sha256(found).digest()


def digest_of(chain: Path) -> bytes:
    return hashlib.sha256(read_chain(chain)[0].public_bytes(serialization.Encoding.DER)).digest()


def replace(files: Files, others: Files) -> None:
    for file, other in zip(files, others, strict=True):
        new = file.with_suffix(".new")
        shutil.copyfile(other, new)
        new.replace(file)  # as certbot does


@pytest.mark.finding("field-certificate")
def test_sighup_serves_the_renewed_certificate_and_keeps_it_when_the_next_is_bad(tmp_path: Path, files: Files) -> None:
    settings, log = settings_for(tmp_path), tmp_path / "log"
    config = tmp_path / "relay.toml"
    config.write_text(
        f'listen = "{settings.listen}"\ndata_dir = "{settings.data_dir}"\nstun_port = 0\n'
        f'tls_certificate = "{files[0]}"\ntls_key = "{files[1]}"\npublic_url = "https://localhost"\n'
    )
    env = {key: value for key, value in os.environ.items() if not key.startswith(ENVIRONMENT)}
    command = [sys.executable, "-m", "relay", "--config", str(config)]
    with log.open("wb") as writing, subprocess.Popen(command, stderr=writing, cwd=ROOT, env=env) as process:

        def says(text: str, times: int = 1) -> None:
            asyncio.run(eventually(lambda: log.read_text().count(text) >= times, 20))

        try:
            says(" started ")
            first, port = digest_of(files[0]), settings.address[1]
            assert served(port) == first
            renewed = made(tmp_path / "renewed")
            replace(files, renewed)
            process.send_signal(signal.SIGHUP)
            says(" reloaded")
            assert served(port) == digest_of(renewed[0]) != first
            files[1].write_text("garbage")
            config.write_text(config.read_text() + 'log_level = "warning"\npin_minutes = 7\n')
            process.send_signal(signal.SIGHUP)
            says("certificate-kept why=")
            says("these settings have changed and need a restart of the relay: pin_minutes")
            assert served(port) == digest_of(renewed[0]), "the old one stays"
            config.write_text("listen = 5")
            process.send_signal(signal.SIGHUP)
            says("line 1: listen must be a text")
            assert served(port) == digest_of(renewed[0])
            assert log.read_text().count(" reloaded") == 1, "log_level holds at once"
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


@pytest.mark.finding("field-certificate")
async def test_a_renewed_certificate_is_noticed_without_a_word(
    tmp_path: Path, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates_of_the_relay, "LOOK_SECONDS", 0.02)
    settings = settings_for(tmp_path, tls_certificate=str(files[0]), tls_key=str(files[1]))
    port = settings.address[1]

    async def serves(chain: Path) -> bool:
        return await asyncio.to_thread(served, port) == digest_of(chain)

    async with running(settings):
        assert await serves(files[0])
        renewed = made(tmp_path / "renewed")
        replace(files, renewed)
        await becomes_true(lambda: serves(renewed[0]))


@pytest.mark.finding("field-certificate")
async def test_the_doctor_compares_the_file_with_what_is_served(tmp_path: Path, files: Files) -> None:
    settings: Settings = settings_for(tmp_path, tls_certificate=str(files[0]), tls_key=str(files[1]))
    assert not (await check_served(settings)).was_made
    async with running(settings):
        found = await check_served(settings)
        assert (found.was_made, found.is_problem) == (True, False)
        replace(files, made(tmp_path / "renewed"))
        found = await check_served(settings)
        assert found.is_problem
        assert "SIGHUP" in found.remedy or "reload" in found.remedy
