"""Delivery reports that follow the standard (RFC 3464): failed, delayed, delivered."""

from collections.abc import Sequence

from services.classifier.bounce_kinds import kind_of, status_in
from services.classifier.bounce_words import DELAYED, FAILED_ANYWAY
from services.classifier.understanding import Facts, Incoming, Understanding
from services.classifier.words import plain, quoted, reason
from shared.events import BounceKind, Classification

_FINE = frozenset({"delivered", "relayed", "expanded"})
_Recipient = dict[str, object]


def delivery_report(mail: Incoming) -> Understanding | None:
    """Read a delivery report: failed and delayed are a BOUNCE, delivered is a machine talking (OOO)."""
    if not mail.report or mail.report.get("type") != "delivery-status":
        return None
    listed = mail.report.get("recipients")
    recipients = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    by_action = {str(one.get("action") or ""): one for one in reversed(recipients)}
    if "failed" in by_action:
        return _failed(mail, by_action["failed"])
    if "delayed" in by_action:
        return delayed(mail, 0.95, str(by_action["delayed"].get("status") or "") or None)
    if by_action.keys() & _FINE:
        return _delivered(0.95)
    return _odd(mail, recipients)


def delayed(mail: Incoming, confidence: float, status: str | None = None) -> Understanding:
    """Return what a notice means that an e-mail has not left yet, and is still tried."""
    facts = Facts(
        bounce_kind=BounceKind.SOFT, bounce_status=status, delayed=True, failed_recipient=failed_recipient(mail)
    )
    return Understanding(Classification.BOUNCE, confidence, "delivery delayed, and still tried", facts)


def is_delayed(subject: str, text: str) -> bool:
    """Tell whether plain words say that an e-mail is late and not lost."""
    return bool((DELAYED.search(subject) or DELAYED.search(text)) and not FAILED_ANYWAY.search(f"{subject}\n{text}"))


def failed_recipient(mail: Incoming) -> str | None:
    """Return whom an e-mail did not reach, in lower case, as far as the report names somebody."""
    report = mail.report or {}
    listed = report.get("recipients")
    recipients = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    failed = [one for one in recipients if one.get("action") in {"failed", "delayed"}]
    named = [one.get("final_recipient") for one in (*failed, *recipients)]
    by_header = mail.header("x-failed-recipients").partition(",")[0].strip()
    mentioned = report.get("mentioned")
    guessed = mentioned[:1] if isinstance(mentioned, list) else []
    found = next((one for one in (*named, by_header, report.get("returned_to"), *guessed) if one), None)
    return str(found)[:320] if found else None


def _failed(mail: Incoming, recipient: _Recipient) -> Understanding:
    status = str(recipient.get("status") or "") or None
    diagnostic = plain(str(recipient.get("diagnostic") or "")[:1_000])
    kind = kind_of(status, diagnostic or mail.plain_body, mail.plain_body)
    said = reason(f"delivery failed: {quoted(word for word in (status, diagnostic) if word)}".removesuffix(": "))
    facts = Facts(bounce_kind=kind, bounce_status=status, failed_recipient=failed_recipient(mail))
    return Understanding(Classification.BOUNCE, 0.99, said, facts)


def _delivered(confidence: float) -> Understanding:
    return Understanding(Classification.OOO, confidence, "delivery confirmed", Facts(delivered=True))


def _odd(mail: Incoming, recipients: Sequence[_Recipient]) -> Understanding:
    """Judge a report that does not say what became of the e-mail by its status, else by its words."""
    status = next((str(one["status"]) for one in recipients if one.get("status")), None)
    if status and status.startswith("2."):
        return _delivered(0.8)
    if is_delayed(mail.plain_subject, mail.plain_body):
        return delayed(mail, 0.85, status)
    facts = Facts(
        bounce_kind=kind_of(status, mail.plain_body),
        bounce_status=status or status_in(mail.plain_body),
        failed_recipient=failed_recipient(mail),
    )
    return Understanding(
        Classification.BOUNCE, 0.95, reason(f"delivery report: {quoted([status or 'without a status'])}"), facts
    )
