"""One replica of the inbox against a real Dovecot, and a post office that delivers through LMTP."""

import smtplib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial

from imapclient import IMAPClient

from services.inbox.jobs import Watch, watch_mailboxes
from services.inbox.watcher import Patience, start_watcher
from shared.unit_of_work import UnitOfWork
from tests.endpoints import Account, Mailserver
from tests.handlers.inbox.world import World

QUICK = Patience(poll=0.3, poll_without_idle=0.3, idle=300, timeout=5, rest=0.3)
ONLY_IDLE = Patience(poll=3600, poll_without_idle=3600, idle=300, timeout=5, rest=0.3)


@dataclass(frozen=True, slots=True)
class PostOffice:
    """Delivers to one account, and reads it as its owner would."""

    server: Mailserver
    account: Account

    def deliver(self, mail: EmailMessage | bytes) -> float:
        """Hand an e-mail to Dovecot and return when it was accepted (monotonic seconds)."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        with smtplib.LMTP(self.server.lmtp_host, self.server.lmtp_port) as lmtp:
            lmtp.sendmail("", [self.account.address], raw)
            return time.monotonic()

    @contextmanager
    def owner(self) -> Iterator[IMAPClient]:
        """Log in as the mailbox's owner."""
        with IMAPClient(self.server.imap_host, self.server.imap_port, ssl=False) as client:
            client.login(self.account.address, self.account.password)
            yield client


@contextmanager
def replica(
    uow: UnitOfWork, name: str = "one", patience: Patience = QUICK, lease_seconds: float = 30
) -> Iterator[threading.Event]:
    """Run one replica's job until the block ends, or until the event is set; then it drains."""
    stop = threading.Event()
    watch = Watch(name, lease_seconds, partial(start_watcher, patience=patience, cap=65_536), stop)

    def work() -> None:
        while not stop.is_set():
            watch_mailboxes(uow, watch=watch, every_seconds=0.05)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


def watched(world: World, office: PostOffice, **values: object) -> int:
    """Return a mailbox row for an account of Dovecot; the password is in the environment."""
    server, account = office.server, office.account
    fields = {"imap_host": server.imap_host, "imap_port": server.imap_port, "address": account.address}
    return world.mailbox(**fields | {"imap_password_ref": "env:TEST_INBOX_PASSWORD"} | values)
