"""Other systems: single sign-on, posting session data, keys and limits of the API."""

from relay.organization.guard import Guard
from relay.settings.compound_kinds import ListOf, Secret
from relay.settings.declare import GROUP_SCOPES, Editors, Rule, Section, Setting, Tab, Values, When
from relay.settings.holders import HolderKind
from relay.settings.kinds import MINUTES, REQUESTS, SECONDS, Choice, Kept, Number, Option, Several, Switch
from relay.settings.sentences import Sentence
from relay.settings.text_kinds import Network, Text, Url
from relay.texts import _

ORGANISATION = (HolderKind.ORGANISATION,)

_TICKETS = When("sso.mechanisms", ("tickets",))
_PASSWORD_NEEDED = _("Enter the password that your page shares with Deskside, or turn this method off.")


def _no_password(values: Values) -> Sentence | None:
    is_open = values["sso.method"] != "standard_or_sso" and "tickets" in values["sso.mechanisms"]
    return Sentence(_PASSWORD_NEEDED) if is_open and not values["sso.password"] else None


_LOCKED_OUT = _("No one could sign in, because no single sign-on method is turned on.")


def _no_way_in(values: Values) -> Sentence | None:
    is_closed = values["sso.method"] == "sso_only" and not values["sso.mechanisms"]
    return Sentence(_LOCKED_OUT) if is_closed else None


SSO = Section(
    "sso",
    Tab.GLOBAL_SETTINGS,
    _("Single sign-on"),
    ORGANISATION,
    help=_("Each person also needs a single sign-on ID. Set it on the Organisation tab."),
    editors=Editors.MASTERS,
    guard=Guard.PROOF,
    settings=(
        Setting(
            "sso.method",
            _("How people sign in"),
            Choice(
                (
                    Option("standard_or_sso", _("With a password or single sign-on")),
                    Option("sso_only", _("With single sign-on only")),
                    Option(
                        "sso_only_standard_without_ssoid",
                        _("With single sign-on, or with a password for people without an ID"),
                    ),
                )
            ),
            "standard_or_sso",
            requirements=("SSO-01", "SSO-02", "SSO-03", "SSO-04"),
        ),
        Setting(
            "sso.mechanisms",
            _("Single sign-on methods"),
            Several(
                (
                    Option("tickets", _("Tickets from your own page")),
                    Option("oidc", "OpenID Connect"),
                    Option("assertion", _("Signed assertions")),
                    Option("proxy", _("A trusted proxy"), _("Its address is set in the server’s configuration.")),
                )
            ),
            ["tickets"],
            requirements=("SSO-62", "SSO-63"),
        ),
        Setting(
            "sso.password",
            _("Single sign-on master password"),
            Secret(hashed=True, least=12),
            None,
            help=_("Stored as a hash and never shown. A new password replaces the old one immediately."),
            when=(_TICKETS,),
            requirements=("SSO-12", "SSO-13", "SSO-19"),
        ),
        Setting(
            "sso.ticket_seconds",
            _("A ticket is valid for"),
            Number(10, 600, SECONDS),
            60,
            when=(_TICKETS,),
            requirements=("SSO-46",),
        ),
        Setting(
            "sso.requesters",
            _("Networks that can request tickets"),
            ListOf(Network(), 100),
            [],
            help=_(
                "If empty, every network can. Anyone who knows the master password can sign in as anyone, "
                "so list your server."
            ),
            when=(_TICKETS,),
            requirements=("SSO-51",),
        ),
        Setting(
            "sso.failures",
            _("Failed requests from one address before it is blocked"),
            Number(1, 1_000, REQUESTS),
            10,
            when=(_TICKETS,),
            requirements=("SSO-55",),
        ),
        Setting(
            "sso.failures_within",
            _("Counted over"),
            Number(1, 60, MINUTES),
            5,
            when=(_TICKETS,),
            requirements=("SSO-55",),
        ),
        Setting(
            "sso.wait", _("Blocked for"), Number(1, 1_440, MINUTES), 15, when=(_TICKETS,), requirements=("SSO-55",)
        ),
        Setting(
            "sso.second_step",
            _("Require two-step verification after single sign-on"),
            Switch(),
            default=False,
            requirements=("SSO-52",),
        ),
        Setting(
            "sso.providers",
            _("OpenID Connect providers"),
            Kept("oidc"),
            None,
            when=(When("sso.mechanisms", ("oidc",)),),
            requirements=("SSO-56",),
        ),
        Setting(
            "sso.keys",
            _("Keys for signed assertions"),
            Kept("assertion_keys"),
            None,
            when=(When("sso.mechanisms", ("assertion",)),),
            requirements=("SSO-61",),
        ),
    ),
    rules=(
        Rule("sso.password", ("sso.method", "sso.mechanisms", "sso.password"), _no_password),
        Rule("sso.mechanisms", ("sso.method", "sso.mechanisms"), _no_way_in),
    ),
)

