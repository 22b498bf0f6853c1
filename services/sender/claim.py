"""Claims due e-mails in one transaction: checks all that could forbid each, freezes its content, takes the lease."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from secrets import token_hex

import structlog
from sqlalchemy import RowMapping, column, update

from services.sender import alerts
from services.sender.candidates import CLAIMED, earlier_emails, lock_candidates
from services.sender.config import SenderSettings
from services.sender.freezing import Content, follows, freeze
from services.sender.outgoing import OutgoingEmail
from services.sender.rules import is_doubtful
from services.sender.rules_claim import Candidate, Earlier, Effect, Obstacle, obstacle
from services.sender.rules_lease import Lease, window
from services.sender.templates import RenderError
from shared.events import LeadTimeout
from shared.mail.charsets import storable
from shared.rows import as_table, execute
from shared.schedule import Window, known_zone
from shared.states import OutboundState, Provider
from shared.tables import outbound_emails
from shared.unit_of_work import Transaction

log = structlog.get_logger()
LEASE = timedelta(minutes=5)

_email = outbound_emails.c
_new = as_table(*(column(name, _email[name].type) for name in ("id", *CLAIMED)))
_WRITE = update(outbound_emails).where(_email.id == _new.c.id).values({name: _new.c[name] for name in CLAIMED})
_returned = as_table(column("id", _email.id.type), column("lease_token", _email.lease_token.type))
_GIVE_BACK = (
    update(outbound_emails)
    .where(_email.id == _returned.c.id, _email.lease_token == _returned.c.lease_token)
    .where(_email.state == OutboundState.SENDING)
    .values(state=OutboundState.QUEUED, lease_token=None, lease_expires_at=None, attempts=_email.attempts - 1)
)


@dataclass(slots=True)
class _Claims:
    """One transaction's claims: what is written at its end, and what may leave after it."""

    tx: Transaction
    settings: SenderSettings
    provider: Provider
    now: datetime
    earlier: Mapping[int, Sequence[tuple[int, Earlier]]]
    journal: str | None
    free: list[tuple[RowMapping, Content]] = field(default_factory=list)
    writes: list[dict[str, object]] = field(default_factory=list)

    def put(self, row: RowMapping, **values: object) -> None:
        """Write these columns of a row, and leave the others as they are."""
        self.writes.append({"id": row["id"], **{name: row[name] for name in CLAIMED}, **values})


def claim(
    tx: Transaction, ids: Sequence[int], settings: SenderSettings, provider: Provider, journal: str | None = None
) -> list[OutgoingEmail]:
    """Take these e-mails for sending, in this order, without those that another sender has or something forbids.

    The batch is called after its journal; without one, its e-mails are sent and recorded one by one.
    """
    now = tx.clock()
    rows = list(_first_of_each_lead(lock_candidates(tx.connection, ids, now)))
    earlier = earlier_emails(tx.connection, {row["lead_id"] for row in rows if follows(row)})
    claims = _Claims(tx, settings, provider, now, earlier, journal)
    for row in rows:
        try:
            _judge(claims, row)
        except Exception:
            # Whatever is wrong with one e-mail must not harm the others.
            log.exception("email.not_judged", outbound_email_id=row["id"])
    taken = list(_take(claims))
    execute(tx.connection, _WRITE, claims.writes)
    return taken


def give_back(tx: Transaction, emails: Sequence[OutgoingEmail]) -> None:
    """Put claimed e-mails that were never begun back into the queue, content frozen, no attempt burnt."""
    execute(tx.connection, _GIVE_BACK, [{"id": email.id, "lease_token": email.token} for email in emails])


def _first_of_each_lead(rows: Iterable[RowMapping]) -> Iterator[RowMapping]:
    """Leave a lead's next e-mail for later, because it may answer the one before."""
    seen: set[int] = set()
    for row in rows:
        if row["lead_id"] not in seen:
            seen.add(row["lead_id"])
            yield row


def _judge(claims: _Claims, row: RowMapping) -> None:
    forbidden = _forbidden(row, claims.now, claims.settings, claims.provider)
    if forbidden:
        _put_aside(claims, row, forbidden)
        return
    try:
        claims.free.append((row, freeze(row, claims.earlier.get(row["lead_id"], ()), claims.now)))
    except RenderError as error:
        _give_up(claims, row, OutboundState.FAILED, storable(str(error)))
        log.warning("email.not_rendered", outbound_email_id=row["id"], reason=str(error))


