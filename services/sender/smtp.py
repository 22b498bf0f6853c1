"""Sends through SMTP over one kept connection, and knows at every moment what an answer would mean (RFC 5321)."""

import smtplib
import ssl
from collections.abc import Callable

import structlog

from services.sender.composing import compose, stuffed, wire_address
from services.sender.outgoing import OutgoingEmail, UnwritableError
from services.sender.rules import SendResult, Stage, Verdict, judge_smtp
from shared.faults import point
from shared.mail.smtp import NobodyAnswersError, SmtpServer, close_smtp, open_smtp

log = structlog.get_logger()
_OK = 250
_WILL_FORWARD = 251
_GO_AHEAD = 354
# The commands before the text, and the answers that let it go on.
_ENVELOPE = {Stage.MAIL: {_OK}, Stage.RCPT: {_OK, _WILL_FORWARD}, Stage.DATA: {_GO_AHEAD}}


class _AnswerError(Exception):
    """The server said something else than was hoped for."""

    def __init__(self, code: int, text: bytes | str, stage: Stage) -> None:
        self.text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        self.code, self.stage = code, stage
        super().__init__(f"{code} {self.text}")

    def result(self) -> SendResult:
        """Return what this answer means."""
        return SendResult(judge_smtp(self.code, self.text, self.stage), " ".join(str(self).split())[:500])


class SmtpProvider:
    """One SMTP connection to one mailbox's server; opened when first needed, reopened when it was lost.

    `begin` is called with an e-mail just before its text leaves; after an `OSError` of it, none does.
    """

    def __init__(self, server: SmtpServer, begin: Callable[[OutgoingEmail], None]) -> None:
        self._server = server
        self._begin = begin
        self._connection: smtplib.SMTP | None = None

    def send(self, email: OutgoingEmail) -> SendResult:
        """Send one e-mail; never raises for what the server or the network does."""
        try:
            content = compose(email)
            addresses = wire_address(email.sender), wire_address(email.recipient)
        except UnwritableError as error:
            return SendResult(Verdict.REFUSED, str(error))
        kept = self._connection is not None
        result = self._attempt(email, *addresses, content)
        if kept and self._connection is None and result.verdict in {Verdict.OUTAGE, Verdict.CLOSING}:
            # The server hung up while the connection lay idle; a new one tells whether it is away.
            result = self._attempt(email, *addresses, content)
        return result

    def close(self) -> None:
        """Say QUIT; an error now changes nothing about what was accepted before."""
        if self._connection is not None:
            close_smtp(self._connection)
        self._connection = None

    def _attempt(self, email: OutgoingEmail, sender: str, recipient: str, content: bytes) -> SendResult:
        try:
            connection = self._open()
            self._envelope(connection, sender, recipient)
        except _AnswerError as answer:
            return self._after_refusal(answer)
        except NobodyAnswersError as error:
            return self._lost(Verdict.AWAY, error.__cause__ or error)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            return self._lost(Verdict.LOGIN_REFUSED if _needs_a_human(error) else Verdict.OUTAGE, error)
        return self._content(connection, email, content)

    def _open(self) -> smtplib.SMTP:
        if self._connection is None:
            try:
                self._connection = open_smtp(self._server)
            except smtplib.SMTPAuthenticationError as error:
                raise _AnswerError(error.smtp_code, error.smtp_error, Stage.LOGIN) from error
            except smtplib.SMTPResponseException as error:
                raise _AnswerError(error.smtp_code, error.smtp_error, Stage.CONNECT) from error
        return self._connection

    def _envelope(self, connection: smtplib.SMTP, sender: str, recipient: str) -> None:
        """Say MAIL, RCPT and DATA: at once if the server takes it (RFC 2920), else one after the other."""
        commands = f"MAIL FROM:<{sender}>\r\n", f"RCPT TO:<{recipient}>\r\n", "DATA\r\n"
        if connection.has_extn("pipelining"):
            connection.send("".join(commands))
            self._all_answers(connection)
            return
        for command, (stage, welcome) in zip(commands, _ENVELOPE.items(), strict=True):
            connection.send(command)
            answer = _reply(connection)
            if answer[0] not in welcome:
                raise _AnswerError(*answer, stage)

    def _all_answers(self, connection: smtplib.SMTP) -> None:
        """Read an answer to each command of the envelope; the first refusal is what counts."""
        refusal: _AnswerError | None = None
        code = 0
        for stage, welcome in _ENVELOPE.items():
            try:
                code, text = _reply(connection)
            except (smtplib.SMTPException, OSError):
                if refusal is None:
                    raise
                self._drop()
                break
            if code not in welcome:
                refusal = refusal or _AnswerError(code, text, stage)
        if refusal:
            if code == _GO_AHEAD:
                # It waits for a text all the same; hanging up is the one way to say that there is none.
                self._drop()
            raise refusal

    def _content(self, connection: smtplib.SMTP, email: OutgoingEmail, content: bytes) -> SendResult:
        """Hand the content over: once the final dot has left, silence means UNKNOWN (RFC 1047)."""
        point("before_smtp_data")
        try:
            self._begin(email)
            point("after_begun")
            # What fails here did not take the final dot along: the server has to drop it (RFC 5321 §4.1.1.4).
            connection.send(stuffed(content))
        except (smtplib.SMTPException, OSError) as error:
            return self._lost(Verdict.OUTAGE, error)
        point("after_smtp_data")
        try:
            code, text = self._final_answer(connection)
        except (smtplib.SMTPException, OSError) as error:
            return self._lost(Verdict.UNKNOWN, error)
        point("after_smtp_250")
        if code != _OK:
            return self._after_refusal(_AnswerError(code, text, Stage.DATA))
        return SendResult(Verdict.SENT, provider_id=text.decode("utf-8", "replace")[:200])

    def _final_answer(self, connection: smtplib.SMTP) -> tuple[int, bytes]:
        if connection.sock is not None:
            connection.sock.settimeout(self._server.final_timeout_seconds)
        code, text = _reply(connection)
        if connection.sock is not None:
            connection.sock.settimeout(self._server.timeout_seconds)
        return code, text

    def _after_refusal(self, answer: _AnswerError) -> SendResult:
        result = answer.result()
        if result.verdict in {Verdict.CLOSING, Verdict.OUTAGE, Verdict.LOGIN_REFUSED, Verdict.QUOTA}:
            self._drop()
        elif self._connection is not None:
            self._reset(self._connection)
        return result

    def _reset(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _lost(self, verdict: Verdict, error: BaseException) -> SendResult:
        self._drop()
        log.warning("smtp.connection_lost", verdict=str(verdict), error=type(error).__name__)
        return SendResult(verdict, f"{type(error).__name__}: {error}"[:500])

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _reply(connection: smtplib.SMTP) -> tuple[int, bytes]:
    code, text = connection.getreply()
    if code < 0:
        raise smtplib.SMTPServerDisconnected("the answer was not SMTP")
    return code, text


def _needs_a_human(error: Exception) -> bool:
    """Tell whether waiting can't help: a certificate, a password or a security setting is wrong."""
    wrong = (ssl.SSLCertVerificationError, smtplib.SMTPNotSupportedError, UnicodeError)
    # smtplib raises its bare base class when the server offers no way to log in that it speaks.
    return isinstance(error, wrong) or type(error) is smtplib.SMTPException
