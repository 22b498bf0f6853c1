"""Why nothing is sent to a lead, and when something will be: all that could forbid an e-mail, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, select, text

from console.launching import window
from console.output import in_words
from services.sender.config import SenderSettings
from services.sender.rules_shares import campaign_cap
from shared.schedule import opens
from shared.states import CampaignStatus, LeadStatus, OutboundState
from shared.tables import campaigns, leads, mailboxes, outbound_emails

_OVER = {
    LeadStatus.QUALIFIED: "they said yes: a human has taken over",
    LeadStatus.REVIEW: "they answered, and a human must read it (cam replies)",
    LeadStatus.SUPPRESSED: "they declined",
    LeadStatus.UNSUBSCRIBED: "they opted out",
    LeadStatus.BOUNCED: "the address does not take mail",
    LeadStatus.NURTURE: "the sequence is over without an answer",
    LeadStatus.DEAD: "the sequence is over without an answer",
}
_SUPPRESSED = "SELECT target, reason FROM suppressions WHERE target IN (:email, '@' || split_part(:email, '@', 2))"
_UNDECIDED = """
SELECT count(*) FROM inbound_emails i JOIN leads l ON l.id = i.lead_id
WHERE l.email = :email AND NOT EXISTS (SELECT FROM decisions d WHERE d.inbound_email_id = i.id)
"""
_SENDERS = """
SELECT max(last_seen_at) FROM cam_worker_heartbeats WHERE service = 'sender' AND status IN ('RUNNING', 'DRAINING')
"""
_RESERVED = "SELECT scope, reserved FROM send_counters WHERE day = :day"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that could forbid the next e-mail to one lead of one campaign."""

    lead: RowMapping
    campaign: RowMapping
    mailbox: RowMapping
    emails: list[RowMapping]
    suppressions: list[str]
    undecided: int
    sender_seen_at: datetime | None
    reserved: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operator learns: what holds mail back (nothing: it is on its way), and what comes next."""

    email: str
    campaign: str
    status: LeadStatus
    because: list[str]
    next: str
    next_at: datetime | None


def answers(connection: Connection, address: str, settings: SenderSettings, now: datetime) -> list[Answer]:
    """Return one answer for each campaign that the address is a lead of."""
    found = connection.execute(select(leads).where(leads.c.email == address).order_by(leads.c.id)).mappings().all()
    return [answer(_facts(connection, lead, now), settings, now) for lead in found]


def _facts(connection: Connection, lead: RowMapping, now: datetime) -> Facts:
    campaign = connection.execute(select(campaigns).where(campaigns.c.id == lead["campaign_id"])).mappings().one()
    mailbox = connection.execute(select(mailboxes).where(mailboxes.c.id == campaign["mailbox_id"])).mappings().one()
    of_lead = select(outbound_emails).where(outbound_emails.c.lead_id == lead["id"])
    barred = connection.execute(text(_SUPPRESSED), {"email": lead["email"]})
    return Facts(
        lead=lead,
        campaign=campaign,
        mailbox=mailbox,
        emails=list(connection.execute(of_lead.order_by(outbound_emails.c.position)).mappings()),
        suppressions=[f"{row.target} is suppressed ({row.reason})" for row in barred],
        undecided=connection.execute(text(_UNDECIDED), {"email": lead["email"]}).scalar_one(),
        sender_seen_at=connection.execute(text(_SENDERS)).scalar(),
        reserved={
            row.scope: row.reserved for row in connection.execute(text(_RESERVED), {"day": now.astimezone(UTC).date()})
        },
    )


def answer(facts: Facts, settings: SenderSettings, now: datetime) -> Answer:
    """Say why nothing is sent to this lead, and when something will be."""
    queued = next((email for email in facts.emails if email["status"] == OutboundState.QUEUED), None)
    because = [*_lasting(facts), *_doubts(facts)]
    if queued is not None:
        because += [
            *_of_the_campaign(facts),
            *_for_now(facts, queued, now),
            *_caps(facts, settings),
            *_sender(facts, settings, now),
        ]
        following = f"step {queued['position']} is queued for {in_words(queued['not_before'])}"
        next_at = queued["not_before"]
    else:
        following, next_at = _without_a_queued_one(facts, now)
    return Answer(
        email=str(facts.lead["email"]),
        campaign=facts.campaign["name"],
        status=LeadStatus(str(facts.lead["status"])),
        because=because,
        next=following,
        next_at=next_at,
    )


def _lasting(facts: Facts) -> Iterator[str]:
    over = _OVER.get(LeadStatus(str(facts.lead["status"])))
    if over:
        yield over
    yield from facts.suppressions


def _doubts(facts: Facts) -> Iterator[str]:
    for email in facts.emails:
        if email["status"] == OutboundState.UNKNOWN:
            yield f"step {email['position']} was handed over and no answer was seen: it is never sent again by itself"
        if email["status"] in {OutboundState.FAILED, OutboundState.SKIPPED}:
            yield f"step {email['position']} is {email['status']}: {email['error_message'] or 'no reason was kept'}"


def _of_the_campaign(facts: Facts) -> Iterator[str]:
    status, reason = facts.campaign["status"], facts.campaign["status_reason"]
    if status not in {CampaignStatus.RUNNING, CampaignStatus.DEGRADED}:
        yield f"the campaign is {status}{': ' + reason if reason else ''}"


def _for_now(facts: Facts, queued: RowMapping, now: datetime) -> Iterator[str]:
    hold, rest = facts.lead["hold_until"], facts.mailbox["send_retry_at"]
    if facts.lead["status"] == LeadStatus.ON_HOLD:
        yield f"they are away: on hold until {in_words(hold)}"
    if facts.undecided:
        yield "an answer of theirs is not yet understood"
    if rest and rest > now:
        yield f"the mailbox rests until {in_words(rest)}: {facts.mailbox['send_paused_reason'] or 'no reason was kept'}"
    if queued["error_message"]:
        yield f"the last attempt failed: {queued['error_message']}"
    opening = opens(window(facts.campaign, str(facts.lead["timezone"] or "")), now)
    if opening > now:
        yield f"the sending window opens {in_words(opening)}"


def _caps(facts: Facts, settings: SenderSettings) -> Iterator[str]:
    total = settings.email_daily_cap
    degraded = facts.campaign["status"] == CampaignStatus.DEGRADED
    caps = {
        "total": total,
        f"mailbox:{facts.mailbox['id']}": facts.mailbox["daily_cap"],
        f"campaign:{facts.campaign['id']}": campaign_cap(facts.campaign["daily_cap"], total, degraded=degraded),
    }
    for scope, cap in caps.items():
        if cap is not None and facts.reserved.get(scope, 0) >= cap:
            yield f"the daily cap of {cap} ({scope.partition(':')[0]}) is used up until midnight UTC"


def _sender(facts: Facts, settings: SenderSettings, now: datetime) -> Iterator[str]:
    seen = facts.sender_seen_at
    if seen is None:
        yield "no sender is running (cam up, or python -m services.sender)"
    elif (now - seen).total_seconds() > settings.heartbeat_ttl_seconds:
        yield f"the sender was last seen {in_words(seen)}"


def _without_a_queued_one(facts: Facts, now: datetime) -> tuple[str, datetime | None]:
    sent = [email for email in facts.emails if email["status"] == OutboundState.SENT]
    if facts.lead["status"] in _OVER:
        return "nothing more is sent to them in this campaign", None
    if facts.lead["status"] == LeadStatus.ON_HOLD:
        return f"the sequence goes on {in_words(facts.lead['hold_until'])}", None
    if not facts.emails:
        draft = facts.campaign["status"] == CampaignStatus.DRAFT
        return ("the campaign is a draft: cam campaign launch" if draft else "nothing was queued for them yet"), None
    if sent and sent[-1]["silent_at"]:
        over = sent[-1]["silent_at"] <= now
        wait = "its wait is over since" if over else "it waits for an answer until"
        return f"step {sent[-1]['position']} was sent; {wait} {in_words(sent[-1]['silent_at'])}", sent[-1]["silent_at"]
    return "nothing is queued", None
