"""Sends through Resend's HTTP API; a repetition under the same key is the same e-mail."""

from collections.abc import Callable
from datetime import timedelta

from services.sender.composing import compose, sender_header
from services.sender.outgoing import OutgoingEmail, UnwritableError
from services.sender.rules import SendResult, Verdict, judge_resend
from shared.errors import OutageError, TransientError
from shared.mail.resend import ResendAnswer, ResendClient

_TRIES = 4
_LONGEST_WAIT_SECONDS = 3.0
_TOO_MANY = 429


class ResendProvider:
    """One Resend account; `wait` is called with the seconds a rate limit asks for.

    `begin` is called with an e-mail just before it leaves; after an `OSError` of it, it does not.
    """

    def __init__(
        self, client: ResendClient, wait: Callable[[float], object], begin: Callable[[OutgoingEmail], None]
    ) -> None:
        self._client = client
        self._wait = wait
        self._begin = begin

    def send(self, email: OutgoingEmail, _following: OutgoingEmail | None = None) -> SendResult:
        """Send one e-mail; never raises for what the API or the network does."""
        try:
            compose(email)
            self._begin(email)
            answer = self._post_patiently(email)
        except UnwritableError as error:
            return SendResult(Verdict.REFUSED, str(error))
        except (OutageError, OSError) as error:
            return SendResult(Verdict.OUTAGE, str(error)[:500])
        except TransientError as error:
            return SendResult(Verdict.RETRY, str(error)[:500], doubtful=True)
        return _result(answer)

    def close(self) -> None:
        """Close the HTTP connections."""
        self._client.close()

    def _post_patiently(self, email: OutgoingEmail) -> ResendAnswer:
        content = payload(email)
        answer = self._client.post_email(content, idempotency_key=email.idempotency_key)
        for _ in range(_TRIES - 1):
            pause = answer.retry_after_seconds
            if answer.status != _TOO_MANY or pause is None or pause > _LONGEST_WAIT_SECONDS:
                break
            self._wait(pause)
            answer = self._client.post_email(content, idempotency_key=email.idempotency_key)
        return answer


def payload(email: OutgoingEmail) -> dict[str, object]:
    """Return the JSON body; equal e-mails give equal bodies, whenever they are sent."""
    headers = {"List-Unsubscribe": email.unsubscribe}
    if email.in_reply_to:
        headers["In-Reply-To"] = email.in_reply_to
    # Resend replaces the Message-ID; in References ours survives, and comes back with the answer.
    headers["References"] = " ".join((*email.references, email.message_id))
    return {
        "from": sender_header(email),
        "to": [email.recipient],
        "subject": email.subject,
        "text": email.body,
        "headers": headers,
    }


def _result(answer: ResendAnswer) -> SendResult:
    if answer.accepted:
        return SendResult(Verdict.SENT, provider_id=answer.id)
    verdict, doubtful = judge_resend(answer.status, answer.name)
    pause = answer.retry_after_seconds
    return SendResult(
        verdict,
        f"{answer.status} {answer.name} {answer.message}".strip(),
        retry_after=None if pause is None else timedelta(seconds=pause),
        doubtful=doubtful,
    )
