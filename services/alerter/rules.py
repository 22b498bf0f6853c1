"""What an alert says to a human, when a failed one is tried again, and when a service counts as silent."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from shared.events import AlertRequested

TITLE_CHARACTERS = 200
MESSAGE_CHARACTERS = 1000
EXCERPT_CHARACTERS = 400
EXCERPT_LINES = 8
_KEY_CHARACTERS = 200

# After the n-th failed attempt; the last one repeats until a day and an hour are over.
_LADDER_SECONDS = (10, 60, 300, 1800, *(3600,) * 24)

_REPLIES = {"POSITIVE_REPLY": "POSITIVE", "REPLY_REVIEW": "to review"}
_NEXT_STEPS = {
    "POSITIVE_REPLY": "Next: answer from the campaign's mailbox. Nothing more is sent to this lead by itself.",
    "REPLY_REVIEW": "Next: read the reply and decide. The sequence of this lead has stopped and waits for you.",
    "COMPLAINT": "Next: see why this person calls it spam, before others do. Nothing more is sent to this lead.",
    "CAMPAIGN_PAUSED": "Next: find the cause, then `cam campaign resume`. Nothing is sent until then.",
    "CAMPAIGN_DEGRADED": "Next: find the cause. The campaign goes on with a quarter of its e-mails a day.",
    "MAILBOX_PAUSED": "Next: check its password and server. It is tried again by itself; `cam status` shows its state.",
    "SENDING_REFUSED": "Next: check the domain's reputation, SPF, DKIM and DMARC before more is sent.",
    "UNKNOWN_SEND": "Next: look into the mailbox's Sent folder. It is never sent again by itself.",
    "SERVICE_DEAD": "Next: look at its log, and start it again if no other instance is running.",
    "SERVICE_GAVE_UP": "Next: mend what it names (a missing queue: `cam setup`). It is started again by itself.",
    "QUEUE_RESTORED": "Next: see who deleted it. The runbook tells how to find what waited in it.",
    "DEAD_LETTERS": "Next: `cam dlq group` shows why. Repair the cause, then `cam dlq replay`.",
}
_DEFAULT_STEP = "Next: `cam status` shows the whole picture."
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_QUOTE = re.compile(r"^\s*(>|-{2,}\s*Original|_{10,})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database knows about the subject of an alert; everything may be missing."""

    campaign: str | None = None
    lead_email: str | None = None
    lead_fields: Mapping[str, object] = field(default_factory=dict)
    from_address: str | None = None
    subject: str | None = None
    body: str | None = None
    classification: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """An alert as a human reads it: one line, and at most 1,000 characters."""

    title: str
    message: str


def compose(event: AlertRequested, facts: Facts) -> Text:
    """Write the alert: who, which campaign, the first lines of the reply, and what to do next."""
    parts = [event.message, _about(facts), excerpt(facts.body or ""), next_step(event.alert_type)]
    return Text(title=one_line(_title(event, facts), TITLE_CHARACTERS), message=_fit(parts))


def next_step(alert_type: str) -> str:
    """Return the sentence that tells the human what to do."""
    return _NEXT_STEPS.get(alert_type, _DEFAULT_STEP)


