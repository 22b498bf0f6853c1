"""Something that must pass a link after its fault: an idle link has recovered from nothing."""

import smtplib
from collections.abc import Callable
from itertools import count

from sqlalchemy import text

from chaos.arena import Arena
from shared.events import AlertRequested
from shared.unit_of_work import UnitOfWork

_STRANGERS = text("SELECT coalesce(sum(unmatched_count), 0) FROM mailboxes")
_STRANGER = "stranger@elsewhere.example"
_numbers = count(1)

Passed = Callable[[], bool]


def launch_probe(arena: Arena, link: str) -> Passed:
    """Give a link something to carry; what is returned tells whether it has arrived at the other end."""
    if link == "smtp":
        return _an_email(arena)
    if link == "imap":
        return _a_strangers_mail(arena)
    return _an_alert(arena)


def _an_email(arena: Arena) -> Passed:
    recipient = arena.launch_one()
    return lambda: any(mail.recipient == recipient for mail in list(arena.world.ledger.mails))


def _a_strangers_mail(arena: Arena) -> Passed:
    """Post mail that matches nobody: it is counted, not kept."""
    before = arena.witness.number(_STRANGERS)
    to, servers = arena.environment["AICMO_IMAP_EMAIL"], arena.machines.addresses
    words = f"From: {_STRANGER}\r\nTo: {to}\r\nMessage-ID: <{next(_numbers)}.{_STRANGER}>\r\n\r\nHello\r\n"
    with smtplib.LMTP(servers.lmtp_host, servers.lmtp_port, "elsewhere.example", timeout=10) as post:
        post.sendmail(_STRANGER, [to], words)
    return lambda: arena.witness.number(_STRANGERS) > before


def _an_alert(arena: Arena) -> Passed:
    """Commit an alert that any service publishes, and that reaches a human over broker, database and channel."""
    alert = AlertRequested(alert_type="MAILBOX_PAUSED", subject=f"probe/{next(_numbers)}", title="Is anybody there?")
    with UnitOfWork(arena.witness.engine, source="/cam/sender").begin() as tx:
        tx.emit(alert)
    return lambda: any(told.key == alert.key for told in list(arena.sink.alerts))
