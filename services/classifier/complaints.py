"""Feedback reports (RFC 5965): somebody pressed "this is spam" or "unsubscribe", and a provider or program says so."""

from services.classifier.bounce_words import COMPLAINT
from services.classifier.understanding import Facts, Incoming, Understanding
from services.classifier.words import quoted, reason
from shared.events import Classification, FeedbackType

_OPT_OUTS = {"opt-out", "opt-out-list"}  # of the drafts of RFC 5965; some providers still send them


def complaint(mail: Incoming) -> Understanding | None:
    """Recognise feedback of any kind; "not spam" is no complaint, and says nothing about the lead."""
    report = mail.report if mail.report and mail.report.get("type") == "feedback-report" else None
    kind = feedback_type(str(report.get("feedback_type") or "")) if report else FeedbackType.ABUSE
    if kind is FeedbackType.NOT_SPAM:
        facts = Facts(feedback_type=kind, delivered=True)
        return Understanding(Classification.OOO, 0.95, f"feedback report: {quoted([kind])}", facts)
    if COMPLAINT.match(mail.plain_subject):
        return _complained(0.9, "subject: complaint about a message", kind)
    if report:
        return _complained(0.99, reason(f"feedback report: {quoted([kind])}"), kind)
    # What Apple Mail writes to the address of a List-Unsubscribe (RFC 2369) when somebody presses "Unsubscribe".
    if mail.header("x-apple-unsubscribe") == "true":
        return _complained(0.95, "header X-Apple-Unsubscribe", FeedbackType.OPT_OUT)
    return None


def feedback_type(said: str) -> FeedbackType:
    """Return the kind of a report: `abuse` if it says none, and `other` for one that nobody registered."""
    kind = said.strip().lower() or FeedbackType.ABUSE
    if kind in _OPT_OUTS:
        return FeedbackType.OPT_OUT
    return FeedbackType(kind) if kind in set(FeedbackType) else FeedbackType.OTHER


def _complained(confidence: float, said: str, kind: FeedbackType) -> Understanding:
    return Understanding(Classification.UNSUB, confidence, said, Facts(complaint=True, feedback_type=kind))
