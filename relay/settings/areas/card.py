"""The Calling Card's look and the script that travels with applet and card; both belong to the whole organisation."""

from relay.settings.compound_kinds import Column, File, Table
from relay.settings.declare import Editors, Rule, Section, Setting, Tab, Values, When
from relay.settings.holders import HolderKind
from relay.settings.kinds import MINUTES, PIXELS, Choice, Colour, Number, Option, Several, Switch
from relay.settings.sentences import Sentence
from relay.settings.text_kinds import Text, Url
from relay.texts import _

ORGANISATION = (HolderKind.ORGANISATION,)
_PICTURE = File(("BMP", "PNG", "JPG"), 100 * 1_024)
_LEAST_CONTRAST = 4.5
_HARD_TO_READ = _("Text and menu bar are hard to tell apart. Choose colours with more contrast.")
_NOT_SUPPORTED = _("Choose a method that the card supports.")
_LINK_HALF = _("Enter both a label and an address for each link.")


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours (#RRGGBB), 1 to 21, as WCAG 2.2 defines it."""
    bright, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hard_to_read(values: Values) -> Sentence | None:
    is_enough = contrast(values["card.menu_colour"], values["card.text_colour"]) >= _LEAST_CONTRAST
    return None if is_enough else Sentence(_HARD_TO_READ)


def _default_not_supported(values: Values) -> Sentence | None:
    return None if values["card.default_method"] in values["card.methods"] else Sentence(_NOT_SUPPORTED)


def _half_a_link(values: Values) -> Sentence | None:
    is_half = any(bool(row["text"]) != bool(row["page"]) for row in values["card.links"])
    return Sentence(_LINK_HALF) if is_half else None


_METHODS = (Option("channel", _("Channel")), Option("pin", _("PIN")))

CARD = Section(
    "card",
    Tab.CALLING_CARD,
    "Calling Card",
    ORGANISATION,
    help=_("Regenerate the installers after saving. Installed cards update automatically."),
    editors=Editors.MASTERS,
    settings=(
        Setting(
            "card.application_name",
            _("Application name"),
            Text(64),
            "",
            help=_("Choose a name that customers recognise. If empty, the name of your organisation is used."),
            requirements=("CARD-49", "CARD-51"),
        ),
        Setting("card.menu_colour", _("Menu bar"), Colour(), "#2961CE", requirements=("CARD-52",)),
        Setting("card.text_colour", _("Menu bar text"), Colour(), "#FFFFFF", requirements=("CARD-53", "CARD-54")),
        Setting("card.border_colour", _("Border"), Colour(), "#2961CE", requirements=("CARD-55",)),
        Setting("card.border_width", _("Border width"), Number(0, 20, PIXELS), 1, requirements=("CARD-56",)),
        Setting("card.footer_colour", _("Footer"), Colour(), "#F1F2F5", requirements=("CARD-57",)),
        Setting("card.footer_height", _("Footer height"), Number(0, 200, PIXELS), 48, requirements=("CARD-58",)),
        Setting(
            "card.icon",
            _("Icon"),
            File(("ICO", "PNG"), 50 * 1_024, least_png=256),
            None,
            help=_("The icon that customers click. A PNG must be at least 256 × 256 pixels."),
            requirements=("CARD-59", "CARD-60", "CARD-61", "CARD-62"),
        ),
        Setting(
            "card.logo",
            _("Logo"),
            File(("PNG", "BMP", "JPG"), 100 * 1_024),
            None,
            help=_("Shown top right when a technician is connected."),
            requirements=("CARD-63", "CARD-64"),
        ),
        Setting("card.header", _("Image at the top"), _PICTURE, None, requirements=("CARD-65", "CARD-66", "CARD-67")),
        Setting(
            "card.background",
            _("Background image"),
            _PICTURE,
            None,
            requirements=("CARD-68", "CARD-69", "CARD-70"),
        ),
        Setting(
            "card.help_off",
            _("Hide the Help menu"),
            Switch(),
            default=False,
            requirements=("CARD-72",),
        ),
        Setting(
            "card.help_page",
            _("Help page"),
            Url(),
            "",
            when=(When("card.help_off", (False,)),),
            requirements=("CARD-71",),
        ),
        Setting(
            "card.links",
            _("Footer links"),
            Table((Column("text", _("Label"), Text(64), ""), Column("page", _("Address"), Url(), "")), 5),
            [],
            help=_("Keep the labels short. Space is limited with five links."),
            requirements=("CARD-73", "CARD-74"),
        ),
        Setting("card.terms_text", _("Label of the link to your terms"), Text(64), "", requirements=("CARD-75",)),
        Setting("card.terms_page", _("Address of your terms"), Url(), "", requirements=("CARD-75",)),
        Setting("card.before_form", _("Text above the form"), Text(300, lines=3), "", requirements=("CARD-83",)),
        Setting("card.after_form", _("Text below the form"), Text(100), "", requirements=("CARD-84",)),
        Setting(
            "card.fields",
            _("Fields in the form"),
            Table(
                (
                    Column("shown", _("Shown"), Switch(), default=False),
                    Column("keep", _("Remember what was entered"), Switch(), default=False),
                ),
                6,
                fixed=True,
            ),
            [{"shown": True, "keep": True}] + [{"shown": False, "keep": False}] * 5,
            help=_(
                "The name field comes first, then the custom fields. Remembered values are stored on the "
                "customer’s computer."
            ),
            requirements=("CARD-85", "CARD-86", "CARD-87", "FIELD-23"),
        ),
        Setting(
            "card.code_lines",
            _("Text on the PIN page"),
            Text(300, lines=3),
            "",
            requirements=("CARD-88",),
        ),
        Setting(
            "card.methods",
            _("Connection methods"),
            Several(_METHODS, least=1),
            ["channel", "pin"],
            requirements=("CARD-89", "CARD-91"),
        ),
        Setting("card.default_method", _("Shown first"), Choice(_METHODS), "channel", requirements=("CARD-90",)),
        Setting(
            "card.own_codes_only",
            _("Accept only PINs of this organisation"),
            Switch(),
            default=True,
            requirements=("CARD-92", "CARD-93", "CARD-94"),
        ),
    ),
    rules=(
        Rule("card.text_colour", ("card.menu_colour", "card.text_colour"), _hard_to_read, confirm=True),
        Rule("card.default_method", ("card.methods", "card.default_method"), _default_not_supported),
        Rule("card.links", ("card.links",), _half_a_link),
    ),
)

_RESOURCE_ALONE = _("A resource needs a script that uses it. Upload the script, or remove the resource.")
_SHELLS = {
    "windows": (Option("powershell", "PowerShell"), Option("batch", _("Batch file"))),
    "macos": (Option("zsh", "zsh"), Option("bash", "bash"), Option("sh", "sh")),
    "linux": (Option("sh", "sh"), Option("bash", "bash")),
}
_PLATFORMS = (
    ("windows", _("Script for Windows"), _("Resource for Windows"), _("Run on Windows with")),
    ("macos", _("Script for macOS"), _("Resource for macOS"), _("Run on macOS with")),
    ("linux", _("Script for Linux"), _("Resource for Linux"), _("Run on Linux with")),
)


def _files(platform: str, script: str, resource: str, shell: str) -> tuple[Setting, ...]:
    key = f"embedded.{platform}"
    return (
        Setting(
            f"{key}_script",
            script,
            File((), 64 * 1_024),
            None,
            requirements=("SCR-02", "SCR-03", "SCR-06", "SCR-07", "SCR-10", "SCR-14"),
        ),
        Setting(f"{key}_shell", shell, Choice(_SHELLS[platform]), _SHELLS[platform][0].value, requirements=("SCR-06",)),
        Setting(
            f"{key}_resource",
            resource,
            File((), 2 * 1_024 * 1_024),
            None,
            help=_("Any file that the script uses."),
            requirements=("SCR-08", "SCR-09", "SCR-11"),
        ),
    )


def _alone(platform: str) -> Rule:
    script, resource = f"embedded.{platform}_script", f"embedded.{platform}_resource"

    def broken(values: Values) -> Sentence | None:
        return Sentence(_RESOURCE_ALONE) if values[resource] and not values[script] else None

    return Rule(resource, (script, resource), broken)


EMBEDDED = Section(
    "embedded",
    Tab.RESOURCES,
    _("Embedded script"),
    ORGANISATION,
    help=_("Included in every applet and Calling Card. Nothing runs until the customer agrees."),
    editors=Editors.MASTERS,
    settings=(
        *(setting for platform in _PLATFORMS for setting in _files(*platform)),
        Setting(
            "embedded.after_restart",
            _("Run after a restart"),
            Switch(),
            default=False,
            requirements=("SCR-16", "SCR-19"),
        ),
        Setting(
            "embedded.disconnected",
            _("Run while the session is disconnected"),
            Switch(),
            default=False,
            requirements=("SCR-17", "SCR-18", "SCR-19"),
        ),
        Setting(
            "embedded.minutes",
            _("Every"),
            Number(1, 999, MINUTES),
            5,
            when=(When("embedded.disconnected"),),
            requirements=("SCR-17",),
        ),
    ),
    rules=tuple(_alone(platform[0]) for platform in _PLATFORMS),
)
