"""Reads the e-mails of a batch and writes what they mean, each in one statement."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, Float, Integer, Text, column, func, select, update
from sqlalchemy.dialects.postgresql import JSONB

from services.classifier.capping import MAX_CHARACTERS
from services.classifier.understanding import Incoming, Understanding
from shared.rows import as_table, execute
from shared.tables import inbound_emails, outbound_emails
from shared.unit_of_work import Transaction


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an e-mail means, who says so, and the how manieth understanding of it this is."""

    understanding: Understanding
    version: str
    revision: int = 1


def read(connection: Connection, numbers: Collection[int]) -> dict[int, Incoming]:
    """Return the e-mails with these ids; one that does not exist is left out."""
    mail = inbound_emails.c
    statement = select(
        mail.id,
        mail.subject,
        mail.from_address,
        mail.headers,
        func.left(mail.body, MAX_CHARACTERS).label("body"),
        mail.report,
        mail.received_at,
        func.coalesce(func.left(outbound_emails.c.body, MAX_CHARACTERS), "").label("sent"),
    )
    answers = outbound_emails.c.id == mail.outbound_email_id
    rows = connection.execute(
        statement.select_from(inbound_emails).outerjoin(outbound_emails, answers).where(mail.id.in_(numbers))
    )
    return {
        row.id: Incoming(
            subject=row.subject,
            from_address=row.from_address,
            headers=row.headers,
            body=row.body,
            report=row.report,
            received_on=row.received_at.date(),
            sent=row.sent,
        )
        for row in rows
    }


def pending(connection: Connection, numbers: Collection[int]) -> set[int]:
    """Return which of these e-mails nobody has understood yet, neither a machine nor a person."""
    mail = inbound_emails.c
    statement = select(mail.id).where(mail.id.in_(numbers), mail.classification.is_(None))
    return set(connection.execute(statement).scalars())


def record(tx: Transaction, meanings: Mapping[int, Meaning]) -> set[int]:
    """Write what these e-mails mean and return the ids that were written.

    Left alone is what a person has said, and what was understood in the same or a later revision.
    """
    rows = [
        {
            "number": number,
            "meaning": meaning.understanding.classification,
            "confidence": meaning.understanding.confidence,
            "reason": meaning.understanding.reason,
            "facts": meaning.understanding.facts.to_json(),
            "version": meaning.version,
            "revision": meaning.revision,
        }
        for number, meaning in meanings.items()
    ]
    written = execute(tx.connection, _record.values(classified_at=tx.clock()), rows)
    return {int(row["id"]) for row in written}


_mail = inbound_emails.c
_new = as_table(
    column("number", BigInteger),
    column("meaning", Text),
    column("confidence", Float),
    column("reason", Text),
    column("facts", JSONB),
    column("version", Text),
    column("revision", Integer),
)
_record = (
    update(inbound_emails)
    .where(
        _mail.id == _new.c.number,
        _mail.relabelled_at.is_(None),
        func.coalesce(_mail.classification_revision, 0) < _new.c.revision,
    )
    .values(
        classification=_new.c.meaning,
        classification_confidence=_new.c.confidence,
        classification_reason=_new.c.reason,
        classification_facts=_new.c.facts,
        classification_version=_new.c.version,
        classification_revision=_new.c.revision,
    )
    .returning(_mail.id)
)
