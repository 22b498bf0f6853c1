"""Complaints: somebody pressed "this is spam", and their provider reports it (RFC 5965)."""

from services.classifier.bounce_words import COMPLAINT
from services.classifier.understanding import Facts, Incoming, Understanding
from services.classifier.words import quoted, reason
from shared.events import Classification


def complaint(mail: Incoming) -> Understanding | None:
    """Recognise a feedback report of any kind but "not spam"."""
    if COMPLAINT.match(mail.plain_subject):
        return Understanding(Classification.UNSUB, 0.9, "subject: complaint about a message", Facts(complaint=True))
    if not mail.report or mail.report.get("type") != "feedback-report":
        return None
    kind = str(mail.report.get("feedback_type") or "abuse").lower()
    if kind == "not-spam":
        return None
    return Understanding(
        Classification.UNSUB, 0.99, reason(f"feedback report: {quoted([kind])}"), Facts(complaint=True)
    )
