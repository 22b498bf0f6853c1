"""Keeps what arrived: e-mails, counters, the cursor and the announcements in one transaction, or nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import cast
from sqlalchemy.dialects.postgresql import JSONB, insert

from services.inbox import matching
from services.inbox.leases import Lease, guarded
from services.inbox.rules import (
    Contact,
    Cursor,
    Match,
    Unwanted,
    addresses,
    fingerprint,
    judge,
    returned_ids,
    thread_ids,
)
from shared import rows
from shared.events import ReplyReceived
from shared.faults import point
from shared.mail.charsets import storable
from shared.mail.parsing import ParsedEmail
from shared.tables import inbound_emails, mailboxes
from shared.unit_of_work import Transaction, UnitOfWork

MAX_RAW_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail at its place in a folder; either `mail` or `problem` (and its beginning, `raw`) is known."""

    uid: int
    size: int
    mail: ParsedEmail | None = None
    problem: str | None = None
    raw: bytes | None = None


@dataclass(slots=True)
class Stored:
    """What became of a batch."""

    replies: int = 0
    unparsable: int = 0
    ignored: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a mailbox that this instance may write about."""

    lease: Lease
    own: frozenset[str]  # the addresses that are ours, in lower case
    name: str


def store(uow: UnitOfWork, folder: Folder, letters: Sequence[Letter], cursor: Cursor) -> Stored:
    """Store a batch and move the cursor over it; raise `LostLeaseError`, and write nothing, if the lease is lost."""
    with uow.begin() as tx:
        stored = Stored()
        new = _rows(tx, folder, letters, cursor, stored)
        guarded(
            tx,
            folder.lease,
            cursors=mailboxes.c.cursors.op("||")(cast({folder.name: _as_json(cursor)}, JSONB)),
            unmatched_count=mailboxes.c.unmatched_count + stored.ignored[Unwanted.UNMATCHED],
            unparsable_count=mailboxes.c.unparsable_count + stored.unparsable,
            watch_verified_at=tx.clock(),
        )
        _insert(tx, new)
        point("after_store")
        return stored


def _as_json(cursor: Cursor) -> dict[str, int]:
    return {"uidvalidity": cursor.uidvalidity, "last_uid": cursor.last_uid}


def _rows(
    tx: Transaction, folder: Folder, letters: Sequence[Letter], cursor: Cursor, stored: Stored
) -> list[dict[str, object]]:
    mails = [letter.mail for letter in letters if letter.mail]
    threads = matching.threads(tx.connection, _identities(mails))
    strangers = [mail for mail in mails if not threads.keys() & {*thread_ids(mail), *returned_ids(mail)}]
    contacts = matching.contacts(
        tx.connection, {each for mail in strangers for each in addresses(mail)}, folder.lease.mailbox_id
    )
    known = matching.known(tx.connection, folder.lease.mailbox_id, mails)
    new: list[dict[str, object]] = []
    for letter in letters:
        place = {"mailbox_id": folder.lease.mailbox_id, "folder": folder.name, "uidvalidity": cursor.uidvalidity}
        found = _row(letter, folder.own, threads, contacts, known)
        if isinstance(found, str):
            stored.ignored[found] += 1
        else:
            stored.unparsable += letter.mail is None
            stored.replies += letter.mail is not None
            new.append(place | {"uid": letter.uid, "size_bytes": letter.size, "received_at": tx.clock()} | found)
    return new


def _identities(mails: Iterable[ParsedEmail]) -> set[str]:
    return {
        identity
        for mail in mails
        for identity in (mail.message_id, *thread_ids(mail), *returned_ids(mail))
        if identity is not None
    }


def _row(
    letter: Letter,
    own: frozenset[str],
    threads: Mapping[str, Contact],
    contacts: Mapping[str, Contact],
    known: set[tuple[object, ...]],
) -> dict[str, object] | str:
    """Return what to store of an e-mail, or why nothing is stored of it."""
    mail = letter.mail
    if mail is None:
        return _UNKNOWN | {
            "parse_error": storable(letter.problem or "")[:500],
            "raw": "\\x" + (letter.raw or b"")[:MAX_RAW_BYTES].hex(),
        }
    verdict = judge(mail, own, threads, contacts)
    if not isinstance(verdict, Match):
        return verdict
    identity = fingerprint(mail, letter.size)
    if identity in known:
        return "KNOWN"
    known.add(identity)
    return _described(mail) | {
        "campaign_id": verdict.contact.campaign_id,
        "lead_id": verdict.contact.lead_id,
        "outbound_email_id": verdict.contact.outbound_email_id,
        "matched_by": verdict.by,
    }


# One statement stores all kinds of rows, so each row has all keys.
_UNKNOWN: dict[str, object] = dict.fromkeys(
    ("message_id", "campaign_id", "lead_id", "outbound_email_id", "matched_by", "sent_at", "parse_error", "raw")
) | {"from_address": "", "subject": "", "headers": {}, "body": "", "report": None}


_COLUMNS = ("mailbox_id", "folder", "uidvalidity", "uid", "size_bytes", "received_at", *_UNKNOWN)
_ANNOUNCED = ("mailbox_id", "folder", "uidvalidity", "uid", "lead_id", "outbound_email_id")
_INSERT = (
    rows.from_rows(insert(inbound_emails), inbound_emails, _COLUMNS)
    .on_conflict_do_nothing()
    .returning(inbound_emails.c.id, *(inbound_emails.c[name] for name in _ANNOUNCED))
)


def _described(mail: ParsedEmail) -> dict[str, object]:
    return _UNKNOWN | {
        "message_id": mail.message_id,
        "from_address": mail.from_address,
        "subject": mail.subject,
        "sent_at": mail.date,
        "headers": mail.headers,
        "body": mail.text,
        "report": mail.report or None,
    }


def _insert(tx: Transaction, new: Sequence[dict[str, object]]) -> None:
    """Insert what is not there yet and announce each new reply."""
    for row in rows.execute(tx.connection, _INSERT, new):
        if row["lead_id"] is not None:
            fields = {name: row[name] for name in _ANNOUNCED}
            tx.emit(ReplyReceived(inbound_email_id=row["id"], **fields))