def one_line(text: str, limit: int) -> str:
    """Return the text on one line without control characters, at most `limit` characters."""
    flat = " ".join(_CONTROLS.sub(" ", text[: limit * 4]).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def excerpt(body: str) -> str:
    """Return the first lines of a reply, up to where the quoted e-mail begins."""
    lines: list[str] = []
    for line in body[: EXCERPT_CHARACTERS * 8].splitlines():
        if _QUOTE.match(line) or len(lines) == EXCERPT_LINES:
            break
        if line.strip():
            lines.append("> " + one_line(line, EXCERPT_CHARACTERS))
    text = "\n".join(lines)
    return text if len(text) <= EXCERPT_CHARACTERS else text[: EXCERPT_CHARACTERS - 1].rstrip() + "…"


def who(facts: Facts) -> str | None:
    """Return the lead as a human calls it: `Jane Doe at Acme`, else the address."""
    known = {key.lower().replace("_", "").replace(" ", ""): str(value) for key, value in facts.lead_fields.items()}
    name = known.get("name") or known.get("fullname")
    name = name or " ".join(part for part in (known.get("firstname"), known.get("lastname")) if part)
    company = known.get("company") or known.get("companyname") or known.get("organization")
    label = f"{name} at {company}" if name and company else name or facts.lead_email or facts.from_address
    return one_line(label, 100) if label else None


def retry_delay(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts; None when nothing is tried any more."""
    return timedelta(seconds=_LADDER_SECONDS[attempts - 1]) if 0 < attempts <= len(_LADDER_SECONDS) else None


def dead_service(service: str, worker_id: str, last_seen_at: datetime, others: int) -> Text:
    """Write the alert about a service instance that gave no sign of life."""
    running = f"{others} other running" if others else "NO other instance of it is running"
    message = f"{worker_id} gave its last sign of life at {_moment(last_seen_at)}. Of {service}: {running}."
    title = one_line(f"Service {service} is silent ({worker_id})", TITLE_CHARACTERS)
    return Text(title, _fit([message, next_step("SERVICE_DEAD")]))


def gave_up_service(service: str, worker_id: str, at: datetime, error: str) -> Text:
    """Write the alert about a service instance that ended itself."""
    why = one_line(error, EXCERPT_CHARACTERS) or "it did not say why"
    title = one_line(f"Service {service} gave up ({worker_id})", TITLE_CHARACTERS)
    return Text(title, _fit([f"{worker_id} ended itself at {_moment(at)}: {why}", next_step("SERVICE_GAVE_UP")]))


def dead_letters(queue: str, count: int, newest_at: datetime, reasons: Mapping[str, int]) -> Text:
    """Write the alert about events that nobody could handle."""
    listed = ", ".join(f"{number} {reason}" for reason, number in sorted(reasons.items()))
    message = f"{count} new in {queue}.dlq, the newest at {_moment(newest_at)}: {listed}."
    title = one_line(f"Dead letters: {count} in {queue}", TITLE_CHARACTERS)
    return Text(title, _fit([message, next_step("DEAD_LETTERS")]))


def header_key(key: str) -> str:
    """Return an alert's key as an Idempotency-Key header takes it: at most 200 printable ASCII characters."""
    plain = len(key) <= _KEY_CHARACTERS and key.isascii() and key.isprintable() and " " not in key
    return key if plain else hashlib.sha256(key.encode()).hexdigest()


def channel_name(url: str) -> str:
    """Return what names a URL without its secrets: `hooks.example#1a2b3c`."""
    return f"{urlsplit(url).hostname or 'unknown'}#{digest(url)}"


def digest(secret: str) -> str:
    """Return six characters that tell secrets apart without telling them."""
    return hashlib.sha256(secret.encode()).hexdigest()[:6]


def slot(now: datetime, length: timedelta) -> str:
    """Return the name of the time slot that `now` lies in."""
    seconds = int(length.total_seconds())
    return str(int(now.timestamp()) // seconds * seconds)


def _title(event: AlertRequested, facts: Facts) -> str:
    person = who(facts)
    if event.alert_type in _REPLIES and person:
        meaning = facts.classification or _REPLIES[event.alert_type]
        title = f"Reply: {meaning} from {person}"
    else:
        title = event.title
    named = not facts.campaign or facts.campaign in title
    return title if named else f"{title} - campaign {facts.campaign}"


def _about(facts: Facts) -> str:
    sender = facts.from_address if facts.from_address != facts.lead_email else None
    named = (
        ("Lead", facts.lead_email),
        ("Answered from", sender),
        ("Campaign", facts.campaign),
        ("Subject", facts.subject),
    )
    return "\n".join(f"{name}: {one_line(value, 120)}" for name, value in named if value)


def _fit(parts: list[str]) -> str:
    """Join the parts; if they are too long, the first one gives way, because the last one says what to do."""
    clean = [_CONTROLS.sub(" ", part).strip() for part in parts]
    rest = sum(len(part) + 2 for part in clean[1:] if part)
    room = max(MESSAGE_CHARACTERS - rest, 1)
    first = clean[0] if len(clean[0]) <= room else clean[0][: room - 1].rstrip() + "…"
    return "\n\n".join(part for part in (first, *clean[1:]) if part)[:MESSAGE_CHARACTERS]


def _moment(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"
