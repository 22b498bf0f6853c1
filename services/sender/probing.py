"""Ends the rest of mailboxes whose server did not answer, as soon as it greets again; no e-mail is risked for that."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from sqlalchemy import select, update

from services.sender.planning import Mailbox
from services.sender.providers import server_of
from services.sender.rules import Verdict
from shared.errors import ConfigurationError
from shared.mail.smtp import SmtpServer, answers
from shared.settings import SmtpSettings
from shared.states import Provider
from shared.tables import mailboxes
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()

PROBE_SECONDS = 5.0
_AT_ONCE = 8
_box = mailboxes.c
_AWAY = _box.send_paused_reason.startswith(f"{Verdict.AWAY}:") & (_box.provider == Provider.SMTP)


def greet_the_away(uow: UnitOfWork, *, smtp: SmtpSettings, send: Callable[[UnitOfWork], None]) -> None:
    """Ask each server once whose mailboxes rest because nobody answered; if one does, send at once what waits."""
    resting = _resting(uow, smtp)
    back = _greeted({server for server in resting.values() if server})
    ids = [number for number, server in resting.items() if server in back]
    if not ids:
        return
    with uow.begin() as tx:
        rested = update(mailboxes).where(_box.id.in_(ids), _AWAY).values(send_retry_at=tx.clock())
        tx.connection.execute(rested)
    log.info("mailboxes.answer_again", mailboxes=len(ids))
    send(uow)


def _resting(uow: UnitOfWork, smtp: SmtpSettings) -> dict[int, SmtpServer | None]:
    with uow.begin() as tx:
        wanted = select(*(_box[name] for name in Mailbox.__slots__)).where(_AWAY, _box.send_retry_at > tx.clock())
        return {row.id: _server(Mailbox(*row), smtp) for row in tx.connection.execute(wanted)}


def _server(mailbox: Mailbox, smtp: SmtpSettings) -> SmtpServer | None:
    try:
        return server_of(mailbox, smtp)
    except ConfigurationError:
        return None


def _greeted(servers: set[SmtpServer]) -> set[SmtpServer]:
    asked = sorted(servers, key=lambda server: (server.host, server.port))
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="probe") as pool:
        said = pool.map(lambda server: answers(server, within_seconds=PROBE_SECONDS), asked)
        return {server for server, yes in zip(asked, said, strict=True) if yes}