API = Section(
    "api",
    Tab.GLOBAL_SETTINGS,
    "API",
    ORGANISATION,
    editors=Editors.MASTERS,
    settings=(
        Setting("api.tokens", _("Keys"), Kept("api-keys"), None, in_effect=True, requirements=("API-18", "API-19")),
        Setting(
            "api.rate",
            _("Maximum requests per minute per key"),
            Number(1, 10_000, REQUESTS),
            120,
            requirements=("API-32",),
            in_effect=True,
        ),
        Setting(
            "api.sdk_keys",
            _("Keys for your own apps"),
            Kept("sdk_keys"),
            None,
            requirements=("SDK-11", "SDK-12", "SDK-18"),
        ),
    ),
)

_POSTS = (
    ("started", _("A session starts"), _("Separate address for “starts”"), ("POST-11", "POST-17")),
    (
        "first_started",
        _("A session starts for the first time"),
        _("Separate address for “first time”"),
        ("POST-12", "POST-17"),
    ),
    ("ended", _("A session ends"), _("Separate address for “ends”"), ("POST-13", "POST-18")),
    (
        "suspended",
        _("A session is put on hold or transferred"),
        _("Separate address for “on hold”"),
        ("POST-14", "POST-15"),
    ),
    ("console_closed", _("The console is closed or reloaded"), _("Separate address for “closed”"), ("POST-16",)),
)
_TO_NOBODY = _("Enter the address that receives the data, or turn off every event.")


def _to_nobody(values: Values) -> Sentence | None:
    is_lost = any(values[f"export.{name}"] and not values[f"export.{name}_page"] for name, *_rest in _POSTS)
    return Sentence(_TO_NOBODY) if is_lost and not values["export.page"] else None


def _posts(name: str, label: str, page: str, requirements: tuple[str, ...]) -> tuple[Setting, Setting]:
    key = f"export.{name}"
    return (
        Setting(key, label, Switch(), default=False, requirements=requirements),
        Setting(
            f"{key}_page",
            page,
            Url(),
            "",
            help=_("If empty, the address above is used."),
            when=(When(key),),
            requirements=("POST-10",),
        ),
    )


EXPORT = Section(
    "export",
    Tab.SETTINGS,
    _("Sending session data"),
    (HolderKind.GROUP,),
    help=_("Sends session data to a page of yours. It never delays a session."),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "export.page",
            _("Address that receives the data"),
            Url(("https", "http"), user="export.user", password="export.password"),  # noqa: S106 - names of settings
            "",
            help=_("If empty, nothing is sent. User name and password have their own fields."),
            requirements=("POST-01", "POST-02", "POST-04", "POST-05"),
        ),
        Setting("export.user", _("User name"), Text(128), "", requirements=("POST-03",)),
        Setting("export.password", _("Password"), Secret(), None, requirements=("POST-03", "POST-08")),
        Setting(
            "export.format",
            _("Format"),
            Choice((Option("form", _("Form fields")), Option("xml", "XML"), Option("json", "JSON"))),
            "form",
            requirements=("POST-06", "POST-78"),
        ),
        Setting(
            "export.sender",
            _("Sent by"),
            Choice(
                (
                    Option("server", _("This server"), _("Retries if your page does not respond.")),
                    Option("console", _("The technician’s console"), _("For pages that only technicians can reach.")),
                )
            ),
            "server",
            requirements=("POST-05", "POST-74"),
        ),
        Setting(
            "export.secret",
            _("Secret that signs each request"),
            Secret(),
            None,
            help=_("Lets your page verify that a request came from this server."),
            requirements=("POST-77",),
        ),
        *(setting for post in _POSTS for setting in _posts(*post)),
        Setting(
            "export.no_chat_in_post",
            _("Leave out chat text"),
            Switch(),
            default=False,
            help=_("System messages are still sent."),
            requirements=("POST-66", "POST-67", "POST-70"),
        ),
    ),
    rules=(
        Rule(
            "export.page",
            ("export.page", *(f"export.{name}{end}" for name, *_rest in _POSTS for end in ("", "_page"))),
            _to_nobody,
        ),
    ),
)
