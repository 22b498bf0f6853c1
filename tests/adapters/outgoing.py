"""Builds e-mails for the providers' tests."""

from dataclasses import replace
from datetime import UTC, datetime

from services.sender.outgoing import OutgoingEmail

_NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
_EMAIL = OutgoingEmail(
    id=42,
    lead_id=7,
    campaign_id=3,
    mailbox_id=1,
    token="SMTP:lease",
    attempts=1,
    doubtful=False,
    mailbox_paused=False,
    sender="sender@example.com",
    sender_name="Sally Sender",
    recipient="ann@example.org",
    subject="A question",
    body="Hi Ann,\n\n.a line with a dot\nBye\n",
    message_id="<cam.42.69a81bc00123456789abcdef@example.com>",
    in_reply_to=None,
    references=(),
    date=_NOON,
    silence_days=3,
)


def an_email(**changes: object) -> OutgoingEmail:
    """Return an e-mail in which only this is special."""
    return replace(_EMAIL, **changes)  # type: ignore[arg-type] # a builder's changes have no one type


def a_follow_up(**changes: object) -> OutgoingEmail:
    """Return the third e-mail of a thread."""
    return an_email(
        subject="Re: A question", in_reply_to="<cam.2.b@x>", references=("<cam.1.a@x>", "<cam.2.b@x>"), **changes
    )


def begin(email: OutgoingEmail) -> None:
    """Let every e-mail leave."""
    del email
