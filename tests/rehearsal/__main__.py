"""`make run`: relay, console and a rehearsal customer on this machine, until Ctrl-C."""

import argparse
import asyncio
import contextlib
import ctypes
import html
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import aiohttp

from console.page.browser import OpeningFile, folder_for_browsers, open_file
from relay.accounts.setup_token import FILE as TOKEN
from relay.accounts.setup_token import SetupToken
from tests.rehearsal.organisation import LEAD, READER, furnish, set_password
from tests.rehearsal.places import (
    CONSOLE,
    RELAY,
    CannotStartError,
    Place,
    choose,
    elsewhere,
    environment_of,
    is_free,
    kept_password,
    last_words,
    set_half_aside,
)
from tests.rehearsal.prepare import ROOT, has_display
from tests.rehearsal.telephone import pass_on

NAME, EMAIL, ORGANISATION = "Anna de Vries", "anna@northwind.example", "Northwind IT"
SIZE = (1280, 800)
START_SECONDS = 120.0
"""For one part, on a computer that is busy with other things. One that ends is noticed at once."""
TRIES = 3
END_SECONDS = 5.0
PR_SET_PDEATHSIG = 1
_LINK = re.compile(rb"http://\S+/#open=\S+")
Process = asyncio.subprocess.Process
WINDOW_RULES = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <theme><name>Clearlooks</name></theme>
  <desktops><number>1</number></desktops>
  <mouse><context name="Titlebar"><mousebind button="Left" action="Drag"><action name="Move"/></mousebind></context>
    <context name="Client"><mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/>
    </mousebind></context><context name="Close"><mousebind button="Left" action="Click"><action name="Close"/>
    </mousebind></context></mouse>
  <applications><application name="l3afpad" class="L3afpad"><position force="yes"><x>24</x><y>80</y></position>
    <size><width>640</width><height>400</height></size></application></applications>
</openbox_config>
"""


class Processes:
    """Everything that was started here, ended in reverse order."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._log = place.log
        self._started: list[Process] = []

    async def start(self, *command: str, log: str, env: dict[str, str] | None = None, **streams: int) -> Process:
        """Start a program with a log file; it dies with this one, however that ends."""
        with (self._log / f"{log}.log").open("ab") as file:
            try:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    cwd=ROOT,
                    env=environment_of(self._place, os.environ) | (env or {}),
                    stdin=streams.get("stdin", asyncio.subprocess.DEVNULL),
                    stdout=streams.get("stdout", file.fileno()),
                    stderr=file.fileno(),
                    start_new_session=True,
                    preexec_fn=_die_with_parent,
                )
            except FileNotFoundError:
                raise CannotStartError(f"{command[0]} is not installed, which the desktop needs.") from None
        self._started.append(process)
        return process

    def forget(self, process: Process) -> None:
        """This one was meant to end."""
        self._started.remove(process)

    async def end(self) -> None:
        """End them all."""
        for process in reversed(self._started):
            if process.returncode is not None:
                continue
            process.terminate()
            try:
                async with asyncio.timeout(END_SECONDS):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

    async def any_ends(self) -> None:
        """Return when one of them has ended by itself."""
        waits = [asyncio.ensure_future(process.wait()) for process in self._started]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


@contextlib.asynccontextmanager
async def processes(place: Place) -> AsyncIterator[Processes]:
    """Give a place for processes, and end all of them in the end."""
    made = Processes(place)
    try:
        yield made
    finally:
        await made.end()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


