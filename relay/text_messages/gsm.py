"""How long a text message is: the GSM alphabet (3GPP TS 23.038), and how many messages a text takes. Pure."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
"""These take two places each."""
ONE, EACH = 160, 153
"""Places in a message by itself, and in each of several that belong together."""
ONE_UNICODE, EACH_UNICODE = 70, 67
"""The same where a character is in neither table."""


def is_gsm(text: str) -> bool:
    """Whether a text can be sent in the GSM alphabet."""
    return all(character in BASIC or character in EXTENDED for character in text)


def length_of(text: str) -> int:
    """Return how many places a text takes: septets, or else UTF-16 units."""
    if is_gsm(text):
        return sum(2 if character in EXTENDED else 1 for character in text)
    return len(text.encode("utf-16-be", "surrogatepass")) // 2


def messages_of(text: str) -> int:
    """Return how many messages a text takes."""
    one, each = (ONE, EACH) if is_gsm(text) else (ONE_UNICODE, EACH_UNICODE)
    length = length_of(text)
    return 1 if length <= one else -(-length // each)
