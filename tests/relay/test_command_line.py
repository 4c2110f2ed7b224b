"""The operator's command line: which relay it speaks of, what it makes, and how it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import aiohttp
import pytest

from codec import __version__
from relay.command_line import main
from relay.config import sources
from relay.config.reference import MASK, as_effective, as_example, as_table
from relay.config.settings import ENVIRONMENT, Settings, SettingsError, describe
from relay.config.sources import load_settings, read_settings
from relay.web.listen_errors import why_not_bound
from tests.support.relays import free_port, set_up, settings_for
from tests.support.xvfb import end

ROOT = Path(__file__).parents[2]
COMMANDS = (
    ["setup-token"],
    ["allow-everyone"],
    ["reset-two-step", "a@b.example"],
)


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of this computer, and an empty folder to stand in."""
    monkeypatch.setattr(sources, "SYSTEM_CONFIG", tmp_path / "etc" / "relay.toml")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def run(*arguments: str, program: str = "relay") -> "subprocess.CompletedProcess[str]":
    """Run a command as a process of its own."""
    command = [sys.executable, "-m", program, *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT), f"{ENVIRONMENT}STUN_PORT": "0"}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=env)


@pytest.mark.finding("use-D1")
@pytest.mark.parametrize("program", ["relay", "console", "applet"])
def test_every_program_tells_its_version(program: str) -> None:
    done = run("--version", program=program)
    assert (done.returncode, done.stdout) == (0, f"deskside-{program} {__version__}\n")
    assert __version__ == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


@pytest.mark.finding("use-B3", "use-D1")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("where", [[], ["--data", "elsewhere"]])
def test_a_command_makes_no_relay(
    command: list[str], where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, *where]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "There is no relay in" in said.err
    assert "--config" in said.err
    assert str(tmp_path / "here") in said.err, "the folder is named"
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.finding("use-B3")
def test_the_doctor_makes_no_relay(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    assert "none runs on" in capsys.readouterr().out
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.finding("use-D1")
def test_options_of_all_commands_stand_before_or_after_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "relay.toml"
    config.write_text(f'data_dir = "{tmp_path / "of-config"}"')
    for arguments in (
        ["--config", str(config), "setup-token"],
        ["setup-token", "--config", str(config)],
        ["--config", "missing.toml", "setup-token", "--config", str(config)],
    ):
        assert main(arguments) == 1
        assert f"There is no relay in {tmp_path / 'of-config'}, settings in {config}" in capsys.readouterr().err


@pytest.mark.finding("use-D1")
def test_the_settings_of_an_installed_relay_are_used_where_nothing_else_is_said(tmp_path: Path) -> None:
    sources.SYSTEM_CONFIG.parent.mkdir()
    sources.SYSTEM_CONFIG.write_text('data_dir = "/srv/relay"')
    given = tmp_path / "own.toml"
    given.write_text('data_dir = "/srv/own"')
    found = load_settings(None, {}, {})
    assert (found.settings.data_dir, found.file) == ("/srv/relay", sources.SYSTEM_CONFIG)
    assert str(sources.SYSTEM_CONFIG) in found.where
    assert load_settings(given, {}, {}).settings.data_dir == "/srv/own"
    for elsewhere in ({"data_dir": "here"}, {}):
        environment = {} if elsewhere else {f"{ENVIRONMENT}DATA_DIR": "here"}
        found = load_settings(None, elsewhere, environment)
        assert (found.settings.data_dir, found.file) == ("here", None)


@pytest.mark.finding("use-D1")
def test_settings_of_an_installed_relay_that_we_may_not_read_are_not_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sources.SYSTEM_CONFIG.parent.mkdir()
    sources.SYSTEM_CONFIG.touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SettingsError, match="sudo -u deskside"):
        load_settings(None, {}, {})


