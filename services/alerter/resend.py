"""Alerts as e-mail through Resend: one request for all addresses, under the alert's idempotency key."""

from collections.abc import Mapping, Sequence

from services.alerter.rules import header_key, one_line
from shared.errors import TransientError
from shared.mail.resend import ResendClient


class ResendAlertProvider:
    """One Resend account; it accepts a request for all recipients or for none."""

    def __init__(self, client: ResendClient, *, sender: str, recipients: Sequence[str]) -> None:
        self._client = client
        self._sender = sender
        self._recipients = list(recipients)

    def send_alert(self, title: str, message: str, metadata: Mapping[str, str]) -> bool:
        """Hand the alert over; for 24 hours a repeated one is answered and not sent again."""
        payload: dict[str, object] = {
            "from": self._sender,
            "to": self._recipients,
            "subject": one_line(title, 200),
            "text": message,
            "headers": {"Auto-Submitted": "auto-generated"},
        }
        answer = self._client.post_email(payload, idempotency_key=header_key(metadata.get("key", title)))
        if not answer.accepted:
            raise TransientError(one_line(f"Resend {answer.status} {answer.name} {answer.message}", 200))
        return True

    def is_configured(self) -> bool:
        """Need a sender and recipients."""
        return bool(self._sender and self._recipients)

    def get_name(self) -> str:
        """Return `email:` and the addresses."""
        return f"email:{','.join(self._recipients)}"
