"""What people write: texts, addresses of pages, mailboxes and networks. All of it may come from a hostile hand."""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from relay.settings.kinds import Json, ValueKind, ValueProblemError
from relay.settings.sentences import Sentence, sentence
from relay.texts import _

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the order of what follows, so that a text reads as something else."""
_LOOKALIKES = ("LATIN", "CYRILLIC", "GREEK")
_WORD = re.compile(r"\w+")
_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]+@[^@\s.]+(?:\.[^@\s.]+)+\Z")
_FOLDER = re.compile(r"\\\\[^\\/\s]+\\[^\\]|[A-Za-z]:[\\/]|/(?!/)|smb://[^/@\s]+/[^/]")
LONGEST_URL = 2_048


@dataclass(frozen=True)
class Text(ValueKind):
    """Plain text, never interpreted. `lines` 0 means any number; `longest` 0 means no limit (APP-63).

    `contains`: pieces that must be there, such as $PINCODE$. `optional`: it may be empty. `pattern`: what the whole
    must look like, as `example` does.
    """

    longest: int
    lines: int = 1
    optional: bool = True
    contains: tuple[str, ...] = ()
    pattern: str = ""
    example: str = ""
    widget: ClassVar[str] = "text"

    def check(self, value: Json) -> str:
        """Return it in Unicode's composed form, without space around it, with plain line ends."""
        text = clean(value, many_lines=self.lines != 1)
        if not text and not self.optional:
            raise ValueProblemError("empty", Sentence(_("This is required.")))
        if self.longest and len(text) > self.longest:
            said = sentence(_("Use at most {most} characters. There are {now}."), most=self.longest, now=len(text))
            raise ValueProblemError("too_long", said)
        if self.lines and len(text.split("\n")) > self.lines:
            raise ValueProblemError("too_many_lines", sentence(_("Use at most {most} lines."), most=self.lines))
        if text and any(piece not in text for piece in self.contains):
            said = sentence(_("Include {pieces} where it should appear."), pieces=" ".join(self.contains))
            raise ValueProblemError("missing", said)
        if text and self.pattern and not re.fullmatch(self.pattern, text):
            said = sentence(_("Use this form: {example}."), example=self.example)
            raise ValueProblemError("pattern", said)
        if self.lines == 1:
            refuse_lookalikes(text)
        return text

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        length = {"maxLength": self.longest} if self.longest else {}
        return {"type": "string", **length, **({} if self.optional else {"minLength": 1})}

    def limits(self) -> Sentence | None:
        """Return the limits in words."""
        if self.lines > 1:
            said = _("at most {lines} lines and {most} characters")
            return sentence(said, lines=self.lines, most=self.longest)
        return sentence(_("at most {most} characters"), most=self.longest) if self.longest else None


@dataclass(frozen=True)
class Url(ValueKind):
    """An address of a page or server. Empty means none.

    `example`: host and path of one, after its scheme.
    `placeholders`: pieces such as $sessionid$ that are replaced later. `user` and `password`: the settings that take
    over what someone wrote into the address; without them an address with a password is refused.
    """

    schemes: tuple[str, ...] = ("https", "http")
    placeholders: tuple[str, ...] = ()
    user: str = ""
    password: str = ""
    example: str = "help.example/page"
    widget: ClassVar[str] = "url"

    def check(self, value: Json) -> str:
        """Return the address with its scheme and host in small letters."""
        text = clean(value, many_lines=False)
        if not text:
            return ""
        parts = self._parts(text)
        if parts.username is not None or parts.password is not None:
            said = _("Remove user name and password from the address. Everyone who sees the address could read them.")
            raise ValueProblemError("credentials", Sentence(said))
        refuse_lookalikes(parts.hostname or "")
        return urlunsplit(parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()))

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        return {"type": "string", "maxLength": LONGEST_URL, "pattern": f"^$|^({'|'.join(self.schemes)})://"}

    def limits(self) -> Sentence | None:
        """Return the schemes in words."""
        return Sentence(", ".join(f"{scheme}://" for scheme in self.schemes))

    def _parts(self, text: str) -> SplitResult:
        example = f"{self.schemes[0]}://{self.example}"
        try:
            parts = urlsplit(text)
            fits = parts.scheme.lower() in self.schemes and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            fits = False
        if not fits or any(sign.isspace() or sign in '<>"' for sign in text) or len(text) > LONGEST_URL:
            said = _("Enter a complete address, for example {example}.")
            raise ValueProblemError("url", sentence(said, example=example))
        return parts


