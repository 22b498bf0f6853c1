"""E-mails are claimed some at a time: none leaves on an old check, and what was not begun goes back untouched."""

from itertools import pairwise
from threading import Event

import pytest

from services.sender import recorder
from services.sender.claim import claim
from services.sender.rules import SendResult, Verdict
from services.sender.rules_lease import lease_of
from shared.states import Provider
from shared.tables import outbound_emails
from shared.unit_of_work import UnitOfWork
from tests.handlers.sender.world import FakeProvider, World, run_once, run_until, settings


def many(world: World, count: int) -> list[int]:
    """Queue e-mails in one lane; they are claimed one, two, four, … at a time, because the fake takes no time."""
    return world.many(world.campaign(world.mailbox()), count)


def untouched(world: World, email: int) -> bool:
    row = world.email(email)
    return (row["status"], row["attempts"], row["lease_token"], row["lease_expires_at"]) == ("QUEUED", 0, None, None)


def test_many_are_claimed_at_once_where_they_leave_fast(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    emails = many(world, 60)
    claimed: list[int] = []

    def count(_: object) -> None:
        with world.engine.connect() as connection:
            found = connection.execute(outbound_emails.select().where(outbound_emails.c.status == "SENDING"))
            claimed.append(len(found.all()))

    provider.meanwhile = count
    run_once(uow, provider, sender_connections=1)
    assert [email.id for email in provider.handed] == emails
    assert claimed[0] == 1
    assert max(claimed) > 1


def test_where_e_mails_fly_the_provider_hears_which_one_follows(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    many(world, 60)
    run_once(uow, provider, sender_connections=1)
    leases = [lease_of(email.token) for email in provider.handed]
    follows = [one.batch == other.batch and one.window > 1 for one, other in pairwise(leases)]
    expected = [email if known else None for known, email in zip(follows, provider.handed[1:], strict=True)]
    assert provider.announced == [*expected, None]
    assert True in follows
    assert follows[0] is False


def test_whoever_waits_for_a_record_ends_the_gathering_of_others(
    world: World, uow: UnitOfWork, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "_GATHER_SECONDS", 3600)
    emails = many(world, 60)
    run_once(uow, provider, sender_connections=1)
    assert {world.email(email)["status"] for email in emails} == {"SENT"}


@pytest.mark.parametrize(("allowed", "kept", "together"), [(64, True, 16), (2, True, 2), (1, True, 1), (64, False, 1)])
def test_no_more_are_on_their_way_than_may_be_unrecorded_and_one_where_no_journal_can_be_kept(
    world: World, uow: UnitOfWork, *, allowed: int, kept: bool, together: int
) -> None:
    emails = many(world, 32)
    with uow.begin() as tx:
        claimed = claim(tx, emails, settings(sender_unrecorded=allowed), Provider.SMTP, "journal" if kept else None)
    leases = [lease_of(email.token) for email in claimed]
    assert [lease.position for lease in leases] == list(range(32))
    assert {lease.window for lease in leases} == {together}


def test_what_could_not_be_begun_soon_after_its_claim_is_checked_again(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    first, second, third = many(world, 3)

    def stall(_: object) -> None:
        if len(provider.handed) == 2:
            assert world.email(third)["status"] == "SENDING"
            world.clock.forward(seconds=1)
            world.reply(world.email(third)["lead_id"])

    provider.meanwhile = stall
    run_once(uow, provider)
    assert [email.id for email in provider.handed] == [first, second]
    row = world.email(third)
    assert (row["status"], row["error_message"]) == ("QUEUED", "waiting: an answer is not yet understood")
    assert row["attempts"] == 0


def test_when_the_mailbox_must_rest_the_others_of_the_batch_go_back(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    emails = many(world, 4)
    provider.answers["lead1@c1.example.org"] = [SendResult(Verdict.QUOTA, "550 5.4.5 daily limit")]
    run_once(uow, provider, sender_connections=1)
    assert len(provider.handed) == 2
    assert untouched(world, emails[2])
    assert untouched(world, emails[3])


def test_a_sender_that_stops_gives_back_what_it_has_not_begun(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    emails, stop = many(world, 3), Event()

    def stop_at_the_second(_: object) -> None:
        if len(provider.handed) == 2:
            stop.set()

    provider.meanwhile = stop_at_the_second
    run_until(uow, provider, stop)
    assert [world.email(email)["status"] for email in emails[:2]] == ["SENT", "SENT"]
    assert untouched(world, emails[2])


def test_after_a_lost_record_nothing_more_of_its_batch_is_begun(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    emails = many(world, 30)

    def lose_the_eighth(_: object) -> None:
        if len(provider.handed) == 8:
            world.change(outbound_emails, provider.handed[-1].id, lease_token="SMTP:somebody else")

    provider.meanwhile = lose_the_eighth
    run_once(uow, provider, sender_connections=1)
    assert sorted(email.id for email in provider.handed) == emails
    lost, following = (lease_of(email.token) for email in provider.handed[7:9])
    assert (lost.position, following.position) == (0, 0)
    assert lost.batch != following.batch
    assert world.email(emails[7])["status"] == "SENDING"
    assert {world.email(email)["status"] for email in emails if email != emails[7]} == {"SENT"}


def test_a_slot_is_free_again_when_its_e_mail_goes_back(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    emails, stop = many(world, 6), Event()
    provider.meanwhile = lambda _: stop.set() if len(provider.handed) == 2 else None
    run_until(uow, provider, stop, email_daily_cap=6)
    run_once(uow, provider, email_daily_cap=6)
    assert sorted(email.id for email in provider.handed) == emails


def test_two_e_mails_of_one_lead_are_never_claimed_together(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    lead = world.lead(world.campaign(world.mailbox(), steps=(("Hello", "one"), (None, "two"))))
    world.queue(world.lead(1, "other@example.org"))
    world.queue(lead, 1)
    world.queue(lead, 2)
    run_once(uow, provider)
    run_once(uow, provider)
    assert [email.subject for email in provider.handed if email.lead_id == lead] == ["Hello", "Re: Hello"]
