"""An SMTP server (aiosmtpd) whose answers a test decides, down to hanging up after the final dot."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HANG_UP = "hang up"
USERNAME = b"sender@example.com"
PASSWORD = b"right"


@dataclass
class ProgrammedServer:
    """What the server answers next, verb by verb, and what it accepted."""

    port: int = 0
    answers: dict[str, list[str]] = field(default_factory=dict)
    accepted: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    connections: int = 0
    pipelining: bool = False

    def program(self, verb: str, *answers: str) -> None:
        """Answer the next times with these; then say yes again."""
        self.answers.setdefault(verb, []).extend(answers)

    def take(self, verb: str) -> str | None:
        """Return the programmed answer to this verb, if there is one."""
        return self.answers[verb].pop(0) if self.answers.get(verb) else None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count connections, which greet once each."""
        del server, envelope
        session.host_name = hostname
        self.connections += 1
        return [responses[0], "250-PIPELINING", *responses[1:]] if self.pipelining else responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL FROM."""
        del session, options
        envelope.mail_from = address
        return self._say(server, self.take("MAIL"))

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        del session, options
        answer = self._say(server, self.take("RCPT"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer the final dot; what was answered with a hang-up was accepted all the same."""
        del session
        answer = self.take("DATA")
        if answer in {None, HANG_UP}:
            content = cast("bytes", envelope.original_content)
            self.raw.append(content)
            self.accepted.append(message_from_bytes(content, policy=default))
        return self._say(server, answer)

    def _say(self, server: SMTP, answer: str | None) -> str:
        if answer == HANG_UP:
            cast("asyncio.WriteTransport", server.transport).abort()
        return answer if answer and answer != HANG_UP else "250 2.0.0 OK"


def _authenticate(_server: object, _session: object, _envelope: object, _mechanism: str, data: object) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USERNAME, PASSWORD)
    return AuthResult(success=known, handled=False)


class _Quiet(Controller):
    """A controller whose server takes passwords in the clear: this is a test."""

    def factory(self) -> SMTP:
        return SMTP(
            self.handler,
            hostname="mail.example.net",
            authenticator=_authenticate,
            auth_require_tls=False,
            tls_context=None if self.implicit else self.tls,
            require_starttls=self.tls is not None and not self.implicit,
            loop=asyncio.get_event_loop(),
        )

    implicit = False
    tls: ssl.SSLContext | None = None


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def smtp_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, pipelining: bool = False
) -> Iterator[ProgrammedServer]:
    """Run a server for a block; with `implicit` it speaks TLS from the first byte, else after STARTTLS."""
    handler = ProgrammedServer(port=free_port(), pipelining=pipelining)
    context = tls if implicit else None
    controller = _Quiet(handler, hostname="127.0.0.1", port=handler.port, ssl_context=context)
    controller.tls, controller.implicit = tls, implicit
    controller.start()
    try:
        # The controller's own first look is no connection of ours.
        handler.connections = 0
        yield handler
    finally:
        controller.stop()
