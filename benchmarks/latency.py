"""From a yes in the mailbox (LMTP accepted) to the webhook that tells a human, while nothing else happens.

All five services run with their default intervals. The floor, taken in turn with ours, is what Dovecot needs to
announce a delivery to somebody who waits in IDLE and does nothing else.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from random import Random
from smtplib import LMTP

from imapclient import IMAPClient
from sqlalchemy import update

from benchmarks import rows
from benchmarks.figures import Measured, Row, Say
from benchmarks.letters import lmtp, reply
from benchmarks.running import count as number_of
from benchmarks.running import services, until
from console.processes import ALL
from console.servers import Servers
from console.stage import Stage
from demo.sink import AlertSink, ReceivedAlert
from demo.summary import percentiles
from shared.clock import utc_now
from shared.database import open_engine
from shared.errors import CamError
from shared.tables import mailboxes

# The first ones meet cold caches and connections not yet open; they are not counted.
WARM_UP = 3
LONGEST_PAUSE_SECONDS = 0.3
PATIENCE_SECONDS = 60.0
_SAY_EVERY = 25
_BEGINNING = (rows.WATCHED, rows.CAMPAIGN, rows.LEADS, rows.SENT)


def measure(stage: Stage, servers: Servers, environment: Mapping[str, str], samples: int, *, say: Say) -> Measured:
    """Deliver `samples` replies one by one, and as many e-mails to a mailbox that only Dovecot watches."""
    engine = open_engine(stage.database_url)
    values = {"address": stage.address, "port": servers.imap_port, "status": "RUNNING", "lead_status": "CONTACTED"}
    rows.fill(engine, _BEGINNING, count=samples + WARM_UP, **values)
    sink = AlertSink()
    sink.start()
    settings = dict(environment) | {"AICMO_CAM_ALERT_WEBHOOK_URLS": sink.url}
    try:
        with services(engine, ALL, settings):
            with engine.begin() as connection:
                connection.execute(update(mailboxes).values(imap_host=servers.imap_host))
            watched = mailboxes.c.watch_verified_at.is_not(None)
            until(lambda: number_of(engine, mailboxes, watched) == 1, "the mailbox is watched")
            return _measured(*_sample(stage, servers, sink, samples, say))
    finally:
        sink.stop()
        engine.dispose()


def _sample(stage: Stage, servers: Servers, sink: AlertSink, samples: int, say: Say) -> tuple[list[float], list[float]]:
    """Return our milliseconds and Dovecot's."""
    pause, ours, floor = Random(7), [], []
    other = f"idle-{stage.address}"
    with lmtp(servers) as post, _waiting(servers, other) as client:
        for number in range(1, samples + WARM_UP + 1):
            time.sleep(pause.uniform(0, LONGEST_PAUSE_SECONDS))
            ours.append(_to_alert(sink, _delivery(post, stage.address, number)))
            time.sleep(pause.uniform(0, LONGEST_PAUSE_SECONDS))
            floor.append(_to_announcement(client, _delivery(post, other, number)))
            if number % _SAY_EVERY == 0:
                say(f"reply_to_alert_idle: {number} of {samples + WARM_UP} replies")
    return ours[WARM_UP:], floor[WARM_UP:]


def _delivery(post: LMTP, to: str, number: int) -> Callable[[], datetime]:
    """Return what delivers an e-mail and says when LMTP had accepted it."""
    mail = reply(number, to)

    def deliver() -> datetime:
        post.sendmail("lead@example.test", [to], mail)
        return utc_now()

    return deliver


def _to_alert(sink: AlertSink, deliver: Callable[[], datetime]) -> float:
    known = len(_positive(sink))
    accepted = deliver()
    until(lambda: len(_positive(sink)) > known, "the reply is alerted", poll_seconds=0.005)
    return (_positive(sink)[known].at - accepted).total_seconds() * 1000


def _positive(sink: AlertSink) -> list[ReceivedAlert]:
    return [alert for alert in sink.alerts if alert.alert_type == "POSITIVE_REPLY"]


def _to_announcement(client: IMAPClient, deliver: Callable[[], datetime]) -> float:
    accepted = deliver()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if any(b"EXISTS" in answer for answer in client.idle_check(timeout=1)):
            return (utc_now() - accepted).total_seconds() * 1000
    raise CamError(f"Dovecot announced nothing for {PATIENCE_SECONDS:.0f} s")


@contextmanager
def _waiting(servers: Servers, address: str) -> Iterator[IMAPClient]:
    client = IMAPClient(servers.imap_host, servers.imap_port, ssl=False, timeout=30)
    try:
        client.login(address, servers.mail_password)
        client.select_folder("INBOX", readonly=True)
        client.idle()
        yield client
    finally:
        client.shutdown()


def _measured(ours: list[float], floor: list[float]) -> Measured:
    ours_ms, floor_ms = percentiles(tuple(sorted(ours))), percentiles(tuple(sorted(floor)))
    above = {name: (ours_ms[name] or 0) - (floor_ms[name] or 0) for name in ours_ms}
    figures: dict[str, object] = {
        "count": len(ours),
        "ours_ms": ours_ms,
        "floor_ms": floor_ms,
        "difference_ms": above,
        "samples_ms": [round(value) for value in ours],
        "floor_samples_ms": [round(value) for value in floor],
    }
    table = [
        Row(
            f"reply to alert, idle, {name} of {len(ours):,}",
            f"{ours_ms[name]} ms",
            f"{floor_ms[name]} ms",
            f"{above[name]:+} ms",
        )
        for name in ours_ms
    ]
    return Measured("reply_to_alert_idle", figures, table)
