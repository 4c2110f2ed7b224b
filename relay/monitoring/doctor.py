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
from relay.monitoring import local_checks, network_checks, page_checks, relay_checks
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
        local_checks.check_folder(settings.data),
        local_checks.check_files(settings, config),
        local_checks.check_disk(settings),
        runs := local_checks.check_running(settings),
        local_checks.check_open_files(settings),
        *await local_checks.check_database(settings),
        await relay_checks.check_redis(settings),
        local_checks.check_backup(settings, now),
        local_checks.check_downloads(settings),
        await local_checks.check_mail(settings),
        *local_checks.check_certificate(settings, now),
        await network_checks.check_served(settings),
        local_checks.check_turn(settings),
        local_checks.check_https(settings),
    ]
    host = urlsplit(settings.url).netloc
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=network_checks.ANSWER_SECONDS)) as http:
        answer = await network_checks.ask(settings, http)
        return [
            *found,
            *await relay_checks.check_relays(settings, http),
            network_checks.judge_answer(settings, answer, runs=runs.was_made),
            network_checks.judge_clock(answer.clock_ahead, host, is_here=answer.is_here, why_not=answer.why_not),
            await network_checks.check_socket(settings, http, answer),
            await page_checks.check_page(settings, http, answer),
            await network_checks.check_proxy(settings, http),
            await network_checks.check_stun(
                settings, runs=runs.was_made, listens=None if running is None else running.stun
            ),
        ]
