"""What a refusal does to the e-mail, to its mailbox, and to nobody else."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from services.sender.planning import Mailbox
from services.sender.providers import open_provider
from services.sender.rules import SendResult, Verdict
from services.sender.run import Begin, MailProvider
from shared.settings import ResendSettings, SmtpSettings
from shared.states import Provider
from shared.tables import leads, mailboxes, outbound_emails
from shared.unit_of_work import UnitOfWork
from tests.handlers.sender.world import NOON, FakeProvider, World, run_once, settings

ANN, BOB = "ann@example.org", "bob@example.org"


def test_a_refused_login_pauses_only_its_own_mailbox_and_alerts_once(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    refused, other = world.queued(ANN), world.queued(BOB)
    provider.answers[ANN] = [SendResult(Verdict.LOGIN_REFUSED, "535 5.7.8 bad password")] * 2

    run_once(uow, provider)

    row = world.email(refused)
    assert (row["status"], row["attempts"]) == ("QUEUED", 0)
    mailbox = world.row(mailboxes, row["mailbox_id"])
    assert mailbox["send_paused_reason"] == "LOGIN_REFUSED: 535 5.7.8 bad password"
    assert mailbox["send_retry_at"] == NOON + timedelta(hours=1)
    assert world.email(other)["status"] == "SENT"
    assert world.row(mailboxes, world.email(other)["mailbox_id"])["send_paused_reason"] is None
    assert world.announced() == ["alert.requested"]
    assert "MAILBOX_PAUSED" in world.bodies()

    world.clock.forward(hours=1)
    run_once(uow, provider)
    assert len(world.announced()) == 1

    world.clock.forward(hours=1)
    run_once(uow, provider)
    assert world.email(refused)["status"] == "SENT"
    assert world.row(mailboxes, row["mailbox_id"])["send_paused_reason"] is None


def test_after_a_refused_login_the_mailbox_tries_no_further_e_mail(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    emails = world.many(world.campaign(world.mailbox()), 4)
    provider.answers["lead0@c1.example.org"] = [SendResult(Verdict.LOGIN_REFUSED, "535")]
    run_once(uow, provider)
    assert len(provider.handed) == 1
    assert {(world.email(email)["status"], world.email(email)["retry_at"]) for email in emails} == {("QUEUED", None)}


def test_a_missing_secret_pauses_the_mailbox(world: World, uow: UnitOfWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_PASSWORD", raising=False)
    mailbox = world.mailbox(smtp_host="127.0.0.1", smtp_username="x", smtp_password_ref="env:NO_SUCH_PASSWORD")
    email = world.queue(world.lead(world.campaign(mailbox)))

    def open_it(mailbox: Mailbox, kind: Provider, begin: Begin) -> MailProvider:
        return open_provider(mailbox, kind, begin, smtp=SmtpSettings(), resend=ResendSettings(), wait=lambda _: None)

    fake = FakeProvider()
    fake.factory = lambda: open_it  # type: ignore[method-assign] # the real factory, in a fake's clothes
    run_once(uow, fake)
    assert world.email(email)["status"] == "QUEUED"
    assert "NO_SUCH_PASSWORD" in world.row(mailboxes, mailbox)["send_paused_reason"]
    assert world.announced() == ["alert.requested"]


def test_a_quota_keeps_the_e_mail_and_rests_the_mailbox(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    email = world.queued()
    provider.answers[ANN] = [SendResult(Verdict.QUOTA, "550 5.4.5 daily limit")]
    run_once(uow, provider)
    assert (world.email(email)["status"], world.email(email)["attempts"]) == ("QUEUED", 0)
    world.clock.forward(hours=1)
    run_once(uow, provider)
    assert world.email(email)["status"] == "SENT"


def test_a_provider_that_is_away_burns_no_attempt_and_holds_up_nobody_else(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    away, other = world.queued(ANN), world.queued(BOB)
    provider.answers[ANN] = [SendResult(Verdict.OUTAGE, "ConnectionRefusedError")] * 20
    for _ in range(20):
        run_once(uow, provider)
        world.clock.forward(minutes=1)
    assert world.email(other)["status"] == "SENT"
    assert (world.email(away)["status"], world.email(away)["attempts"]) == ("QUEUED", 0)
    run_once(uow, provider)
    assert world.email(away)["status"] == "SENT"
    assert world.announced() == []


def test_a_dead_address_fails_and_the_decision_service_hears_of_it(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = world.queued()
    provider.answers[ANN] = [SendResult(Verdict.DEAD_ADDRESS, "550 5.1.1 no such user")]
    run_once(uow, provider)
    row = world.email(email)
    assert (row["status"], row["error_message"]) == ("FAILED", "DEAD_ADDRESS: 550 5.1.1 no such user")
    assert world.announced() == ["lead.timeout"]
    assert world.row(leads, row["lead_id"])["last_contacted_at"] is None


def test_a_refusal_about_us_fails_the_e_mail_and_alerts(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    campaign = world.campaign(world.mailbox())
    emails = world.many(campaign, 2)
    for number in range(2):
        provider.answers[f"lead{number}@c{campaign}.example.org"] = [SendResult(Verdict.ABOUT_US, "550 5.7.1 blocked")]
    run_once(uow, provider)
    assert {world.email(email)["error_message"] for email in emails} == {"ABOUT_US: 550 5.7.1 blocked"}
    assert sorted(world.announced()) == ["alert.requested", "alert.requested", "lead.timeout", "lead.timeout"]
    # Both alerts say the same fact, of which a human is told once; each e-mail's end is a fact of its own.
    assert len({json.loads(body)["idempotencykey"] for body in world.bodies().splitlines()}) == 3


def test_silence_after_handing_over_is_shown_and_never_repeated(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = world.queued()
    provider.answers[ANN] = [SendResult(Verdict.UNKNOWN, "connection lost")]
    run_once(uow, provider)
    world.clock.forward(days=10)
    run_once(uow, provider)
    assert world.email(email)["status"] == "UNKNOWN"
    assert len(provider.handed) == 1
    assert "UNKNOWN_SEND" in world.bodies()


def test_temporary_failures_end_after_five_days(world: World, uow: UnitOfWork, provider: FakeProvider) -> None:
    email = world.queued()
    provider.answers[ANN] = [SendResult(Verdict.RETRY, "451 later")] * 50
    for _ in range(5 * 48 + 1):
        run_once(uow, provider)
        world.clock.forward(minutes=30)
    row = world.email(email)
    assert (row["status"], row["error_message"], row["attempts"]) == ("FAILED", "GAVE_UP: 451 later", 8)


def test_a_doubtful_answer_is_repeated_only_while_resend_knows_the_key(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = world.queue(world.lead(world.campaign(world.mailbox(provider="RESEND"))))
    provider.answers[ANN] = [SendResult(Verdict.RETRY, "503", doubtful=True)] * 50
    for _ in range(3 * 48):
        run_once(uow, provider)
        world.clock.forward(minutes=30)
    assert len(provider.handed) == 6  # at 0, 0.5, 1.5, 3.5, 7.5 and 15.5 hours
    assert len({handed.idempotency_key for handed in provider.handed}) == 1
    assert world.email(email)["status"] == "UNKNOWN"


def test_a_doubtful_e_mail_that_had_to_wait_too_long_becomes_unknown(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = world.queue(world.lead(world.campaign(world.mailbox(provider="RESEND"))))
    provider.answers[ANN] = [SendResult(Verdict.RETRY, "503", doubtful=True)]
    run_once(uow, provider)
    world.clock.forward(hours=24)
    run_once(uow, provider)
    assert len(provider.handed) == 1
    assert world.email(email)["status"] == "UNKNOWN"


def test_a_record_without_its_lease_is_refused(
    world: World, uow: UnitOfWork, provider: FakeProvider, engine: Engine
) -> None:
    campaign = world.campaign(world.mailbox())
    lost, next_one = world.many(campaign, 2)

    def take_over(_: object) -> None:
        with engine.begin() as connection:
            mine = outbound_emails.c.id == lost
            connection.execute(update(outbound_emails).where(mine).values(lease_token="SMTP:somebody else"))

    provider.meanwhile = take_over
    run_once(uow, provider)
    assert (world.email(lost)["status"], world.email(lost)["sent_at"]) == ("SENDING", None)
    assert world.email(next_one)["status"] == "SENT"


def test_settings_have_the_caps_of_old() -> None:
    assert (settings().email_daily_cap, settings().email_batch_cap) == (500, 100)
