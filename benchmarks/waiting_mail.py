"""E-mails that wait in Dovecot: read, matched, stored and announced by the inbox, from its login on.

The floor is imapclient fetching the same bodies, in batches of the same size, and nothing else.
"""

import time
from collections.abc import Mapping

from imapclient import IMAPClient
from sqlalchemy import Engine, and_, true, update

from benchmarks import rows
from benchmarks.figures import Measured, Once, Say, alternate
from benchmarks.letters import STYLES, deliver_all, reply
from benchmarks.running import count as number_of
from benchmarks.running import is_any, resident_megabytes, services, until
from console.servers import Servers
from console.stage import Stage
from shared.database import open_engine
from shared.errors import CamError
from shared.tables import inbound_emails, mailboxes, outbox

_BATCH = 200
_BEGINNING = (rows.WATCHED, rows.CAMPAIGN, rows.LEADS, rows.SENT)


def measure(
    stage: Stage, servers: Servers, environment: Mapping[str, str], count: int, *, rounds: int, say: Say
) -> Measured:
    """Deliver `count` replies, then let them be read again and again."""
    say(f"reading_waiting_mail: delivering {count:,} e-mails")
    deliver_all(servers, stage.address, [reply(n, stage.address, STYLES[n % len(STYLES)]) for n in range(1, count + 1)])
    engine = open_engine(stage.database_url)
    try:
        return alternate(
            "reading_waiting_mail",
            "waiting e-mails read and announced",
            count,
            rounds=rounds,
            floor=lambda: _fetch_only(servers, stage.address, count),
            ours=lambda: _read(engine, stage, servers, environment, count),
            say=say,
        )
    finally:
        engine.dispose()


def _read(engine: Engine, stage: Stage, servers: Servers, environment: Mapping[str, str], count: int) -> Once:
    values = {"address": stage.address, "port": servers.imap_port, "status": "RUNNING", "lead_status": "CONTACTED"}
    rows.fill(engine, _BEGINNING, count=count, **values)
    with services(engine, ("inbox",), environment) as processes:
        with engine.begin() as connection:
            connection.execute(update(mailboxes).values(imap_host=servers.imap_host))
        taken = mailboxes.c.lease_holder.is_not(None)
        until(lambda: number_of(engine, mailboxes, taken) == 1, "the mailbox is taken", poll_seconds=0.01)
        in_box = inbound_emails.c.mailbox_id == 1, inbound_emails.c.folder == "INBOX"
        last = and_(*in_box, inbound_emails.c.uid == count)
        began = time.perf_counter()
        # They are stored in the order of their UIDs.
        until(lambda: is_any(engine, inbound_emails, last), "the last e-mail is stored")
        until(lambda: not is_any(engine, outbox, true()), "every e-mail is announced")
        seconds = time.perf_counter() - began
        if (stored := number_of(engine, inbound_emails, true())) != count:
            raise CamError(f"{stored} of {count} e-mails were stored")
        return Once(seconds, resident_megabytes(processes))


def _fetch_only(servers: Servers, address: str, count: int) -> float:
    began = time.perf_counter()
    client = IMAPClient(servers.imap_host, servers.imap_port, ssl=False, timeout=30)
    try:
        client.login(address, servers.mail_password)
        client.select_folder("INBOX", readonly=True)
        uids = client.search(["ALL"])
        fetched = sum(len(client.fetch(uids[n : n + _BATCH], ["BODY.PEEK[]"])) for n in range(0, len(uids), _BATCH))
    finally:
        client.shutdown()
    if fetched != count:
        raise CamError(f"{fetched} e-mails wait instead of {count}")
    return time.perf_counter() - began