async def rehearse(place: Place, *, plays_along: bool = True) -> int:
    """Run the rehearsal, with a customer who plays along or with you as the customer; return the exit code."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    began = time.monotonic()
    try:
        place.log.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"{place.log} cannot be made ({error.strerror}). Give {place.var} to yourself.", file=sys.stderr)
        return 1
    async with processes(place) as started:
        try:
            if told := set_half_aside(place, EMAIL):
                print(f"  … {told}")
            place = await _start_relay(started, place)
            password = await _first_administrator(place)
            link, console_output = await _start_console(started, place)
            page, telephone = link, None
            if plays_along:
                telephone = await _start_customer(started, place, link)
                page = await _next_link(console_output, place)
        except CannotStartError as error:
            print(error, file=sys.stderr)
            return 1
        _welcome(place, page, password, time.monotonic() - began)
        print(PLAYS_ALONG if plays_along else YOU_ARE_THE_CUSTOMER.format(place=place), flush=True)
        opening = await _open_in_browser(page) if has_display() else None
        drain = asyncio.ensure_future(console_output.read())
        waits = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(started.any_ends())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in (*waits, drain, telephone):
            if task is not None:
                task.cancel()
        if opening is not None:
            opening.remove()
        if not stop.is_set():
            print(f"A part has ended by itself. Its messages are in {place.log}.", file=sys.stderr)
            return 1
    print("Everything that was started here has ended.")
    return 0


async def _start_relay(started: Processes, place: Place) -> Place:
    """Start the relay; return where it is, which is elsewhere when another program took its port first."""
    _tell("the relay")
    for _try in range(TRIES):
        arguments = ("--listen", place.relay, "--data", str(place.data))
        relay = await started.start(sys.executable, "-m", "relay", *arguments, log="relay")
        try:
            await _until(partial(_answers, f"http://{place.relay}/health", relay), relay)
        except TimeoutError:
            if relay.returncode is None or is_free(place.relay):
                break
            started.forget(relay)
            place = elsewhere(place)
        else:
            return place
    log = place.log / "relay.log"
    raise CannotStartError(f"The relay did not start. {log} ends with:\n{last_words(log)}")


async def _first_administrator(place: Place) -> str:
    """Return the password of the technician, setting the relay up where that was not done before."""
    password = kept_password(place, EMAIL, NAME)
    setup = f"http://{place.relay}/setup"
    async with aiohttp.ClientSession() as http:
        async with http.get(setup) as page:
            if page.status == 404:  # there was a rehearsal before
                await _restore_password(http, place, password)
                return password
        place.furnished.unlink(missing_ok=True)
        await _token_is_there(place)
        form = {
            "token": SetupToken(place.data).show(),
            "organisation": ORGANISATION,
            "name": NAME,
            "email": EMAIL,
            "password": password,
        }
        async with http.post(setup, data=form, allow_redirects=False) as response:
            if response.status != 303:
                said = problem_on(await response.text()) or f"It answered {response.status}."
                raise CannotStartError(f"The relay could not be set up. {said}")
    await furnish(f"sqlite+aiosqlite:///{place.database.absolute()}", password)
    place.furnished.touch()
    return password


async def _token_is_there(place: Place) -> None:
    """Wait until the relay has made its token: it answers a moment earlier, and two would make one each."""
    try:
        await _until(lambda: asyncio.to_thread((place.data / TOKEN).exists))
    except TimeoutError:
        raise CannotStartError(f"The relay made no set-up token in {place.data}.") from None


def problem_on(page: str) -> str:
    """Return what a page says about the field that it refuses, after the name of that field; "" if nothing."""
    said = re.search(r'id="problem".*?<span>(.*?)</span>', page, re.DOTALL)
    field = re.search(r'<input[^>]*? name="(\w+)"[^>]*aria-invalid="true"', page)
    return "" if said is None else f"{field[1] + ': ' if field else ''}{html.unescape(said[1]).strip()}"


async def _restore_password(http: aiohttp.ClientSession, place: Place, password: str) -> None:
    """Make the password that we print hold again, where its file was lost or the relay's folder is another's."""
    body = {"email": EMAIL, "password": password, "console": "rehearsal"}
    api = f"http://{place.relay}/api/v1"
    async with http.post(f"{api}/sign-in", json=body) as response:
        answer = await response.json()
    if token := answer.get("token"):
        await http.post(f"{api}/sign-out", headers={"Authorization": f"Bearer {token}"})
    if answer.get("problem") != "wrong_sign_in":
        return  # it holds; a second step or the like is for the person to do
    if not await set_password(f"sqlite+aiosqlite:///{place.database.absolute()}", EMAIL, password):
        raise CannotStartError(
            f"{place.data} is a relay without {EMAIL}, so nobody can sign in. Move it away, then try again."
        )
    _tell("with a new password: the old one was lost")


async def _start_console(started: Processes, place: Place) -> tuple[str, asyncio.StreamReader]:
    _tell("the console")
    arguments = ["--relay", f"http://{place.relay}", "--listen", place.console, "--no-browser"]
    arguments += ["--recordings", str(place.var / "recordings"), "--data", str(place.var / "console")]
    console = await started.start(
        sys.executable, "-u", "-m", "console", *arguments, log="console", stdout=asyncio.subprocess.PIPE
    )
    assert console.stdout is not None
    return await _next_link(console.stdout, place), console.stdout


async def _next_link(output: asyncio.StreamReader, place: Place) -> str:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_SECONDS):
            while line := await output.readline():
                if found := _LINK.search(line):
                    return found[0].decode()
    log = place.log / "console.log"
    raise CannotStartError(f"The console did not start. {log} ends with:\n{last_words(log)}")


async def _start_customer(started: Processes, place: Place, link: str) -> "asyncio.Task[None]":
    _tell("the customer")
    env = {} if has_display() else {"DISPLAY": await _start_display(started, place), "QT_QPA_PLATFORM": "xcb"}
    command = (sys.executable, "-m", "tests.rehearsal.person", "--relay", f"http://{place.relay}")
    customer = await started.start(*command, log="applet", env=env, stdin=asyncio.subprocess.PIPE)
    assert customer.stdin is not None
    return asyncio.create_task(pass_on(link, customer.stdin))


async def _start_display(started: Processes, place: Place) -> str:
    """Start a desktop with a window manager and a few real programs; return its name."""
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    size = f"{SIZE[0]}x{SIZE[1]}x24"
    command = ("Xvfb", "-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp", "-dpi", "96", "-noreset")
    xvfb = await started.start(*command, log="desktop", stdout=writer)
    os.close(writer)
    number = await asyncio.to_thread(_read_line, reader)
    os.close(reader)
    if not number.strip():
        raise CannotStartError(f"Xvfb did not start (exit code {xvfb.returncode}). See {place.log}.")
    display = f":{int(number)}"
    env = {"DISPLAY": display}
    letter = place.var / "letter.txt"
    letter.write_text(
        "Dear Northwind IT,\n\nthe invoices will not print on floor 3.\nCould you have a look?\n\nHélène\n"
    )
    rules = place.var / "openbox.xml"
    rules.write_text(WINDOW_RULES)
    programs = (
        ("openbox", "--config-file", str(rules)),
        ("xsetroot", "-solid", "#3F6C93"),
        (
            *("xterm", "-geometry", "84x14+24+520", "-title", "Terminal", "-fa", "monospace", "-fs", "10"),
            *("-e", "env", f"--chdir={place.var}", "PS1=helene@front-desk:~$ ", "sh"),  # shows no folder of ours
        ),
        ("l3afpad", str(letter)),
        ("xclock", "-geometry", "120x120+690+90"),
    )
    for program in programs:
        process = await started.start(*program, log="desktop", env=env)
        if program[0] == "xsetroot":
            await process.wait()
            started.forget(process)
    return display


def _read_line(reader: int) -> bytes:
    """Return a whole line: Xvfb writes its end apart, and gives up when nobody reads that."""
    line = b""
    while not line.endswith(b"\n") and (more := os.read(reader, 16)):
        line += more
    return line


async def _until(ready: Callable[[], Awaitable[bool]], process: Process | None = None) -> None:
    """Wait until a part is ready. Raises TimeoutError when its process ends first, or it takes too long."""
    async with asyncio.timeout(START_SECONDS):
        while not await ready():
            if process is not None and process.returncode is not None:
                raise TimeoutError
            await asyncio.sleep(0.05)


async def _answers(url: str, process: Process) -> bool:
    """Whether our relay answers: it lives, so what answers at its port is not another program."""
    try:
        async with aiohttp.ClientSession() as http, http.get(url) as response:
            return response.status == 200 and process.returncode is None
    except (aiohttp.ClientError, ConnectionError):
        return False


async def _open_in_browser(page: str) -> OpeningFile:
    opening = OpeningFile(page, folder_for_browsers(sys.platform, os.environ, Path.home()))
    await open_file(opening.path)
    return opening


PLAYS_ALONG = """\
Open the console and choose “New session”. The rehearsal customer hears every PIN and link that you make, enters it,
and allows what you ask for. To be the customer yourself, start with `make run CUSTOMER=you`. Ctrl-C ends everything.
"""
YOU_ARE_THE_CUSTOMER = """\
Open the console and choose “New session”. Then be the customer: open http://{place.relay}/join in another browser
window and enter the PIN. Ctrl-C ends everything.
"""


def _welcome(place: Place, page: str, password: str, seconds: float) -> None:
    print(
        f"""
