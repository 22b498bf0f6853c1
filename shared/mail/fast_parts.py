"""Parts as a parser in Rust finds them: many times as fast, and asked only about mail that is well made."""

import re
from collections.abc import Iterator

from fast_mail_parser import ParseError, PyLazyMimePart, parse_email_tree

from shared.mail.fields import MAX_HEAD, Fields, media_type, read_fields
from shared.mail.parts import MAX_PARTS, Mime, Part

# Every line a field or the continuation of one that is not blank, and then a blank line or the end.
_HEAD = re.compile(rb"(?:[!-9;-~]++:[^\n]*+(?:\n|\Z)(?:[ \t]++[^\s][^\n]*+(?:\n|\Z))*+)++(?=\r?\n|\Z)")
_AFTER_BOUNDARY = re.compile(rb"(?:--)?[ \t]{0,100}(?:\r?\n|\Z)")
# Quoted-printable that holds what it must not (RFC 2045 section 6.7) is decoded in as many ways as there are parsers.
_QUOTED = bytes([*b"\t\r\n", *range(ord(" "), ord("~") + 1)])
_ODD_END = re.compile(rb"=[ \t]+\r?\n")
_NAME = re.compile(r"[!-9;-~]+")
_ENCODINGS = {"", "7bit", "8bit", "binary", "base64", "quoted-printable"}
_MAX_BOUNDARIES = 40
_MAX_LINES_OF_BOUNDARIES = 1_000
_MAX_MESSAGES = 100
_MAX_WORDS = 1_000
_MAX_TYPE = 2_000


class NotSureError(Exception):
    """Two parsers may read this e-mail differently."""


def read(raw: bytes) -> Mime | None:
    """Return what an e-mail consists of; None if it is not surely what the standard library would find."""
    head = _HEAD.match(raw[:MAX_HEAD])
    if not head or head.end() == MAX_HEAD or raw.count(b"\r") != raw.count(b"\r\n") or _is_costly(raw):
        return None
    fields = read_fields(head.group().decode("ascii", "surrogateescape"))
    try:
        root = parse_email_tree(raw, mode="lazy")
        return Mime(fields, list(_parts(root, raw, head.end())))
    except (NotSureError, ParseError):
        return None
    except BaseException as error:
        # A panic of the parser is no `Exception`, and must not stop a mailbox.
        if type(error).__name__ == "PanicException":
            return None
        raise


def _is_costly(raw: bytes) -> bool:
    """Tell whether the parser may need long: for very many parts, e-mails in e-mails, or encoded words."""
    if raw.count(b"\n--") > _MAX_LINES_OF_BOUNDARIES or raw.count(b"=?") > _MAX_WORDS:
        return True
    lower = raw.lower()
    return lower.count(b"boundary") > 2 * _MAX_BOUNDARIES or lower.count(b"message/") > _MAX_MESSAGES


def _parts(root: PyLazyMimePart, raw: bytes, head: int) -> Iterator[Part]:
    waiting = [root]
    for number in range(MAX_PARTS):
        if not waiting:
            return
        node = waiting.pop()
        fields = _fields(node, is_root=not number)
        kind, parameters = _type(node, fields)
        if kind.startswith("multipart/"):
            _check_boundary(parameters.get("boundary", ""), node, raw)
            waiting += reversed(node.children[:MAX_PARTS])
        quoted = fields.get("content-transfer-encoding", "").strip().lower() == "quoted-printable"
        if quoted and (raw[head:].translate(None, _QUOTED) or _ODD_END.search(raw, head)):
            raise NotSureError
        attached = (node.disposition or "").strip().lower() == "attachment"
        content = _content(node, kind)
        yield Part(kind, content, parameters.get("charset"), attached=attached, named=bool(node.filename))


def _fields(node: PyLazyMimePart, *, is_root: bool) -> Fields:
    """Return the fields that say what a part is; raise `NotSureError` if any of all is odd."""
    found: Fields = {}
    for name, values in node.headers.items():
        lower = name.lower()
        # A line without a colon ends the header for one parser, and is a field without a value for the other.
        if not is_root and not (values[0] and _NAME.fullmatch(name)):
            raise NotSureError
        if not lower.startswith("content-"):
            continue
        if lower in found or len(values) > 1 or not values[0].strip() or len(values[0]) > _MAX_TYPE:
            raise NotSureError
        found[lower] = values[0]
    return found


def _type(node: PyLazyMimePart, fields: Fields) -> tuple[str, Fields]:
    encoding = fields.get("content-transfer-encoding", "").strip().lower()
    found = media_type(fields["content-type"]) if "content-type" in fields else (node.content_type, {})
    if found is None or found[0] != node.content_type or encoding not in _ENCODINGS:
        raise NotSureError
    return found


def _check_boundary(boundary: str, node: PyLazyMimePart, raw: bytes) -> None:
    """Make sure that a boundary stands alone on its lines, and that each of them begins a part or ends the last."""
    after = raw.split(b"\n--" + boundary.encode("utf-8", "replace"))[1:] if boundary and " " not in boundary else []
    begun = sum(not rest.startswith(b"--") for rest in after)
    if not begun or begun != len(node.children) or not all(map(_AFTER_BOUNDARY.match, after)):
        raise NotSureError


def _content(node: PyLazyMimePart, kind: str) -> bytes:
    return (node.content or b"") if kind.startswith(("text/", "message/")) else b""
