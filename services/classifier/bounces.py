"""Delivery reports: by structure (RFC 3464), then by sender, subject and text."""

from services.classifier.bounce_kinds import kind_of, status_in
from services.classifier.bounce_words import (
    BEGINNING,
    COMPLAINT,
    DELAYED,
    FAILED,
    FAILED_ANYWAY,
    MACHINE,
    NOT_DELIVERED,
    OPENING,
    REFUSED,
)
from services.classifier.understanding import Facts, Incoming, Understanding
from services.classifier.words import is_reply, plain, quoted, reason
from shared.events import Classification

_LOOKED_AT = 6_000
_BEGINNING = 600
_FINE = frozenset({"delivered", "relayed", "expanded"})


def complaint(mail: Incoming) -> Understanding | None:
    """Recognise a feedback report (RFC 5965): somebody pressed "this is spam"."""
    if COMPLAINT.match(plain(mail.subject)):
        return Understanding(Classification.UNSUB, 0.9, "subject: complaint about a message", Facts(complaint=True))
    if not mail.report or mail.report.get("type") != "feedback-report":
        return None
    kind = str(mail.report.get("feedback_type") or "abuse").lower()
    if kind == "not-spam":
        return None
    said = reason(f"feedback report: {quoted([kind])}")
    return Understanding(Classification.UNSUB, 0.99, said, Facts(complaint=kind != "opt-out"))


def delivery_report(mail: Incoming) -> Understanding | None:
    """Read a report that follows RFC 3464: failed is a BOUNCE; delayed and delivered are machines talking (OOO)."""
    recipients = _recipients(mail)
    if recipients is None:
        return None
    actions = {str(recipient.get("action") or "") for recipient in recipients}
    if "failed" in actions:
        return _failed(mail, next(one for one in recipients if one.get("action") == "failed"))
    if "delayed" in actions:
        return Understanding(Classification.OOO, 0.95, "delivery delayed, and still tried", Facts(delayed=True))
    if actions & _FINE:
        return Understanding(Classification.OOO, 0.95, "delivery confirmed", Facts(delivered=True))
    return _odd_report(mail, recipients)


def bounce_without_structure(mail: Incoming) -> Understanding | None:
    """Recognise a bounce that follows no standard: a mail system wrote it, and it says that delivery failed."""
    subject = plain(mail.subject)
    machine = MACHINE.search(plain(f"{mail.from_address} {mail.header('from')} {mail.header('return-path')}"))
    returned = mail.report is not None and mail.report.get("type") == "returned-message"
    # Our own subject may speak of failed deliveries, and comes back with every answer.
    answered = is_reply(subject) and not subject.startswith(("fw", "wg"))
    named = None if answered and not machine else NOT_DELIVERED.search(subject)
    certain = "x-failed-recipients" in mail.headers
    template = OPENING.match(plain(mail.body[:_BEGINNING])) or BEGINNING.match(subject)
    if not (certain or template or machine or returned or named):
        return None
    text = plain(mail.body[:_LOOKED_AT])
    failed = FAILED.search(text)
    if _is_delayed(subject, text) and not certain:
        return Understanding(Classification.OOO, 0.85, "delivery delayed, and still tried", Facts(delayed=True))
    refused = failed or REFUSED.search(text)
    by_machine = machine and (named or refused or returned)
    if not (certain or template or by_machine or (named and refused) or (returned and (named or failed))):
        return None
    words = [match.group() for match in (named, failed or refused or template) if match]
    facts = Facts(bounce_kind=kind_of(None, text), bounce_status=status_in(text))
    return Understanding(Classification.BOUNCE, 0.97 if machine or certain else 0.9, _said("", words), facts)


def _recipients(mail: Incoming) -> list[dict[str, object]] | None:
    if not mail.report or mail.report.get("type") != "delivery-status":
        return None
    listed = mail.report.get("recipients")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _failed(mail: Incoming, recipient: dict[str, object]) -> Understanding:
    status = str(recipient.get("status") or "") or None
    diagnostic = plain(str(recipient.get("diagnostic") or "")[:1_000])
    kind = kind_of(status, diagnostic or plain(mail.body[:_LOOKED_AT]))
    words = [word for word in (status, diagnostic) if word]
    return Understanding(Classification.BOUNCE, 0.99, _said("delivery failed", words), Facts(None, kind, status))


def _odd_report(mail: Incoming, recipients: list[dict[str, object]]) -> Understanding:
    """Judge a report that does not say what became of the e-mail by its status, else by its words."""
    status = next((str(one["status"]) for one in recipients if one.get("status")), None)
    if status and status.startswith("2."):
        return Understanding(Classification.OOO, 0.8, "delivery confirmed", Facts(delivered=True))
    text = plain(mail.body[:_LOOKED_AT])
    if _is_delayed(plain(mail.subject), text):
        return Understanding(Classification.OOO, 0.85, "delivery delayed, and still tried", Facts(delayed=True))
    facts = Facts(bounce_kind=kind_of(status, text), bounce_status=status or status_in(text))
    return Understanding(Classification.BOUNCE, 0.95, _said("delivery report", [status or "without a status"]), facts)


def _is_delayed(subject: str, text: str) -> bool:
    return bool((DELAYED.search(subject) or DELAYED.search(text)) and not FAILED_ANYWAY.search(f"{subject}\n{text}"))


def _said(what: str, words: list[str]) -> str:
    return reason(": ".join(part for part in (what or "delivery failed", quoted(words)) if part))
