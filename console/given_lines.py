"""E-mails that a program hands over as JSON lines; each line is read by itself, in bounded memory."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from email.utils import parsedate_to_datetime
from typing import BinaryIO, NoReturn

from console.given_mail import Given, from_bytes
from services.classifier.rules import Incoming
from shared.errors import CamError
from shared.mail.addresses import name_and_address
from shared.mail.charsets import decode_words, storable
from shared.mail.parsing import KEPT_HEADERS, MAX_BYTES, MAX_TEXT

MAX_LINE_BYTES = 32 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_LONGEST_HEADER = 1_000
_LONGEST_SUBJECT = 500
_NEEDED = ("text", "subject", "headers")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class UnreadableLineError(CamError):
    """This line can't be read as an e-mail."""


def from_lines(stream: BinaryIO) -> Iterator[Given]:
    """Read an e-mail from each line that is not empty."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            _skip_the_rest(stream, line)
            yield Given({"id": None}, error=f"line {number}: longer than {MAX_LINE_BYTES:,} bytes")
            continue
        if line := line.removeprefix(_BYTE_ORDER_MARK if number == 1 else b"").strip():
            yield _from_line(line, number)


def _skip_the_rest(stream: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(_CHUNK_BYTES)


def _from_line(line: bytes, number: int) -> Given:
    name: dict[str, object] = {"id": None}
    try:
        found = _object(line)
        name["id"] = found.get("id")
        return Given(name, _incoming(found))
    except CamError as error:
        return Given(name, error=f"line {number}: {error}")


def _object(line: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(line.decode("utf-8"), parse_constant=_refuse)
    except UnicodeDecodeError:
        raise UnreadableLineError("not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise UnreadableLineError(f"not JSON: {str(error)[:100] or 'nested too deeply'}") from None
    if not isinstance(found, dict):
        raise UnreadableLineError("not a JSON object")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _incoming(found: Mapping[str, object]) -> Incoming:
    if found.get("raw") is not None:
        return from_bytes(_bytes(_text(found, "raw")[:MAX_BYTES]))
    if all(found.get(name) is None for name in _NEEDED):
        raise UnreadableLineError('there is neither "text" nor "raw"')
    headers = _headers(found.get("headers"))
    return Incoming(
        subject=decode_words(_text(found, "subject") or headers.get("subject", ""), _LONGEST_SUBJECT),
        from_address=name_and_address(headers.get("from", ""))[1],
        headers={name: decode_words(headers[name], _LONGEST_HEADER) for name in KEPT_HEADERS if name in headers},
        body=storable(_text(found, "text")[:MAX_TEXT]),
        received_on=_day(headers.get("date", "")),
    )


def _text(found: Mapping[str, object], name: str) -> str:
    value = found.get(name)
    if value is not None and not isinstance(value, str):
        raise UnreadableLineError(f'"{name}" is not a string')
    return value or ""


def _bytes(raw: str) -> bytes:
    try:
        return raw.encode("latin-1")
    except UnicodeEncodeError as error:
        raise UnreadableLineError(f'"raw" is not Latin-1 (character {error.start})') from None


def _headers(given: object) -> dict[str, str]:
    """Return header values by lower-case name; of several values the first one counts, as in an e-mail."""
    if given is not None and not isinstance(given, dict):
        raise UnreadableLineError('"headers" is not an object')
    found: dict[str, str] = {}
    for name, value in (given or {}).items():
        first = next(iter(value), None) if isinstance(value, list) else value
        if isinstance(first, str | int | float):
            found.setdefault(name.strip().lower(), str(first)[: 4 * _LONGEST_HEADER])
    return found


def _day(value: str) -> date | None:
    try:
        return parsedate_to_datetime(value[:100]).date()
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
