"""Receipts: what channels accepted, written down at once, for whoever finds an alert whose record never came.

A receipt stays true, so anybody may read it at any time, also while its writer lives or is frozen: no locks. What is
written lies in the kernel's page cache and outlives the process without any waiting for the disk.
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from io import FileIO
from pathlib import Path
from secrets import token_hex
from typing import Self

import structlog

from shared.errors import ConfigurationError

# An alert's number and the time of its creation: databases made anew begin with the same numbers.
Identity = tuple[int, str]
Note = Callable[[Identity, str], None]

_MOST_READ = 500
_KEPT_SECONDS = 24 * 3600
# Half an alert's lease (ledger.LEASE): a batch that took longer may be in another's hands, who still has to read this.
_LATE_SECONDS = 30

log = structlog.get_logger()


class Receipts:
    """The folder of all alerters of one machine, a file in it for each batch; without a folder, nothing is kept.

    The names of e-mail channels are addresses, of people whom the settings beside it name as well: they stay as they
    are, in files that only their owner can read.
    """

    def __init__(self, folder: Path | None = None, now: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._now = now
        self._failing = False

    @classmethod
    def at(cls, folder: Path) -> Self:
        """Make the folder if need be, and see that a file can be written; raise `ConfigurationError` if not."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _create(folder, time.time()) as file:
                _throw_away(str(file.name))
        except OSError as error:
            raise ConfigurationError(
                f"AICMO_CAM_ALERTER_JOURNAL_FOLDER: {folder} can't be written: {error.strerror or error};"
                " name a folder that outlives the process"
            ) from None
        return cls(folder.absolute())

    @contextmanager
    def of_batch(self) -> Iterator[Note]:
        """Give what writes a receipt; they are thrown away when the block ends well, for then all is recorded."""
        began = self._now()
        file = self._open(began)
        with file or nullcontext():
            yield partial(self._write, file)
        if file and self._now() - began < _LATE_SECONDS:
            _throw_away(str(file.name))

    def told(self) -> dict[Identity, set[str]]:
        """Return which channels accepted which alerts, as the newest files tell."""
        found: dict[Identity, set[str]] = defaultdict(set)
        for path in self._paths()[-_MOST_READ:]:
            for identity, channel in _read(path):
                found[identity].add(channel)
        return found

    def forget(self) -> None:
        """Throw away what is older than a day; to be called when no alert is due that it could tell of."""
        oldest = f"{self._now() - _KEPT_SECONDS:.6f}"
        for path in self._paths():
            if path.name < oldest:
                _throw_away(path)

    def _open(self, now: float) -> FileIO | None:
        try:
            return _create(self._folder, now) if self._folder else None
        except OSError as error:
            self._complain(error)
            return None

    def _write(self, file: FileIO | None, identity: Identity, channel: str) -> None:
        """Write a line at once; where that fails, the alert may be repeated, as it would be without."""
        try:
            if file:
                file.write(json.dumps([*identity, channel]).encode() + b"\n")
                self._failing = False
        except OSError as error:
            self._complain(error)

    def _complain(self, error: OSError) -> None:
        if not self._failing:
            log.error("receipts.not_written", folder=str(self._folder), error=str(error))
        self._failing = True

    def _paths(self) -> list[Path]:
        """Return all files, the oldest first: their names begin with the time."""
        return sorted(self._folder.glob("*.receipts")) if self._folder else []


def _create(folder: Path, now: float) -> FileIO:
    path = folder / f"{now:.6f}.{token_hex(8)}.receipts"
    return FileIO(path, "a", opener=partial(os.open, mode=0o600))


def _throw_away(path: str | Path) -> None:
    with suppress(OSError):  # It goes another time.
        Path(path).unlink()


def _read(path: Path) -> Iterator[tuple[Identity, str]]:
    """Yield what a file tells; half a line, and what came to stand behind it, tells nothing."""
    with suppress(OSError):  # It is gone: its batch is recorded.
        for line in path.read_bytes().splitlines():
            with suppress(TypeError, ValueError):
                number, created_at, channel = json.loads(line)
                yield (int(number), str(created_at)), str(channel)
