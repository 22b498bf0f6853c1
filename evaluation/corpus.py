"""Sample mail that nobody on this project wrote; its README says what it is and what the classes mean."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.classifier.rules import Incoming

MAIL = Path(__file__).resolve().parents[2] / "shared" / "data" / "mail"
_FILES = ("messages.csv", "intents.csv", "quotes.jsonl")


@dataclass(frozen=True, slots=True)
class Message:
    """A whole e-mail; `hard` is None where nobody said whether the bounce is hard, or both are right."""

    path: str
    source: str
    label: str
    hard: bool | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """A short reply, and the class it belongs to."""

    source: str
    label: str
    language: str
    mail: Incoming


@dataclass(frozen=True, slots=True)
class Quote:
    """The text of an e-mail, and what of it the sender wrote."""

    id: str
    text: str
    reply: str


def missing(folder: Path = MAIL) -> str:
    """Return why there is nothing to measure with; empty if there is."""
    absent = [name for name in _FILES if not (folder / name).is_file()]
    return f"no sample mail in {folder} (missing: {', '.join(absent)})" if absent else ""


def messages(folder: Path = MAIL) -> list[Message]:
    """Read all whole e-mails."""
    return [
        Message(row["path"], row["source"], row["label"], _hard(row["hard"]), (folder / row["path"]).read_bytes())
        for row in _rows(folder / "messages.csv")
    ]


def replies(folder: Path = MAIL) -> list[Reply]:
    """Read all short replies."""
    return [
        Reply(
            row["src"], row["label"], row["lang"], Incoming(row["subject"], "", _headers(row["headers"]), row["text"])
        )
        for row in _rows(folder / "intents.csv")
    ]


def quotes(folder: Path = MAIL) -> list[Quote]:
    """Read all pairs of a whole text and its own part."""
    lines = (folder / "quotes.jsonl").read_text(encoding="utf-8").splitlines()
    return [Quote(**json.loads(line)) for line in lines if line.strip()]


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


def _mail(row: dict[str, str]) -> Incoming:
    return Incoming(row["subject"], "", _headers(row["headers"]), row["text"])


def _hard(label: str) -> bool | None:
    return label == "1" if label in {"0", "1"} else None


def _headers(lines: str) -> dict[str, str]:
    parts = (line.partition(":") for line in lines.splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in parts if value}
