"""Reads the answers to FETCH (RFC 9051 section 7.5.2): the usual form at once, any other by imapclient's parser.

A general parser looks at every token; where ten thousand e-mails wait, that costs more than fetching them.
"""

import re
from collections.abc import Mapping, Sequence

from imapclient.response_parser import parse_fetch_response

# What imaplib gives for one e-mail: a line, or a line that ends with a literal, the literal, and what follows it.
Answer = Sequence[bytes | tuple[bytes, bytes]]

_LINE = re.compile(rb"\d+ \((?=[^)]*\bUID (\d+))(?=[^)]*\bRFC822\.SIZE (\d+))[A-Z0-9. ]+(\)|BODY\[\](?:<0>)? \{\d+\})")


def sizes(answer: Answer) -> dict[int, int]:
    """Return the RFC822.SIZE of each e-mail by its UID."""
    found: dict[int, int] = {}
    for piece in answer:
        line = _LINE.fullmatch(piece) if isinstance(piece, bytes) else None
        if line is None:
            return {uid: _size(data) for uid, data in _parsed(answer).items() if b"RFC822.SIZE" in data}
        found[int(line[1])] = int(line[2])
    return found


def emails(answer: Answer) -> dict[int, tuple[int, bytes]]:
    """Return the RFC822.SIZE and the beginning of each e-mail by its UID."""
    found: dict[int, tuple[int, bytes]] = {}
    pieces = iter(answer)
    for piece in pieces:
        head, body = piece if isinstance(piece, tuple) else (piece, b"")
        line = _LINE.fullmatch(head)
        if line is None or line[3] == b")" or next(pieces, b"") != b")":
            return {uid: (_size(data), _body(data)) for uid, data in _parsed(answer).items() if b"RFC822.SIZE" in data}
        found[int(line[1])] = (int(line[2]), body)
    return found


def _parsed(answer: Answer) -> Mapping[int, Mapping[bytes, object]]:
    parsed: Mapping[int, Mapping[bytes, object]] = parse_fetch_response(list(answer))
    return parsed


def _size(data: Mapping[bytes, object]) -> int:
    return int(str(data[b"RFC822.SIZE"]))


def _body(data: Mapping[bytes, object]) -> bytes:
    body = data.get(b"BODY[]<0>", data.get(b"BODY[]"))
    return body if isinstance(body, bytes) else b""
