"""The statements that count how the campaigns that send are doing."""

from sqlalchemy import ColumnElement, DateTime, and_, bindparam, distinct, exists, func, or_, select, true

from services.decision.fold import GOING_ON
from services.decision.notices import NOTICE
from shared.events import NO_ABUSE, Classification
from shared.states import CampaignStatus, LeadStatus, OutboundState
from shared.tables import campaigns, decisions, inbound_emails, leads, outbound_emails

# The latest sends of a campaign tell how it is doing now, and the cost of asking stays the same as it grows.
RECENT_SENDS = 10_000
_HUMAN = (Classification.POSITIVE, Classification.NEGATIVE, Classification.NEUTRAL, Classification.UNSUB)
_SENDING = campaigns.c.status.in_([CampaignStatus.RUNNING, CampaignStatus.DEGRADED])

_mail, _reply = outbound_emails.c, inbound_emails.c


def _has(state: OutboundState) -> ColumnElement[bool]:
    return exists().where(_mail.campaign_id == campaigns.c.id, _mail.status == state)


_nothing_to_do = and_(
    exists().where(leads.c.campaign_id == campaigns.c.id),
    ~exists().where(leads.c.campaign_id == campaigns.c.id, leads.c.status.in_(sorted(GOING_ON))),
    ~_has(OutboundState.QUEUED),
    ~_has(OutboundState.SENDING),
)

# Every campaign that sends, its own rules, and whether it is through.
ALIVE = select(
    *(campaigns.c[name] for name in ("id", "name", "status", "rules_since")),
    *(campaigns.c[name] for name in ("auto_pause", "min_reply_rate", "min_sends_to_evaluate")),
    _nothing_to_do.label("finished"),
).where(_SENDING)

_latest = (
    select(_mail.id, _mail.lead_id, _mail.sent_at, _mail.silent_at)
    .where(_mail.campaign_id == campaigns.c.id, _mail.sent_at >= campaigns.c.rules_since)
    .order_by(_mail.sent_at.desc())
    .limit(RECENT_SENDS)
    .lateral("latest")
)
_place = func.row_number().over(partition_by=_latest.c.lead_id, order_by=_latest.c.sent_at.desc())
_recent = (
    select(campaigns.c.id.label("campaign_id"), _latest, (_place == 1).label("newest"))
    .select_from(campaigns)
    .join(_latest, true())
    .where(_SENDING)
    .cte("recent")
)
# An answer outside the thread counts for what its lead was sent last.
_answers = and_(
    _reply.lead_id == _recent.c.lead_id,
    or_(
        _reply.outbound_email_id == _recent.c.id,
        and_(_reply.outbound_email_id.is_(None), _recent.c.newest, _reply.received_at >= _recent.c.sent_at),
    ),
)
_sent = distinct(_recent.c.id)
_human = _reply.classification.in_(_HUMAN)
_bounce = and_(_reply.classification == Classification.BOUNCE, ~NOTICE)
_facts = _reply.classification_facts
_blame = and_(
    _facts["complaint"].as_boolean(), func.coalesce(_facts["feedback_type"].as_string(), "").not_in(sorted(NO_ABUSE))
)
_now = bindparam("now", type_=DateTime(timezone=True))

# What the recent sends of each campaign came to.
COUNTS = (
    select(
        _recent.c.campaign_id,
        func.count(_sent).label("sent"),
        func.count(_sent).filter(or_(_recent.c.silent_at <= _now, _human, _bounce)).label("settled"),
        func.count(_sent).filter(_human).label("replied"),
        func.count(_sent).filter(_bounce).label("bounced"),
        func.count(_sent).filter(_blame).label("complained"),
    )
    .select_from(_recent)
    .outerjoin(inbound_emails, _answers)
    .group_by(_recent.c.campaign_id)
)

_folded = exists().where(
    decisions.c.lead_id == leads.c.id,
    decisions.c.outbound_email_id == _mail.id,
    decisions.c.decided_at >= campaigns.c.rules_since,
)

# E-mails refused at the door; found through their leads, so that no e-mail still queued is looked at.
REFUSED = (
    select(campaigns.c.id.label("campaign_id"), func.count().label("refused"))
    .select_from(campaigns)
    .join(leads, leads.c.campaign_id == campaigns.c.id)
    .join(outbound_emails, _mail.lead_id == leads.c.id)
    .where(
        _SENDING,
        leads.c.status.in_([LeadStatus.BOUNCED, LeadStatus.REVIEW]),
        _mail.state == OutboundState.FAILED,
        _folded,
    )
    .group_by(campaigns.c.id)
)
