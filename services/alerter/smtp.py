"""Alerts as e-mail through an SMTP server, one channel for each address."""

import hashlib
import smtplib
import threading
import time
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr

from services.alerter.rules import one_line
from shared.errors import OutageError, TransientError
from shared.mail.smtp import NobodyAnswersError, SmtpServer, close_smtp, open_smtp

_REUSE_SECONDS = 30.0
_BUSY_SECONDS = 4.0


class SmtpCarrier:
    """One connection to the server, kept for a moment and used by one thread at a time."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._lock = threading.Lock()
        self.connection: smtplib.SMTP | None = None
        self._used_at = 0.0

    def submit(self, mail: EmailMessage, sender: str, recipient: str) -> None:
        """Hand one e-mail over; `TransientError` says why the server did not take it."""
        if not self._lock.acquire(timeout=_BUSY_SECONDS):
            raise TransientError("the SMTP connection is busy")
        try:
            self._open().send_message(mail, sender, [recipient])
            self._used_at = time.monotonic()
        except NobodyAnswersError as error:
            self.close()
            raise OutageError(_reason(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise TransientError(_reason(error)) from error
        finally:
            self._lock.release()

    def close(self) -> None:
        """Say goodbye to the server if it was spoken to."""
        if self.connection:
            close_smtp(self.connection)
        self.connection = None

    def _open(self) -> smtplib.SMTP:
        """Return a connection that answers; one that was idle may have been closed by the server."""
        fresh = time.monotonic() - self._used_at < _REUSE_SECONDS
        if self.connection and fresh and _alive(self.connection):
            return self.connection
        self.close()
        self.connection = open_smtp(self._server)
        return self.connection


class SmtpAlertProvider:
    """One address, reached through a carrier that all addresses share."""

    def __init__(self, carrier: SmtpCarrier, *, sender: str, recipient: str) -> None:
        self._carrier = carrier
        self._sender = sender
        self._recipient = recipient

    def send_alert(self, title: str, message: str, metadata: Mapping[str, str]) -> bool:
        """Submit the alert; its Message-ID is the same in every attempt, so that mail programs can fold repeats."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._sender
        mail["To"] = self._recipient
        mail["Subject"] = one_line(title, 200)
        mail["Date"] = formatdate()
        mail["Message-ID"] = self._message_id(metadata.get("key", title))
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's out-of-office shall answer
        mail.set_content(message)
        self._carrier.submit(mail, parseaddr(self._sender)[1], self._recipient)
        return True

    def is_configured(self) -> bool:
        """Need a sender and a recipient."""
        return bool(self._sender and self._recipient)

    def get_name(self) -> str:
        """Return `email:address`."""
        return f"email:{self._recipient}"

    def _message_id(self, key: str) -> str:
        digest = hashlib.sha256(f"{key}\n{self._recipient}".encode()).hexdigest()[:32]
        return f"<alert.{digest}@{parseaddr(self._sender)[1].rpartition('@')[2]}>"


def _alive(connection: smtplib.SMTP) -> bool:
    try:
        return connection.noop()[0] == 250  # noqa: PLR2004 - RFC 5321 §4.2.3, requested action completed
    except (smtplib.SMTPException, OSError):
        return False


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return _answer(code, text)
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return one_line(f"{type(error).__name__}: {error}", 200)


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return one_line(f"SMTP {code} {words}", 200)
