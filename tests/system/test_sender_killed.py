"""A sender that is killed in the middle of its work: no e-mail goes out twice, none is lost, and few are doubtful."""

import asyncio
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine, func, select, text

from services.sender.rules_lease import LARGEST_BATCH, window
from shared.messaging import topology
from shared.tables import outbound_emails, outbox
from tests.adapters.smtp_server import free_port
from tests.system.programs import command, environment
from tests.waiting import eventually

CONNECTIONS = 2
CAPS = {"AICMO_CAM_EMAIL_DAILY_CAP": "100000", "AICMO_CAM_EMAIL_BATCH_CAP": "10000"}
_WORLD = """
INSERT INTO mailboxes (name, address, provider, smtp_host, smtp_port, smtp_security)
VALUES ('sales', 'sales@example.com', 'SMTP', '127.0.0.1', :port, 'none');
INSERT INTO campaigns (name, mailbox_id, status) VALUES ('spring', 1, 'RUNNING');
INSERT INTO sequence_steps (campaign_id, position, subject, body) VALUES (1, 1, 'Hello', 'Hi {{ email }}');
INSERT INTO leads (campaign_id, email) SELECT 1, 'lead' || n || '@example.org' FROM generate_series(1, :count) AS n;
INSERT INTO outbound_emails (campaign_id, lead_id, mailbox_id, position, silence_days)
SELECT 1, id, 1, 1, 3 FROM leads ORDER BY id
"""


