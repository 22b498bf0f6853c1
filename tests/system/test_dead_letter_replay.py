"""Dead letters replayed twice while the replay and its consumers are killed: nothing is lost, nothing happens twice.

`CAM_DEAD_LETTERS=10000 pytest tests/system/test_dead_letter_replay.py --timeout 1800` is the full figure.
"""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, distinct, func, insert, select, text

from console.processes import ServiceProcesses
from demo.sink import AlertSink
from shared.clock import utc_now
from shared.events import ReplyReceived, wrap
from shared.messaging.topology import depths
from shared.tables import alert_logs, dead_letter_results, decisions, handled_events, leads, mailboxes, sequence_steps
from shared.tables import campaigns as campaign_table
from tests.endpoints import Broker
from tests.messaging.harness import SUBSCRIPTION
from tests.messaging.letters import letters, put_away
from tests.system.programs import START_SECONDS, Lines, consuming, environment
from tests.waiting import eventually

NUMBER = int(os.environ.get("CAM_DEAD_LETTERS", "500"))
CHAIN = ["classifier", "decision", "alerter"]
PATIENCE_SECONDS = 60 + NUMBER / 20
REPLAY_SECONDS = 10 + NUMBER / 100


@pytest.fixture
def sink() -> Iterator[AlertSink]:
    listening = AlertSink()
    listening.start()
    yield listening
    listening.stop()


@pytest.fixture
def settings(database_url: str, broker_url: str, sink: AlertSink) -> dict[str, str]:
    return environment(database_url, broker_url, AICMO_CAM_ALERT_WEBHOOK_URLS=sink.url)


@pytest.fixture
def chain(settings: dict[str, str], engine: Engine, tmp_path: Path) -> Iterator[ServiceProcesses]:
    processes = ServiceProcesses(settings, CHAIN, on_line=Lines(), folder=tmp_path, longest_pause_seconds=0.5)
    processes.start()
    try:
        eventually(lambda: consuming(engine) == set(CHAIN), 3 * START_SECONDS)
        yield processes
    finally:
        processes.stop()


def replies(engine: Engine, number: int) -> list[bytes]:
    """Store so many replies of leads who all say yes; return the events that announce them."""
    with engine.begin() as connection:
        connection.execute(insert(mailboxes).values(id=1, name="sales", address="sales@cam.example"))
        connection.execute(insert(campaign_table).values(id=1, name="Spring", mailbox_id=1, status="RUNNING"))
        connection.execute(insert(sequence_steps).values(campaign_id=1, position=1, body="Hello"))
        for statement in _ALL_SAY_YES:
            connection.execute(text(statement), {"number": number})
    return [wrap(_reply(uid), source="/test", time=utc_now()).to_bytes() for uid in range(1, number + 1)]


_ALL_SAY_YES = (
    """INSERT INTO leads (id, campaign_id, email, status)
    SELECT n, 1, 'lead' || n || '@acme.example', 'CONTACTED' FROM generate_series(1, :number) n""",
    """INSERT INTO outbound_emails (id, campaign_id, lead_id, mailbox_id, position, state, sent_at, silence_days)
    SELECT n, 1, n, 1, 1, 'SENT', now(), 3 FROM generate_series(1, :number) n""",
    """INSERT INTO inbound_emails
        (id, mailbox_id, folder, uidvalidity, uid, lead_id, outbound_email_id, campaign_id, body)
    SELECT n, 1, 'INBOX', 1, n, n, n, 1, 'Yes, I am interested. Please call me.' FROM generate_series(1, :number) n""",
)


