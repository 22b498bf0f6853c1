"""Parts as the standard library's parser finds them: slow, and at home with every kind of broken mail."""

import quopri
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MissingHeaderBodySeparatorDefect
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Compat32
from typing import TypeAlias

from shared.mail.fields import Fields
from shared.mail.parts import MAX_PARTS, Mime, Part

_Tree: TypeAlias = "Message[str, str]"
_MAX_BOUNDARIES = 40
# What is wanted stands before the attachments; this parser needs microseconds for each line.
_MAX_BYTES = 256 * 1024
_MAX_LINES = 3_000
_MAX_MESSAGES = 100
_MAX_HEADER = 16_000
_MAX_BLOCKS = 100
_BLANKS = re.compile(rb"(?<![ \t])[ \t]++(?=\r?\n)")
_ENCODED = {"base64", "quoted-printable"}


class _CappedHeaders(Compat32):
    """Cuts a header field before anything looks at it: some parsers of values are quadratic."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        kept: list[str] = []
        length = 0
        for line in sourcelines:
            kept.append(line[: _MAX_HEADER - length])
            length += len(kept[-1])
            if length >= _MAX_HEADER:
                break
        if ":" not in kept[0]:
            kept[0] += ":"  # the name alone was longer than what is kept
        return super().header_source_parse(kept)


_POLICY = _CappedHeaders()


def read(raw: bytes) -> Mime:
    """Return what the beginning of an e-mail consists of; whatever the parser raises is passed on."""
    raw = b"".join(raw[:_MAX_BYTES].splitlines(keepends=True)[:_MAX_LINES])
    # Each open boundary is compared with each line, and each e-mail in an e-mail costs a recursion:
    # a mail of very many is read as one plain text.
    lower = raw.lower()
    plain = lower.count(b"boundary") > 2 * _MAX_BOUNDARIES or lower.count(b"message/") > _MAX_MESSAGES
    root = BytesHeaderParser(policy=_POLICY).parsebytes(raw) if plain else message_from_bytes(raw, policy=_POLICY)
    return Mime(_fields(root), [_part(node) for node in _walk(root)])


def _walk(root: _Tree) -> Iterator[_Tree]:
    waiting = [root]
    for _ in range(MAX_PARTS):
        if not waiting:
            return
        node = waiting.pop()
        yield node
        if node.get_content_maintype() == "multipart":
            waiting += reversed(_children(node)[:MAX_PARTS])


def _part(node: _Tree) -> Part:
    kind = node.get_content_type()
    attached = node.get_content_disposition() == "attachment"
    charset = node.get_content_charset()
    return Part(kind, _content(node, kind), charset, attached=attached, named=bool(node.get_filename()))


def _content(node: _Tree, kind: str) -> bytes:
    if kind.startswith("message/"):
        return _decoded(_source(node), node)
    if not kind.startswith(("text/", "multipart/")) or node.is_multipart():
        return b""
    return _payload(node)


def _payload(node: _Tree) -> bytes:
    if _encoding(node) == "quoted-printable":
        # The parser keeps blanks at the ends of lines, which RFC 2045 section 6.7 wants removed.
        return quopri.decodestring(_BLANKS.sub(b"", _as_it_came(node)))
    # Never `get_payload()` of a leaf without decode=True: it trusts the declared charset, whatever that is.
    payload = node.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _as_it_came(node: _Tree) -> bytes:
    encoding = node["Content-Transfer-Encoding"]
    node.replace_header("Content-Transfer-Encoding", "8bit")
    try:
        payload = node.get_payload(decode=True)
    finally:
        node.replace_header("Content-Transfer-Encoding", encoding)
    return payload if isinstance(payload, bytes) else b""


def _source(node: _Tree) -> bytes:
    """Return the body of a part as it came, although the parser made messages of it."""
    children = _children(node)[:_MAX_BLOCKS]
    if not children:
        return _payload(node) if not node.is_multipart() else b""
    return b"\n\n".join(_whole(child) for child in children)


def _whole(child: _Tree) -> bytes:
    head = "".join(f"{name}: {value}\n" for name, value in child.raw_items())
    broken = any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in child.defects)
    return head.encode("utf-8", "surrogateescape") + (b"" if broken else b"\n") + _source(child)


def _decoded(source: bytes, node: _Tree) -> bytes:
    """Undo the transfer encoding of a report, which the parser does not expect there."""
    encoding = _encoding(node)
    if encoding not in _ENCODED or not node.is_multipart():
        return source
    holder: _Tree = Message()
    holder["Content-Transfer-Encoding"] = encoding
    holder.set_payload(source.decode("ascii", "surrogateescape"))
    return _payload(holder)


def _encoding(node: _Tree) -> str:
    return str(node.get("Content-Transfer-Encoding", "")).strip().lower()


def _children(node: _Tree) -> list[_Tree]:
    payload = node.get_payload() if node.is_multipart() else None
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _fields(root: _Tree) -> Fields:
    found: Fields = {}
    for name, value in root.raw_items():
        found.setdefault(name.lower(), str(value).strip())
    return found
