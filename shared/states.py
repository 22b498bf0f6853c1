"""The states that rows are in, as the tables hold them and people read them."""

from enum import StrEnum


class CampaignStatus(StrEnum):
    """Where a campaign stands. DEGRADED sends at a quarter of its daily cap."""

    DRAFT = "DRAFT"
    RUNNING = "RUNNING"
    DEGRADED = "DEGRADED"
    PAUSED = "PAUSED"
    FINISHED = "FINISHED"


class LeadStatus(StrEnum):
    """Where a lead stands; always the fold of its own history."""

    NEW = "NEW"
    CONTACTED = "CONTACTED"
    ON_HOLD = "ON_HOLD"
    REVIEW = "REVIEW"
    QUALIFIED = "QUALIFIED"
    SUPPRESSED = "SUPPRESSED"
    UNSUBSCRIBED = "UNSUBSCRIBED"
    BOUNCED = "BOUNCED"
    NURTURE = "NURTURE"
    DEAD = "DEAD"


class EndPolicy(StrEnum):
    """What becomes of a lead that never answered."""

    NURTURE = "NURTURE"
    DEAD = "DEAD"


class Provider(StrEnum):
    """How a mailbox sends."""

    SMTP = "SMTP"
    RESEND = "RESEND"
    DRY_RUN = "DRY_RUN"


class OutboundState(StrEnum):
    """What the sender did with an e-mail. The column `status` adds CANCELLED for the ones never begun."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"  # refused for good
    UNKNOWN = "UNKNOWN"  # handed over, and no answer was seen: never sent again by itself
    SKIPPED = "SKIPPED"  # a rule forbade it at the last moment


class WorkerStatus(StrEnum):
    """What a service instance is doing."""

    RUNNING = "RUNNING"
    DRAINING = "DRAINING"
    STOPPED = "STOPPED"
    DEAD = "DEAD"  # silent for too long, or it gave up and said so


# The status of an e-mail that was cancelled before it was begun; the tables compute it.
CANCELLED = "CANCELLED"
