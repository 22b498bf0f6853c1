"""What is said to an SMTP server of one e-mail after the other, in groups where it takes that (RFC 5321, RFC 2920)."""

import smtplib

from services.sender.composing import stuffed, wire_address
from services.sender.outgoing import OutgoingEmail
from services.sender.rules import Stage
from shared.mail.smtp import SmtpServer, close_smtp

_OK = 250
_WILL_FORWARD = 251
_GO_AHEAD = 354
# The commands before the text, and the answers that let it go on.
_ENVELOPE = {Stage.MAIL: {_OK}, Stage.RCPT: {_OK, _WILL_FORWARD}, Stage.DATA: {_GO_AHEAD}}


class AnswerError(Exception):
    """The server said something else than was hoped for."""

    def __init__(self, code: int, text: bytes | str, stage: Stage) -> None:
        self.text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        self.code, self.stage = code, stage
        super().__init__(f"{code} {self.text}")


class Dialogue:
    """The e-mails of one open connection; raises what smtplib raises, and `AnswerError`."""

    def __init__(self, connection: smtplib.SMTP, server: SmtpServer) -> None:
        self._connection = connection
        self._server = server
        self._takes_groups = connection.has_extn("pipelining")
        # Whose text the server may be waiting for: whatever else is said to it would be taken for that text.
        self._awaited: OutgoingEmail | None = None

    def is_free(self, email: OutgoingEmail | None = None) -> bool:
        """Tell whether the server waits for no text, or for the text of this e-mail."""
        return self._awaited is None or self._awaited is email

    def offer(self, email: OutgoingEmail) -> None:
        """Say MAIL, RCPT and DATA unless that was announced, and hear that the text is welcome."""
        if not self._takes_groups:
            self._offer_one_by_one(email)
            return
        if self._awaited is None:
            self._say_envelope(email)
        self._hear_envelope()

    def hand_over(self, content: bytes) -> None:
        """Send the text of the e-mail that was offered; what fails did not take the final dot along."""
        self._connection.send(stuffed(content))
        self._awaited = None

    def announce(self, following: OutgoingEmail) -> None:
        """Say the envelope of the next e-mail before the answer to the last text is there (RFC 2920, section 3.1)."""
        if self._takes_groups:
            self._say_envelope(following)

    def final_answer(self) -> str:
        """Return what the server says of the text that it took."""
        self._wait_for(self._server.final_timeout_seconds)
        try:
            return self._hear(Stage.DATA, {_OK})
        finally:
            self._wait_for(self._server.timeout_seconds)

    def close(self) -> None:
        """Say QUIT, or hang up where that would be taken for a text; what is answered no longer matters."""
        if self.is_free():
            close_smtp(self._connection)
        else:
            self.drop()

    def drop(self) -> None:
        """Hang up: the one way to say that a text does not come, or not whole (RFC 5321, section 4.1.1.4)."""
        self._connection.close()

    def reset(self) -> None:
        """Let the server forget the e-mail that it refused."""
        self._connection.rset()

    def _offer_one_by_one(self, email: OutgoingEmail) -> None:
        for command, (stage, welcome) in zip(_envelope(email), _ENVELOPE.items(), strict=True):
            self._connection.send(command)
            self._hear(stage, welcome)

    def _say_envelope(self, email: OutgoingEmail) -> None:
        commands = "".join(_envelope(email))
        self._awaited = email
        self._connection.send(commands)

    def _hear_envelope(self) -> None:
        """Hear an answer to each command; the first refusal is what counts."""
        refusal: AnswerError | None = None
        for stage, welcome in _ENVELOPE.items():
            try:
                self._hear(stage, welcome)
            except AnswerError as answer:
                refusal = refusal or answer
                if stage is Stage.DATA:
                    self._awaited = None
            except (smtplib.SMTPException, OSError):
                if refusal is None:
                    raise
                break
        if refusal:
            raise refusal

    def _hear(self, stage: Stage, welcome: set[int]) -> str:
        code, text = self._connection.getreply()
        if code < 0:
            raise smtplib.SMTPServerDisconnected("the answer was not SMTP")
        if code not in welcome:
            raise AnswerError(code, text, stage)
        return text.decode("utf-8", "replace")

    def _wait_for(self, seconds: float) -> None:
        if self._connection.sock is not None:
            self._connection.sock.settimeout(seconds)


def _envelope(email: OutgoingEmail) -> tuple[str, str, str]:
    sender, recipient = wire_address(email.sender), wire_address(email.recipient)
    return f"MAIL FROM:<{sender}>\r\n", f"RCPT TO:<{recipient}>\r\n", "DATA\r\n"
