"""Sends through SMTP over one kept connection, and knows at every moment what an answer would mean (RFC 5321)."""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress

import structlog

from services.sender.composing import compose
from services.sender.dialogue import AnswerError, Dialogue
from services.sender.outgoing import OutgoingEmail, UnwritableError
from services.sender.rules import SendResult, Stage, Verdict, judge_smtp
from shared.faults import point
from shared.mail.smtp import NobodyAnswersError, SmtpServer, open_smtp

log = structlog.get_logger()
_ENDS_CONNECTION = {Verdict.CLOSING, Verdict.OUTAGE, Verdict.LOGIN_REFUSED, Verdict.QUOTA}


class SmtpProvider:
    """One SMTP connection to one mailbox's server; opened when first needed, reopened when it was lost.

    `begin` is called with an e-mail just before its text leaves; after an `OSError` of it, none does.
    """

    def __init__(self, server: SmtpServer, begin: Callable[[OutgoingEmail], None]) -> None:
        self._server = server
        self._begin = begin
        self._dialogue: Dialogue | None = None

    def send(self, email: OutgoingEmail, following: OutgoingEmail | None = None) -> SendResult:
        """Send one e-mail; never raises for what the server or the network does.

        The server may hear of the one that is `following` already now; if another one is sent instead, no harm is done.
        """
        try:
            content = compose(email)
        except UnwritableError as error:
            return SendResult(Verdict.REFUSED, str(error))
        kept = self._dialogue is not None
        result = self._attempt(email, content, following)
        if kept and self._dialogue is None and result.verdict in {Verdict.OUTAGE, Verdict.CLOSING}:
            # The server hung up while the connection lay idle; a new one tells whether it is away.
            result = self._attempt(email, content, following)
        return result

    def close(self) -> None:
        """Take leave of the server; an error now changes nothing about what was accepted before."""
        if self._dialogue is not None:
            self._dialogue.close()
        self._dialogue = None

    def _attempt(self, email: OutgoingEmail, content: bytes, following: OutgoingEmail | None) -> SendResult:
        try:
            dialogue = self._open(email)
            dialogue.offer(email)
        except AnswerError as answer:
            return self._after_refusal(answer)
        except NobodyAnswersError as error:
            return self._lost(Verdict.AWAY, error.__cause__ or error)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            return self._lost(Verdict.LOGIN_REFUSED if _needs_a_human(error) else Verdict.OUTAGE, error)
        return self._content(dialogue, email, content, following)

    def _open(self, email: OutgoingEmail) -> Dialogue:
        if self._dialogue is not None and not self._dialogue.is_free(email):
            self._drop()
        if self._dialogue is None:
            try:
                self._dialogue = Dialogue(open_smtp(self._server), self._server)
            except smtplib.SMTPAuthenticationError as error:
                raise AnswerError(error.smtp_code, error.smtp_error, Stage.LOGIN) from error
            except smtplib.SMTPResponseException as error:
                raise AnswerError(error.smtp_code, error.smtp_error, Stage.CONNECT) from error
        return self._dialogue

    def _content(
        self, dialogue: Dialogue, email: OutgoingEmail, content: bytes, following: OutgoingEmail | None
    ) -> SendResult:
        """Hand the content over: once the final dot has left, silence means UNKNOWN (RFC 1047)."""
        point("before_smtp_data")
        try:
            self._begin(email)
            point("after_begun")
            dialogue.hand_over(content)
        except (smtplib.SMTPException, OSError) as error:
            return self._lost(Verdict.OUTAGE, error)
        point("after_smtp_data")
        try:
            if following:
                with suppress(UnwritableError):
                    dialogue.announce(following)
            answer = dialogue.final_answer()
        except AnswerError as refusal:
            point("after_smtp_250")
            return self._after_refusal(refusal)
        except (smtplib.SMTPException, OSError) as error:
            return self._lost(Verdict.UNKNOWN, error)
        point("after_smtp_250")
        return SendResult(Verdict.SENT, provider_id=answer[:200])

    def _after_refusal(self, answer: AnswerError) -> SendResult:
        verdict = judge_smtp(answer.code, answer.text, answer.stage)
        if self._dialogue is not None:
            self._go_on(self._dialogue, verdict)
        return SendResult(verdict, " ".join(str(answer).split())[:500])

    def _go_on(self, dialogue: Dialogue, verdict: Verdict) -> None:
        if verdict in _ENDS_CONNECTION or not dialogue.is_free():
            self._drop()
            return
        try:
            dialogue.reset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _lost(self, verdict: Verdict, error: BaseException) -> SendResult:
        self._drop()
        log.warning("smtp.connection_lost", verdict=str(verdict), error=type(error).__name__)
        return SendResult(verdict, f"{type(error).__name__}: {error}"[:500])

    def _drop(self) -> None:
        if self._dialogue is not None:
            self._dialogue.drop()
        self._dialogue = None


def _needs_a_human(error: Exception) -> bool:
    """Tell whether waiting can't help: a certificate, a password or a security setting is wrong."""
    wrong = (ssl.SSLCertVerificationError, smtplib.SMTPNotSupportedError, UnicodeError)
    # smtplib raises its bare base class when the server offers no way to log in that it speaks.
    return isinstance(error, wrong) or type(error) is smtplib.SMTPException
