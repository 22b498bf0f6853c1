"""What a sending provider reports in a form of its own: Amazon SES, as JSON in an e-mail."""

import re

from services.classifier.bounce_kinds import kind_of, status_in
from services.classifier.complaints import feedback_type
from services.classifier.understanding import Facts, Incoming, Understanding
from services.classifier.words import quoted, reason
from shared.events import BounceKind, Classification, FeedbackType

_Q = r"\\{0,3}\""  # JSON within JSON has its quotation marks escaped
_NOTICE = re.compile(rf"{_Q}notificationType{_Q}\s{{0,3}}:\s{{0,3}}{_Q}(Bounce|Complaint|Delivery){_Q}")
_FIELD = re.compile(
    rf"{_Q}(bounceType|emailAddress|status|diagnosticCode|complaintFeedbackType){_Q}\s{{0,3}}:\s{{0,3}}{_Q}([^\"\\]{{0,300}})"
)
_BEFORE_NOTICE = 3_000


def provider_notice(mail: Incoming) -> Understanding | None:
    """Recognise a bounce, complaint or delivery that Amazon SES reports about an e-mail of ours."""
    if "notificationType" not in mail.body:
        return None
    found = _NOTICE.search(mail.body[:_BEFORE_NOTICE])
    if not found:
        return None
    kind = found.group(1)
    fields = dict(reversed(_FIELD.findall(mail.body[found.start() :][:_BEFORE_NOTICE])))
    if kind == "Complaint":
        return _complaint(feedback_type(fields.get("complaintFeedbackType", "")))
    if kind == "Delivery":
        return Understanding(Classification.OOO, 0.95, "delivery confirmed", Facts(delivered=True))
    return _bounce(fields)


def _complaint(kind: FeedbackType) -> Understanding:
    if kind is FeedbackType.NOT_SPAM:
        return Understanding(
            Classification.OOO, 0.95, "the provider reports: not spam", Facts(feedback_type=kind, delivered=True)
        )
    facts = Facts(complaint=True, feedback_type=kind)
    return Understanding(Classification.UNSUB, 0.99, "the provider reports a complaint", facts)


def _bounce(fields: dict[str, str]) -> Understanding:
    permanent = fields.get("bounceType") == "Permanent"
    diagnostic = fields.get("diagnosticCode", "").lower()
    status = status_in(fields.get("status", "")) or status_in(diagnostic)
    bounce_kind = kind_of(status, diagnostic) if permanent else BounceKind.SOFT
    facts = Facts(
        bounce_kind=bounce_kind, bounce_status=status, failed_recipient=fields.get("emailAddress", "").lower() or None
    )
    words = [fields.get("bounceType", "") or "bounce", diagnostic]
    said = reason(f"the provider reports a bounce: {quoted(word for word in words if word)}")
    return Understanding(Classification.BOUNCE, 0.98, said, facts)
