"""What goes into the pipeline and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property

from services.classifier.words import plain
from shared.events import NO_ABUSE, BounceKind, Classification, FeedbackType

Json = Mapping[str, object]


_LOOKED_AT = 4_000


@dataclass(frozen=True)
class Incoming:
    """An e-mail as the inbox stored it: header names in lower case, `report` as `shared.mail.reports` shapes it.

    The `plain_…` texts are spelled as patterns expect them. `received_on` is the day that "on Monday" and dates
    without a year are counted from; None: they stay unread. `sent` is the text of our e-mail that it answers.
    """

    subject: str = ""
    from_address: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    report: Json | None = None
    received_on: date | None = None
    sent: str = ""

    def header(self, name: str) -> str:
        """Return a header's value in lower case, empty if it is missing."""
        return str(self.headers.get(name, "")).strip().lower()

    @cached_property
    def plain_subject(self) -> str:
        """Return the subject in plain words."""
        return plain(self.subject)

    @cached_property
    def plain_sender(self) -> str:
        """Return who an e-mail says it is from, name and addresses, in plain words."""
        return plain(f"{self.from_address} {self.header('from')} {self.header('return-path')}")

    @cached_property
    def plain_body(self) -> str:
        """Return the beginning of the body in plain words, quoted mail included."""
        return plain(self.body[:_LOOKED_AT])


@dataclass(frozen=True, slots=True)
class Facts:
    """What else was found in an e-mail.

    `delayed`: delivery is still tried; `delivered`: a notice that it arrived. Neither says anything about the lead.
    `unmonitored`: nobody reads that mailbox; `acknowledgement`: a machine says that our e-mail arrived.
    """

    return_date: date | None = None
    bounce_kind: BounceKind | None = None
    bounce_status: str | None = None  # enhanced status code, RFC 3463
    complaint: bool = False  # feedback of any kind but "not spam"
    feedback_type: FeedbackType | None = None
    delayed: bool = False
    delivered: bool = False
    left_company: bool = False
    reply_text: str | None = None
    failed_recipient: str | None = None  # lower case
    unmonitored: bool = False
    acknowledgement: bool = False
    language: str | None = None  # of the reply's own text, ISO 639-1
    second_opinion: str | None = None  # the model that said so
    needs_review: bool = False  # a second opinion was wanted, and there was none
    wants_meeting: bool = False
    referral_address: str | None = None

    @property
    def blames(self) -> bool:
        """Tell whether somebody called our e-mail abuse, and did not only ask for no more of it."""
        return self.complaint and self.feedback_type not in NO_ABUSE

    def to_json(self) -> dict[str, object]:
        """Return what is known, as JSON."""
        known = {part.name: getattr(self, part.name) for part in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in known.items()
            if value is not None and value is not False
        }


@dataclass(frozen=True, slots=True)
class Understanding:
    """What an e-mail means, how sure that is (0 to 1), and the words that decided (at most 300 characters)."""

    classification: Classification
    confidence: float
    reason: str
    facts: Facts = Facts()
