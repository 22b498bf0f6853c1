"""Silence is announced once for each e-mail, when its wait is over."""

import json
import threading

from services.sender.jobs import BATCH, announce_silence
from shared.tables import outbound_emails
from shared.unit_of_work import UnitOfWork
from tests.handlers.sender.world import FakeProvider, World, run_once


def announce(uow: UnitOfWork) -> None:
    announce_silence(uow, stop=threading.Event())


def test_silence_is_announced_when_the_wait_is_over_and_only_once(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = world.queued()
    run_once(uow, provider)
    world.clock.forward(days=2.9)
    announce(uow)
    assert world.announced() == []

    world.clock.forward(days=0.1)
    announce(uow)
    announce(uow)
    assert world.announced() == ["lead.timeout"]
    row = world.email(email)
    told = json.loads(world.bodies())["data"]
    assert told == {"outbound_email_id": email, "lead_id": row["lead_id"], "campaign_id": row["campaign_id"]}
    assert row["silence_announced_at"] == world.clock.now


def test_more_than_a_batch_is_announced_in_one_run(world: World, uow: UnitOfWork) -> None:
    campaign = world.campaign(world.mailbox())
    lead = world.lead(campaign)
    rows = [
        {
            "campaign_id": campaign,
            "lead_id": lead,
            "mailbox_id": 1,
            "position": position,
            "silence_days": 1,
            "state": "SENT",
            "silent_at": world.clock.now,
        }
        for position in range(BATCH + 3)
    ]
    with world.engine.begin() as connection:
        connection.execute(outbound_emails.insert(), rows)
    announce(uow)
    assert len(world.announced()) == BATCH + 3


def test_an_e_mail_that_was_never_sent_announces_nothing(world: World, uow: UnitOfWork) -> None:
    email = world.queued()
    world.change(outbound_emails, email, state="UNKNOWN", silent_at=world.clock.now)
    announce(uow)
    assert world.announced() == []
