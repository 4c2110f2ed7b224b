"""The technician’s side: status and limits, clipboard, recording, unattended access, portals, scripts."""

from codec.stores.locations import BadLocationError, Place, read_location
from relay.settings.compound_kinds import Secret
from relay.settings.credential_binding import CredentialBinding
from relay.settings.declare import GROUP_SCOPES, UNIT_ONLY, Rule, Section, Setting, Tab, Values, When
from relay.settings.holders import HolderKind
from relay.settings.kinds import DAYS, MINUTES, SESSIONS, Choice, Number, Option, References, Switch
from relay.settings.sentences import Sentence
from relay.settings.text_kinds import Folder, Text, Url
from relay.texts import _

NEVER = _("never")

CONSOLE = Section(
    "console",
    Tab.SETTINGS,
    _("Technician Console"),
    (HolderKind.GROUP,),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "console.most_sessions",
            _("Maximum number of sessions per technician"),
            Number(1, 10, SESSIONS),
            10,
            help=_("A technician who has this many cannot pick up another one."),
            requirements=("TECH-01", "TECH-21", "SESS-68", "CC-50"),
            in_effect=True,
        ),
        Setting(
            "console.busy_above",
            _("Set to Busy with more than"),
            Number(1, 10, SESSIONS),
            10,
            help=_("Sessions cannot be transferred to a technician who is Busy."),
            requirements=("TECH-03",),
            in_effect=True,
        ),
        Setting(
            "console.away_after",
            _("Set to Away after inactivity of"),
            Number(0, 999, MINUTES, zero=NEVER),
            0,
            help=_("Sessions cannot be transferred to a technician who is Away."),
            requirements=("TECH-06",),
            in_effect=True,
            for_console=True,
        ),
        Setting(
            "console.sign_out_after",
            _("Sign out after inactivity of"),
            Number(0, 999, MINUTES, zero=NEVER),
            0,
            help=_("Never while a customer’s screen or camera is shown. Sessions can be resumed."),
            requirements=("TECH-09", "TECH-20"),
            in_effect=True,
            for_console=True,
        ),
        Setting(
            "console.sign_out_page",
            _("Page after sign-out"),
            Url(),
            "",
            help=_("If empty, the sign-in page is shown."),
            requirements=("TECH-19",),
        ),
        Setting(
            "console.auto_start_private",
            _("Start private sessions automatically"),
            Switch(),
            default=False,
            help=_(
                "Sessions by PIN and link need not be picked up. They start as soon as the customer is there, unless "
                "the technician is away or has the maximum number of sessions."
            ),
            requirements=("SESS-64", "SESS-65", "SESS-66", "MOB-13"),
            in_effect=True,
            for_console=True,
        ),
        Setting(
            "console.defer_auto_start",
            _("After sign-in, no automatic sessions for"),
            Number(0, 999, MINUTES, zero=_("no delay")),
            0,
            help=_("Only for channels that start waiting sessions automatically."),
            requirements=("SESS-87", "SESS-88", "SESS-89", "SESS-91"),
            in_effect=True,
        ),
        Setting(
            "console.no_effects",
            _("Turn off wallpaper and visual effects"),
            Switch(),
            default=False,
            help=_(
                "During control only. They are restored afterwards. When this is off, the technician decides each time."
            ),
            requirements=("CONS-34", "CONS-36", "CONS-37"),
        ),
    ),
)

CHAT_LOG = Section(
    "chat_log",
    Tab.SETTINGS,
    _("Chat log"),
    (HolderKind.GROUP,),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "chat_log.keep",
            _("Keep what is written in the chat"),
            Switch(),
            default=True,
            help=_(
                "Customers are told. After a transfer, the next technician can read what was written. "
                "If this is off, only that something happened is kept."
            ),
            requirements=("POST-68", "POST-69", "POST-70", "POST-71", "SESS-219"),
            in_effect=True,
            for_console=True,
        ),
    ),
)

CLIPBOARD = Section(
    "clipboard",
    Tab.SETTINGS,
    _("Clipboard"),
    (HolderKind.GROUP,),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "clipboard.mode",
            _("Clipboard in several sessions"),
            Choice(
                (
                    Option(
                        "session",
                        _("One for each session"),
                        _("One customer’s clipboard never reaches another customer."),
                    ),
                    Option(
                        "universal",
                        _("One for all sessions"),
                        _("What you copy in one session can be pasted in another."),
                    ),
                )
            ),
            "session",
            requirements=("CLIP-04", "CLIP-05", "CLIP-06", "CLIP-07"),
        ),
    ),
)

_FOLDERS = tuple(place.value for place in Place if place.is_folder)
_REMOTE = ("https", "sftp", "ftps", "s3", "http", "ftp")
_PASSWORD = CredentialBinding("recording.url", "recording.user", "recording.password")
_FOLDER_NEEDED = _("Enter the network folder for recordings.")
_SERVER_NEEDED = _("Enter the address of the server for recordings.")
_UNENCRYPTED = _(
    "Recordings and passwords would be sent unencrypted. Choose HTTPS, SFTP or FTPS if the server supports it."
)
_OTHER_ADDRESS = _(
    "The stored password belongs to a different address or user name, so it is not sent to this one. Enter it again."
)


