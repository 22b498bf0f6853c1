"""Bounces that follow no standard: by sender and subject, then by text."""

from services.classifier.bounce_kinds import kind_of, status_in
from services.classifier.bounce_words import (
    BEGINNING,
    FAILED,
    IN_TRANSCRIPTS,
    MACHINE,
    NOT_DELIVERED,
    OPENING,
    REFUSED,
    TRANSCRIPT,
)
from services.classifier.delivery_reports import delayed, failed_recipient, is_delayed
from services.classifier.understanding import Facts, Incoming, Understanding
from services.classifier.words import is_reply, quoted, reason
from shared.events import Classification

_BEGINNING = 600
_ENOUGH = 2


def bounce_without_structure(mail: Incoming) -> Understanding | None:
    """Recognise a bounce that follows no standard: a mail system wrote it, and it says that delivery failed."""
    subject, text = mail.plain_subject, mail.plain_body
    machine = MACHINE.search(mail.plain_sender)
    returned = mail.report is not None and mail.report.get("type") == "returned-message"
    # Our own subject may speak of failed deliveries, and comes back with every answer.
    answered = is_reply(subject) and not subject.startswith(("fw", "wg"))
    named = NOT_DELIVERED.search(subject) if machine or not answered else None
    certain = "x-failed-recipients" in mail.headers
    sure = certain or OPENING.match(text[:_BEGINNING]) or BEGINNING.match(subject) or (not answered and _quotes(text))
    if not (sure or machine or returned or named):
        return None
    if (sure or machine or returned) and not certain and is_delayed(subject, text):
        return delayed(mail, 0.85)
    failed = FAILED.search(text)
    refused = failed or REFUSED.search(text)
    by_machine = machine and (named or refused or returned)
    if not (sure or by_machine or (named and refused) or (returned and (named or failed))):
        return None
    words = [match.group() for match in (named, refused) if match]
    return _bounce(mail, words, 0.97 if machine or certain else 0.9)


def _quotes(text: str) -> bool:
    """Tell whether a text quotes a mail system's conversation in at least two ways, not as an answer quotes."""
    if not any(map(text.__contains__, IN_TRANSCRIPTS)):
        return False
    own = "\n".join(line for line in text.split("\n") if not line.startswith("> "))
    return len({match.group() for match in TRANSCRIPT.finditer(own)}) >= _ENOUGH


def _bounce(mail: Incoming, words: list[str], confidence: float) -> Understanding:
    said = reason(f"delivery failed: {quoted(words)}".removesuffix(": "))
    facts = Facts(
        bounce_kind=kind_of(None, mail.plain_body),
        bounce_status=status_in(mail.plain_body),
        failed_recipient=failed_recipient(mail),
    )
    return Understanding(Classification.BOUNCE, confidence, said, facts)
