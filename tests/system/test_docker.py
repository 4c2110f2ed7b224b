"""Dockerfile and compose.yaml, without Docker: read strictly, then the same steps with the same files and settings."""

import json
import os
import shutil
import sys
import sysconfig
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from relay.config.settings import ENVIRONMENT
from relay.config.sources import read_settings
from tests.packaging.wheel import ROOT
from tests.support.databases import running_server
from tests.support.docker_files import read_compose, read_dockerfile
from tests.support.proxies import caddy
from tests.support.relay_process import RelayProcess
from tests.support.relays import free_port

HOST = "help.example"
USER = "10001:10001"
PASSWORD = "0123456789abcdef"


@pytest.mark.finding("use-A5")
def test_the_dockerfile_copies_what_there_is_and_ends_as_another_user() -> None:
    stages = read_dockerfile(ROOT / "Dockerfile")
    wanted = set((ROOT / ".dockerignore").read_text().splitlines())
    for stage in stages:
        for origin, sources, _target in stage.copies():
            for source in sources if origin is None else ():
                assert (ROOT / source).exists(), source
                assert f"!{source.partition('/')[0]}" in wanted, f".dockerignore keeps {source} out"
    final = stages[-1]
    assert not [each for each in final.copies() if each[0] is None and "codec" in each[1]], "it needs no TypeScript"
    assert any("rm -r /build/codec/ts" in each for each in stages[0].of("RUN"))
    assert final.only("USER") == USER
    assert "HEALTHCHECK" in dict(final.instructions)
    assert json.loads(final.only("VOLUME")) == [final.environment()[f"{ENVIRONMENT}DATA_DIR"]]
    settings = read_settings(None, _settings_in(final.environment()), {})
    assert f"{settings.address[1]}/tcp" in final.only("EXPOSE")
    assert f"{settings.stun_port}/udp" in final.only("EXPOSE")


@pytest.mark.finding("use-A5")
def test_compose_gives_the_relay_settings_that_exist_and_secrets_as_files() -> None:
    whole = read_compose(ROOT / "compose.yaml", {"DESKSIDE_HOST": HOST})
    services = whole["services"]
    image = read_dockerfile(ROOT / "Dockerfile")[-1].environment()
    settings = read_settings(None, _settings_in(image | services["relay"]["environment"]), {})
    assert settings.url == f"https://{HOST}"
    subnet = whole["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert settings.trusted_proxies == [subnet]
    assert settings.turn_secret_file == "/run/secrets/turn"
    assert {"turn", "pgpass"} <= set(services["relay"]["secrets"])
    said = json.dumps(whole)
    assert "PASSWORD_FILE" in said
    assert "PASSWORD=" not in said
    assert services["coturn"]["user"] == USER
    proxy = (ROOT / "relay/deploy/compose.Caddyfile").read_text()
    assert f"reverse_proxy relay:{settings.address[1]}" in proxy
    install = (ROOT / "docs" / "install.md").read_text()
    for secret in whole["secrets"].values():
        assert f"> {secret['file']}\n" in install, "install.md makes each secret"
    turn = (ROOT / "relay/deploy/turnserver.conf").read_text()
    assert "listening-port=3478" in turn
    assert settings.turn_urls == [f"turn:{HOST}:3478?transport=udp"]


def _settings_in(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(ENVIRONMENT)}


@pytest.mark.parametrize(
    "text",
    [
        "RUN true\nFROM a:1",
        "FROM a",
        "FROM a:1\nCOPPY x y",
        "FROM a:1\nCOPY x",
        "FROM a:1\nCOPY x y z",
        "FROM a:1\nCOPY --from=other x y",
        "FROM a:1\nCMD [1]",
        "FROM a:1\nUSER",
    ],
)
def test_a_dockerfile_that_docker_would_refuse_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(text)
    with pytest.raises((AssertionError, ValueError)):
        read_dockerfile(tmp_path / "Dockerfile")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("restart: unless-stopped", "restrat: unless-stopped"),
        ("image: caddy:2", "image: caddy"),
        ("image: caddy:2", "image: caddy:2\n    build: ."),
        ("networks: [inside]", "networks: [outside]"),
        ("condition: service_healthy", "condition: healthy"),
        ("secrets: [turn]", "secrets: [return]"),
        ('STUN_PORT: "0"', "STUN_PORT: 0"),
        ("turnserver.conf:/etc", "turnservre.conf:/etc"),
        ("$$DESKSIDE_HOST", "$DESKSIDE_HOST"),
        ('"80:80"', '"80"'),
        ("volumes:\n  relay:", "volumes:\n  rely:"),
    ],
)
def test_a_compose_file_that_docker_would_refuse_or_misunderstand_is_refused(
    before: str, after: str, tmp_path: Path
) -> None:
    text = (ROOT / "compose.yaml").read_text()
    assert before in text
    for file in ("turnserver.conf", "compose.Caddyfile", "compose.postgres.sql"):
        (tmp_path / "relay/deploy").mkdir(parents=True, exist_ok=True)
        (tmp_path / "relay/deploy" / file).touch()
    (tmp_path / "compose.yaml").write_text(text.replace(before, after))
    with pytest.raises((AssertionError, KeyError)):
        read_compose(tmp_path / "compose.yaml", {"DESKSIDE_HOST": HOST})