def _reply(uid: int) -> ReplyReceived:
    known = {"lead_id": uid, "outbound_email_id": uid}
    return ReplyReceived(inbound_email_id=uid, mailbox_id=1, folder="INBOX", uidvalidity=1, uid=uid, **known)


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who replays all dead letters, and sees from outside how far it is."""

    engine: Engine
    broker: Broker
    amqp_url: str
    settings: dict[str, str]
    folder: Path

    def begins_to_replay(self, *more: str) -> subprocess.Popen[str]:
        """Type the command."""
        words = ["-m", "console", "dlq", "replay", "--all", "--json", "--largest", str(max(50, NUMBER // 10)), *more]
        out, err = subprocess.PIPE, subprocess.PIPE
        return subprocess.Popen(
            [sys.executable, *words], env=self.settings, cwd=self.folder, stdout=out, stderr=err, text=True
        )

    def replays(self) -> tuple[object, object]:
        """Replay to the end; return how many letters were chosen, and how many are done."""
        tool = self.begins_to_replay()
        out, err = tool.communicate(timeout=PATIENCE_SECONDS)
        assert tool.returncode == 0, err + out[-2000:]
        told = json.loads(out)
        return told["chosen"], told["done"]

    def is_at_the_broker(self) -> bool:
        """Tell whether the broker still knows a connection of the tool."""
        return any(connection.client == "cam dlq" for connection in self.broker.connections(self.amqp_url))

    def understood(self) -> int:
        """Return how many of the replies the classifier has handled."""
        mine = handled_events.c.consumer == SUBSCRIPTION.queue
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(handled_events).where(mine)) or 0

    def waits_for(self, count: int, tool: subprocess.Popen[str]) -> None:
        """Wait until the newest replay, which must go on, has written down that so many events are done.

        The depth of the queue would not tell: what a look or a pass holds for a moment is not counted there.
        """
        newest = select(func.max(dead_letter_results.c.action_id)).scalar_subquery()
        done = (dead_letter_results.c.action_id == newest) & (dead_letter_results.c.result == "done")
        statement = select(func.count()).select_from(dead_letter_results).where(done)

        def enough_or_ended() -> bool:
            with self.engine.connect() as connection:
                return (connection.scalar(statement) or 0) >= count or tool.poll() is not None

        eventually(enough_or_ended, PATIENCE_SECONDS)
        assert tool.poll() is None, f"the replay ended too early: {tool.communicate()}"


@pytest.fixture
def operator(engine: Engine, broker: Broker, broker_url: str, settings: dict[str, str], tmp_path: Path) -> Operator:
    return Operator(engine, broker, broker_url, settings, tmp_path)


def kill(chain: ServiceProcesses, service: str) -> None:
    """Kill a service, and see it started again."""
    os.kill(chain.pids()[service], signal.SIGKILL)
    eventually(lambda: chain.poll() == [service])
    eventually(lambda: chain.poll() == [], 3 * START_SECONDS)


@pytest.mark.timeout(120 + 4 * PATIENCE_SECONDS)
def test_dead_letters_replayed_twice_under_kills_are_all_handled_and_none_twice(
    operator: Operator, chain: ServiceProcesses, sink: AlertSink
) -> None:
    bodies = replies(operator.engine, NUMBER)
    for _ in ("once", "twice"):
        put_away(operator.amqp_url, bodies)
        with operator.engine.begin() as connection:
            connection.execute(delete(dead_letter_results))
        replay_under_kills(operator, chain)
    eventually(lambda: chain.poll() == [] and len(sink.alerts) >= NUMBER, PATIENCE_SECONDS)
    eventually(lambda: not any(depths(operator.amqp_url).values()), PATIENCE_SECONDS)
    assert_each_reply_had_its_effects_once(operator.engine, sink)


def replay_under_kills(operator: Operator, chain: ServiceProcesses) -> None:
    """Kill first the classifier and then the replay in the middle; replay what is left; see that nothing is lost."""
    # Slow enough that there is a middle, however late the one who kills looks.
    tool = operator.begins_to_replay("--rate", str(NUMBER / REPLAY_SECONDS))
    operator.waits_for(NUMBER // 10, tool)
    kill(chain, "classifier")
    operator.waits_for(NUMBER // 2, tool)
    tool.send_signal(signal.SIGKILL)
    tool.communicate()
    # What it held is in the queue again once the broker has seen that it is gone.
    eventually(lambda: not operator.is_at_the_broker())
    left = len(letters(operator.amqp_url))
    assert 0 < left < NUMBER, "the replay was not killed in the middle"
    # What is no letter any more was given back, and is handled.
    eventually(lambda: operator.understood() >= NUMBER - left, PATIENCE_SECONDS)
    assert operator.replays() == (left, left)
    assert letters(operator.amqp_url) == []
    assert operator.understood() == NUMBER


def assert_each_reply_had_its_effects_once(engine: Engine, sink: AlertSink) -> None:
    """See every reply understood, decided about and told, and none of it twice: inside and at the human's."""
    with engine.connect() as connection:

        def count(statement: object) -> int:
            return connection.scalar(statement) or 0  # type: ignore[call-overload]

        about = select(func.count(decisions.c.inbound_email_id), func.count(distinct(decisions.c.inbound_email_id)))
        assert tuple(connection.execute(about).one()) == (NUMBER, NUMBER)
        assert count(select(func.count()).select_from(leads).where(leads.c.status == "QUALIFIED")) == NUMBER
        positive = alert_logs.c.alert_type == "POSITIVE_REPLY"
        assert count(select(func.count()).select_from(alert_logs).where(positive)) == NUMBER
    told = Counter(alert.inbound_email_id for alert in sink.alerts if alert.alert_type == "POSITIVE_REPLY")
    assert set(told) == set(range(1, NUMBER + 1))
    assert [number for number, times in told.items() if times > 1] == []
