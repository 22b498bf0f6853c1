"""The payload of each event: ids and facts, never a mail's text."""

from abc import ABC, abstractmethod
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[int, Field(gt=0)]


class Classification(StrEnum):
    """What a reply means."""

    POSITIVE = "POSITIVE"
    NEGATIVE = "NEGATIVE"
    OOO = "OOO"
    BOUNCE = "BOUNCE"
    UNSUB = "UNSUB"
    NEUTRAL = "NEUTRAL"


class BounceKind(StrEnum):
    """Whether an address is dead (HARD), busy (SOFT), or our own standing is in question (BLOCK)."""

    HARD = "HARD"
    SOFT = "SOFT"
    BLOCK = "BLOCK"


class FeedbackType(StrEnum):
    """What a feedback report says of an e-mail (RFC 5965 section 7.3, RFC 6430, RFC 6591; `opt-out`: its drafts)."""

    ABUSE = "abuse"
    FRAUD = "fraud"
    VIRUS = "virus"
    OTHER = "other"
    AUTH_FAILURE = "auth-failure"
    OPT_OUT = "opt-out"
    NOT_SPAM = "not-spam"


# Feedback of these kinds blames nobody for what was sent, and counts to no rate of complaints.
NO_ABUSE = frozenset({FeedbackType.AUTH_FAILURE, FeedbackType.OPT_OUT, FeedbackType.NOT_SPAM})


class Event(BaseModel, ABC):
    """A fact; `type` is its routing key and `key` what makes it the same fact when it is told again."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    producers: ClassVar[tuple[str, ...]]  # the services that announce it

    @property
    @abstractmethod
    def key(self) -> str:
        """Return the idempotency key: equal for equal facts, at most 200 characters."""

    @property
    def conversation(self) -> str | None:
        """Return the conversation that begins with it: that with the lead, if it tells of one."""
        lead_id = getattr(self, "lead_id", None)
        return f"lead/{lead_id}" if lead_id else None


class ReplyReceived(Event):
    """An e-mail arrived that answers an outbound e-mail, or comes from a lead."""

    type: ClassVar[str] = "reply.received"
    producers: ClassVar[tuple[str, ...]] = ("inbox",)

    inbound_email_id: Id
    mailbox_id: Id
    folder: Annotated[str, Field(max_length=100)]
    uidvalidity: Id
    uid: Id
    lead_id: Id | None = None
    outbound_email_id: Id | None = None

    @property
    def key(self) -> str:
        """Return where the e-mail lies, which never changes."""
        return f"{self.mailbox_id}/{self.folder}/{self.uidvalidity}/{self.uid}"


class ReplyClassified(Event):
    """A reply was understood."""

    type: ClassVar[str] = "reply.classified"
    producers: ClassVar[tuple[str, ...]] = ("classifier", "console")

    inbound_email_id: Id
    lead_id: Id | None = None
    outbound_email_id: Id | None = None
    classification: Classification
    confidence: Annotated[float, Field(ge=0, le=1)]
    reason: Annotated[str, Field(max_length=300)]
    classifier_version: Annotated[str, Field(max_length=40)]
    revision: Annotated[int, Field(ge=1)] = 1
    return_date: date | None = None
    bounce_kind: BounceKind | None = None
    feedback_type: FeedbackType | None = None

    @property
    def key(self) -> str:
        """Return the e-mail, and which understanding of it this is."""
        return f"{self.inbound_email_id}/{self.classifier_version}/{self.revision}"


class LeadTimeout(Event):
    """The wait after an e-mail is over and no answer was seen."""

    type: ClassVar[str] = "lead.timeout"
    producers: ClassVar[tuple[str, ...]] = ("sender",)

    outbound_email_id: Id
    lead_id: Id
    campaign_id: Id

    @property
    def key(self) -> str:
        """Return the e-mail whose wait is over."""
        return str(self.outbound_email_id)


class AlertRequested(Event):
    """A human must be told something."""

    type: ClassVar[str] = "alert.requested"
    producers: ClassVar[tuple[str, ...]] = ("decision", "sender", "inbox", "classifier", "alerter")

    alert_type: Annotated[str, Field(max_length=40, pattern=r"^[A-Z_]+$")]
    subject: Annotated[str, Field(max_length=150)]
    title: Annotated[str, Field(max_length=200)]
    message: Annotated[str, Field(max_length=2000)] = ""
    campaign_id: Id | None = None
    lead_id: Id | None = None
    inbound_email_id: Id | None = None
    outbound_email_id: Id | None = None

    @property
    def key(self) -> str:
        """Return what the alert is about; a human is told once about it."""
        return f"{self.alert_type}/{self.subject}"
