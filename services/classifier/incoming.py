"""From an e-mail as it was read to what the pipeline looks at. Pure."""

from services.classifier.capping import cap
from services.classifier.own_text import own_text
from services.classifier.understanding import Incoming, Understanding
from shared.mail.parsing import ParsedEmail


def from_email(mail: ParsedEmail) -> Incoming:
    """Return what the pipeline looks at; dates without a year count from the e-mail's own date."""
    return Incoming(
        subject=mail.subject,
        from_address=mail.from_address,
        headers=mail.headers,
        body=mail.text,
        report=mail.report,
        received_on=mail.date.date() if mail.date else None,
    )


def own_words(mail: Incoming, found: Understanding) -> str:
    """Return what the sender wrote, whichever stage decided what it means; empty if all of it is quoted."""
    capped = cap(mail)
    return found.facts.reply_text or own_text(capped.body, capped.sent)


def reply_text(mail: Incoming, found: Understanding) -> str:
    """Return the sender's own words, or all that is there if every line is quoted."""
    return own_words(mail, found) or cap(mail).body.strip()
