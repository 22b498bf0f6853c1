"""Caps hold exactly, and no e-mail is sent twice, however many senders run."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text

from services.sender.claim import claim
from services.sender.counters import reserve
from services.sender.jobs import forget_counters
from services.sender.rules import SendResult, Verdict
from services.sender.rules_shares import Wish
from shared.database import open_engine
from shared.roles import role_of
from shared.states import Provider
from shared.tables import campaigns, send_counters
from shared.unit_of_work import UnitOfWork
from tests.handlers.sender.world import FakeProvider, World, run_once, settings
from tests.waiting import eventually


def reserved(world: World) -> dict[str, int]:
    with world.engine.connect() as connection:
        rows = connection.execute(select(send_counters.c.scope, send_counters.c.reserved))
        return {row.scope: row.reserved for row in rows}


@pytest.mark.parametrize(
    ("mailbox_cap", "campaign_cap", "status", "total", "sent"),
    [
        (None, None, "RUNNING", 5, 5),
        (3, None, "RUNNING", 500, 3),
        (None, 4, "RUNNING", 500, 4),
        (None, 8, "DEGRADED", 500, 2),
        (None, None, "DEGRADED", 20, 5),
        (None, None, "RUNNING", 0, 0),
    ],
)
def test_no_cap_is_exceeded_in_a_day(
    world: World,
    uow: UnitOfWork,
    provider: FakeProvider,
    *,
    mailbox_cap: int | None,
    campaign_cap: int | None,
    status: str,
    total: int,
    sent: int,
) -> None:
    mailbox = world.mailbox(daily_cap=mailbox_cap)
    world.many(world.campaign(mailbox, daily_cap=campaign_cap, status=status), 9)
    for _ in range(3):
        run_once(uow, provider, email_daily_cap=total)
    assert len(provider.handed) == sent

    world.clock.forward(days=1)
    run_once(uow, provider, email_daily_cap=total)
    assert len(provider.handed) == min(9, 2 * sent)


def test_a_run_shares_its_batch_between_campaigns(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    mailbox = world.mailbox()
    world.many(world.campaign(mailbox), 8)
    world.many(world.campaign(mailbox), 8)
    run_once(uow, provider, email_batch_cap=6)
    assert Counter(email.campaign_id for email in provider.handed) == {1: 3, 2: 3}


def test_slots_that_were_not_used_are_handed_back(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    campaign = world.campaign(world.mailbox())
    world.many(campaign, 3)
    provider.answers[f"lead1@c{campaign}.example.org"] = [SendResult(Verdict.RETRY, "451 later")]
    world.queue(world.lead(campaign, "gone@example.org", status="DEAD"))
    run_once(uow, provider)
    assert reserved(world) == {"total": 2, "mailbox:1": 2, "campaign:1": 2}


def test_an_e_mail_that_may_have_been_sent_counts(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    world.queued()
    provider.answers["ann@example.org"] = [SendResult(Verdict.UNKNOWN)]
    run_once(uow, provider)
    assert reserved(world)["total"] == 1


@contextmanager
def senders(world: World, url: str, count: int) -> Iterator[list[UnitOfWork]]:
    engines = [open_engine(url, role=role_of("sender"), pool_size=10) for _ in range(count)]
    yield [UnitOfWork(engine, source=f"/cam/sender/{n}", clock=world.clock) for n, engine in enumerate(engines)]
    for engine in engines:
        engine.dispose()


def test_senders_side_by_side_send_no_e_mail_twice_and_exceed_no_cap(
    world: World, database_url: str, provider: FakeProvider
) -> None:
    capped = world.campaign(world.mailbox("one"), daily_cap=13)
    world.many(capped, 40)
    world.many(world.campaign(world.mailbox("two", daily_cap=17)), 40)
    world.many(world.campaign(world.mailbox("three")), 40)

    with senders(world, database_url, 3) as replicas, ThreadPoolExecutor(3) as pool:
        for _ in range(5):
            runs = [pool.submit(run_once, uow, provider, email_daily_cap=60) for uow in replicas]
            for run in runs:
                run.result()

    sent = Counter(email.id for email in provider.handed)
    assert set(sent.values()) == {1}
    by_campaign = Counter(email.campaign_id for email in provider.handed)
    assert (by_campaign[capped], by_campaign[2], sum(sent.values())) == (13, 17, 60)
    assert reserved(world)["total"] == 60


def test_an_e_mail_that_one_sender_is_claiming_is_passed_over_by_another(world: World, database_url: str) -> None:
    email = world.queued()
    with senders(world, database_url, 2) as (one, other), one.begin() as first:
        assert claim(first, [email], settings(), Provider.SMTP)
        with other.begin() as second:
            assert claim(second, [email], settings(), Provider.SMTP) == []


def test_reservations_at_once_never_exceed_the_cap(world: World, database_url: str) -> None:
    day, wishes, caps = world.clock.now.date(), [Wish((1, 1), 8, ("total",))], {"total": 20}

    def reserve_too(uow: UnitOfWork) -> int:
        with uow.begin() as tx:
            return reserve(tx, day, wishes, caps, 100)[1, 1]

    def both_wait() -> bool:
        with world.engine.connect() as connection:
            waiting = "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = "
            return bool(connection.execute(text(f"{waiting} current_database()")).scalar_one() == 2)

    with senders(world, database_url, 3) as (one, *others), ThreadPoolExecutor(2) as pool:
        with one.begin() as tx:
            reserve(tx, day, [], caps, 100)
        with one.begin() as tx:
            first = reserve(tx, day, wishes, caps, 100)[1, 1]
            rest = [pool.submit(reserve_too, other) for other in others]
            assert eventually(both_wait)
        assert [first, *sorted(other.result() for other in rest)] == [8, 4, 8]


def test_a_campaign_that_turns_degraded_at_noon_keeps_what_it_has_sent(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    campaign = world.campaign(world.mailbox(), daily_cap=8)
    world.many(campaign, 10)
    run_once(uow, provider, email_batch_cap=4)
    world.change(campaigns, campaign, status="DEGRADED")
    world.clock.forward(hours=1)
    run_once(uow, provider)
    assert len(provider.handed) == 4
    assert world.clock.now - timedelta(hours=1) == provider.handed[0].date


def test_counters_are_forgotten_after_a_week(world: World, uow: UnitOfWork) -> None:
    today = world.clock().date()
    with world.engine.begin() as connection:
        for days in (0, 7, 8, 400):
            connection.execute(insert(send_counters).values(scope=str(days), day=today - timedelta(days=days)))

    forget_counters(uow)

    assert sorted(reserved(world)) == ["0", "7"]