def _bad_folder(values: Values) -> Sentence | None:
    place, folder = values["recording.place"], values["recording.folder"]
    if place == "network" and not folder.startswith(("\\\\", "smb:", "/")):
        return Sentence(_FOLDER_NEEDED)
    return _flaw(folder) if folder and place in _FOLDERS else None


def _bad_server(values: Values) -> Sentence | None:
    place, url = values["recording.place"], values["recording.url"]
    if place not in _REMOTE:
        return None
    return _flaw(url) if url.startswith(f"{place}://") else Sentence(_SERVER_NEEDED)


def _flaw(location: str) -> Sentence | None:
    """Return what the console would say about a location; the texts are gathered where it says them."""
    try:
        read_location(location)
    except BadLocationError as error:
        return Sentence(error.flaw.value)
    return None


def _unencrypted(values: Values) -> Sentence | None:
    place = values["recording.place"]
    is_plain = place in ("http", "ftp") or (place == "s3" and "http=1" in values["recording.url"].partition("?")[2])
    return Sentence(_UNENCRYPTED) if is_plain else None


def _other_address(values: Values) -> Sentence | None:
    is_other = values["recording.place"] in _REMOTE and _PASSWORD.is_broken(values)
    return Sentence(_OTHER_ADDRESS) if is_other else None


RECORDING = Section(
    "recording",
    Tab.SETTINGS,
    _("Screen recording"),
    (HolderKind.GROUP,),
    help=_("For sessions of this group with control or view-only access."),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "recording.forced",
            _("Record every session"),
            Switch(),
            default=False,
            help=_("Technicians cannot stop or pause recording. Customers are still asked first."),
            requirements=("REC-01", "REC-02", "REC-03"),
            in_effect=True,
        ),
        Setting(
            "recording.control_without",
            _("Allow control when a recording cannot be saved"),
            Switch(),
            default=False,
            help=_("When this is off, control ends as soon as saving fails. The session continues."),
            requirements=("REC-08", "REC-09", "REC-10", "REC-11"),
            in_effect=True,
        ),
        Setting(
            "recording.place",
            _("Location"),
            Choice(
                (
                    Option("local", _("Folder on the technician’s computer")),
                    Option("network", _("Network folder")),
                    Option("https", _("HTTPS server"), _("A server that accepts files by PUT, such as WebDAV.")),
                    Option("sftp", _("SFTP server")),
                    Option("ftps", _("FTPS server"), _("FTP with TLS.")),
                    Option("s3", _("S3 storage"), _("s3://server/bucket?region=…, with the access key as user name.")),
                    Option("http", _("HTTP server (not encrypted)")),
                    Option("ftp", _("FTP server (not encrypted)")),
                )
            ),
            "local",
            requirements=("REC-13",),
            in_effect=True,
        ),
        Setting(
            "recording.folder",
            _("Folder"),
            Folder(),
            "",
            help=_("On the technician’s computer. If empty, each technician chooses a folder."),
            when=(When("recording.place", _FOLDERS),),
            requirements=("REC-14", "REC-15", "REC-21", "REC-23"),
            in_effect=True,
        ),
        Setting(
            "recording.url",
            _("Server address"),
            Url(_REMOTE, user=_PASSWORD.user, password=_PASSWORD.password, example="files.example.com/recordings"),
            "",
            help=_("Enter user name and password in their own fields. In the address, everyone could read them."),
            when=(When("recording.place", _REMOTE),),
            requirements=("REC-16", "REC-19"),
            in_effect=True,
        ),
        Setting(
            "recording.user",
            _("User name"),
            Text(128),
            "",
            help=_("Only if the server or a proxy requires it. If empty, the technician is asked."),
            when=(When("recording.place", _REMOTE),),
            requirements=("REC-17", "REC-18"),
            in_effect=True,
        ),
        Setting(
            "recording.password",
            _("Password"),
            Secret(),
            None,
            when=(When("recording.place", _REMOTE),),
            requirements=("REC-17", "REC-19"),
            in_effect=True,
        ),
        Setting(
            "recording.deferred",
            _("Upload later"),
            Switch(),
            default=False,
            help=_("Recordings stay on the technician’s disk until the connection is idle. Always on for servers."),
            when=(When("recording.place", _FOLDERS),),
            requirements=("REC-24", "REC-25", "REC-27"),
            in_effect=True,
        ),
        Setting(
            "recording.keep_days",
            _("Keep recordings for"),
            Number(0, 3_650, DAYS, zero=_("forever")),
            0,
            help=_(
                "After that, the console that uploaded a recording deletes it from the location. It "
                "deletes nothing else."
            ),
            requirements=("REC-13",),
            in_effect=True,
        ),
        Setting(
            "recording.format",
            _("File format"),
            Choice(
                (
                    Option(
                        "h264",
                        _("AVI, H.264"),
                        _("Plays almost everywhere. Small files. Coloured text is slightly soft."),
                    ),
                    Option("rasc", _("AVI, lossless"), _("Pixel-perfect. Plays in mpv and FFmpeg, not in VLC.")),
                    Option("mpeg4", _("AVI, MPEG-4"), _("For older players. Text is softer and files are larger.")),
                    Option("mjpeg", _("AVI, Motion JPEG"), _("For video editors. Up to 18 GB an hour.")),
                    Option(
                        "zmbv",
                        _("AVI, ZMBV"),
                        _("Lossless, for older players. Recording is slow and files are larger."),
                    ),
                    Option(
                        "dsr", _("Journal only"), _("Smallest and exact. You can convert it to a video at any time.")
                    ),
                )
            ),
            "h264",
            help=_("Applies to recordings that start from now on. The exact journal is kept with every video."),
            requirements=("REC-31", "REC-32", "REC-33", "REC-34"),
            in_effect=True,
        ),
    ),
    rules=(
        Rule("recording.folder", ("recording.place", "recording.folder"), _bad_folder),
        Rule("recording.url", ("recording.place", "recording.url"), _bad_server),
        Rule("recording.place", ("recording.place", "recording.url"), _unencrypted, confirm=True),
        Rule(
            "recording.password",
            ("recording.place", "recording.url", "recording.user", "recording.password"),
            _other_address,
            confirm=True,
        ),
    ),
)

