"""The sender's journals: one small file for each batch that is on its way, which outlives the process.

What a process has written outlives its death without any waiting for the disk, because it lies in the kernel's page
cache; what the machine's own crash leaves of it is less, so a journal also names the boot. A lock tells whether who
writes it lives: the kernel takes it back with the process, however that ends.
"""

import fcntl
import os
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from secrets import token_hex
from stat import S_IRUSR, S_IWUSR
from typing import Self

import structlog

from services.sender.claim import LEASE
from services.sender.rules import SendResult
from services.sender.rules_journal import Testimony, answer_line, begun_line, first_line, read
from shared.errors import ConfigurationError

log = structlog.get_logger()
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MOST_AT_ONCE = 500
# A claim that its process did not live to see committed may appear later than its journal was read.
_KEPT_SECONDS = 2 * LEASE.total_seconds()


class Journal:
    """The journal of one batch, whose leases bear its name; one without a file has no name and writes nothing."""

    def __init__(self, path: Path | None = None, file: int = -1) -> None:
        self.name = _name(path) if path else None
        self._path = path
        self._file = file
        self._torn = self._gone = False

    def begin(self, token: str) -> None:
        """Write that a server may take this e-mail from now on; raise `OSError` if it must not be begun.

        A journal that can't be written is taken away, and its batch is bound by its window alone. One that can
        neither be written nor taken away would call this e-mail never begun, and so may somebody who sealed it: who
        looks for the seal after writing can't miss it together with whoever reads after sealing.
        """
        self._write(begun_line(token))
        if self._file >= 0 and not os.fstat(self._file).st_mode & S_IWUSR:
            raise TimeoutError("the lease of the batch is over, and its journal is sealed")

    def answer(self, token: str, result: SendResult, at: datetime) -> None:
        """Write what came of this e-mail; without it, the e-mail is doubtful until it is recorded."""
        with suppress(OSError):  # Then the next e-mail is not begun.
            self._write(answer_line(token, result, at))

    def close(self) -> None:
        """Leave the journal to whoever settles what is not recorded; nothing more is written."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def discard(self) -> None:
        """Throw the journal away: all that it tells is recorded."""
        if self._path and self._file >= 0:
            with suppress(OSError):
                self._path.unlink()
        self.close()

    def _write(self, line: bytes) -> None:
        """Write a line, or else take the journal away for good; raise `OSError` if neither can be done."""
        if self._file < 0 or self._gone:
            return
        try:
            if not self._torn:
                _write(self._file, line)
                return
        except OSError as error:
            # Whatever came after half a line would be read as its end.
            self._torn = True
            log.warning("journal.lost", error=str(error))
        if self._path:
            self._path.unlink(missing_ok=True)
        self._gone = True


class Journals:
    """The folder of the journals of all senders on this machine that work for one database."""

    def __init__(self, folder: Path, database_url: str, boot: str) -> None:
        # Where the database is, without the login: journals of other installations may lie in the same folder.
        self._installation = sha256(database_url.rpartition("@")[2].encode()).hexdigest()[:8]
        self._folder = folder
        self._boot = boot
        self._failing = False

    @classmethod
    def at(cls, folder: Path, database_url: str) -> Self:
        """Make the folder if need be, and see that a journal can be written; raise `ConfigurationError` if not."""
        journals = cls(folder.absolute(), database_url, boot_id())
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            journals._create().discard()
        except OSError as error:
            raise ConfigurationError(
                f"AICMO_CAM_SENDER_JOURNAL_FOLDER: {folder} can't be written: {error.strerror or error};"
                " name a folder that outlives the process"
            ) from None
        return journals

    def open(self) -> Journal:
        """Begin a journal for the next batch; one without a name and a file if that can't be done now."""
        try:
            journal = self._create()
        except OSError as error:
            if not self._failing:
                log.error("journal.not_written", folder=str(self._folder), error=str(error))  # noqa: TRY400 - one line
            self._failing = True
            return Journal()
        self._failing = False
        return journal

    @contextmanager
    def abandoned(self, overdue: Collection[str]) -> Iterator[dict[str, Testimony]]:
        """Give, by name, what the journals of the dead tell; nobody else reads them until the end of the block.

        The journals that are named as `overdue` are sealed and read even if their writers live: they may be frozen.
        """
        with ExitStack() as stack:
            paths = list(islice(self._paths(), _MOST_AT_ONCE))
            held = {path: self._taken(path, stack, seal=_name(path) in overdue) for path in paths}
            found = {path: content for path, content in held.items() if content is not None}
            told = {_name(path): read(content) for path, content in found.items()}
            yield {name: testimony for name, testimony in told.items() if testimony}
            for path in found:
                with suppress(OSError):
                    if time.time() - path.stat().st_mtime > _KEPT_SECONDS:
                        path.unlink()

    def is_complete(self, testimony: Testimony) -> bool:
        """Tell whether a journal's silence proves anything: not when the machine was started anew since."""
        return bool(self._boot) and testimony.boot == self._boot

    def _create(self) -> Journal:
        while True:
            path = self._folder / f"{self._installation}.{token_hex(12)}.journal"
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            journal = Journal(path, file)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _write(file, first_line(self._boot))
            except BlockingIOError:
                # Somebody who looks for the dead was faster, and may throw it away.
                journal.discard()
            except OSError:
                journal.discard()
                raise
            else:
                return journal

    def _paths(self) -> Iterator[Path]:
        return self._folder.glob(f"{self._installation}.*.journal")

    def _taken(self, path: Path, stack: ExitStack, *, seal: bool) -> bytes | None:
        """Return what a journal holds if whoever wrote it is dead or overdue; it is held until the stack unwinds."""
        try:
            file = stack.enter_context(path.open("rb"))
            if seal:
                path.chmod(S_IRUSR)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file.read()
        except (BlockingIOError, FileNotFoundError):
            return None
        except OSError as error:
            log.warning("journal.not_read", journal=path.name, error=str(error))
            return None


def _write(file: int, line: bytes) -> None:
    """Write at once, without any buffer of this process."""
    if os.write(file, line) != len(line):
        raise OSError("there is no room for a whole line")


def _name(path: Path) -> str:
    return path.suffixes[0][1:]


def boot_id() -> str:
    """Return what names this run of the operating system; nothing where that is not known."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
