"""A server that answers nobody: its mailboxes rest a minute, or until it greets again."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest

from services.sender.probing import greet_the_away
from services.sender.rules import SendResult, Verdict
from shared.settings import SmtpSettings
from shared.tables import mailboxes
from shared.unit_of_work import UnitOfWork
from tests.handlers.sender.world import NOON, FakeProvider, World, run_once

ANN = "ann@example.org"


@contextmanager
def greeting(port: int, words: bytes) -> Iterator[list[bytes]]:
    """Listen, say these words to whoever comes, and note what is said in return."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", port)) as server:

        def serve() -> None:
            while True:
                try:
                    visitor, _ = server.accept()
                except OSError:
                    return
                with visitor:
                    visitor.sendall(words)
                    heard.append(visitor.recv(1000))
                    visitor.sendall(b"221 bye\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def port() -> int:
    """Return a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def resting(world: World, uow: UnitOfWork, provider: FakeProvider, port: int) -> int:
    """Return an e-mail whose mailbox rests because nobody answered."""
    box = world.mailbox(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")
    email = world.queue(world.lead(world.campaign(box), ANN))
    provider.answers[ANN] = [SendResult(Verdict.AWAY, "ConnectionRefusedError")]
    run_once(uow, provider, day_seconds=2)
    return email


def probe(uow: UnitOfWork, provider: FakeProvider) -> None:
    """Run the job once."""
    greet_the_away(uow, smtp=SmtpSettings(), send=partial(run_once, provider=provider))


def test_a_server_that_answers_nobody_burns_no_attempt_and_rests_its_mailbox_a_minute_however_short_the_days(
    world: World, resting: int
) -> None:
    row = world.email(resting)
    assert (row["status"], row["attempts"], row["retry_at"]) == ("QUEUED", 0, None)
    assert world.row(mailboxes, row["mailbox_id"])["send_retry_at"] == NOON + timedelta(minutes=1)


def test_what_waits_is_sent_as_soon_as_the_server_greets_again(
    world: World, uow: UnitOfWork, provider: FakeProvider, resting: int, port: int
) -> None:
    probe(uow, provider)
    assert world.email(resting)["status"] == "QUEUED"
    with greeting(port, b"220 here I am\r\n") as heard:
        world.clock.forward(seconds=5)
        probe(uow, provider)
    assert world.email(resting)["status"] == "SENT"
    assert world.row(mailboxes, world.email(resting)["mailbox_id"])["send_paused_reason"] is None
    assert heard == [b"quit\r\n"]


def test_who_hangs_up_without_a_greeting_is_still_away(
    world: World, uow: UnitOfWork, provider: FakeProvider, resting: int, port: int
) -> None:
    with greeting(port, b""):
        probe(uow, provider)
    assert world.email(resting)["status"] == "QUEUED"


def test_a_mailbox_that_was_refused_is_not_probed(
    world: World, uow: UnitOfWork, provider: FakeProvider, port: int
) -> None:
    box = world.mailbox(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")
    email = world.queue(world.lead(world.campaign(box), ANN))
    provider.answers[ANN] = [SendResult(Verdict.OUTAGE, "421 too many connections")]
    run_once(uow, provider)
    with greeting(port, b"220 here I am\r\n") as heard:
        probe(uow, provider)
    assert world.email(email)["status"] == "QUEUED"
    assert heard == []
