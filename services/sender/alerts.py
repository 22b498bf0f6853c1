"""The alerts the sender asks for; their subjects decide what a human is told once."""

from datetime import datetime

from services.sender.outgoing import OutgoingEmail
from shared.events import AlertRequested


def unknown_send(email_id: int, lead_id: int, campaign_id: int, reason: str) -> AlertRequested:
    """Ask a human to look at an e-mail that may or may not have been sent."""
    return AlertRequested(
        alert_type="UNKNOWN_SEND",
        subject=str(email_id),
        title=f"E-mail {email_id} may or may not have been sent",
        message=f"It will not be sent again by itself. {reason}"[:2000],
        campaign_id=campaign_id,
        lead_id=lead_id,
        outbound_email_id=email_id,
    )


def mailbox_paused(email: OutgoingEmail, now: datetime, reason: str) -> AlertRequested:
    """Ask a human to look at a mailbox that may not send until its settings are right."""
    return AlertRequested(
        alert_type="MAILBOX_PAUSED",
        subject=f"{email.mailbox_id}/{now.isoformat()}",
        title=f"Mailbox {email.sender} can't send"[:200],
        message=reason[:2000],
        campaign_id=email.campaign_id,
    )


def sending_refused(email: OutgoingEmail, now: datetime, reason: str) -> AlertRequested:
    """Ask a human to look at our own standing; at most once a day for each mailbox."""
    return AlertRequested(
        alert_type="SENDING_REFUSED",
        subject=f"{email.mailbox_id}/{now.date().isoformat()}",
        title=f"Mail from {email.sender} is refused because of us"[:200],
        message=reason[:2000],
        campaign_id=email.campaign_id,
        outbound_email_id=email.id,
    )
