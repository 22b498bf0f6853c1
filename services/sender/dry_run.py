"""The provider that sends nothing: it writes the e-mail, logs that it would leave, and says yes."""

import structlog

from services.sender.composing import compose
from services.sender.outgoing import OutgoingEmail, UnwritableError
from services.sender.rules import SendResult, Verdict

log = structlog.get_logger()


class DryRunProvider:
    """Accepts every e-mail that can be written."""

    def send(self, email: OutgoingEmail, _following: OutgoingEmail | None = None) -> SendResult:
        """Say SENT without sending."""
        try:
            size = len(compose(email))
        except UnwritableError as error:
            return SendResult(Verdict.REFUSED, str(error))
        log.info("email.dry_run", outbound_email_id=email.id, size_bytes=size)
        return SendResult(Verdict.SENT, provider_id=f"dry-run:{email.idempotency_key}")

    def close(self) -> None:
        """Do nothing: there is no connection."""
