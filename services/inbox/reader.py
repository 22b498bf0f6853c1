"""Reads folders of one mailbox from their cursors on, in batches; no single e-mail can hold up the others."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from typing import Never, Protocol

import structlog

from services.inbox.imap import CommandRefusedError, Selected, ServerAwayError
from services.inbox.leases import Lease, Mailbox
from services.inbox.rules import Cursor, batches, new_uids
from services.inbox.store import Folder, Letter, store
from shared.errors import LostLeaseError, OutageError
from shared.faults import point
from shared.mail.parsing import UnparsableError, parse_email
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()

BATCH_COUNT = 500
BATCH_BYTES = 8 * 1024 * 1024
_FEW = 8  # so few e-mails fit into memory whatever their sizes are
_HANG_UPS = 5


class Source(Protocol):
    """What is read from: an IMAP connection."""

    def open(self, folder: str) -> Selected:
        """Open a folder."""

    def uids_from(self, uid: int) -> list[int]:
        """Return the UIDs from there on."""

    def uids_since(self, day: date) -> list[int]:
        """Return the UIDs of what arrived since that day."""

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return sizes in bytes."""

    def emails(self, uids: Sequence[int], cap: int) -> dict[int, tuple[int, bytes]]:
        """Return sizes and first bytes."""

    def told_of_news(self) -> bool:
        """Tell whether mail was announced since this was asked last."""


class Reader:
    """Knows how far each folder of one mailbox was read; lives as long as the lease, over many connections."""

    def __init__(self, uow: UnitOfWork, lease: Lease, mailbox: Mailbox, cap: int) -> None:
        self._uow = uow
        self._lease = lease
        self._mailbox = mailbox
        self._cap = cap
        self._cursors = dict(mailbox.cursors)
        self._hang_ups: Counter[tuple[str, int]] = Counter()

    def is_behind(self, folder: str, now: Selected) -> bool:
        """Tell from a folder's state whether there is something to read."""
        cursor = self._cursors.get(folder)
        return cursor is None or cursor.uidvalidity != now.uidvalidity or cursor.last_uid + 1 < now.uidnext

    def catch_up(self, source: Source, folder: str) -> None:
        """Open a folder and read what is behind its cursor."""
        now = source.open(folder)
        cursor = self._cursors.get(folder)
        if cursor is None or cursor.uidvalidity != now.uidvalidity:
            self._walk(source, folder, now)
        self.read_new(source, folder)

    def read_new(self, source: Source, folder: str) -> None:
        """Read what is new in the open folder, until nothing more is announced."""
        told = True
        while told:
            source.told_of_news()
            cursor = self._cursors[folder]
            uids = new_uids(source.uids_from(cursor.last_uid + 1), cursor)
            self._read(source, folder, uids)
            told = bool(uids) or source.told_of_news()
        self._hang_ups.clear()

    def _walk(self, source: Source, folder: str, now: Selected) -> None:
        """Begin with a folder, or begin again when its UIDs have changed: all that came since we know the mailbox."""
        self._cursors[folder] = Cursor(now.uidvalidity)
        # The server's day may have begun before ours.
        self._read(source, folder, sorted(source.uids_since(self._mailbox.created_at.date() - timedelta(days=1))))
        self._keep(folder, [], max(now.uidnext - 1, self._cursors[folder].last_uid))

    def _read(self, source: Source, folder: str, uids: Sequence[int]) -> None:
        """Read batch by batch; while one is fetched and parsed, the one before it is stored."""
        with ThreadPoolExecutor(1, thread_name_prefix=f"store-{self._mailbox.id}") as storing:
            before: tuple[Sequence[int], Callable[[], None]] | None = None
            for batch in self._batches(source, uids):
                keep = self._prepared(source, folder, batch)
                if before:
                    self._settle(source, folder, *before)
                before = batch, storing.submit(keep).result
            if before:
                self._settle(source, folder, *before)

    def _batches(self, source: Source, uids: Sequence[int]) -> Iterator[list[int]]:
        for begin in range(0, len(uids), BATCH_COUNT):
            chunk = uids[begin : begin + BATCH_COUNT]
            sizes = dict.fromkeys(chunk, 0) if len(chunk) <= _FEW else source.sizes(chunk)
            count = 1 if self._hang_ups else BATCH_COUNT
            yield from batches(sizes, cap=self._cap, max_bytes=BATCH_BYTES, max_count=count)

    def _prepared(self, source: Source, folder: str, batch: Sequence[int]) -> Callable[[], None]:
        """Fetch and parse a batch; return what stores it, or fails as the fetch did."""
        try:
            letters = _letters(self._fetch(source, folder, batch))
        except (OutageError, LostLeaseError):
            raise
        except Exception as error:  # noqa: BLE001 - judged by `_settle`, when all before it is stored
            return partial(_raise, error)
        return partial(self._keep, folder, letters, batch[-1])

    def _settle(self, source: Source, folder: str, batch: Sequence[int], keep: Callable[[], None]) -> None:
        """See a batch stored; if that fails, one by one, so that one bad e-mail harms nobody else."""
        try:
            keep()
        except (OutageError, LostLeaseError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever an e-mail brings about, it may not stop its mailbox
            if len(batch) == 1:
                self._give_up(folder, batch[0], error)
                return
            for uid in batch:
                self._settle(source, folder, [uid], self._prepared(source, folder, [uid]))

    def _give_up(self, folder: str, uid: int, error: Exception) -> None:
        log.warning("email_unreadable", mailbox_id=self._mailbox.id, folder=folder, uid=uid, error=repr(error)[:300])
        problem = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        self._keep(folder, [Letter(uid, 0, problem=problem)], uid)

    def _fetch(self, source: Source, folder: str, batch: Sequence[int]) -> Mapping[int, tuple[int, bytes]]:
        place = (folder, batch[0])
        if self._hang_ups[place] >= _HANG_UPS and len(batch) == 1:
            raise CommandRefusedError(f"the server hung up {_HANG_UPS} times when this was fetched")
        try:
            emails = source.emails(batch, self._cap)
        except ServerAwayError:
            self._hang_ups[place] += 1
            raise
        point("after_fetch")
        return emails

    def _keep(self, folder: str, letters: Sequence[Letter], last_uid: int) -> None:
        cursor = Cursor(self._cursors[folder].uidvalidity, last_uid)
        stored = store(self._uow, Folder(self._lease, self._mailbox.own_addresses, folder), letters, cursor)
        self._cursors[folder] = cursor
        if letters:
            log.info(
                "emails_read",
                mailbox_id=self._mailbox.id,
                folder=folder,
                last_uid=last_uid,
                replies=stored.replies,
                unparsable=stored.unparsable,
                ignored=dict(stored.ignored),
            )


def _letters(emails: Mapping[int, tuple[int, bytes]]) -> list[Letter]:
    return [_letter(uid, size, raw) for uid, (size, raw) in sorted(emails.items())]


def _letter(uid: int, size: int, raw: bytes) -> Letter:
    try:
        return Letter(uid, size, mail=parse_email(raw))
    except UnparsableError as error:
        return Letter(uid, size, problem=str(error), raw=raw)


def _raise(error: Exception) -> Never:
    raise error
