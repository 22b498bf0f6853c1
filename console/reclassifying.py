"""Today's classifier over a campaign's history: what would change, and the changes as new revisions, batch by batch."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, RowMapping, Text, and_, column, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.classifier.rules import VERSION, Understanding, classify
from services.classifier.store import Meaning, read, record
from shared.events import Classification, ReplyClassified
from shared.rows import as_table, execute
from shared.tables import inbound_emails, leads, suppressions
from shared.unit_of_work import Transaction, UnitOfWork

BATCH = 500
# The facts that decide what becomes of a lead; whatever else is found in an e-mail changes nothing.
_DECIDING = ("bounce_kind", "return_date", "complaint", "feedback_type", "left_company", "delayed", "delivered")
_SURE = 0.7


@dataclass(frozen=True, slots=True)
class Change:
    """One reply that would be understood differently; `before` and `after` are as people read them."""

    id: int
    before: str
    after: str
    revision: int
    lead_id: int | None
    outbound_email_id: int | None
    email: str | None
    text: str
    understanding: Understanding


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of the history: how many were looked at, up to which id, and what would change."""

    size: int
    last_id: int
    changes: Sequence[Change]


def size(engine: Engine, campaign_id: int) -> int:
    """Return how many replies will be looked at."""
    statement = select(func.count()).select_from(inbound_emails).where(_history(campaign_id))
    with engine.connect() as connection:
        return connection.execute(statement).scalar_one()


def look(engine: Engine, campaign_id: int) -> Iterator[Batch]:
    """Yield what would change, in the order of ids; changes nothing, and holds no transaction in between."""
    last_id = 0
    while True:
        with engine.connect() as connection:
            batch = _batch(connection, campaign_id, last_id)
        if batch is None:
            return
        yield batch
        last_id = batch.last_id


def apply(uow: UnitOfWork, campaign_id: int) -> Generator[tuple[Batch, int], None, None]:
    """Write and announce what changes; yield each batch after its commit, with how many were written.

    May be broken off and begun again: what was written is no change any more.
    """
    last_id = 0
    while True:
        with uow.begin() as tx:
            batch = _batch(tx.connection, campaign_id, last_id)
            if batch is None:
                return
            written = _write(tx, batch.changes)
        yield batch, written
        last_id = batch.last_id


def _history(campaign_id: int) -> ColumnElement[bool]:
    """Return which replies are looked at: understood ones, and by no person."""
    mail = inbound_emails.c
    return and_(mail.campaign_id == campaign_id, mail.classification.is_not(None), mail.relabelled_at.is_(None))


def _batch(connection: Connection, campaign_id: int, after: int) -> Batch | None:
    mail = inbound_emails.c
    statement = (
        select(
            mail.id,
            mail.lead_id,
            mail.outbound_email_id,
            mail.classification,
            mail.classification_facts,
            mail.classification_revision,
            func.left(mail.body, 200).label("text"),
            leads.c.email,
        )
        .outerjoin(leads, leads.c.id == mail.lead_id)
        .where(_history(campaign_id), mail.id > after)
        .order_by(mail.id)
        .limit(BATCH)
    )
    rows = connection.execute(statement).mappings().all()
    if not rows:
        return None
    found = {number: classify(mail) for number, mail in read(connection, [row["id"] for row in rows]).items()}
    return Batch(len(rows), rows[-1]["id"], [change for row in rows if (change := _change(row, found[row["id"]]))])


def _change(row: RowMapping, found: Understanding) -> Change | None:
    old = row["classification_facts"] if isinstance(row["classification_facts"], dict) else {}
    if not _differs(row["classification"], old, found):
        return None
    return Change(
        id=row["id"],
        before=label(row["classification"], old),
        after=label(found.classification, found.facts.to_json()),
        revision=(row["classification_revision"] or 0) + 1,
        lead_id=row["lead_id"],
        outbound_email_id=row["outbound_email_id"],
        email=row["email"],
        text=row["text"],
        understanding=found,
    )


def _differs(classification: str, old: Mapping[str, object], found: Understanding) -> bool:
    if old.get("second_opinion") and found.confidence < _SURE:
        # The first stage was as unsure then; a second opinion is worth more than that.
        return False
    new = found.facts.to_json()
    return classification != found.classification or any(old.get(name) != new.get(name) for name in _DECIDING)


def label(classification: str, facts: Mapping[str, object]) -> str:
    """Return a class with the facts that decide, as people read it: `BOUNCE HARD`, `OOO until 2026-03-09`."""
    known = [(name, facts[name]) for name in _DECIDING if facts.get(name)]
    return " ".join(
        [str(classification), *(name.replace("_", " ") if value is True else str(value) for name, value in known)]
    )


def _write(tx: Transaction, changes: Sequence[Change]) -> int:
    meanings = {change.id: Meaning(change.understanding, VERSION, change.revision) for change in changes}
    written = record(tx, meanings)
    kept = [change for change in changes if change.id in written]
    _suppress(tx, kept)
    for change in kept:
        tx.emit(_event(change))
    return len(kept)


def _suppress(tx: Transaction, changes: Iterable[Change]) -> None:
    """Put opt-outs on the list at once: nothing may leave before their leads are folded."""
    rows = [
        {
            "target": change.email,
            "reason": "COMPLAINT" if change.understanding.facts.blames else "UNSUBSCRIBED",
            "inbound_email_id": change.id,
        }
        for change in changes
        if change.understanding.classification is Classification.UNSUB and change.email
    ]
    new = as_table(column("target", Text), column("reason", Text), column("inbound_email_id", BigInteger))
    names = ["target", "reason", "inbound_email_id"]
    statement = upsert(suppressions).from_select(names, select(*(new.c[name] for name in names)))
    execute(tx.connection, statement.on_conflict_do_nothing(), rows)


def _event(change: Change) -> ReplyClassified:
    found = change.understanding
    return ReplyClassified(
        inbound_email_id=change.id,
        lead_id=change.lead_id,
        outbound_email_id=change.outbound_email_id,
        classification=found.classification,
        confidence=found.confidence,
        reason=found.reason,
        classifier_version=VERSION,
        revision=change.revision,
        return_date=found.facts.return_date,
        bounce_kind=found.facts.bounce_kind,
        feedback_type=found.facts.feedback_type,
    )
