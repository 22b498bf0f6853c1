"""Opening an SMTP connection for submission: plain, STARTTLS or TLS, with AUTH and timeouts (RFC 6409)."""

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

# Every answer but the last one; the server may think for long about a whole e-mail (RFC 5321 §4.5.3.2).
STEP_SECONDS = 20.0
FINAL_SECONDS = 150.0


class NobodyAnswersError(ConnectionError):
    """No connection came about, or nobody greeted on it: nothing was asked and nothing refused."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where and how to submit mail; `security` is none, starttls or tls."""

    host: str
    port: int
    security: str = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout_seconds: float = STEP_SECONDS
    final_timeout_seconds: float = FINAL_SECONDS


def open_smtp(server: SmtpServer) -> smtplib.SMTP:
    """Connect, greet, encrypt and log in; raises what smtplib raises, and `NobodyAnswersError` for silence."""
    connection = _reach(server)
    try:
        _greet(connection)
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
            _greet(connection)
        if server.username:
            connection.login(server.username, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def answers(server: SmtpServer, *, within_seconds: float) -> bool:
    """Tell whether somebody greets there; nobody logs in, and no e-mail is offered."""
    try:
        close_smtp(_reach(replace(server, timeout_seconds=within_seconds)))
    except NobodyAnswersError:
        return False
    except (smtplib.SMTPException, OSError):
        return True  # an answer, whatever it says
    return True


def close_smtp(connection: smtplib.SMTP) -> None:
    """Say QUIT and close; what the server answers no longer matters."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        connection.quit()
    connection.close()


@contextmanager
def smtp(server: SmtpServer) -> Iterator[smtplib.SMTP]:
    """Open a connection for a block, and quit after it."""
    connection = open_smtp(server)
    try:
        yield connection
    finally:
        close_smtp(connection)


def _reach(server: SmtpServer) -> smtplib.SMTP:
    try:
        return _connect(server)
    except (ssl.SSLCertVerificationError, smtplib.SMTPConnectError):
        raise  # somebody answered
    except OSError as error:  # that of smtplib, for who hangs up in the greeting, is one too
        raise NobodyAnswersError(f"{type(error).__name__}: {error}") from error


def _connect(server: SmtpServer) -> smtplib.SMTP:
    # A host name given here spares smtplib a look-up of our own name, which can take seconds.
    name, timeout = socket.gethostname(), server.timeout_seconds
    if server.security == "tls":
        context = ssl.create_default_context()
        return _prompt(smtplib.SMTP_SSL(server.host, server.port, name, timeout=timeout, context=context))
    return _prompt(smtplib.SMTP(server.host, server.port, name, timeout=timeout))


def _prompt(connection: smtplib.SMTP) -> smtplib.SMTP:
    """Let what is said leave at once, even while the last thing said is not yet acknowledged (RFC 896)."""
    if connection.sock is not None:
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _greet(connection: smtplib.SMTP) -> None:
    connection.ehlo_or_helo_if_needed()
