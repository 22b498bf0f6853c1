"""Reads a CSV of leads row by row: what is good, and what is wrong with the others. No database in here."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from console.addresses import normalised
from console.templates import Needs
from shared.errors import ConfigurationError
from shared.schedule import zone

if TYPE_CHECKING:
    import _csv

_ADDRESS_NAMES = {"email", "e_mail", "mail", "email_address", "e_mail_address"}
_TIMEZONE_NAMES = {"timezone", "time_zone"}
_MAX_FIELD = 100_000
_MAX_COLUMNS = 500
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Reason(StrEnum):
    """Why a row is not imported."""

    BAD_ADDRESS = "bad address"
    BAD_ROW = "bad row"
    BAD_TIMEZONE = "bad time zone"
    MISSING_VARIABLE = "missing variable"
    DUPLICATE = "duplicate"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Row:
    """A lead as its row gives it; `line` is where the row begins."""

    line: int
    email: str
    fields: Mapping[str, str]
    timezone: str | None


@dataclass(frozen=True, slots=True, order=True)
class Rejected:
    """A row that is not imported, and why."""

    line: int
    address: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the header says: where the address and the time zone are, and the names of the other columns."""

    address: int
    timezone: int | None
    names: Mapping[int, str]
    width: int


class LeadFile:
    """A CSV file of leads: UTF-8, with or without a byte order mark, separated by comma, semicolon or tab."""

    def __init__(self, path: Path, needs: Needs) -> None:
        self.path = path
        self.columns, self._delimiter = _header(path)
        self._needs = needs

    def size(self) -> int:
        """Return the size in bytes."""
        return self.path.stat().st_size

    def rows(self, on_bytes: Callable[[int], None] = lambda _position: None) -> Iterator[Row | Rejected]:
        """Yield the rows in order; `on_bytes` hears now and then how many bytes were read."""
        judge = _judge(self.columns, self._needs)
        with _open(self.path) as file, _text(file) as text:
            for number, (line, record) in enumerate(_records(csv.reader(text, delimiter=self._delimiter, strict=True))):
                if isinstance(record, csv.Error):
                    yield self._unreadable(line, str(record))
                elif number and record:
                    yield judge(line, record)
                if not number % 1000:
                    on_bytes(file.tell())
            on_bytes(file.tell())

    def _unreadable(self, line: int, reason: str) -> Rejected:
        # From an open quotation mark on, nobody can tell where a row begins.
        if "unexpected end" in reason or "field limit" in reason:
            raise ConfigurationError(f"{self.path}:{line}: a quotation mark that begins in this row is never closed")
        return Rejected(line, "", Reason.BAD_ROW, reason)


def _records(reader: "_csv.Reader") -> Iterator[tuple[int, list[str] | csv.Error]]:
    csv.field_size_limit(_MAX_FIELD)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, error


def _open(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None


def _text(file: BufferedReader) -> TextIOWrapper:
    if file.peek(2)[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise ConfigurationError(f"{file.name}: is UTF-16; save it as UTF-8")
    # A byte that is no UTF-8 spoils its own row, not the file.
    return TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")


def _header(path: Path) -> tuple[Columns, str]:
    with _open(path) as file, _text(file) as text:
        first = text.readline(_MAX_FIELD)
    if not first.strip():
        raise ConfigurationError(f"{path}:1: there is no header row")
    delimiter = max(",;\t", key=first.count)
    titles = next(csv.reader([first], delimiter=delimiter))
    return _columns(path, [identifier(title) for title in titles]), delimiter


def _columns(path: Path, names: Sequence[str]) -> Columns:
    for place, name in enumerate(names):
        if name and name in names[:place]:
            raise ConfigurationError(f"{path}:1: two columns are called '{name}'")
    addresses = [place for place, name in enumerate(names) if name in _ADDRESS_NAMES]
    if len(addresses) != 1:
        found = ", ".join(name for name in names if name)[:200]
        problem = "two columns of addresses" if addresses else "no column 'email'"
        raise ConfigurationError(f"{path}:1: {problem} (there are: {found})")
    if len(names) > _MAX_COLUMNS:
        raise ConfigurationError(f"{path}:1: more than {_MAX_COLUMNS} columns")
    timezone = next((place for place, name in enumerate(names) if name in _TIMEZONE_NAMES), None)
    others = {place: name for place, name in enumerate(names) if name and place not in {addresses[0], timezone}}
    return Columns(addresses[0], timezone, others, len(names))


def identifier(title: str) -> str:
    """Return a column's title as a template's variable: `First Name` is `first_name`."""
    name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", title).lower()).strip("_")
    return f"_{name}" if name[:1].isdigit() else name


def _judge(columns: Columns, needs: Needs) -> Callable[[int, list[str]], Row | Rejected]:
    # A variable that only ever has a default is left out where it is empty, so that the default is used.
    wanted = [(name in needs.optional, place, name) for place, name in columns.names.items()]
    filled = sorted(needs.filled)

    def judge(line: int, record: list[str]) -> Row | Rejected:
        cells = [cell.strip() for cell in record] + [""] * (columns.width - len(record))
        address = cells[columns.address]
        if wrong := _wrong_row(record, columns):
            return Rejected(line, _shown(address), Reason.BAD_ROW, wrong)
        try:
            email = normalised(address)
        except ValueError as error:
            return Rejected(line, _shown(address), Reason.BAD_ADDRESS, str(error))
        timezone = cells[columns.timezone] if columns.timezone is not None else ""
        if timezone and not _is_zone(timezone):
            return Rejected(line, email, Reason.BAD_TIMEZONE, f"'{_shown(timezone)}' is no time zone")
        fields = {name: cells[place] for optional, place, name in wanted if cells[place] or not optional}
        for name in filled:
            if not fields.get(name):
                return Rejected(line, email, Reason.MISSING_VARIABLE, f"'{name}' is empty")
        return Row(line, email, fields, timezone or None)

    return judge


def _wrong_row(record: list[str], columns: Columns) -> str:
    if len(record) > columns.width and any(record[columns.width :]):
        return f"has {len(record)} columns, the header has {columns.width}"
    together = "".join(record)
    if together.isascii() and together.isprintable():
        return ""
    found = _FORBIDDEN.search(together)
    if found:
        return "is not UTF-8" if found[0] >= "\ud800" else "has a control character in it"
    return ""


def _shown(text: str) -> str:
    return _FORBIDDEN.sub("?", text)[:100]


@lru_cache(maxsize=2000)
def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except ValueError:
        return False
    return True
