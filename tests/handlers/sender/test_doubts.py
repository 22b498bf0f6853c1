"""A sender that vanished leaves doubts: each is settled safely or shown to a human."""

from datetime import timedelta

import pytest

from services.sender.doubts import settle_doubtful
from services.sender.rules import message_id
from services.sender.rules_lease import Lease
from shared.tables import outbound_emails
from shared.unit_of_work import UnitOfWork
from tests.handlers.sender.world import NOON, FakeProvider, World, run_once

DAY = 86_400


def abandoned(world: World, provider: str, *, hours_ago: float = 0.1) -> int:
    """Leave an e-mail behind as a sender does that is killed while it waits for the provider's answer."""
    kind = "RESEND" if provider == "RESEND" else "SMTP"
    email = world.queue(world.lead(world.campaign(world.mailbox(provider=kind))))
    begun = NOON - timedelta(hours=hours_ago)
    world.change(
        outbound_emails,
        email,
        state="SENDING",
        message_id=message_id(email, "example.com", begun, "00"),
        subject="frozen",
        body="frozen",
        attempts=1,
        lease_token=f"{provider}:lost",
        lease_expires_at=NOON - timedelta(minutes=1),
    )
    return email


@pytest.mark.parametrize(
    ("provider", "hours_ago", "status", "alerts"),
    [
        ("SMTP", 0.1, "UNKNOWN", 1),
        ("RESEND", 0.1, "QUEUED", 0),
        ("RESEND", 23, "QUEUED", 0),
        ("RESEND", 24, "UNKNOWN", 1),
        ("DRY_RUN", 48, "QUEUED", 0),
    ],
)
def test_what_becomes_of_an_abandoned_e_mail_depends_on_its_provider(
    world: World, uow: UnitOfWork, *, provider: str, hours_ago: float, status: str, alerts: int
) -> None:
    email = abandoned(world, provider, hours_ago=hours_ago)
    settle_doubtful(uow, day_seconds=DAY)
    settle_doubtful(uow, day_seconds=DAY)
    assert world.email(email)["status"] == status
    assert world.announced() == ["alert.requested"] * alerts


def abandoned_batch(world: World, provider: str, count: int, together: int) -> list[int]:
    """Leave a batch behind of which nothing is recorded."""
    kind = "RESEND" if provider == "RESEND" else "SMTP"
    emails = world.many(world.campaign(world.mailbox(provider=kind)), count)
    for position, email in enumerate(emails):
        token = str(Lease(provider, "lost", position, together))
        values = {"message_id": message_id(email, "example.com", NOON, "00"), "subject": "frozen", "body": "frozen"}
        lease = {"lease_token": token, "lease_expires_at": NOON - timedelta(minutes=1)}
        world.change(outbound_emails, email, state="SENDING", attempts=1, **values, **lease)
    return emails


@pytest.mark.parametrize(("kind", "begun"), [("SMTP", "UNKNOWN"), ("RESEND", "QUEUED"), ("DRY_RUN", "QUEUED")])
def test_of_an_abandoned_batch_only_what_may_have_been_begun_is_doubtful(
    world: World, uow: UnitOfWork, kind: str, begun: str
) -> None:
    emails = abandoned_batch(world, kind, 5, 2)
    settle_doubtful(uow, day_seconds=DAY)
    rows = [world.email(email) for email in emails]
    assert [row["status"] for row in rows] == [begun, begun, "QUEUED", "QUEUED", "QUEUED"]
    assert [row["attempts"] for row in rows] == [1, 1, 0, 0, 0]
    assert [row["error_message"] for row in rows[2:]] == [None] * 3
    assert world.announced() == ["alert.requested"] * (2 if kind == "SMTP" else 0)


def test_what_was_never_begun_goes_out_as_if_nothing_had_happened(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    emails = abandoned_batch(world, "SMTP", 4, 1)
    settle_doubtful(uow, day_seconds=DAY)
    run_once(uow, provider)
    assert [email.id for email in provider.handed] == emails[1:]
    assert {email.attempts for email in provider.handed} == {1}


def test_a_recorded_beginning_of_a_batch_narrows_the_doubt(world: World, uow: UnitOfWork) -> None:
    emails = abandoned_batch(world, "SMTP", 5, 2)
    for recorded in emails[:2]:
        world.change(outbound_emails, recorded, state="SENT", lease_token=None, lease_expires_at=None)
    settle_doubtful(uow, day_seconds=DAY)
    assert [world.email(email)["status"] for email in emails] == ["SENT", "SENT", "UNKNOWN", "UNKNOWN", "QUEUED"]


def test_a_lease_that_holds_is_left_alone(world: World, uow: UnitOfWork) -> None:
    email = abandoned(world, "SMTP")
    world.change(outbound_emails, email, lease_expires_at=NOON + timedelta(seconds=1))
    settle_doubtful(uow, day_seconds=DAY)
    assert world.email(email)["status"] == "SENDING"


def test_resend_is_asked_again_with_the_same_key_and_content(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = abandoned(world, "RESEND")
    settle_doubtful(uow, day_seconds=DAY)
    run_once(uow, provider)
    again = provider.handed[0]
    assert (again.message_id, again.subject, again.body) == (world.email(email)["message_id"], "frozen", "frozen")
    assert (again.doubtful, world.email(email)["status"]) == (True, "SENT")


def test_what_resend_may_have_sent_is_not_repeated_through_smtp(
    world: World, uow: UnitOfWork, provider: FakeProvider
) -> None:
    email = abandoned(world, "RESEND")
    settle_doubtful(uow, day_seconds=DAY)
    run_once(uow, provider, email_dry_run=True)
    assert world.email(email)["status"] == "UNKNOWN"
    assert provider.handed == []


def test_an_answer_proves_that_an_unknown_e_mail_was_sent(world: World, uow: UnitOfWork) -> None:
    answered = abandoned(world, "SMTP")
    settle_doubtful(uow, day_seconds=DAY)
    assert world.email(answered)["status"] == "UNKNOWN"
    world.reply(world.email(answered)["lead_id"], outbound_email_id=answered)
    settle_doubtful(uow, day_seconds=DAY)
    row = world.email(answered)
    assert row["status"] == "SENT"
    assert row["sent_at"] == NOON - timedelta(minutes=6)
    assert row["silent_at"] == row["sent_at"] + timedelta(days=3)


def test_an_answer_to_another_e_mail_proves_nothing(world: World, uow: UnitOfWork) -> None:
    email = abandoned(world, "SMTP")
    settle_doubtful(uow, day_seconds=DAY)
    world.reply(world.email(email)["lead_id"], outbound_email_id=email + 1)
    settle_doubtful(uow, day_seconds=DAY)
    assert world.email(email)["status"] == "UNKNOWN"
