"""The classifier as a process with a second stage: over a real broker, and stopped while the endpoint is silent."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, Row, insert, select

from console.processes import ServiceProcesses
from services.classifier.rules import VERSION
from shared.events import ReplyReceived
from shared.messaging import topology
from shared.tables import heartbeats, inbound_emails, mailboxes
from shared.unit_of_work import UnitOfWork
from tests.adapters.llm_api import API_KEY, FakeModel, llm_api
from tests.waiting import eventually

SECONDS = 20


@pytest.fixture
def api() -> Iterator[FakeModel]:
    with llm_api() as model:
        yield model


@pytest.fixture
def classifier(
    database_url: str, amqp_url: str, engine: Engine, api: FakeModel, tmp_path: Path
) -> Iterator[ServiceProcesses]:
    topology.set_up(amqp_url)
    settings = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "AICMO_AMQP_URL": amqp_url,
        "AICMO_LLM_URL": api.url,
        "AICMO_LLM_MODEL": "small-1",
        "AICMO_LLM_API_KEY": API_KEY,
        "AICMO_LLM_TIMEOUT_SECONDS": "60",
        "AICMO_LLM_BATCH_SECONDS": "60",
    }
    said: list[str] = []
    processes = ServiceProcesses(
        settings, ["classifier"], on_line=lambda _name, line: said.append(line), folder=tmp_path
    )
    processes.start()
    eventually(lambda: _verified(engine), SECONDS)
    yield processes
    processes.stop(5)
    assert not [line for line in said if API_KEY in line or "long handle" in line]


def _verified(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.execute(select(heartbeats.c.broker_verified_at)).scalar())


def _arrives(engine: Engine) -> int:
    """Let a reply arrive that no rule understands, and announce it."""
    with UnitOfWork(engine, source="/cam/inbox").begin() as tx:
        box = tx.connection.execute(insert(mailboxes).values(name="m", address="a@b.example").returning(mailboxes.c.id))
        place = {"mailbox_id": box.scalar_one(), "folder": "INBOX", "uidvalidity": 1, "uid": 1}
        row = insert(inbound_emails).values(**place, body="Hm, the blue one with the long handle")
        number = int(tx.connection.execute(row.returning(inbound_emails.c.id)).scalar_one())
        tx.emit(ReplyReceived(inbound_email_id=number, **place))
    return number


def _row(engine: Engine) -> Row[*tuple[object, ...]]:
    with engine.connect() as connection:
        return connection.execute(select(inbound_emails)).one()


@pytest.mark.usefixtures("classifier")
def test_an_unsure_reply_gets_its_second_opinion(engine: Engine) -> None:
    _arrives(engine)
    eventually(lambda: _row(engine).classification, SECONDS)
    assert (_row(engine).classification, _row(engine).classification_version) == ("POSITIVE", f"{VERSION}+llm")


def test_a_stop_waits_for_no_endpoint_and_leaves_the_cheap_answer(
    engine: Engine, api: FakeModel, classifier: ServiceProcesses
) -> None:
    api.silent = True
    _arrives(engine)
    eventually(lambda: api.requests, SECONDS)
    assert classifier.stop(10) == {"classifier": 0}
    row = _row(engine)
    assert (row.classification, row.classification_facts["needs_review"]) == ("NEUTRAL", True)
