"""Reads the e-mails of a batch and writes what they mean, each in one statement."""

from collections.abc import Collection, Mapping

from sqlalchemy import BigInteger, Connection, Float, Text, column, func, select, update
from sqlalchemy.dialects.postgresql import JSONB

from services.classifier.capping import MAX_CHARACTERS
from services.classifier.understanding import Incoming, Understanding
from shared.rows import as_table, execute
from shared.tables import inbound_emails
from shared.unit_of_work import Transaction


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
    ).where(mail.id.in_(numbers))
    return {
        row.id: Incoming(row.subject, row.from_address, row.headers, row.body, row.report, row.received_at.date())
        for row in connection.execute(statement)
    }


def record(tx: Transaction, found: Mapping[int, Understanding], version: str, revision: int) -> None:
    """Write what these e-mails mean."""
    rows = [
        {
            "number": number,
            "meaning": understanding.classification,
            "confidence": understanding.confidence,
            "reason": understanding.reason,
            "facts": understanding.facts.to_json(),
        }
        for number, understanding in found.items()
    ]
    new = as_table(
        column("number", BigInteger),
        column("meaning", Text),
        column("confidence", Float),
        column("reason", Text),
        column("facts", JSONB),
    )
    statement = (
        update(inbound_emails)
        .where(inbound_emails.c.id == new.c.number)
        .values(
            classification=new.c.meaning,
            classification_confidence=new.c.confidence,
            classification_reason=new.c.reason,
            classification_facts=new.c.facts,
            classification_version=version,
            classification_revision=revision,
            classified_at=tx.clock(),
        )
    )
    execute(tx.connection, statement, rows)