@dataclass
class DeadlyServer:
    """An SMTP server that kills its client: when so many e-mails were received, at one moment of the conversation."""

    seconds: float
    received: list[str] = field(default_factory=list)
    orders: list[tuple[int, str]] = field(default_factory=list)
    client: int = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd names it
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Announce PIPELINING, as most servers do."""
        session.host_name = hostname
        return [responses[0], "250-PIPELINING", *responses[1:]]

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer MAIL FROM."""
        self._strike("before the text")
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take an e-mail; whoever dies from here on may have sent it."""
        if self.seconds:
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=self.seconds)
        self.received.append(envelope.rcpt_tos[0])
        self._strike("before the answer")
        asyncio.get_running_loop().call_later(0.001, self._strike, "after the answer")
        return "250 OK"

    def _strike(self, moment: str) -> None:
        if self.client and self.orders and self.orders[0][1] == moment and len(self.received) >= self.orders[0][0]:
            self.orders.pop(0)
            os.kill(self.client, signal.SIGKILL)
            self.client = 0


@contextmanager
def serving(seconds: float) -> Iterator[tuple[DeadlyServer, int]]:
    server = DeadlyServer(seconds)
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield server, controller.port
    controller.stop()


def states(engine: Engine) -> Counter[str]:
    with engine.connect() as connection:
        rows = connection.execute(select(outbound_emails.c.status, func.count()).group_by(outbound_emails.c.status))
        return Counter({row.status: row.count for row in rows})


def addresses(engine: Engine, status: str) -> set[str]:
    with engine.connect() as connection:
        found = "SELECT email FROM leads JOIN outbound_emails o ON o.lead_id = leads.id WHERE o.status = :status"
        return set(connection.execute(text(found), {"status": status}).scalars())


def lose_journals(engine: Engine, folder: Path) -> None:
    """Let the machine burn, and five minutes pass."""
    for journal in (folder / ".cam" / "sender").iterdir():
        journal.unlink()
    with engine.begin() as connection:
        connection.execute(text("UPDATE outbound_emails SET lease_expires_at = now() WHERE status = 'SENDING'"))


@pytest.mark.parametrize(
    ("seconds", "count", "kills", "journals_kept", "doubts_a_connection"),
    [
        (0, 400, [30, 110, 200, 290], True, 1),
        (0.05, 40, [10, 20], True, 1),
        # A lane has at most two batches on their way.
        (0, 400, [30, 110, 200, 290], False, 2 * window(LARGEST_BATCH)),
        # A server that takes its time is told nothing new before the last e-mail is recorded.
        (0.05, 40, [10, 20], False, 1),
    ],
    ids=["a fast server", "a slow server", "a fast server, journals lost", "a slow server, journals lost"],
)
def test_killed_again_and_again_it_sends_nothing_twice_and_leaves_few_doubts(
    engine: Engine,
    database_url: str,
    amqp_url: str,
    tmp_path: Path,
    *,
    seconds: float,
    count: int,
    kills: list[int],
    journals_kept: bool,
    doubts_a_connection: int,
) -> None:
    topology.set_up(amqp_url)
    settings = environment(database_url, amqp_url, **CAPS)
    moments = ["before the answer", "after the answer", "before the text", "after the answer"]
    with serving(seconds) as (server, port), (tmp_path / "log").open("w") as log:
        with engine.begin() as connection:
            connection.execute(text(_WORLD), {"port": port, "count": count})
        server.orders = list(zip(kills, moments, strict=False))
        for _ in kills:
            sender = subprocess.Popen(command("sender"), env=settings, cwd=tmp_path, stderr=log)
            server.client = sender.pid
            assert sender.wait(60) == -signal.SIGKILL
            if not journals_kept:
                lose_journals(engine, tmp_path)
        survivor = subprocess.Popen(command("sender"), env=settings, cwd=tmp_path, stderr=log)
        eventually(lambda: states(engine).keys() <= {"SENT", "UNKNOWN"}, 60)
        survivor.terminate()
        assert survivor.wait(10) == 0
    received, sent, unknown = Counter(server.received), addresses(engine, "SENT"), addresses(engine, "UNKNOWN")
    assert set(received.values()) == {1}
    assert sent <= received.keys() <= sent | unknown
    assert len(unknown) <= len(kills) * CONNECTIONS * doubts_a_connection
    with engine.connect() as connection:
        told = connection.execute(
            select(func.count()).select_from(outbox).where(outbox.c.body.contains("UNKNOWN_SEND"))
        )
        assert told.scalar_one() <= len(unknown)


@pytest.mark.parametrize(
    ("point", "doubts", "taken"),
    [
        ("after_claim", 0, 0),
        ("before_smtp_data", 0, 0),
        ("after_begun", 1, 0),
        ("after_smtp_data", 1, 1),
        ("after_smtp_250", 1, 1),
        ("after_answered", 0, 1),
    ],
)
def test_killed_at_a_named_moment_only_the_e_mail_between_its_text_and_its_answer_is_doubtful(
    engine: Engine, database_url: str, amqp_url: str, tmp_path: Path, *, point: str, doubts: int, taken: int
) -> None:
    topology.set_up(amqp_url)
    one = CAPS | {"AICMO_CAM_SENDER_CONNECTIONS": "1"}
    faults = tmp_path / "faults"
    faults.mkdir()
    armed = {"AICMO_FAULTS": str(faults), "AICMO_FAULTS_ALLOWED": "yes"}
    settings = environment(database_url, amqp_url, **one, **armed)
    with serving(0) as (server, port), (tmp_path / "log").open("w") as log:
        with engine.begin() as connection:
            connection.execute(text(_WORLD), {"port": port, "count": 90})
        # In the middle of a batch; a claim is passed once for each.
        (faults / f"sender.{point}").write_text(f"kill after {2 if point == 'after_claim' else 40}", encoding="ascii")
        sender = subprocess.Popen(command("sender"), env=settings, cwd=tmp_path, stderr=log)
        assert sender.wait(60) == -signal.SIGKILL
        before = set(server.received)
        survivor = subprocess.Popen(command("sender"), env=settings, cwd=tmp_path, stderr=log)
        eventually(lambda: states(engine).keys() <= {"SENT", "UNKNOWN"}, 60)
        survivor.terminate()
        assert survivor.wait(10) == 0
    received, unknown = Counter(server.received), addresses(engine, "UNKNOWN")
    assert set(received.values()) == {1}
    assert len(unknown) == doubts
    assert len(unknown & before) == doubts * taken
    assert addresses(engine, "SENT") == received.keys() - unknown
