"""Campaigns, their sequences and leads, and what was decided about them."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.states import CampaignStatus, EndPolicy, LeadStatus
from shared.tables.base import VACUUM_KEEPS_PACE, identity, metadata, moment, one_of

campaigns = Table(
    "campaigns",
    metadata,
    identity(),
    Column("name", Text, nullable=False, unique=True),
    Column("mailbox_id", BigInteger, ForeignKey("mailboxes.id"), nullable=False),
    Column("status", Text, nullable=False, server_default=CampaignStatus.DRAFT),
    Column("status_reason", Text, nullable=False, server_default=""),
    moment("status_changed_at", now=True),
    Column("end_policy", Text, nullable=False, server_default=EndPolicy.NURTURE),
    Column("end_wait_days", Float, nullable=False, server_default="7"),
    # The sending window: local minutes of the day and ISO weekdays (1 = Monday).
    Column("timezone", Text, nullable=False, server_default="UTC"),
    Column("window_start_minute", SmallInteger, nullable=False, server_default="0"),
    Column("window_end_minute", SmallInteger, nullable=False, server_default="1440"),
    Column("window_weekdays", ARRAY(SmallInteger), nullable=False, server_default="{1,2,3,4,5,6,7}"),
    Column("daily_cap", Integer),
    # Rules of this campaign; null takes the setting of the decision service.
    Column("auto_pause", Boolean),
    Column("min_reply_rate", Float),
    Column("min_sends_to_evaluate", Integer),
    # Rules count from here on, so that a resumed campaign is not paused again for its past.
    moment("rules_since", now=True),
    moment("created_at", now=True),
    one_of("status", CampaignStatus),
    one_of("end_policy", EndPolicy),
)

sequence_steps = Table(
    "sequence_steps",
    metadata,
    identity(),
    Column("campaign_id", BigInteger, ForeignKey("campaigns.id", ondelete="CASCADE"), nullable=False),
    Column("position", SmallInteger, nullable=False),  # 1, 2, 3, ...
    Column("variant", Text, nullable=False, server_default="A"),
    Column("wait_days", Float, nullable=False, server_default="0"),  # after the step before
    Column("subject", Text),  # null: a reply in the same thread
    Column("body", Text, nullable=False),
    UniqueConstraint("campaign_id", "position", "variant"),
)

leads = Table(
    "leads",
    metadata,
    identity(),
    Column("campaign_id", BigInteger, ForeignKey("campaigns.id", ondelete="CASCADE"), nullable=False),
    Column("email", Text, nullable=False),  # normalised, lower case
    Column("fields", JSONB, nullable=False, server_default="{}"),
    Column("timezone", Text),  # null: the campaign's
    Column("status", Text, nullable=False, server_default=LeadStatus.NEW),
    Column("status_reason", Text, nullable=False, server_default=""),
    moment("last_contacted_at"),
    moment("last_replied_at"),
    moment("hold_until"),
    moment("created_at", now=True),
    UniqueConstraint("campaign_id", "email"),
    Index("ix_leads_email", "email"),
    Index("ix_leads_campaign_id_status", "campaign_id", "status"),
    Index("ix_leads_written_to", "id", postgresql_where=text("status = 'NEW' AND last_contacted_at IS NOT NULL")),
    Index("ix_leads_hold_until", "hold_until", postgresql_where=text("status = 'ON_HOLD'")),
    one_of("status", LeadStatus),
    postgresql_with=VACUUM_KEEPS_PACE,
)

suppressions = Table(
    "suppressions",
    metadata,
    identity(),
    Column("target", Text, nullable=False, unique=True),  # an address, or a domain written "@example.com"
    Column("reason", Text, nullable=False),  # UNSUBSCRIBED, BOUNCED, COMPLAINT, MANUAL
    Column("note", Text, nullable=False, server_default=""),
    Column("inbound_email_id", BigInteger),
    moment("created_at", now=True),
)

campaign_metrics = Table(
    "campaign_metrics",
    metadata,
    Column("campaign_id", BigInteger, ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("variant", Text, primary_key=True),
    Column("day", Date, primary_key=True),  # UTC
    *(
        Column(name, Integer, nullable=False, server_default="0")
        for name in ("sent", "positive", "negative", "neutral", "unsub", "ooo", "bounce", "timeouts")
    ),
)

decisions = Table(
    "decisions",
    metadata,
    identity(),
    Column("campaign_id", BigInteger),
    Column("lead_id", BigInteger),
    Column("inbound_email_id", BigInteger),
    Column("outbound_email_id", BigInteger),
    Column("rule", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("inputs", JSONB, nullable=False, server_default="{}"),
    moment("decided_at", now=True),
    Index("ix_decisions_inbound_email_id", "inbound_email_id", postgresql_where=text("inbound_email_id IS NOT NULL")),
    Index("ix_decisions_lead_id", "lead_id", postgresql_where=text("lead_id IS NOT NULL")),
    Index("ix_decisions_campaign_id", "campaign_id", "decided_at"),
)
