"""`cam dlq replay` that is interrupted, forestalled or cut off: it says how far it got, and leaves the rest."""

import os
import signal
from collections.abc import Sequence

import httpx
import pytest
from sqlalchemy import Engine, func, select

from console.letters import audit
from shared.events import Envelope, ReplyReceived
from shared.tables import handled_events
from shared.unit_of_work import UnitOfWork
from tests.endpoints import Broker
from tests.handlers.console.conftest import Cam
from tests.messaging.harness import SUBSCRIPTION, Recorder, running
from tests.messaging.letters import letters, put_away, replies


@pytest.fixture(autouse=True)
def _quiet(quiet: None) -> None:
    """Keep the service that runs in this process from logging into the command's output."""


def test_ctrl_c_stops_in_order_and_says_how_far_it_got(cam: Cam, engine: Engine, broker_url: str) -> None:
    put_away(broker_url, replies(range(1, 41)))
    recorder, presses = Recorder(), iter([signal.SIGINT])

    def interrupt(events: Sequence[Envelope[ReplyReceived]], uow: UnitOfWork) -> None:
        recorder(events, uow)
        if 4 in recorder.committed and (press := next(presses, None)):
            os.kill(os.getpid(), press)

    with running(engine, broker_url, interrupt):
        ran = cam("dlq", "replay", "--all", "--json")
    assert ran.status == 130
    assert ran.data["end_reason"] == audit.STOPPED
    left = ran.data["left"]
    assert isinstance(left, int)
    assert left > 0
    assert len(recorder.committed) + left == 40
    assert len(letters(broker_url)) == left
    found = ran.data["letters"]
    assert isinstance(found, list)
    assert [letter["result"] for letter in found].count("left") == left


def test_two_operators_do_not_replay_at_once(cam: Cam, engine: Engine, broker_url: str) -> None:
    put_away(broker_url, replies([1]))
    audit.begin(engine, audit.Action("replay", "ada", "", {}), 1)
    with audit.alone(engine):
        refused = cam("dlq", "replay", "--all")
    assert refused.status == 1
    assert refused.err.startswith("cam: ada is at it (replay since ")
    assert len(letters(broker_url)) == 1


def test_a_broker_that_goes_away_leaves_every_letter_and_a_line(
    cam: Cam, engine: Engine, broker_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_away(broker_url, replies([1]))
    monkeypatch.setenv("AICMO_AMQP_URL", "amqp://guest:guest@127.0.0.1:1/")
    refused = cam("dlq", "replay", "--all")
    assert refused.status == 1
    assert refused.err.startswith("cam: the broker does not answer (")
    assert len(letters(broker_url)) == 1
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(handled_events)) == 0


def test_a_replay_that_breaks_off_says_how_far_it_got_and_leaves_the_rest(
    cam: Cam, broker: Broker, broker_url: str
) -> None:
    put_away(broker_url, replies([1, 2, 3]))
    before = letters(broker_url)
    vhost = broker_url.rpartition("/")[2]
    httpx.delete(f"{broker.management_url}/api/queues/{vhost}/{SUBSCRIPTION.queue}").raise_for_status()
    ran = cam("dlq", "replay", "--all")
    assert ran.status == 1
    assert "replay 1 broke off: 3 not touched" in ran.err
    assert letters(broker_url) == before
    (action,) = cam("dlq", "history", "--json").rows
    assert str(action["end_reason"]).startswith("broke off: broker: ")
    assert action["results"] == {"left": 1}
