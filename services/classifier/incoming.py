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


def reply_text(mail: Incoming, found: Understanding) -> str:
    """Return the reply's own text, whichever stage decided what it means; empty only if the e-mail is."""
    if found.facts.reply_text:
        return found.facts.reply_text
    body = cap(mail).body
    return own_text(body) or body.strip()
