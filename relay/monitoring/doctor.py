"""`deskside-relay doctor`: looks for what is wrong, and names the remedy.

Each check looks at one thing and returns a Finding; one that could not be made says so and is not called well. Nothing
is made or changed.
"""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from relay.config.settings import Settings
from relay.maintenance.running_instance import RunningInstance
from relay.monitoring import local_checks as local
from relay.monitoring import network_checks as line
from relay.monitoring.findings import Finding


async def diagnose(
    settings: Settings, config: Path | None = None, running: RunningInstance | None = None
) -> list[Finding]:
    """Run every check, in the order in which things depend on one another. `config` is the file of the settings,
    `running` what the relay on this data folder says about itself.

    Files are looked at before the database is opened, which closes its own to others.
    """
    now = datetime.now(UTC)
    found = [
        local.check_folder(settings.data),
        local.check_files(settings, config),
        local.check_disk(settings),
        runs := local.check_running(settings),
        local.check_open_files(settings),
        *await local.check_database(settings),
        local.check_backup(settings, now),
        local.check_downloads(settings),
        await local.check_mail(settings),
        *local.check_certificate(settings, now),
        await line.check_served(settings),
        local.check_turn(settings),
        local.check_https(settings),
    ]
    host = urlsplit(settings.url).netloc
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=line.ANSWER_SECONDS)) as http:
        answer = await line.ask(settings, http)
        return [
            *found,
            line.judge_answer(settings, answer, runs=runs.was_made),
            line.judge_clock(answer.clock_ahead, host, is_here=answer.is_here, why_not=answer.why_not),
            await line.check_socket(settings, http, answer),
            await line.check_proxy(settings, http),
            await line.check_stun(settings, runs=runs.was_made, listens=None if running is None else running.stun),
        ]
