"""The one SMTP server that stands for all the mail servers of the pretend internet."""

import socket
from collections import Counter
from collections.abc import Callable

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.characters import CHARACTERS
from demo.ledger import Ledger, Refused
from demo.mail import Mail, read_mail
from demo.people import person_at
from shared.clock import Clock

MAX_SIZE_BYTES = 1_000_000


class Exchange:
    """Takes e-mail for any domain, and asks the recipient's character whether the address is welcome."""

    def __init__(self, ledger: Ledger, on_mail: Callable[[Mail, int], None], clock: Clock) -> None:
        self._ledger = ledger
        self._on_mail = on_mail
        self._clock = clock
        self._attempts: Counter[str] = Counter()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Announce PIPELINING, as nearly every mail server does; aiosmtpd speaks it and does not say so."""
        session.host_name = hostname
        return [responses[0], "250-PIPELINING", *responses[1:]]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Remember when the transaction began."""
        session.begun_at = self._clock()  # type: ignore[attr-defined] # aiosmtpd's session carries its handler's notes
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse whom the character refuses."""
        refusal = self._refusal(address)
        if refusal:
            self._ledger.turned_away(Refused(self._clock(), address.lower(), refusal))
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take the e-mail and let each recipient think about it."""
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        accepted_at = self._clock()
        begun_at = getattr(session, "begun_at", accepted_at)
        for address in envelope.rcpt_tos:
            mail = read_mail(
                raw,
                mail_from=envelope.mail_from or "",
                recipient=address,
                begun_at=begun_at,
                accepted_at=accepted_at,
            )
            self._on_mail(mail, self._ledger.took(mail))
        return "250 2.0.0 OK: queued"

    def _refusal(self, address: str) -> str | None:
        person = person_at(address)
        if person is None:
            return None
        self._attempts[person.address] += 1
        return CHARACTERS[person.character].refuses(self._attempts[person.address])


def listen(exchange: Exchange, host: str, port: int) -> Controller:
    """Start the server in a thread of its own; port 0 takes a free one."""
    controller = Controller(
        exchange,
        hostname=host,
        port=port or free_port(host),
        server_hostname="mx.demo.example",
        data_size_limit=MAX_SIZE_BYTES,
        enable_SMTPUTF8=True,
    )
    controller.start()
    return controller


def free_port(host: str) -> int:
    """Return a port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
