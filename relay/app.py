"""Puts the relay together: its services (relay/services.py), and how pages, programs and sockets ask them."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from codec.host import background
from codec.session.links.tunnel import TUNNEL_PATH
from codec.stores.address_policy import Reach, anywhere, elsewhere
from codec.wire.api_types import IceServer
from codec.wire.connection_check import CHECK_PATH
from codec.wire.signals import APPLET_PATH, CONSOLE_PATH
from relay.accounts.service import Identity
from relay.accounts.setup_token import SetupToken
from relay.admin.center import AdminCenter, First
from relay.admin.first_steps import Operator
from relay.api.callers import Callers
from relay.api.calls import routes_of
from relay.api.codes import CodesApi
from relay.api.document import as_text
from relay.api.keys import KeysApi
from relay.api.organization import OrganisationApi, PermissionsApi
from relay.api.organization_details import DetailsApi
from relay.api.own_account import OwnAccountApi
from relay.api.people import PeopleApi
from relay.api.reports import ReportsApi
from relay.api.sessions import SessionsApi
from relay.api.settings import SettingsApi
from relay.api.sign_in import SignInApi
from relay.api.sign_in_steps import SignInStepsApi
from relay.api.staff import StaffApi
from relay.api.surveys import SurveysApi
from relay.bus.redis_bus import answer_seconds
from relay.config.settings import Settings
from relay.credentials.password_hashing import Passwords
from relay.host.open_files import room_for
from relay.logs.events import RESTORE_FAILED, STUN_FAILED, tell
from relay.maintenance.archive import BackupError
from relay.maintenance.data_folder import has_relay, prepare_data, take_lock
from relay.maintenance.restore import put_staged_in_place
from relay.maintenance.running_instance import told_to_commands
from relay.metrics import Metrics
from relay.monitoring.health import Health
from relay.monitoring.pages import MonitoringPages, read_token
from relay.pages.account import AccountPages
from relay.pages.channel_form import FORM, ChannelForm
from relay.pages.customer import PIECE_BYTES, CustomerPages
from relay.pages.gate import Gate
from relay.pages.join import JoinPage
from relay.pages.logo import logo_route
from relay.pages.own_account import OwnAccountPages
from relay.pages.sign_in import SignInPages
from relay.pages.survey import SurveyPage
from relay.people_csv.service import People
from relay.recording.location_tests import LocationTests
from relay.refusals import REFUSALS
from relay.services import Services
from relay.several import take_place
from relay.sign_in.network_policy import network_policy
from relay.sign_in.service import NotFromHereError
from relay.signalling.applet_socket import AppletSocket
from relay.signalling.check_socket import CheckSocket
from relay.signalling.console_socket import ConsoleSocket
from relay.signalling.ice import ice_servers, own_stun, read_turn_secret
from relay.signalling.stun import StunServer
from relay.store.database import Store, open_store
from relay.tasks.completion import run_together
from relay.web.api import PREFIX, refusing
from relay.web.certificate import Certificate
from relay.web.clients import Clients, networks
from relay.web.connections import Connections, Limits
from relay.web.errors import ErrorPages
from relay.web.listen_errors import ListenError, why_not_bound
from relay.web.listener import Listener, check_free, keep_sweeping
from relay.web.middleware import relay_middleware
from relay.web.rendering import FOLDER, Renderer

MAX_BODY_BYTES = 64 * 1024
SHUTDOWN_SECONDS = 3.0


@dataclass(frozen=True)
class Front:
    """What is before every application of this relay, and what it counts."""

    clients: Clients
    metrics: Metrics
    health: Health
    monitoring: MonitoringPages


def make_front(settings: Settings, store: Store) -> Front:
    """Return it. Raises SettingsError."""
    clients, metrics, health = Clients(networks(settings.trusted_proxies)), Metrics(), Health(store)
    return Front(clients, metrics, health, MonitoringPages(health, metrics, clients, read_token(settings)))


async def make_app(
    settings: Settings, store: Store, passwords: Passwords | None = None, front: Front | None = None
) -> web.Application:
    """Return the application of an open store. Its clean-up closes sockets and threads, but not the store."""
    front = front or make_front(settings, store)
    place = await take_place(settings, store)
    services = Services(settings, store, passwords or Passwords(), front.metrics, place, front.clients.address)
    pages, monitoring, address = Renderer(services.languages), front.monitoring, front.clients.address

    async def refuse_from_here(request: web.Request) -> web.Response:
        organisation = await services.accounts.name_if_set_up()
        return pages.draw(request, "not_from_here.html", 403, organisation=organisation)

    await services.begin(datetime.now(UTC))
    pages.logo = lambda: services.logos.path
    app = web.Application(
        middlewares=[
            relay_middleware(
                settings.url, settings.is_https, ErrorPages(pages, services.accounts.organisation), open_to_sites={FORM}
            ),
            refusing(REFUSALS),
            network_policy(services.sign_in.allows, address, refuse_from_here),
        ],
        client_max_size=MAX_BODY_BYTES,
    )
    _add_routes(app, services, pages, monitoring, address)
    among_others = [] if place.membership is None else [place.membership.keep_renewing([services.follow_relays])]
    background = run_together(
        *among_others,
        services.sweep(front.health).keep_sweeping(),
        front.health.keep_looking(),
        services.propagation.keep_following(),
        services.logo_news.keep_following(),
        services.presence.keep_following(),
        services.colleagues.keep_following(),
        services.limits_told.keep_following(),
        services.waits_told.keep_following(),
        services.auto_start.keep_following(),
        services.rechecks.keep_checking(),
        services.outbox.keep_sending(),
        services.texts.keep_sending(services.codes.text_tried),
        services.forgotten.keep_mailing(),
    )

    async def close_sockets(_app: web.Application) -> None:
        services.hub.close()
        services.tunnels.close_all()

    async def clean_up(_app: web.Application) -> None:
        background.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await background
        await services.presence.finish()
        if place.membership is not None:
            await place.membership.leave()
        await services.bus.close()
        services.passwords.close()

    app.on_shutdown.append(close_sockets)
    app.on_cleanup.append(clean_up)
    return app


def _add_routes(
    app: web.Application,
    services: Services,
    pages: Renderer,
    monitoring: MonitoringPages,
    address: Callable[[web.Request], str],
) -> None:
    """Give every part its addresses."""
    settings, metrics, hub = services.settings, services.metrics, services.hub
    accounts, codes, sessions, permits = services.accounts, services.codes, services.sessions, services.permits
    sign_in, credentials, two_step = services.sign_in, services.credentials, services.two_step
    gate = Gate(accounts, services.signer, settings.is_https, int(services.lifetime.total_seconds()))
    setup, downloads = SetupToken(settings.data), services.downloads
    sign_in_pages = SignInPages(
        sign_in, credentials, two_step, services.forgotten, accounts, gate, pages, metrics, address
    )
    for part in (
        sign_in_pages,
        AccountPages(
            accounts,
            setup,
            gate,
            pages,
            sign_in_pages.let_in,
            services.signed_out,
            settings.url,
            credentials.days_left,
            address,
        ),
        OwnAccountPages(
            accounts, credentials, two_step, services.notifications, services.details, gate, pages, address
        ),
        CustomerPages(
            codes,
            accounts,
            downloads,
            services.signer,
            pages,
            metrics,
            address,
            settings.url,
            services.choices.value,
        ),
        channel_form := ChannelForm(services.channels, accounts, pages, address),
        SurveyPage(services.surveys, accounts, pages),
        JoinPage(accounts, pages, services.choices.value, own_stun(settings), channel_form.instead_of),
        _admin_center(services, gate, pages, address),
        monitoring,
    ):
        app.add_routes(part.routes())
    _add_api(app, services, address)

    async def identify(request: web.Request, token: str) -> Identity | None:
        try:
            found = await sign_in.identify(token, address(request), datetime.now(UTC))
        except NotFromHereError:
            return None
        return found if found is not None and found.may_serve else None

    servers = partial(_ice_servers, settings, read_turn_secret(settings))
    presence, tunnels, session_consoles = services.presence, services.tunnels, services.session_consoles
    applet = AppletSocket(
        codes,
        services.channels,
        sessions,
        presence,
        services.departures,
        session_consoles,
        accounts,
        permits,
        services.for_customers,
        services.surveys.token,
        hub,
        tunnels,
        metrics,
        address,
    )
    console = ConsoleSocket(
        services.store,
        codes,
        sessions,
        presence,
        session_consoles,
        accounts,
        identify,
        address,
        permits,
        services.attestor,
        hub,
        services.served,
        services.colleagues,
        services.use,
        services.limits_told,
        services.tunnels,
        metrics,
        servers,
        settings.url,
        downloads.systems,
        services.sending.told,
    )
    app.router.add_get(APPLET_PATH, applet.serve)
    app.router.add_get(CONSOLE_PATH, console.serve)
    app.router.add_get(CHECK_PATH, CheckSocket(address, time.monotonic).serve)
    app.router.add_get(TUNNEL_PATH, services.tunnels.serve)
    app.add_routes([logo_route(services.logos)])
    app.router.add_static("/static", FOLDER / "static", chunk_size=PIECE_BYTES)


def _admin_center(
    services: Services, gate: Gate, pages: Renderer, address: Callable[[web.Request], str]
) -> AdminCenter:
    return AdminCenter(
        services.accounts,
        services.organisation,
        services.channels,
        services.permissions,
        services.choices,
        services.reports,
        services.supervision,
        services.starting,
        services.transactions,
        services.credentials,
        services.staff,
        services.keys,
        LocationTests(
            services.choices,
            services.vault,
            services.settings.data / "known_hosts",
            _reach(services.settings),
        ),
        _first(services),
        gate,
        pages,
        address,
        services.settings.url,
    )


def _first(services: Services) -> First:
    settings = services.settings
    operator = Operator(
        settings.url, settings.is_https, settings.smtp_host, services.downloads.systems, bool(settings.downloads_keys)
    )
    return First(services.first_steps, services.details, services.logos, services.codes, operator)


def _add_api(app: web.Application, services: Services, address: Callable[[web.Request], str]) -> None:
    """Give every call of the JSON API its address, and the document that describes them."""
    identify = Callers(services.sign_in, services.keys, address).identify
    for api in (
        SignInApi(services.accounts, services.sign_in, address, services.signed_out, services.logos.as_data),
        SignInStepsApi(
            services.sign_in, services.accounts, services.credentials, services.two_step, services.forgotten, address
        ),
        OwnAccountApi(services.accounts, services.credentials, services.two_step, services.notifications),
        OrganisationApi(services.organisation),
        DetailsApi(services.details, services.organisation, services.logos),
        StaffApi(services.credentials, services.staff),
        PeopleApi(People(services.transactions)),
        PermissionsApi(services.permissions, services.organisation),
        SettingsApi(services.choices),
        ReportsApi(services.reports, services.languages),
        KeysApi(services.keys),
        CodesApi(services.codes),
        SessionsApi(
            services.sessions,
            services.session_fields,
            services.transfers,
            services.chat_logs,
            services.permissions,
            services.permits.renew_customers_of,
        ),
        SurveysApi(services.surveys),
    ):
        app.add_routes(routes_of(api, identify))
    text = as_text()

    async def document(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="application/json")

    app.router.add_get(f"{PREFIX}/openapi.json", document)


def _reach(settings: Settings) -> Reach:
    """Return whom tests of recording locations may connect to."""
    if settings.test_own_addresses:
        return anywhere
    return elsewhere(own_names=[urlsplit(settings.url).hostname or ""], only=networks(settings.test_networks))


@asynccontextmanager
async def running(settings: Settings, passwords: Passwords | None = None) -> AsyncIterator[Certificate | None]:
    """Serve as `settings` say while the block runs, and return the certificate; `passwords` are closed with it.

    Raises DesksideError when that cannot be, and OSError when a file cannot be written.
    """
    if not has_relay(settings.data):
        await _check_before_first_start(settings)
    prepare_data(settings.data)
    lock = take_lock(settings.data)
    try:
        try:
            await put_staged_in_place(settings)
        except BackupError as error:
            tell(RESTORE_FAILED, why=str(error))
        async with _serving(settings, passwords) as certificate:
            yield certificate
    finally:
        lock.let_go()


async def _check_before_first_start(settings: Settings) -> None:
    """Raise what would end the start, before it leaves a folder with keys and a database behind."""
    _certificate(settings)
    read_token(settings)
    read_turn_secret(settings)
    if settings.is_one_of_several:
        await answer_seconds(settings.redis_url)
    await _check_free("listen", settings.address)
    if settings.metrics_address is not None:
        await _check_free("metrics_listen", settings.metrics_address)


async def _check_free(setting: str, address: tuple[str, int]) -> None:
    try:
        await check_free(*address)
    except OSError as error:
        raise ListenError(why_not_bound(setting, address, error)) from None


@asynccontextmanager
async def _serving(settings: Settings, passwords: Passwords | None) -> AsyncIterator[Certificate | None]:
    certificate = _certificate(settings)
    store = await open_store(settings.database)
    runners: list[web.AppRunner] = []
    stun: asyncio.DatagramTransport | None = None
    beside: list[asyncio.Task[None]] = []
    try:
        front = make_front(settings, store)
        connections, ended = Connections(_limits(settings)), front.metrics.ended
        beside.append(background.start(keep_sweeping(connections, ended), "ending connections that are overdue"))
        if certificate is not None:
            beside.append(background.start(certificate.keep_looking(), "looking for a renewed certificate"))
        app = await make_app(settings, store, passwords, front)
        tls = None if certificate is None else certificate.current
        runners.append(await _serve(app, "listen", settings.address, connections, front, tls))
        if settings.metrics_address is not None:
            own = web.Application()
            own.add_routes(front.monitoring.own_routes())
            runners.append(await _serve(own, "metrics_listen", settings.metrics_address, connections, front))
        stun = await _serve_stun(settings.address[0], settings.stun_port)
        if certificate is not None:
            certificate.tell()
        with told_to_commands(settings, stun=stun is not None):
            yield certificate
    finally:
        for task in beside:
            task.cancel()
        if stun is not None:
            stun.close()
        for runner in reversed(runners):
            await runner.cleanup()
        await store.close()


async def _serve(
    app: web.Application,
    setting: str,
    address: tuple[str, int],
    connections: Connections,
    front: Front,
    tls: Callable[[], ssl.SSLContext] | None = None,
) -> web.AppRunner:
    """Serve an application at the address of a setting; its runner's clean-up ends that. Raises ListenError."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await Listener(runner, address, connections, front.clients, front.metrics.ended, tls=tls).start()
    except OSError as error:
        await runner.cleanup()
        raise ListenError(why_not_bound(setting, address, error)) from None
    except BaseException:
        await runner.cleanup()
        raise
    return runner


async def _serve_stun(host: str, port: int) -> asyncio.DatagramTransport | None:
    if port == 0:
        return None
    loop = asyncio.get_running_loop()
    try:
        transport, _ = await loop.create_datagram_endpoint(lambda: StunServer(time.monotonic), local_addr=(host, port))
    except OSError as error:
        tell(STUN_FAILED, port=port, why=error.strerror)
        return None
    return transport


def _limits(settings: Settings) -> Limits:
    return Limits(
        total=room_for(settings.max_connections),
        of_address=settings.max_connections_per_address,
        strangers=settings.max_strangers_per_address,
        head_seconds=settings.head_seconds,
        body_seconds=settings.body_seconds,
        idle_seconds=settings.idle_seconds,
    )


def _certificate(settings: Settings) -> Certificate | None:
    if not settings.tls_certificate:
        return None
    return Certificate(Path(settings.tls_certificate), Path(settings.tls_key))


def _ice_servers(settings: Settings, turn_secret: str | None, session: int) -> list[IceServer]:
    return ice_servers(settings, turn_secret, session, datetime.now(UTC))
