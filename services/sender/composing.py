"""How an e-mail is written for the wire (RFC 5322, MIME): by hand where it is plain, by the library where it is not.

`email.message` takes half a millisecond for an e-mail, most of it to parse and fold headers that are
plain ASCII and short; these are written as they are.
"""

import binascii
import re
from collections.abc import Iterator
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from services.sender.outgoing import OutgoingEmail, UnwritableError

_LONGEST_LINE = 78  # RFC 5322, section 2.1.1
_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
# What nearly every address looks like; anything else takes the long way.
_PLAIN_ADDRESS = re.compile(r"[a-z0-9_+-]{1,40}(?:\.[a-z0-9_+-]{1,40})*@(?:[a-z0-9-]{1,60}\.){1,6}[a-z0-9-]{2,60}")
_BYTES_IN_A_BASE64_LINE = 57  # 76 letters: RFC 2045, section 6.8
_LINE_END = re.compile(rb"\r\n|\r|\n")
_FOLDED = SMTP.clone(cte_type="7bit")
_MIME = b'MIME-Version: 1.0\r\nContent-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: '


def wire_address(address: str) -> str:
    """Return an address in ASCII (RFC 5891 for the domain); raise `UnwritableError` if that can't be."""
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    local, _, domain = address.rpartition("@")
    try:
        local.encode("ascii")
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise UnwritableError("the address can't be written in ASCII (SMTPUTF8 is not spoken)") from error


def sender_header(email: OutgoingEmail) -> str:
    """Return the From header's value, display name quoted as needed."""
    return str(Address(email.sender_name, addr_spec=email.sender)) if email.sender_name else email.sender


def compose(email: OutgoingEmail) -> bytes:
    """Return the e-mail as bytes with CRLF line ends; raise `UnwritableError` if a header is not valid."""
    try:
        encoding, content = _content(email.body)
        return b"".join((_head(email), _MIME, encoding, b"\r\n\r\n", content))
    except (ValueError, LookupError, MessageError) as error:
        raise UnwritableError(str(error)) from error


def stuffed(content: bytes) -> bytes:
    """Return an e-mail with its dots doubled and the dot that ends it (RFC 5321, section 4.5.2)."""
    return content.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _head(email: OutgoingEmail) -> bytes:
    lines = [
        _from(email.sender_name, wire_address(email.sender)),
        _to(wire_address(email.recipient)),
        _header("Subject", email.subject),
        _date(email.date),
        _ids("Message-ID", email.message_id),
    ]
    if email.in_reply_to:
        lines += _ids("In-Reply-To", email.in_reply_to), _ids("References", " ".join(email.references))
    lines.append(_unsubscribe(email.unsubscribe))
    return "".join(lines).encode("ascii")


@lru_cache(maxsize=256)
def _from(name: str, address: str) -> str:
    return _by_library("From", Address(name, addr_spec=address))


# All e-mails of a mailbox bear the same one, often too long for one line.
@lru_cache(maxsize=256)
def _unsubscribe(value: str) -> str:
    return _header("List-Unsubscribe", value)


# All e-mails of a batch bear the time of their claim.
@lru_cache(maxsize=256)
def _date(date: datetime) -> str:
    return f"Date: {format_datetime(date)}\r\n"


def _to(address: str) -> str:
    line = f"To: {address}\r\n"
    if _PLAIN_ADDRESS.fullmatch(address) and len(line) <= _LONGEST_LINE:
        return line
    return _by_library("To", Address(addr_spec=address))


def _header(name: str, value: str) -> str:
    # The library would read "=?" as the beginning of an encoded word, and so would a reader.
    if len(name) + len(value) + 2 <= _LONGEST_LINE and _PLAIN.fullmatch(value) and "=?" not in value:
        return f"{name}: {value}\r\n"
    return _by_library(name, value)


def _ids(name: str, value: str) -> str:
    """Write Message-IDs, one on each line: a long one is never torn apart into encoded words."""
    return "".join((name, ": ", "\r\n ".join(value.split()), "\r\n"))


def _by_library(name: str, value: str | Address) -> str:
    stored = _FOLDED.header_store_parse(name, value)
    return _FOLDED.fold_binary(*stored).decode("ascii")


def _content(body: str) -> tuple[bytes, bytes]:
    """Return the transfer encoding and the encoded text: 7bit if that will do, else the shorter one."""
    lines = _LINE_END.split(body.encode())
    if not lines[-1]:
        lines.pop()
    text = b"\r\n".join((*lines, b""))
    if text.isascii() and max(map(len, lines), default=0) <= _LONGEST_LINE:
        return b"7bit", text
    quoted = binascii.b2a_qp(text)
    if len(quoted) * 3 <= len(text) * 4:
        return b"quoted-printable", quoted
    return b"base64", b"".join(_base64_lines(text))


def _base64_lines(text: bytes) -> Iterator[bytes]:
    for start in range(0, len(text), _BYTES_IN_A_BASE64_LINE):
        yield binascii.b2a_base64(text[start : start + _BYTES_IN_A_BASE64_LINE], newline=False)
        yield b"\r\n"