@pytest.mark.finding("use-B3", "use-D1")
async def test_setup_token_shows_the_token_of_the_relay_that_runs(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    data, url = settings.data_dir, f"http://{settings.listen}"
    command = [sys.executable, "-m", "relay", "--data", data, "--listen", settings.listen]
    env = {**os.environ, "PYTHONPATH": str(ROOT), f"{ENVIRONMENT}STUN_PORT": "0"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)  # noqa: ASYNC220  (a test's own loop)
    assert process.stdout is not None
    try:
        token = [process.stdout.readline() for _ in range(3)][2].split()[-1]
        shown = run("setup-token", "--data", data)
        assert (shown.returncode, token in shown.stdout, data in shown.stdout) == (0, True, True)
        second = run("--data", data, "--listen", f"127.0.0.1:{free_port()}")
        assert second.returncode == 1
        assert f"Another relay (process {process.pid}) runs on {data}" in second.stderr
        async with aiohttp.ClientSession() as http:
            await set_up(http, url, settings)
        done = run("setup-token", "--data", data)
        assert (done.returncode, done.stdout) == (1, "")
        assert "This relay is already set up." in done.stderr
        assert data in done.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        end(process)
        process.stdout.close()


@pytest.mark.finding("use-D1")
@pytest.mark.parametrize("program", ["relay", "console", "applet"])
@pytest.mark.parametrize("seconds", [0.05, 0.15, 0.3, 0.6])
def test_an_interrupt_ends_quietly_at_any_moment(program: str, seconds: float, tmp_path: Path) -> None:
    arguments = {
        "relay": ["--data", str(tmp_path / "data"), "--listen", f"127.0.0.1:{free_port()}"],
        "console": ["--no-browser", "--data", str(tmp_path), "--listen", f"127.0.0.1:{free_port()}"],
        "applet": ["--headless"],
    }[program]
    env = {**os.environ, "PYTHONPATH": str(ROOT), f"{ENVIRONMENT}STUN_PORT": "0"}
    process = subprocess.Popen(
        [sys.executable, "-c", _ONCE_STARTED, program, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()  # Python itself has started
    time.sleep(seconds)  # there is no event in the middle of an import
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    assert "KeyboardInterrupt" not in err
    assert process.returncode in (0, 1, 130, -signal.SIGINT)


_ONCE_STARTED = """
import sys
program = sys.argv.pop(1)
import codec.host.quiet_exit
print("started", flush=True)
sys.exit(__import__(f"{program}.__main__", fromlist=["main"]).main())
"""


@pytest.mark.finding("use-D1", "use-B19")
@pytest.mark.parametrize("arguments", [["doctor"], ["settings"], ["--help"]])
def test_a_closed_pipe_ends_quietly(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "relay", *arguments], stdout=writing, stderr=subprocess.PIPE, text=True,
            check=False, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode in (0, 141)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk to write to")
def test_a_full_disk_behind_the_output_is_named() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "relay", "settings"], stdout=full, stderr=subprocess.PIPE, text=True,
            check=False, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "The output cannot be written: No space left on device.\n")


@pytest.mark.finding("use-B19")
def test_what_is_wrong_at_the_start_is_told_as_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{ENVIRONMENT}STUN_PORT", "0")
    (tmp_path / "file").touch()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        own = ["--data", str(tmp_path / "data")]
        for arguments, named in (
            (["--data", str(tmp_path / "file")], "Choose another folder with --data"),
            (["--data", str(tmp_path / "file" / "data")], "Choose another folder with --data"),
            ([*own, "--listen", f"127.0.0.1:{port}"], f"127.0.0.1:{port} is in use by another program"),
            ([*own, "--listen", "203.0.113.1:8080"], "not an address of this computer"),
            ([*own, "--listen", "nowhere.invalid:8080"], "nowhere.invalid is not known"),
        ):
            assert main(arguments) == 1, arguments
            said = capsys.readouterr().err
            assert named in said
            assert ("--listen" in said) == ("--listen" in arguments), "only what is wrong is named"
        monkeypatch.setenv(f"{ENVIRONMENT}METRICS_LISTEN", f"127.0.0.1:{port}")
        assert main([*own, "--listen", f"127.0.0.1:{free_port()}"]) == 1
        assert "choose another address in metrics_listen" in capsys.readouterr().err


@pytest.mark.finding("use-B19")
def test_a_low_port_names_the_permission() -> None:
    said = why_not_bound("listen", ("0.0.0.0", 443), PermissionError(13, "Permission denied"))
    assert "CAP_NET_BIND_SERVICE" in said
    assert "Permission denied: " not in said


# ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.finding("use-D3")
def test_the_example_of_the_settings_loads_as_it_is_and_with_every_line(tmp_path: Path) -> None:
    file = tmp_path / "relay.toml"
    file.write_text(as_example())
    assert read_settings(file, {}, {}) == Settings()
    uncommented, count = re.subn(r"(?m)^#(\w+ = )", r"\1", as_example())
    assert count == len(describe())
    file.write_text(uncommented)
    every = read_settings(file, {}, {})
    assert every.tls_key
    assert every.turn_urls
    for each in describe():
        alone, count = re.subn(rf"(?m)^#({each.name} = )", r"\1", as_example())
        assert count == 1, each.name
        assert each.help.split()[0] in alone


@pytest.mark.finding("use-D3")
def test_what_holds_is_shown_with_its_source_and_without_secrets(tmp_path: Path) -> None:
    file = tmp_path / "relay.toml"
    secret = "p@ss/w:rd"
    file.write_text(
        f'# one\nlisten = "127.0.0.1:1"\ndatabase_url = "postgresql+asyncpg://relay:{secret}@db.example/relay"\n'
        f'turn_urls = ["turn:u:{secret}@turn.example"]\nturn_secret_file = "x"'
    )
    loaded = load_settings(file, {"data_dir": "/srv"}, {f"{ENVIRONMENT}PIN_MINUTES": "7"})
    shown = as_effective(loaded)
    assert re.search(rf'listen = "127.0.0.1:1" +# {file}, line 2\n', shown)
    assert re.search(rf"pin_minutes = 7 +# environment {ENVIRONMENT}PIN_MINUTES\n", shown)
    assert re.search(r'data_dir = "/srv" +# command line --data\n', shown)
    assert re.search(r"link_hours = 24 +# default\n", shown)
    assert f"relay:{MASK}@db.example" in shown
    assert secret not in shown.replace(f"turn:u:{secret}", ""), "what is no address with a password has none"
    assert tomllib.loads(shown)["pin_minutes"] == 7


@pytest.mark.finding("use-D3")
def test_settings_alone_say_how_to_go_on() -> None:
    assert "settings --example > relay.toml" in as_table()
    assert "--effective" in as_table()
    assert "do not edit" not in as_table()
    assert all(each.name in as_table() for each in describe())


@pytest.mark.finding("use-C5")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\nlisten = 8080", 'line 2: listen must be a text in quotes, for example listen = "127.0.0.1:8080"'),
        ("smtp_port = 'soon'", "line 1: smtp_port must be a whole number from 1 to 65535, for example smtp_port = 587"),
        ("smtp_port = 0", "line 1: smtp_port must be a whole number from 1 to 65535"),
        ("trusted_proxies = '10.0.0.1'", "line 1: trusted_proxies must be a list of texts, for example"),
        ("test_own_addresses = 'maybe'", "line 1: test_own_addresses must be true or false"),
        ("log_format = 'xml'", 'line 1: log_format must be one of "text", "json"'),
        ("smtp_security = 'ssl'", 'line 1: smtp_security must be one of "starttls", "tls", "none"'),
        ("pin_minutes = 5\nlistn = 'x'", "line 2: listn is not a setting. Did you mean listen?"),
        ("[relay]\nlisten = 'x'", "line 1: relay is not a setting. Write settings without [sections]."),
        ("public_url = 'help.example'", "line 1: public_url = 'help.example': write https://"),
        ("public_url = 'https://a:b@help.example'", "line 1: public_url: write https:// and a host name, without"),
        ("smtp_user = 'x'", "line 1: smtp_user and smtp_password_file belong together"),
        ("listen = ", "is not TOML"),
        ("listen = '8080'", "line 1: listen = '8080': write an address and a port"),
    ],
)
def test_a_wrong_setting_is_told_in_words_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "relay.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as raised:
        read_settings(file, {}, {})
    assert said in str(raised.value)
    assert str(file) in str(raised.value)
    assert "`" not in str(raised.value).replace("`deskside-relay settings`", "")


def test_a_file_with_a_mark_of_its_encoding_or_that_is_no_text_is_read_or_named(tmp_path: Path) -> None:
    file = tmp_path / "relay.toml"
    file.write_bytes(b"\xef\xbb\xbfpin_minutes = 5")
    assert read_settings(file, {}, {}).pin_minutes == 5
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings(file, {}, {})


@pytest.mark.finding("use-C5")
def test_the_doctor_names_a_wrong_setting_by_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "relay.toml"
    file.write_text("listen = 1")
    assert main(["doctor", "--config", str(file)]) == 1
    assert f"{file}, line 1: listen must be a text" in capsys.readouterr().err
