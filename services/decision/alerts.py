"""What a human is told about a reply: ids and facts; the alerter adds the words."""

from services.decision.dossiers import Dossier
from services.decision.happenings import Understood
from shared.events import AlertRequested, Classification

_ASKS_FOR_A_HUMAN = {
    Classification.POSITIVE: ("POSITIVE_REPLY", "A positive reply"),
    Classification.NEUTRAL: ("REPLY_REVIEW", "A reply that a person must read"),
}
_COMPLAINT = ("COMPLAINT", "A complaint about spam")
_UNSURE = ("REPLY_REVIEW", "A reply that may not mean what it was taken for")


def alert(dossier: Dossier, reply: Understood) -> AlertRequested | None:
    """Return the alert that a reply asks for; None if it needs no human."""
    found = _COMPLAINT if reply.complaint else _ASKS_FOR_A_HUMAN.get(reply.classification)
    if found is None and reply.needs_review:
        found = _UNSURE
    if found is None:
        return None
    alert_type, title = found
    step = dossier.answered_step(reply.inbound_email_id)
    answers = f"It answers step {step}" if step else "It arrived outside the thread"
    return AlertRequested(
        alert_type=alert_type,
        subject=str(reply.inbound_email_id),
        title=f"{title}: {dossier.campaign_name}"[:200],
        message=f"{answers} of campaign {dossier.campaign_name[:200]}.",
        campaign_id=dossier.campaign_id,
        lead_id=dossier.lead_id,
        inbound_email_id=reply.inbound_email_id,
        outbound_email_id=dossier.answered.get(reply.inbound_email_id),
    )
