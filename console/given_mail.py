"""E-mails that an operator hands over as files and folders; each is read by itself, in order."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.classifier.incoming import from_email
from services.classifier.rules import Incoming
from shared.mail.parsing import MAX_BYTES, UnparsableError, parse_email

_SUFFIX = ".eml"


@dataclass(frozen=True, slots=True)
class Given:
    """One e-mail, or why it can't be read; `name` is what it is called in the answer."""

    name: Mapping[str, object]
    mail: Incoming | None = None
    error: str = ""


def from_path(path: Path) -> Iterator[Given]:
    """Read a file, or the .eml files of a folder and the folders in it, sorted by name.

    Links to folders are not followed, so that nothing is read for ever.
    """
    if not path.is_dir():
        yield _from_file(path)
        return
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError as error:
        yield Given({"path": str(path)}, error=_said(error))
        return
    for entry in entries:
        below = path / entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from from_path(below)
        elif entry.name.lower().endswith(_SUFFIX):
            yield _from_file(below)


def _from_file(path: Path) -> Given:
    name = {"path": str(path)}
    try:
        with path.open("rb") as file:
            return Given(name, from_bytes(file.read(MAX_BYTES)))
    except OSError as error:
        return Given(name, error=_said(error))
    except UnparsableError as error:
        return Given(name, error=str(error))


def from_bytes(raw: bytes) -> Incoming:
    """Read an e-mail; raise `UnparsableError` for what is none."""
    return from_email(parse_email(raw))


def _said(error: OSError) -> str:
    return error.strerror or type(error).__name__
