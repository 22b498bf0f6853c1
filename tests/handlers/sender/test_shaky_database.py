"""What a database that goes away in the middle does to e-mails under way: nothing is doubted, sent twice or lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.errors import OutageError
from shared.unit_of_work import Transaction, UnitOfWork
from tests.handlers.sender.world import FakeProvider, World, run_once


class ShakyUnitOfWork(UnitOfWork):
    """A unit of work whose database can be away for so many transactions, or fail in another way."""

    away = 0
    error: Exception = OutageError()
    committed = 0
    answers_lost: frozenset[int] = frozenset()  # the numbers of commits that nobody hears of

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Run a transaction, if the database is there."""
        if self.away:
            self.away -= 1
            raise self.error
        with super().begin() as tx:
            yield tx
        self.committed += 1
        if self.committed in self.answers_lost:
            raise OutageError


def test_a_database_that_goes_away_while_an_e_mail_is_under_way_leaves_no_doubt(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = world.queued()
    shaky = ShakyUnitOfWork(uow.engine, source="/cam/sender", clock=world.clock)

    def go_away(_: object) -> None:
        shaky.away = 2

    provider.meanwhile = go_away
    with pytest.raises(OutageError):
        run_once(shaky, provider)
    assert world.email(email)["status"] == "SENT"


def test_a_record_that_fails_for_a_moment_is_written_all_the_same(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    emails = world.many(world.campaign(world.mailbox()), 2)
    shaky = ShakyUnitOfWork(uow.engine, source="/cam/sender", clock=world.clock)
    shaky.error = ValueError("deadlock detected")

    def fail_once(_: object) -> None:
        shaky.away = 1 if len(provider.handed) == 1 else 0

    provider.meanwhile = fail_once
    run_once(shaky, provider)
    assert [world.email(email)["status"] for email in emails] == ["SENT", "SENT"]


def test_a_claim_whose_commit_nobody_heard_of_is_given_back(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = world.queued()
    shaky = ShakyUnitOfWork(uow.engine, source="/cam/sender", clock=world.clock)
    shaky.answers_lost = frozenset({2})  # after the plan
    with pytest.raises(OutageError):
        run_once(shaky, provider)
    row = world.email(email)
    assert provider.handed == []
    assert (row["status"], row["attempts"], row["lease_token"]) == ("QUEUED", 0, None)
    assert row["message_id"] is not None  # it was claimed