UNATTENDED = Section(
    "unattended",
    Tab.SETTINGS,
    _("Unattended access"),
    (HolderKind.GROUP,),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "unattended.administrator",
            _("Technicians sign in as an administrator of the computer each time"),
            Switch(),
            default=False,
            help=_("When this is off, the customer’s own sign-in is used, and access ends after two weeks."),
            requirements=("UNAT-20", "UNAT-21", "UNAT-23", "UNAT-24"),
        ),
    ),
)

SCRIPTS = Section(
    "scripts",
    Tab.SETTINGS,
    _("Centralised scripts"),
    (HolderKind.GROUP,),
    scopes=UNIT_ONLY,
    settings=(
        Setting(
            "scripts.collections",
            _("Available collections"),
            References("script_collection"),
            [],
            help=_("Technicians also need the permission to deploy scripts."),
            requirements=("SCR-37", "SCR-38", "SCR-39", "SCR-40", "SCR-41", "SCR-42", "SCR-43"),
        ),
    ),
)

PLACEHOLDERS = (
    *(f"$cfield{number}$" for number in range(6)),
    *("$platform$", "$sessionid$", "$techid$", "$techdescr$", "$techemail$", "$techname$", "$techssoid$"),
)
_NAME_NEEDED = _("Enter the text of the link.")
_PAGE_NEEDED = _("Enter the address that the link opens.")

PORTALS = Section(
    "portals",
    Tab.SETTINGS,
    _("Content portals"),
    (HolderKind.GROUP,),
    help=_("Your own pages beside the sessions, such as a knowledge base, a ticket or a customer record."),
    scopes=GROUP_SCOPES,
    settings=(
        Setting(
            "portals.link",
            _("Show a link in the console’s menu"),
            Switch(),
            default=False,
            requirements=("CONS-63", "CONS-67"),
        ),
        Setting(
            "portals.link_name",
            _("Link text"),
            Text(64),
            "",
            when=(When("portals.link"),),
            requirements=("CONS-64",),
        ),
        Setting(
            "portals.link_page",
            _("Link address"),
            Url(),
            "",
            when=(When("portals.link"),),
            requirements=("CONS-65", "CONS-66"),
        ),
        Setting(
            "portals.session_page",
            _("Page that opens with each session"),
            Url(placeholders=PLACEHOLDERS),
            "",
            help=_("Opens inside the console. $sessionid$, $techid$ and $cfield1$ are replaced with their values."),
            requirements=("CONS-68", "CONS-70", "CONS-72", "CONS-77"),
        ),
        Setting(
            "portals.start_page",
            _("Page that opens with the console"),
            Url(placeholders=PLACEHOLDERS),
            "",
            help=_("Shown until the first session starts."),
            requirements=("CONS-71", "CONS-75"),
        ),
    ),
    rules=(
        Rule(
            "portals.link_name",
            ("portals.link", "portals.link_name"),
            lambda values: (
                Sentence(_NAME_NEEDED) if values["portals.link"] and not values["portals.link_name"] else None
            ),
        ),
        Rule(
            "portals.link_page",
            ("portals.link", "portals.link_page"),
            lambda values: (
                Sentence(_PAGE_NEEDED) if values["portals.link"] and not values["portals.link_page"] else None
            ),
        ),
    ),
)
