"""Looks at the tables and queues of a run; changes nothing but leases whose holders are known to be dead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, TextClause, text

from chaos.evidence import Accepted, Alert, Answer, Evidence, Inbound, Outbound, Told
from console.processes import ALL
from demo.ledger import Ledger
from demo.sink import ReceivedAlert
from shared.database import transaction
from shared.messaging import topology

_OUTBOUND = text("""\
SELECT mail.id, leads.email AS lead, mail.position, mail.status, mail.message_id,
       coalesce(mail.error_message, '') AS error, mail.silence_announced_at IS NOT NULL AS announced,
       (SELECT count(*) FROM decisions
        WHERE outbound_email_id = mail.id AND inputs->>'event' = 'lead.timeout') AS decisions
FROM outbound_emails AS mail JOIN leads ON leads.id = mail.lead_id""")
_INBOUND = text("""\
SELECT mail.id, leads.email AS lead, mail.message_id, mail.classification, mail.alert_sent,
       (SELECT count(*) FROM decisions
        WHERE inbound_email_id = mail.id AND inputs->>'event' = 'reply.classified') AS decisions,
       (SELECT count(*) FROM cam_human_alert_logs WHERE inbound_email_id = mail.id) AS alerts
FROM inbound_emails AS mail LEFT JOIN leads ON leads.id = mail.lead_id""")
_ALERTS = text("SELECT idempotency_key AS key, sent_successfully AS sent FROM cam_human_alert_logs")
_LEADS = text("SELECT email, status FROM leads")
_DEAD_LETTERS = text("SELECT queue, event_id, reason, exception FROM dead_letters WHERE resolved_at IS NULL")
_OUTBOX = text("SELECT count(*) FROM outbox")

# What somebody still has to deal with. An UNKNOWN e-mail stops its lead until a human has looked.
_UNFINISHED = text("""\
SELECT (SELECT count(*) FROM outbound_emails WHERE status IN ('QUEUED', 'SENDING'))
     + (SELECT count(*) FROM leads WHERE status IN ('NEW', 'CONTACTED', 'ON_HOLD') AND NOT EXISTS (
          SELECT FROM outbound_emails WHERE lead_id = leads.id AND status = 'UNKNOWN'))
     + (SELECT count(*) FROM inbound_emails AS mail WHERE lead_id IS NOT NULL AND NOT EXISTS (
          SELECT FROM decisions WHERE inbound_email_id = mail.id))
     + (SELECT count(*) FROM outbound_emails AS mail
        WHERE (silence_announced_at IS NOT NULL OR status IN ('FAILED', 'SKIPPED')
               OR status = 'SENT' AND silent_at < now()) AND NOT EXISTS (
          SELECT FROM decisions WHERE outbound_email_id = mail.id AND inbound_email_id IS NULL))
     + (SELECT count(*) FROM cam_human_alert_logs WHERE NOT sent_successfully AND next_attempt_at IS NOT NULL)
     + (SELECT count(*) FROM outbox)""")
_HANDLED = text("SELECT count(*) FROM handled_events")
_AWAKE = text("""\
SELECT count(*) FROM cam_worker_heartbeats
WHERE status = 'RUNNING' AND broker_verified_at > now() - :fresh * interval '1 second'""")

_CONFIRMED = text("""\
SELECT count(DISTINCT service) FROM cam_worker_heartbeats
WHERE status = 'RUNNING' AND broker_verified_at > :since AND service = ANY(:services)""")
_NOW = text("SELECT clock_timestamp()")

# No conversation of a run lasts that long once its faults are over: who took the lease is dead. What the lease's end
# brings about then comes at once instead of in five minutes.
_ORPHANED = timedelta(seconds=20)
_HURRY = (
    text("""\
UPDATE outbound_emails SET lease_expires_at = now()
WHERE state = 'SENDING' AND lease_expires_at BETWEEN now() AND now() + interval '5 minutes' - :orphaned"""),
    text("""\
UPDATE cam_human_alert_logs SET next_attempt_at = now()
WHERE NOT sent_successfully AND next_attempt_at > now()
  AND (error_message IS NOT NULL OR next_attempt_at < now() + interval '1 minute' - :orphaned)"""),
)


@dataclass(frozen=True, slots=True)
class Witness:
    """Sees one run's database and broker, as the database's owner."""

    engine: Engine
    amqp_url: str
    fresh_seconds: float = 3.0  # how old a heartbeat of somebody awake may be

    def handled(self) -> int:
        """Return how many events were handled so far, counted once for each consumer."""
        return self._number(_HANDLED)

    def unfinished(self) -> int:
        """Return how many leads, e-mails, replies, alerts and events somebody still has to deal with."""
        return self._number(_UNFINISHED)

    def awake(self) -> int:
        """Return how many service instances the broker confirmed within the last seconds."""
        return self.number(_AWAKE, fresh=self.fresh_seconds)

    def now(self) -> datetime:
        """Return the database's time."""
        with transaction(self.engine) as connection:
            now: datetime = connection.execute(_NOW).scalar_one()
            return now

    def consume(self, since: datetime, services: Sequence[str] = ALL) -> bool:
        """Tell whether the broker has confirmed each of these services since then."""
        return self.number(_CONFIRMED, since=since, services=list(services)) == len(services)

    def number(self, question: TextClause, **values: object) -> int:
        """Return the number that a statement selects."""
        return self._number(question.bindparams(**values))

    def depths(self) -> dict[str, int]:
        """Return how many messages are ready in each queue."""
        return topology.depths(self.amqp_url)

    def hurry(self) -> None:
        """End the leases of the dead now."""
        with transaction(self.engine) as connection:
            for statement in _HURRY:
                connection.execute(statement.bindparams(orphaned=_ORPHANED))

    def evidence(self, ledger: Ledger, told: Sequence[ReceivedAlert]) -> Evidence:
        """Lay the books of the world beside the tables and the queues."""
        with transaction(self.engine) as connection:

            def rows(statement: TextClause) -> list[dict[str, object]]:
                return [dict(row) for row in connection.execute(statement).mappings()]

            return Evidence(
                accepted=tuple(Accepted(mail.recipient, mail.message_id, mail.text) for mail in list(ledger.mails)),
                answers=tuple(Answer(answer.lead, answer.message_id) for answer in list(ledger.delivered)),
                told=tuple(Told(alert.key) for alert in told),
                outbound=tuple(Outbound(**row) for row in rows(_OUTBOUND)),  # type: ignore[arg-type] # as selected
                inbound=tuple(Inbound(**row) for row in rows(_INBOUND)),  # type: ignore[arg-type] # as selected
                alerts=tuple(Alert(**row) for row in rows(_ALERTS)),  # type: ignore[arg-type] # as selected
                leads={str(row["email"]): str(row["status"]) for row in rows(_LEADS)},
                dead_letters=tuple(
                    f"{row['queue']}: {row['event_id']} {row['reason']} {row['exception']}"
                    for row in rows(_DEAD_LETTERS)
                ),
                outbox=int(connection.execute(_OUTBOX).scalar_one()),
                queues=self.depths(),
            )

    def _number(self, question: TextClause) -> int:
        with transaction(self.engine) as connection:
            return int(connection.execute(question).scalar_one())
