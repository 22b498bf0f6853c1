"""What the sender makes of a provider's answer."""

from datetime import UTC, datetime, timedelta

import pytest

from services.sender.rules import (
    SendResult,
    Stage,
    Verdict,
    first_attempt,
    judge_resend,
    judge_smtp,
    mailbox_rest,
    message_id,
    repeatable,
    retry_delay,
    scaled,
)

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "text", "stage", "verdict"),
    [
        # A dead address, by its enhanced status code.
        (550, "5.1.1 no such user", Stage.RCPT, Verdict.DEAD_ADDRESS),
        (550, "5.1.2 no such domain", Stage.RCPT, Verdict.DEAD_ADDRESS),
        (553, "5.1.3 bad address", Stage.RCPT, Verdict.DEAD_ADDRESS),
        (551, "5.1.6 moved", Stage.RCPT, Verdict.DEAD_ADDRESS),
        (556, "5.1.10 null MX", Stage.RCPT, Verdict.DEAD_ADDRESS),
        (550, "5.2.1 disabled", Stage.DATA, Verdict.DEAD_ADDRESS),
        (554, "5.1.1 says the enhanced code", Stage.DATA, Verdict.DEAD_ADDRESS),
        # 5.1.1 is not the beginning of 5.1.10 or 5.1.100.
        (550, "5.1.100 private", Stage.RCPT, Verdict.REFUSED),
        # About us, never about the lead.
        (550, "5.7.1 blocked", Stage.RCPT, Verdict.ABOUT_US),
        (550, "5.7.26 unauthenticated", Stage.DATA, Verdict.ABOUT_US),
        (550, "5.1.8 bad sender", Stage.MAIL, Verdict.ABOUT_US),
        (550, "5.1.1 who are you?", Stage.MAIL, Verdict.ABOUT_US),
        # Soft: the enhanced code says less than the basic one, or nothing is said.
        (552, "5.2.2 mailbox full", Stage.RCPT, Verdict.RETRY),
        (450, "4.1.1 greylisted", Stage.RCPT, Verdict.RETRY),
        (550, "4.2.2 full", Stage.RCPT, Verdict.RETRY),
        (451, "try again", Stage.DATA, Verdict.RETRY),
        (421, "4.7.0 closing", Stage.RCPT, Verdict.CLOSING),
        (421, "too busy", Stage.DATA, Verdict.CLOSING),
        (550, "No such user", Stage.RCPT, Verdict.REFUSED),
        (552, "5.3.4 too big", Stage.MAIL, Verdict.REFUSED),
        # The mailbox as a whole.
        (550, "5.4.5 daily limit", Stage.DATA, Verdict.QUOTA),
        (530, "5.7.0 authenticate first", Stage.MAIL, Verdict.LOGIN_REFUSED),
        (530, "5.7.57 not authenticated", Stage.MAIL, Verdict.LOGIN_REFUSED),
        (534, "5.7.9 too weak", Stage.LOGIN, Verdict.LOGIN_REFUSED),
        (535, "bad password", Stage.LOGIN, Verdict.LOGIN_REFUSED),
        (454, "4.7.0 temporary", Stage.LOGIN, Verdict.OUTAGE),
        (554, "no service here", Stage.CONNECT, Verdict.OUTAGE),
        (421, "too many connections", Stage.CONNECT, Verdict.OUTAGE),
    ],
)
def test_an_smtp_answer_is_judged_by_its_enhanced_code_before_its_basic_one(
    code: int, text: str, stage: Stage, verdict: Verdict
) -> None:
    assert judge_smtp(code, text, stage) is verdict


@pytest.mark.parametrize(
    ("status", "name", "verdict", "doubtful"),
    [
        (400, "validation_error", Verdict.REFUSED, False),
        (422, "invalid_to", Verdict.REFUSED, False),
        (401, "missing_api_key", Verdict.LOGIN_REFUSED, False),
        (403, "invalid_api_key", Verdict.LOGIN_REFUSED, False),
        (409, "invalid_idempotent_request", Verdict.UNKNOWN, True),
        (409, "concurrent_idempotent_requests", Verdict.RETRY, True),
        (429, "rate_limit_exceeded", Verdict.OUTAGE, False),
        (429, "daily_quota_exceeded", Verdict.QUOTA, False),
        (500, "application_error", Verdict.RETRY, True),
        (503, "", Verdict.RETRY, True),
    ],
)
def test_an_answer_of_resend_is_judged_by_status_and_name(
    status: int, name: str, verdict: Verdict, *, doubtful: bool
) -> None:
    assert judge_resend(status, name) == (verdict, doubtful)


def test_a_temporary_failure_waits_half_an_hour_then_twice_as_long_each_time() -> None:
    assert [retry_delay(attempts) for attempts in (1, 2, 3)] == [timedelta(minutes=m) for m in (30, 60, 120)]


def test_retrying_ends_before_five_days_are_over() -> None:
    waits = [retry_delay(attempts) for attempts in range(1, 30)]
    total = sum((wait for wait in waits if wait), timedelta())
    assert timedelta(days=2) < total <= timedelta(days=5)
    assert waits[-1] is None


def test_waits_shrink_with_the_day_but_never_below_a_second() -> None:
    assert scaled(timedelta(minutes=30), 86_400) == timedelta(minutes=30)
    assert scaled(timedelta(minutes=30), 8_640) == timedelta(minutes=3)
    assert scaled(timedelta(minutes=30), 2) == timedelta(seconds=1)


def test_a_mailbox_rests_as_long_as_the_provider_asks() -> None:
    asked = SendResult(Verdict.OUTAGE, retry_after=timedelta(seconds=7))
    assert mailbox_rest(asked, 86_400) == timedelta(seconds=7)
    assert mailbox_rest(SendResult(Verdict.QUOTA), 86_400) == timedelta(hours=1)
    assert mailbox_rest(SendResult(Verdict.DEAD_ADDRESS), 86_400) is None


def test_a_message_id_tells_when_it_was_first_attempted() -> None:
    made = message_id(42, "example.com", NOON, "0123456789abcdef")
    assert made.startswith("<cam.42.")
    assert made.endswith("@example.com>")
    assert first_attempt(made) == NOON


def test_resend_knows_a_key_for_24_hours() -> None:
    made = message_id(42, "example.com", NOON, "00")
    assert repeatable(made, NOON + timedelta(hours=23))
    assert not repeatable(made, NOON + timedelta(hours=24))