Deskside is running ({seconds:.1f} s).

  Customer page   http://{place.relay}/
  Admin Center    http://{place.relay}/admin (also as {LEAD} or {READER}, with the same password)
  Console         {page}
  Sign in as      {EMAIL}
  Password        {password}
""",
        flush=True,
    )


def _tell(part: str) -> None:
    print(f"  … starting {part}", flush=True)


def main() -> int:
    """Read the command line and rehearse."""
    parser = argparse.ArgumentParser(description="A whole Deskside on this machine, with a customer who plays along.")
    parser.add_argument(
        "--relay", metavar="HOST:PORT", help=f"where the relay listens (default {RELAY}, if it is free)"
    )
    parser.add_argument("--console", metavar="HOST:PORT", help=f"where the console does (default {CONSOLE}, if free)")
    parser.add_argument("--var", default=ROOT / "var", type=Path, metavar="DIR", help="where everything is kept")
    parser.add_argument(
        "--customer",
        choices=("rehearsed", "you"),
        default="rehearsed",
        help="who the customer is: a rehearsed one who plays along (the default), or you, in another browser window",
    )
    options = parser.parse_args()
    try:
        place, told = choose(options.relay, options.console, options.var)
    except CannotStartError as error:
        print(error, file=sys.stderr)
        return 1
    for line in told:
        print(f"  … {line}")
    return asyncio.run(rehearse(place, plays_along=options.customer == "rehearsed"))


if __name__ == "__main__":
    sys.exit(main())