def split_credentials(url: str) -> tuple[str, str, str] | None:
    """Return the address without its user name and password, and those two; None where there are none."""
    try:
        parts = urlsplit(url.strip())
        user, password = parts.username, parts.password
    except ValueError:
        return None
    if user is None and password is None:
        return None
    return (
        urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])),
        unquote(user or ""),
        unquote(password or ""),
    )


@dataclass(frozen=True)
class Email(ValueKind):
    """A mailbox. Empty means none."""

    widget: ClassVar[str] = "email"

    def check(self, value: Json) -> str:
        """Return the address as it was written, without space around it."""
        text = clean(value, many_lines=False)
        if text and (len(text) > 128 or not _EMAIL.match(text)):
            said = sentence(_("Enter a complete e-mail address, for example {example}."), example="alerts@help.example")
            raise ValueProblemError("email", said)
        return text

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        return {"type": "string", "maxLength": 128}


@dataclass(frozen=True)
class Network(ValueKind):
    """A range of addresses, IPv4 or IPv6."""

    widget: ClassVar[str] = "network"

    def check(self, value: Json) -> str:
        """Accept an address, a prefix (10.1.2.0/24) or a mask (10.1.2.0/255.255.255.0); returns the prefix form."""
        try:
            return str(ipaddress.ip_network(value.strip())) if isinstance(value, str) else _refuse_network()
        except ValueError:
            return _refuse_network()

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        return {"type": "string", "examples": ["5.5.5.5", "10.1.2.0/24", "2001:db8::/32"]}


@dataclass(frozen=True)
class Folder(ValueKind):
    """A folder on the technician's computer or on the network (REC-14, REC-15, REC-21). Empty means none."""

    widget: ClassVar[str] = "folder"

    def check(self, value: Json) -> str:
        r"""Accept `\\computer\folder`, `C:\folder`, `/folder` and `smb://computer/folder`."""
        text = clean(value, many_lines=False)
        if text and (len(text) > 260 or not _FOLDER.match(text)):
            said = _("Enter a complete path, for example {here} on a computer or {network} on the network.")
            examples = {"here": r"C:\Recordings", "network": r"\\server\recordings"}
            raise ValueProblemError("folder", sentence(said, **examples))
        if ".." in re.split(r"[\\/]", text):
            raise ValueProblemError("folder", Sentence(_("Remove “..” from the path.")))
        return text

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema."""
        return {"type": "string", "maxLength": 260}


def clean(value: Json, *, many_lines: bool) -> str:
    """Return a text as it is kept: composed, trimmed, with plain line ends. Raises ValueProblemError."""
    if not isinstance(value, str):
        raise ValueProblemError("type", Sentence(_("Enter text.")))
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if _TURNING.intersection(text):
        said = _("Remove the invisible characters that change the direction of the text.")
        raise ValueProblemError("direction", Sentence(said))
    allowed = "\n\t" if many_lines else ""
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") and sign not in allowed for sign in text):
        said = _("Remove the characters that cannot be displayed, such as line breaks.")
        raise ValueProblemError("characters", Sentence(said))
    return text


def refuse_lookalikes(text: str) -> None:
    """Raise ValueProblemError when one word mixes alphabets whose letters look the same."""
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        alphabets = {name for sign in word for name in _LOOKALIKES if unicodedata.name(sign, "").startswith(name)}
        if len(alphabets) > 1:
            said = _("“{word}” mixes letters of different alphabets. Type it with one keyboard layout.")
            raise ValueProblemError("lookalikes", sentence(said, word=word))


def _refuse_network() -> str:
    said = sentence(_("Enter an address or a network, for example {example}."), example="10.1.2.0/24")
    raise ValueProblemError("network", said)
