"""Reads all that is kept about one lead: by indexes, a handful of statements whatever the size of the tables."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select, tuple_

from console.traces import events
from console.traces.events import Told
from shared.tables import (
    alert_logs,
    campaigns,
    dead_letters,
    decisions,
    handled_events,
    inbound_emails,
    leads,
    outbound_emails,
    outbox,
    relabels,
)

_OUT = ("id", "position", "variant", "status", "message_id", "trace_id", "attempts", "error_message", "created_at",
        "not_before", "sent_at", "silent_at", "silence_announced_at", "cancelled_at", "cancel_reason")  # fmt: skip
_IN = ("id", "outbound_email_id", "mailbox_id", "folder", "uidvalidity", "uid", "matched_by", "from_address",
       "message_id", "received_at", "classification", "classification_confidence", "classification_reason",
       "classification_version", "classification_revision", "classified_at", "parse_error")  # fmt: skip

Rows = Sequence[RowMapping]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the tables keep about one lead."""

    lead: RowMapping
    outbound: Rows
    inbound: Rows
    decisions: Rows
    alerts: Rows
    relabels: Rows
    guards: Mapping[Told, RowMapping]
    letters: Mapping[str, Rows]  # dead letters, by event id
    waiting: Collection[str]  # ids of events in the outbox

    def understandings(self, reply: RowMapping) -> dict[tuple[str, int], Mapping[str, Any]]:
        """Return all that a reply was ever understood to mean, by version and revision."""
        return dict(_understandings(reply, self.decisions, self.relabels))


def read(connection: Connection, lead_id: int) -> Facts:
    """Read what happened to a lead."""
    who = select(*leads.c["id", "email", "status"], campaigns.c.name.label("campaign"))
    lead = connection.execute(
        who.join(campaigns, campaigns.c.id == leads.c.campaign_id).where(leads.c.id == lead_id)
    ).mappings()
    mail = outbound_emails.c
    outbound = _all(connection, select(*mail[_OUT]).where(mail.lead_id == lead_id).order_by(mail.position))
    arrived = inbound_emails.c
    inbound = _all(connection, select(*arrived[_IN]).where(arrived.lead_id == lead_id).order_by(arrived.received_at))
    decided = _all(connection, select(decisions).where(decisions.c.lead_id == lead_id).order_by(decisions.c.id))
    alerts = _all(connection, select(alert_logs).where(alert_logs.c.lead_id == lead_id).order_by(alert_logs.c.id))
    mine = relabels.c.inbound_email_id.in_([reply["id"] for reply in inbound])
    relabelled = _all(connection, select(relabels).where(mine).order_by(relabels.c.revision))
    told = set(_told(outbound, inbound, decided, alerts, relabelled))
    guards = _guards(connection, told)
    return Facts(
        lead=lead.one(),
        outbound=outbound,
        inbound=inbound,
        decisions=decided,
        alerts=alerts,
        relabels=relabelled,
        guards=guards,
        letters=_letters(connection, told),
        waiting=_waiting(connection, told - guards.keys()),
    )


def _all(connection: Connection, statement: Select[*tuple[Any, ...]]) -> Rows:
    return connection.execute(statement).mappings().all()


def _understandings(
    reply: RowMapping, decided: Rows, relabelled: Rows
) -> Iterator[tuple[tuple[str, int], Mapping[str, Any]]]:
    for row in decided:
        known = row["inputs"]
        if row["inbound_email_id"] == reply["id"] and "classifier_version" in known:
            yield (known["classifier_version"], known["revision"]), known
    for row in relabelled:
        if row["inbound_email_id"] == reply["id"]:
            yield (events.PERSON, row["revision"]), {str(name): value for name, value in row.items()}
    if reply["classification"] and reply["classification_version"] != events.PERSON:
        known = {name: reply[f"classification_{name}"] for name in ("confidence", "reason")}
        version = (reply["classification_version"], reply["classification_revision"])
        yield version, {**known, "classification": reply["classification"], "at": reply["classified_at"]}


def _told(outbound: Rows, inbound: Rows, decided: Rows, alerts: Rows, relabelled: Rows) -> Iterator[Told]:
    for email in outbound:
        yield events.silence(email["id"])
        yield events.alert_of_doubt(email["id"])
    for reply in inbound:
        yield events.received(reply)
        yield from events.alerts_of_reply(reply["id"])
        for (version, revision), _ in _understandings(reply, decided, relabelled):
            yield events.classified(reply["id"], version, revision)
    for alert in alerts:
        yield events.alert(alert["idempotency_key"])


def _guards(connection: Connection, told: Iterable[Told]) -> dict[Told, RowMapping]:
    by_place = {(event.queue, event.key): event for event in told}
    guard = handled_events.c
    place = tuple_(guard.consumer, guard.idempotency_key)
    rows = _all(connection, select(handled_events).where(place.in_(list(by_place))))
    return {by_place[row["consumer"], row["idempotency_key"]]: row for row in rows}


def _letters(connection: Connection, told: Iterable[Told]) -> dict[str, Rows]:
    mine = dead_letters.c.event_id.in_([event.id for event in told])
    found: dict[str, list[RowMapping]] = defaultdict(list)
    for row in _all(connection, select(dead_letters).where(mine).order_by(dead_letters.c.id)):
        found[row["event_id"]].append(row)
    return dict(found)


def _waiting(connection: Connection, told: Iterable[Told]) -> set[str]:
    # The outbox has no index on the events' ids: it is nearly empty as long as the broker is there.
    ids = [event.id for event in told]
    return set(connection.execute(select(outbox.c.event_id).where(outbox.c.event_id.in_(ids))).scalars())
