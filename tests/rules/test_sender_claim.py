"""What forbids an e-mail at the last moment, and which thread it belongs to."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.sender.rules import message_id
from services.sender.rules_claim import Candidate, Earlier, Effect, obstacle, thread_of
from shared.schedule import Window

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
DAY = 86_400
SENDABLE = Candidate(
    recipient="ann@example.com",
    campaign_status="RUNNING",
    lead_status="NEW",
    hold_until=None,
    mailbox_rests_until=None,
    suppressed=False,
    undecided=False,
    window=Window("UTC"),
    doubtful_message_id=None,
    repeatable_provider=False,
)
MORNING = Window("America/New_York", 540, 720)  # 9 to 12; at noon UTC it is 7 o'clock there
DOUBTFUL = message_id(1, "example.com", NOON - timedelta(hours=1), "00")
FORGOTTEN = message_id(1, "example.com", NOON - timedelta(hours=25), "00")


@pytest.mark.parametrize(
    ("change", "effect", "until"),
    [
        ({"campaign_status": "PAUSED"}, Effect.LEAVE, None),
        ({"campaign_status": "FINISHED", "suppressed": True}, Effect.LEAVE, None),
        ({"lead_status": "QUALIFIED"}, Effect.SKIP, None),
        ({"lead_status": "UNSUBSCRIBED"}, Effect.SKIP, None),
        ({"lead_status": "REVIEW"}, Effect.SKIP, None),
        ({"suppressed": True}, Effect.SKIP, None),
        ({"recipient": "ann@elsewhere.com"}, Effect.SKIP, None),
        ({"lead_status": "ON_HOLD", "hold_until": NOON + timedelta(days=2)}, Effect.WAIT, NOON + timedelta(days=2)),
        ({"lead_status": "ON_HOLD"}, Effect.WAIT, NOON + timedelta(days=1)),
        ({"undecided": True}, Effect.WAIT, NOON + timedelta(seconds=30)),
        ({"mailbox_rests_until": NOON + timedelta(hours=1)}, Effect.WAIT, NOON + timedelta(minutes=1)),
        ({"window": MORNING}, Effect.WAIT, NOON + timedelta(hours=2)),
        ({"window": None}, Effect.WAIT, NOON + timedelta(days=1)),
        ({"doubtful_message_id": FORGOTTEN, "repeatable_provider": True}, Effect.DOUBT, None),
        ({"doubtful_message_id": DOUBTFUL}, Effect.DOUBT, None),
        ({"doubtful_message_id": DOUBTFUL, "repeatable_provider": True, "suppressed": True}, Effect.DOUBT, None),
    ],
)
def test_each_obstacle_has_its_effect(change: dict[str, object], effect: Effect, until: datetime | None) -> None:
    candidate = replace(SENDABLE, **change)  # type: ignore[arg-type] # a table of changes has no one type
    found = obstacle(candidate, NOON, allowlist=re.compile("@example.com$"), day_seconds=DAY)
    assert found is not None
    assert (found.effect, found.until) == (effect, until)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"campaign_status": "DEGRADED"},
        {"lead_status": "CONTACTED"},
        {"lead_status": "ON_HOLD", "hold_until": NOON},
        {"mailbox_rests_until": NOON},
        {"doubtful_message_id": DOUBTFUL, "repeatable_provider": True},
    ],
)
def test_nothing_forbids_these(change: dict[str, object]) -> None:
    candidate = replace(SENDABLE, **change)  # type: ignore[arg-type] # a table of changes has no one type
    assert obstacle(candidate, NOON, allowlist=re.compile(""), day_seconds=DAY) is None


def test_waiting_for_an_answer_to_be_understood_shrinks_with_the_day() -> None:
    found = obstacle(replace(SENDABLE, undecided=True), NOON, allowlist=re.compile(""), day_seconds=DAY / 10)
    assert found is not None
    assert found.until == NOON + timedelta(seconds=3)


def test_a_follow_up_answers_the_last_e_mail_and_names_all_of_its_thread() -> None:
    thread = thread_of([Earlier("<1>", "Hello", None), Earlier("<2>", "Re: Hello", "<1>")])
    assert thread is not None
    assert (thread.subject, thread.in_reply_to, thread.references) == ("Re: Hello", "<2>", ("<1>", "<2>"))


def test_a_new_subject_began_a_thread_of_its_own() -> None:
    thread = thread_of([Earlier("<1>", "Hello", None), Earlier("<2>", "Other", None)])
    assert thread is not None
    assert (thread.subject, thread.in_reply_to, thread.references) == ("Re: Other", "<2>", ("<2>",))


def test_without_an_earlier_e_mail_there_is_no_thread() -> None:
    assert thread_of([]) is None
