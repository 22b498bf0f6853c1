"""A person says what a reply means: their word is kept, outranks every machine's, and is announced."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from shared.errors import ConfigurationError
from shared.events import Classification, ReplyClassified
from shared.tables import inbound_emails, leads, relabels, suppressions
from shared.unit_of_work import Transaction

PERSON = "person"
_UNSUBSCRIBED = "UNSUBSCRIBED"
# What stays true of an e-mail whatever it means.
_LASTING = ("reply_text", "language")
_REVIEW = "needs_review"


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says that a reply means."""

    classification: Classification
    by: str
    note: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Relabelled:
    """What a reply meant before and means now; `listed` is why its lead is still never written to again."""

    id: int
    before: str | None
    classification: Classification
    revision: int
    lead: str | None
    listed: str | None


def relabel(tx: Transaction, inbound_email_id: int, word: Word) -> Relabelled:
    """Store and announce what a person says; raise `ConfigurationError` if there is no such reply.

    An opt-out is put on the list at once, so that nothing leaves before the lead is folded.
    """
    row = _locked(tx, inbound_email_id)
    change = _Change(row, word, (row["classification_revision"] or 0) + 1, _facts(row, word), tx.clock())
    _keep(tx, change)
    _write(tx, change)
    if word.classification is Classification.UNSUB and row["email"]:
        _suppress(tx, row["email"], inbound_email_id)
    tx.emit(_event(change))
    listed = None if word.classification is Classification.UNSUB else _listed(tx, row["email"])
    return Relabelled(
        inbound_email_id, row["classification"], word.classification, change.revision, row["email"], listed
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """A reply's row as it was, and what becomes of it."""

    row: RowMapping
    word: Word
    revision: int
    facts: Mapping[str, object]
    at: datetime


def _locked(tx: Transaction, inbound_email_id: int) -> RowMapping:
    mail = inbound_emails.c
    statement = (
        select(
            mail.id,
            mail.lead_id,
            mail.outbound_email_id,
            mail.classification,
            mail.classification_facts,
            mail.classification_revision,
            leads.c.email,
        )
        .outerjoin(leads, leads.c.id == mail.lead_id)
        .where(mail.id == inbound_email_id)
        .with_for_update(of=inbound_emails)
    )
    row = tx.connection.execute(statement).mappings().first()
    if row is None:
        raise ConfigurationError(f"there is no reply {inbound_email_id} (see: cam replies)")
    return row


def _facts(row: RowMapping, word: Word) -> dict[str, object]:
    """Keep what still holds: all of it when the class is only confirmed."""
    old: dict[str, object] = dict(row["classification_facts"] or {})
    if row["classification"] != word.classification:
        old = {name: value for name, value in old.items() if name in _LASTING}
    old.pop(_REVIEW, None)
    return {**old, **word.facts}


def _keep(tx: Transaction, change: _Change) -> None:
    values = {
        "inbound_email_id": change.row["id"],
        "revision": change.revision,
        "before": change.row["classification"],
        "classification": change.word.classification,
        "relabelled_by": change.word.by,
        "note": change.word.note,
        "relabelled_at": change.at,
    }
    tx.connection.execute(insert(relabels).values(values))


def _write(tx: Transaction, change: _Change) -> None:
    note = f": {change.word.note}" if change.word.note else ""
    values = {
        "classification": change.word.classification,
        "classification_confidence": 1,
        "classification_reason": f"{change.word.by} said so{note}"[:300],
        "classification_facts": change.facts,
        "classification_version": PERSON,
        "classification_revision": change.revision,
        "classified_at": change.at,
        "relabelled_at": change.at,
    }
    tx.connection.execute(update(inbound_emails).where(inbound_emails.c.id == change.row["id"]).values(values))


def _event(change: _Change) -> ReplyClassified:
    return ReplyClassified(
        inbound_email_id=change.row["id"],
        lead_id=change.row["lead_id"],
        outbound_email_id=change.row["outbound_email_id"],
        classification=change.word.classification,
        confidence=1,
        reason="a person said so",
        classifier_version=PERSON,
        revision=change.revision,
        return_date=change.facts.get("return_date"),
        bounce_kind=change.facts.get("bounce_kind"),
    )


def _suppress(tx: Transaction, email: str, inbound_email_id: int) -> None:
    statement = upsert(suppressions).values(
        target=email, reason=_UNSUBSCRIBED, inbound_email_id=inbound_email_id, created_at=tx.clock()
    )
    tx.connection.execute(statement.on_conflict_do_nothing())


def _listed(tx: Transaction, email: str | None) -> str | None:
    statement = select(suppressions.c.reason).where(suppressions.c.target == email)
    return tx.connection.execute(statement).scalar() if email else None
