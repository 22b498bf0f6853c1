"""Bytes of unknown honesty as text: every declared charset may be wrong, missing or hostile."""

import re
from email.errors import MessageError
from email.header import decode_header

# Codecs that are no charsets: escapes, or quadratic in the length of their input.
_REFUSED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_ASCII = bytes(range(128))
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Remove what PostgreSQL can't hold: NUL and lone surrogates."""
    return _UNSTORABLE.sub("", text)


def decode(data: bytes, charset: str | None) -> str:
    """Decode by the declared charset, else as UTF-8, else as Latin-1; never raises."""
    name = (charset or "utf-8").strip().strip("'\"").lower()
    if name.replace("-", "_") not in _REFUSED:
        try:
            return storable(data.decode(name))
        except (LookupError, ValueError):
            pass
    try:
        return storable(data.decode("utf-8"))
    except UnicodeDecodeError:
        return storable(data.decode("latin-1" if _looks_single_byte(data) else "utf-8", "replace"))


def _looks_single_byte(data: bytes) -> bool:
    """Tell Latin-1 from broken UTF-8: in the latter most of the high bytes still make valid characters."""
    broken = data.decode("utf-8", "replace").count("\ufffd")
    high = len(data.translate(None, delete=_ASCII))
    return broken * 2 > high


def decode_words(value: str, limit: int) -> str:
    """Decode the encoded words of a header value (RFC 2047) on one line of at most `limit` characters."""
    raw = " ".join(value[: 4 * limit].split())
    try:
        parts = decode_header(raw)
    except (MessageError, ValueError):
        parts = [(raw, None)]
    words = (part if isinstance(part, str) else decode(part, charset) for part, charset in parts)
    text = "".join(words).encode("utf-8", "surrogateescape")
    return " ".join(decode(text, "utf-8").split())[:limit]
