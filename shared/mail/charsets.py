"""Bytes of unknown honesty as text: every declared charset may be wrong, missing or hostile."""

import re
from binascii import a2b_base64, a2b_qp

# Codecs that are no charsets: escapes, or quadratic in the length of their input.
_REFUSED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_ASCII = bytes(range(128))
# An encoded word (RFC 2047 section 2), its charset without a language (RFC 2231 section 5).
_WORD = re.compile(r"=\?([\w.:+-]{1,60})(?:\*[\w-]{1,20})?\?([bBqQ])\?([^?]*)\?=")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Remove what PostgreSQL can't hold: NUL and lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
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
    if not raw.isascii():
        raw = decode(raw.encode("utf-8", "surrogateescape"), "utf-8")
    return " ".join(storable(_without_words(raw)).split())[:limit] if "=?" in raw else raw[:limit]


def _without_words(raw: str) -> str:
    """Replace encoded words; a character may be split over neighbours of one charset, so their bytes are joined."""
    kept: list[str] = []
    waiting, charset, position = b"", "", 0
    for word in _WORD.finditer(raw):
        between = raw[position : word.start()]
        data = _word_bytes(word.group(2), word.group(3))
        if between.strip() or not position or data is None or word.group(1).lower() != charset:
            kept.append(decode(waiting, charset) if waiting else "")
            waiting = b""
        if between.strip() or not position:
            kept.append(between)
        if data is None:
            kept.append(word.group())
        waiting, charset, position = waiting + (data or b""), word.group(1).lower(), word.end()
    return "".join((*kept, decode(waiting, charset) if waiting else "", raw[position:]))


def _word_bytes(encoding: str, text: str) -> bytes | None:
    try:
        data = text.encode("ascii")
        if encoding in "qQ":
            return a2b_qp(data, header=True)
        return a2b_base64(data + b"=" * (-len(data) % 4))
    except ValueError:
        return None
