"""The questions the sender asks the database before an e-mail may leave."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    RowMapping,
    and_,
    bindparam,
    exists,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from services.sender.rules_claim import Earlier
from shared.states import OutboundState
from shared.tables import (
    campaigns,
    decisions,
    inbound_emails,
    leads,
    mailboxes,
    outbound_emails,
    sequence_steps,
    suppressions,
)

_email = outbound_emails.c
_namesakes = leads.alias("namesakes")
_suppressed = exists().where(
    suppressions.c.target.in_([leads.c.email, literal("@") + func.split_part(leads.c.email, "@", 2)])
)
_undecided = exists().where(
    _namesakes.c.email == leads.c.email,
    inbound_emails.c.lead_id == _namesakes.c.id,
    ~exists().where(decisions.c.inbound_email_id == inbound_emails.c.id),
)
# What a claim writes, and what else it looks at. Whatever is read of a row costs time for every e-mail.
CLAIMED = (
    "state",
    "retry_at",
    "message_id",
    "subject",
    "body",
    "thread_message_id",
    "attempts",
    "lease_token",
    "lease_expires_at",
    "error_message",
)
_SEEN = ("id", "lead_id", "campaign_id", "mailbox_id", "position", "variant", "silence_days")
_CANDIDATES = (
    select(
        *(_email[name] for name in (*_SEEN, *CLAIMED)),
        campaigns.c.status.label("campaign_status"),
        campaigns.c.window_start_minute,
        campaigns.c.window_end_minute,
        # The driver makes a list of it; SQLAlchemy would make another one, item by item, for each e-mail.
        type_coerce(campaigns.c.window_weekdays, NullType).label("window_weekdays"),
        campaigns.c.timezone.label("campaign_timezone"),
        leads.c.email.label("recipient"),
        leads.c.fields,
        leads.c.timezone.label("lead_timezone"),
        leads.c.status.label("lead_status"),
        leads.c.hold_until,
        mailboxes.c.address,
        mailboxes.c.display_name,
        mailboxes.c.send_retry_at,
        mailboxes.c.send_paused_reason,
        sequence_steps.c.subject.label("subject_template"),
        sequence_steps.c.body.label("body_template"),
        _suppressed.label("suppressed"),
        _undecided.label("undecided"),
    )
    .select_from(outbound_emails)
    .join(campaigns, campaigns.c.id == _email.campaign_id)
    .join(leads, leads.c.id == _email.lead_id)
    .join(mailboxes, mailboxes.c.id == _email.mailbox_id)
    .outerjoin(
        sequence_steps,
        and_(
            sequence_steps.c.campaign_id == _email.campaign_id,
            sequence_steps.c.position == _email.position,
            sequence_steps.c.variant == _email.variant,
        ),
    )
    .where(_email.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))))
    # The status in other words: by its own, PostgreSQL may walk the index of all that is queued, for each claim.
    .where(_email.state == OutboundState.QUEUED, _email.cancelled_at.is_(None), _email.not_before <= bindparam("now"))
    .with_for_update(of=outbound_emails, skip_locked=True)
)
_EARLIER = (
    select(
        _email.lead_id,
        _email.position,
        _email.message_id,
        func.coalesce(_email.subject, "").label("subject"),
        _email.thread_message_id,
    )
    .where(_email.lead_id == func.any(bindparam("lead_ids", type_=ARRAY(BigInteger))))
    .where(_email.status == OutboundState.SENT, _email.message_id.is_not(None))
    .order_by(_email.lead_id, _email.position)
)


def lock_candidates(connection: Connection, ids: Sequence[int], now: datetime) -> list[RowMapping]:
    """Lock due e-mails and return them, in this order, with all that could forbid them; other senders' are left out."""
    found = connection.execute(_CANDIDATES, {"ids": list(ids), "now": now}).mappings()
    place = {email_id: number for number, email_id in enumerate(ids)}
    return sorted(found, key=lambda row: place[row["id"]])


def earlier_emails(connection: Connection, lead_ids: Collection[int]) -> Mapping[int, Sequence[tuple[int, Earlier]]]:
    """Return what was sent to each of these leads before: position and e-mail, in that order."""
    found: dict[int, list[tuple[int, Earlier]]] = defaultdict(list)
    if lead_ids:
        for row in connection.execute(_EARLIER, {"lead_ids": sorted(lead_ids)}):
            earlier = Earlier(row.message_id, row.subject, row.thread_message_id)
            found[row.lead_id].append((row.position, earlier))
    return found
