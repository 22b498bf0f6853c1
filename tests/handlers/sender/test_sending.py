"""What is due goes out once, with frozen content and real threads."""

from datetime import timedelta

import pytest

from services.sender.rules import SendResult, Verdict
from shared.tables import campaigns, decisions, leads, mailboxes, suppressions
from shared.unit_of_work import UnitOfWork
from tests.handlers.sender.world import NOON, FakeProvider, World, run_once


def test_a_due_e_mail_is_sent_and_recorded(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    email = world.queued()

    run_once(uow, provider)

    sent, row = provider.handed[0], world.email(email)
    assert (sent.recipient, sent.subject, sent.body) == ("ann@example.org", "Hello Ann", "Hi Ann,\n")
    assert row["status"] == "SENT"
    assert (row["sent_at"], row["silent_at"], row["attempts"]) == (NOON, NOON + timedelta(days=3), 1)
    assert (row["message_id"], row["provider_id"]) == (sent.message_id, f"id-{email}")
    assert row["message_id"].endswith("@example.com>")
    assert world.row(leads, row["lead_id"])["last_contacted_at"] == NOON


def test_nothing_is_sent_twice(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    world.queued()
    run_once(uow, provider)
    run_once(uow, provider)
    assert len(provider.handed) == 1


def test_an_e_mail_is_not_sent_before_its_time(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    lead = world.lead(world.campaign(world.mailbox()))
    world.queue(lead, due_at=NOON + timedelta(seconds=1))
    run_once(uow, provider)
    assert provider.handed == []
    world.clock.forward(seconds=1)
    run_once(uow, provider)
    assert len(provider.handed) == 1


def test_silence_is_counted_in_days_of_the_configured_length(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = world.queued()
    run_once(uow, provider, day_seconds=2)
    assert world.email(email)["silent_at"] == NOON + timedelta(seconds=6)


def test_a_follow_up_answers_in_the_same_thread(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    steps = (("Hello", "one"), (None, "two"), (None, "three"))
    lead = world.lead(world.campaign(world.mailbox(), steps=steps))
    for position in (1, 2, 3):
        world.queue(lead, position)
        run_once(uow, provider)
    first, second, third = provider.handed
    assert (second.subject, second.in_reply_to, second.references) == (
        "Re: Hello",
        first.message_id,
        (first.message_id,),
    )
    assert (third.subject, third.in_reply_to) == ("Re: Hello", second.message_id)
    assert third.references == (first.message_id, second.message_id)


def test_a_follow_up_without_an_earlier_e_mail_fails(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    email = world.queue(world.lead(world.campaign(world.mailbox(), steps=((None, "two"),))))
    run_once(uow, provider)
    assert world.email(email)["status"] == "FAILED"
    assert "no e-mail to reply to" in world.email(email)["error_message"]


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ((("Hello", "Hi {{ nmae }}"),), "'nmae' is undefined"),
        ((("Hello {{ nmae }}", "Hi"),), "'nmae' is undefined"),
        ((("{{ email }}{{ '\\n' }}Bcc: x", "Hi"),), "line break"),
    ],
)
def test_an_e_mail_that_can_not_be_rendered_fails_with_the_reason(
    world: World, uow: UnitOfWork, provider: FakeProvider, steps: tuple[tuple[str, str]], reason: str
) -> None:
    email = world.queue(world.lead(world.campaign(world.mailbox(), steps=steps)))
    run_once(uow, provider)
    assert world.email(email)["status"] == "FAILED"
    assert reason in world.email(email)["error_message"]
    assert provider.handed == []


def test_a_reply_that_arrived_a_moment_ago_forbids_the_e_mail(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = world.queued()
    inbound = world.reply(world.email(email)["lead_id"])

    run_once(uow, provider)

    assert provider.handed == []
    row = world.email(email)
    assert (row["status"], row["retry_at"]) == ("QUEUED", NOON + timedelta(seconds=30))
    assert row["error_message"] == "waiting: an answer is not yet understood"

    world.add(decisions, inbound_email_id=inbound, rule="reply", outcome="out of office")
    world.clock.forward(seconds=30)
    run_once(uow, provider)
    assert len(provider.handed) == 1
    assert world.email(email)["error_message"] is None


def test_a_reply_in_another_campaign_of_the_same_address_forbids_it_too(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    other = world.email(world.queued(status="NEW"))["lead_id"]
    world.queued()
    world.reply(other)
    run_once(uow, provider)
    assert provider.handed == []


def test_a_reply_that_arrives_during_the_run_forbids_the_next_e_mail(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    campaign = world.campaign(world.mailbox())
    world.queue(world.lead(campaign, "first@example.org"))
    second = world.lead(campaign, "second@example.org")
    world.queue(second)

    def answer(_: object) -> None:
        world.reply(second)

    provider.meanwhile = answer
    run_once(uow, provider)
    assert provider.recipients == ["first@example.org"]


@pytest.mark.parametrize("status", ["REVIEW", "QUALIFIED", "SUPPRESSED", "UNSUBSCRIBED", "BOUNCED", "NURTURE", "DEAD"])
def test_a_lead_that_is_done_with_is_skipped(
    world: World, uow: UnitOfWork, provider: FakeProvider, status: str
) -> None:
    email = world.queued(status=status)
    run_once(uow, provider)
    row = world.email(email)
    assert (row["status"], row["error_message"]) == ("SKIPPED", f"lead is {status}")
    assert world.announced() == ["lead.timeout"]
    assert provider.handed == []


@pytest.mark.parametrize("target", ["ann@example.org", "@example.org"])
def test_a_suppressed_address_or_domain_is_skipped(
    world: World, uow: UnitOfWork, provider: FakeProvider, target: str
) -> None:
    email = world.queued()
    world.add(suppressions, target=target, reason="MANUAL")
    run_once(uow, provider)
    assert world.email(email)["status"] == "SKIPPED"
    assert provider.handed == []


def test_an_address_beside_the_suppressed_one_is_written_to(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    world.queued()
    world.add(suppressions, target="joann@example.org", reason="MANUAL")
    world.add(suppressions, target="@ample.org", reason="MANUAL")
    run_once(uow, provider)
    assert len(provider.handed) == 1


def test_only_addresses_of_the_allowlist_are_written_to(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    world.queued("ann@example.org")
    world.queued("bob@safe.test")
    run_once(uow, provider, email_allowlist_regex=r"@safe\.test$")
    assert provider.recipients == ["bob@safe.test"]


def test_outside_its_window_an_e_mail_waits_for_the_next_opening_where_the_lead_lives(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    campaign = world.campaign(world.mailbox(), window_start_minute=540, window_end_minute=1020)
    email = world.queue(world.lead(campaign, timezone="America/New_York"))
    world.queue(world.lead(campaign, "bea@example.org"))
    run_once(uow, provider)
    assert provider.recipients == ["bea@example.org"]
    assert world.email(email)["retry_at"] == NOON + timedelta(hours=2)


def test_a_campaign_that_is_paused_during_the_run_stops_at_once(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    campaign = world.campaign(world.mailbox())
    world.many(campaign, 4)
    provider.meanwhile = lambda _: world.change(campaigns, campaign, status="PAUSED")
    run_once(uow, provider)
    assert len(provider.handed) == 1


def test_a_dry_run_reaches_nobody_and_says_so(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    email = world.queued()
    run_once(uow, provider, email_dry_run=True)
    assert provider.handed[0].token.startswith("DRY_RUN:")
    assert world.email(email)["status"] == "SENT"


def test_a_resting_mailbox_is_left_alone_until_its_time(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    email = world.queued()
    mailbox = world.email(email)["mailbox_id"]
    world.change(mailboxes, mailbox, send_retry_at=NOON + timedelta(hours=1), send_paused_reason="QUOTA: enough")
    run_once(uow, provider)
    assert provider.handed == []
    world.clock.forward(hours=1)
    run_once(uow, provider)
    assert len(provider.handed) == 1
    assert world.row(mailboxes, mailbox)["send_paused_reason"] is None


def test_an_e_mail_that_breaks_its_claim_harms_no_other(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    campaign = world.campaign(world.mailbox())
    first, broken, last = world.many(campaign, 3)
    world.change(leads, world.email(broken)["lead_id"], fields=["no", "mapping"])
    run_once(uow, provider)
    assert [world.email(one)["status"] for one in (first, broken, last)] == ["SENT", "QUEUED", "SENT"]


def test_an_unexpected_error_while_sending_leaves_a_visible_doubt(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = world.queued()

    def break_down(_: object) -> None:
        raise RuntimeError

    provider.meanwhile = break_down
    run_once(uow, provider)
    assert world.email(email)["status"] == "UNKNOWN"
    assert world.announced() == ["alert.requested"]


def test_a_retry_repeats_the_frozen_content_under_the_same_message_id(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = world.queued()
    provider.answers["ann@example.org"] = [SendResult(Verdict.RETRY, "451 later")]
    run_once(uow, provider)
    row = world.email(email)
    assert (row["status"], row["retry_at"], row["attempts"]) == ("QUEUED", NOON + timedelta(minutes=30), 1)

    world.change(leads, row["lead_id"], fields={"name": "Somebody else"})
    world.clock.forward(minutes=30)
    run_once(uow, provider)
    first, second = provider.handed
    assert (second.message_id, second.subject, second.body) == (first.message_id, first.subject, first.body)
    assert (world.email(email)["status"], world.email(email)["attempts"]) == ("SENT", 2)