def _forbidden(row: RowMapping, now: datetime, settings: SenderSettings, provider: Provider) -> Obstacle | None:
    candidate = Candidate(
        recipient=row["recipient"],
        campaign_status=row["campaign_status"],
        lead_status=row["lead_status"],
        hold_until=row["hold_until"],
        mailbox_rests_until=row["send_retry_at"],
        suppressed=row["suppressed"],
        undecided=row["undecided"],
        window=_window(row),
        doubtful_message_id=row["message_id"] if _is_doubtful(row) else None,
        repeatable_provider=provider is Provider.RESEND,
    )
    allowlist = re.compile(settings.email_allowlist_regex)
    return obstacle(candidate, now, allowlist=allowlist, day_seconds=settings.day_seconds)


def _window(row: RowMapping) -> Window | None:
    zones = row["lead_timezone"], row["campaign_timezone"]
    return _window_of(zones, row["window_start_minute"], row["window_end_minute"], tuple(row["window_weekdays"]))


@lru_cache(maxsize=1024)
def _window_of(zones: tuple[str | None, ...], start: int, end: int, weekdays: tuple[int, ...]) -> Window | None:
    try:
        return Window(known_zone(*zones), start, end, frozenset(weekdays))
    except ValueError:
        return None


def _is_doubtful(row: RowMapping) -> bool:
    return is_doubtful(row["message_id"], row["error_message"])


def _put_aside(claims: _Claims, row: RowMapping, it: Obstacle) -> None:
    """Write down why an e-mail does not leave, so that nobody has to wonder."""
    log.info("email.put_aside", outbound_email_id=row["id"], effect=str(it.effect), reason=it.reason)
    if it.effect is Effect.WAIT:
        note = {} if _is_doubtful(row) else {"error_message": f"waiting: {it.reason}"}
        claims.put(row, retry_at=it.until, **note)
    elif it.effect is Effect.SKIP:
        _give_up(claims, row, OutboundState.SKIPPED, it.reason)
    elif it.effect is Effect.DOUBT:
        claims.put(row, state=OutboundState.UNKNOWN, error_message=it.reason)
        claims.tx.emit(alerts.unknown_send(row["id"], row["lead_id"], row["campaign_id"], it.reason))


def _give_up(claims: _Claims, row: RowMapping, state: OutboundState, reason: str) -> None:
    """End an e-mail that never leaves; no answer can come to it, so the decision service looks at the lead at once."""
    claims.put(row, state=state, error_message=reason)
    timeout = LeadTimeout(outbound_email_id=row["id"], lead_id=row["lead_id"], campaign_id=row["campaign_id"])
    claims.tx.emit(timeout)


def _take(claims: _Claims) -> Iterator[OutgoingEmail]:
    """Take the lease of all that may leave. It says which provider has them: what silence means depends on that."""
    batch = claims.journal or token_hex(12)
    together = min(window(len(claims.free)), claims.settings.sender_unrecorded) if claims.journal else 1
    for position, (row, content) in enumerate(claims.free):
        token = str(Lease(claims.provider, batch, position, together))
        taken = {
            "id": row["id"],
            "state": OutboundState.SENDING,
            "retry_at": None,
            "message_id": content.message_id,
            "subject": content.subject,
            "body": content.body,
            "thread_message_id": content.in_reply_to,
            "attempts": row["attempts"] + 1,
            "lease_token": token,
            "lease_expires_at": claims.now + LEASE,
            "error_message": row["error_message"],
        }
        claims.writes.append(taken)
        yield _outgoing(row, content, token, claims.now)


def _outgoing(row: RowMapping, content: Content, token: str, now: datetime) -> OutgoingEmail:
    return OutgoingEmail(
        id=row["id"],
        lead_id=row["lead_id"],
        campaign_id=row["campaign_id"],
        mailbox_id=row["mailbox_id"],
        token=token,
        attempts=row["attempts"] + 1,
        doubtful=_is_doubtful(row),
        mailbox_paused=row["send_paused_reason"] is not None,
        sender=row["address"],
        sender_name=row["display_name"],
        recipient=row["recipient"],
        subject=content.subject,
        body=content.body,
        message_id=content.message_id,
        in_reply_to=content.in_reply_to,
        references=content.references,
        date=now,
        silence_days=row["silence_days"],
    )