@pytest.mark.finding("use-A5")
async def test_the_same_steps_without_docker(tmp_path: Path) -> None:
    """The files of the image, started by its own command, with PostgreSQL by password and Caddy in front."""
    final = read_dockerfile(ROOT / "Dockerfile")[-1]
    program = _copied_as_in(final.copies(), tmp_path / "image")
    compose = read_compose(ROOT / "compose.yaml", {"DESKSIDE_HOST": HOST})["services"]["relay"]["environment"]
    port, sql_port = free_port(), free_port()
    (tmp_path / "turn").write_text("static")
    (tmp_path / "pgpass").write_text(f"127.0.0.1:{sql_port}:deskside:deskside:{PASSWORD}\n")
    for secret in ("turn", "pgpass"):
        (tmp_path / secret).chmod(0o600)
    environment = final.environment() | compose
    environment = {name: value.replace("/run/secrets", str(tmp_path)) for name, value in environment.items()}
    environment |= {
        "PYTHONPATH": f"{program}:{sysconfig.get_path('purelib')}",
        f"{ENVIRONMENT}PUBLIC_URL": f"https://localhost:{port}",
        f"{ENVIRONMENT}DATABASE_URL": environment[f"{ENVIRONMENT}DATABASE_URL"].replace(
            "@postgres/", f"@127.0.0.1:{sql_port}/"
        ),
        f"{ENVIRONMENT}TRUSTED_PROXIES": "127.0.0.0/8",
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, *json.loads(final.only("ENTRYPOINT"))[1:], *json.loads(final.only("CMD"))]
    with running_server(sql_port, "deskside", PASSWORD, _database_script()):
        relay = RelayProcess(tmp_path, program=command, env=environment)
        try:
            await relay.start()
            with caddy(port, relay.settings.listen, "compose.Caddyfile") as proxy:
                async with aiohttp.ClientSession() as http:
                    async with http.get(f"{relay.url}/health") as response:
                        assert response.status == 200
                    async with http.get(f"{proxy.plain}/", allow_redirects=False) as response:
                        assert response.status == 308
        finally:
            relay.end()
    assert not list((tmp_path / "relay").glob("*.sqlite3")), "it used PostgreSQL"


async def test_the_role_of_the_relay_can_run_no_programs_on_the_database_server() -> None:
    """A backup is SQL that someone else may have written: it is loaded with no more rights than the relay needs."""
    port = free_port()
    with running_server(port, "deskside", PASSWORD, _database_script()):
        relay = await asyncpg.connect(f"postgresql://deskside:{PASSWORD}@127.0.0.1:{port}/deskside")
        await relay.execute("CREATE TABLE session (id integer)")
        for hostile in ("COPY session FROM PROGRAM 'echo 1'", "COPY session FROM '/etc/passwd'", "CREATE ROLE other"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await relay.execute(hostile)
        await relay.close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(f"postgresql://postgres:{PASSWORD}@127.0.0.1:{port}/deskside")


def _database_script() -> Path:
    """Return what the database's container runs when it is new."""
    service = read_compose(ROOT / "compose.yaml", {"DESKSIDE_HOST": HOST})["services"]["postgres"]
    assert "POSTGRES_USER" not in service["environment"], "that would be a superuser"
    assert service["environment"]["POSTGRES_DB"] == "deskside"
    script: str
    (script,) = [each.split(":")[0] for each in service["volumes"] if ":/docker-entrypoint-initdb.d/" in each]
    return ROOT / script


def _not_in_image(folder: str, names: list[str]) -> set[str]:
    """Return what of a folder no `COPY` brings: .dockerignore, and what the first stage removes."""
    left_out = {"__pycache__", "ts"}
    return left_out | {"downloads", "join"} if Path(folder) == ROOT / "relay" else left_out & set(names)


def _copied_as_in(copies: list[tuple[str | None, list[str], str]], root: Path) -> Path:
    """Copy what the image gets from the checkout, and what its other stages build; return the folder of the program."""
    built = {"/build/downloads": "relay/downloads", "/build/relay/join": "relay/join", "/build/codec": "codec"}
    for origin, sources, target in copies:
        place = root / target.lstrip("/")
        for source in sources:
            from_here = source if origin is None else built.get(source)
            if from_here is not None:
                shutil.copytree(ROOT / from_here, place, ignore=_not_in_image)
    return root / "opt/deskside/program"
