"""Claims one due e-mail: checks everything that could forbid it, freezes its content, takes the lease."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

import structlog
from sqlalchemy import RowMapping, update

from services.sender import alerts
from services.sender.candidates import earlier_emails, lock_candidate
from services.sender.config import SenderSettings
from services.sender.outgoing import OutgoingEmail
from services.sender.rules import NO_ANSWER, message_id
from services.sender.rules_claim import Candidate, Effect, Obstacle, obstacle, thread_of
from services.sender.templates import RenderError, render_body, render_subject
from shared.events import LeadTimeout
from shared.schedule import Window, known_zone
from shared.states import OutboundState, Provider
from shared.tables import outbound_emails
from shared.unit_of_work import Transaction

log = structlog.get_logger()
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Content:
    """What is frozen in the row before the first attempt."""

    message_id: str
    subject: str
    body: str
    in_reply_to: str | None
    references: tuple[str, ...]


def claim(tx: Transaction, email_id: int, settings: SenderSettings, provider: Provider) -> OutgoingEmail | None:
    """Take one e-mail for sending; None if another sender has it, or something forbids it now."""
    now = tx.clock()
    row = lock_candidate(tx.connection, email_id, now)
    if row is None:
        return None
    forbidden = _forbidden(row, now, settings, provider)
    if forbidden:
        _put_aside(tx, row, forbidden)
        return None
    try:
        content = _content(tx, row, now)
    except RenderError as error:
        _give_up(tx, row, OutboundState.FAILED, str(error))
        log.warning("email.not_rendered", outbound_email_id=email_id, reason=str(error))
        return None
    return _take(tx, row, content, provider)


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
    try:
        return Window(
            timezone=known_zone(row["lead_timezone"], row["campaign_timezone"]),
            start_minute=row["window_start_minute"],
            end_minute=row["window_end_minute"],
            weekdays=frozenset(row["window_weekdays"]),
        )
    except ValueError:
        return None


def _is_doubtful(row: RowMapping) -> bool:
    return bool(row["message_id"]) and str(row["error_message"] or "").startswith(NO_ANSWER)


def _put_aside(tx: Transaction, row: RowMapping, it: Obstacle) -> None:
    """Write down why an e-mail does not leave, so that nobody has to wonder."""
    log.info("email.put_aside", outbound_email_id=row["id"], effect=str(it.effect), reason=it.reason)
    if it.effect is Effect.WAIT:
        note = {} if _is_doubtful(row) else {"error_message": f"waiting: {it.reason}"}
        _write(tx, row, retry_at=it.until, **note)
    elif it.effect is Effect.SKIP:
        _give_up(tx, row, OutboundState.SKIPPED, it.reason)
    elif it.effect is Effect.DOUBT:
        _write(tx, row, state=OutboundState.UNKNOWN, error_message=it.reason)
        tx.emit(alerts.unknown_send(row["id"], row["lead_id"], row["campaign_id"], it.reason))


def _give_up(tx: Transaction, row: RowMapping, state: OutboundState, reason: str) -> None:
    """End an e-mail that never leaves; no answer can come to it, so the decision service looks at the lead at once."""
    _write(tx, row, state=state, error_message=reason)
    tx.emit(LeadTimeout(outbound_email_id=row["id"], lead_id=row["lead_id"], campaign_id=row["campaign_id"]))


def _content(tx: Transaction, row: RowMapping, now: datetime) -> _Content:
    """Render the e-mail, or return what an earlier attempt froze, byte by byte the same."""
    follows = row["thread_message_id"] is not None if row["body"] is not None else row["subject_template"] is None
    thread = thread_of(earlier_emails(tx.connection, row["lead_id"], row["position"])) if follows else None
    references = thread.references if thread else ()
    if row["body"] is not None:
        return _Content(row["message_id"], row["subject"], row["body"], row["thread_message_id"], references)
    if row["body_template"] is None:
        raise RenderError(f"step {row['position']} variant {row['variant']} is not in the sequence")
    if follows and thread is None:
        raise RenderError("there is no e-mail to reply to: nothing was sent to this lead before")
    fields = {**row["fields"], "email": row["recipient"]}
    return _Content(
        message_id=message_id(row["id"], row["address"].rpartition("@")[2], now, token_hex(8)),
        subject=thread.subject if thread else render_subject(row["subject_template"], fields),
        body=render_body(row["body_template"], fields),
        in_reply_to=thread.in_reply_to if thread else None,
        references=references,
    )


def _take(tx: Transaction, row: RowMapping, content: _Content, provider: Provider) -> OutgoingEmail:
    now = tx.clock()
    # The lease says which provider has the e-mail: what its silence means depends on that alone.
    token = f"{provider}:{token_hex(12)}"
    _write(
        tx,
        row,
        state=OutboundState.SENDING,
        retry_at=None,
        message_id=content.message_id,
        subject=content.subject,
        body=content.body,
        thread_message_id=content.in_reply_to,
        attempts=row["attempts"] + 1,
        lease_token=token,
        lease_expires_at=now + LEASE,
    )
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


def _write(tx: Transaction, row: RowMapping, **values: object) -> None:
    tx.connection.execute(update(outbound_emails).where(outbound_emails.c.id == row["id"]).values(**values))
