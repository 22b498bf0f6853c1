"""A lead's status follows from its history, whatever order the history became known in."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from random import Random

import pytest

from services.decision.fold import LeadState, Policy, Rule, fold
from services.decision.happenings import Failed, Happening, Sent, Silent, Suppressed, Suppression, Understood
from shared.events import BounceKind, Classification
from shared.states import EndPolicy, LeadStatus

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = START + timedelta(days=30)
HARD, SOFT, BLOCK = BounceKind.HARD, BounceKind.SOFT, BounceKind.BLOCK


def a_policy(*, day_seconds: float = 86_400, end_policy: EndPolicy = EndPolicy.NURTURE) -> Policy:
    return Policy("Europe/Berlin", 3, end_policy, ooo_default_days=7, day_seconds=day_seconds)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def sent(position: int, on: float = 0) -> Sent:
    return Sent(position, day(on))


def silent(position: int, on: float = 3) -> Silent:
    return Silent(position, day(on))


def reply(kind: str, on: float = 1, **facts: object) -> Understood:
    return Understood(int(on * 1000) + len(kind), day(on), Classification(kind), **facts)  # type: ignore[arg-type] # kwargs


def bounce(kind: BounceKind | None, on: float = 1) -> Understood:
    return Understood(int(on * 1000), day(on), Classification.BOUNCE, bounce_kind=kind)


def late(on: float) -> Understood:
    return Understood(int(on * 1000), day(on), Classification.BOUNCE, bounce_kind=SOFT, delayed=True)


def state(*history: Happening, now: datetime = NOW, policy: Policy | None = None) -> LeadState:
    return fold(history, policy or a_policy(), now)


@pytest.mark.parametrize(
    ("history", "status", "rule"),
    [
        ([], "NEW", Rule.NOTHING_YET),
        ([sent(1)], "CONTACTED", Rule.WAITING),
        ([sent(1), reply("POSITIVE")], "QUALIFIED", Rule.SAID_YES),
        ([sent(1), reply("NEGATIVE")], "SUPPRESSED", Rule.SAID_NO),
        ([sent(1), reply("NEUTRAL")], "REVIEW", Rule.UNCLEAR),
        ([sent(1), reply("UNSUB")], "UNSUBSCRIBED", Rule.OPTED_OUT),
        ([sent(1), reply("UNSUB", complaint=True)], "UNSUBSCRIBED", Rule.COMPLAINED),
        ([sent(1), bounce(HARD)], "BOUNCED", Rule.DEAD_ADDRESS),
        ([Failed(1, day(0), "DEAD_ADDRESS: 550 5.1.1 no such user")], "BOUNCED", Rule.DEAD_ADDRESS),
        ([sent(1), bounce(BLOCK)], "CONTACTED", Rule.WAITING),
        ([sent(1), bounce(None)], "CONTACTED", Rule.WAITING),
        ([sent(1), reply("OOO", delivered=True)], "CONTACTED", Rule.WAITING),
        ([sent(1), reply("BOUNCE", delayed=True), silent(1), sent(2, 4)], "CONTACTED", Rule.WAITING),
        ([sent(1), reply("OOO", left_company=True)], "DEAD", Rule.LEFT_COMPANY),
        ([Failed(1, day(0), "REFUSED: 554 no")], "REVIEW", Rule.NOT_DELIVERED),
        ([sent(1), Failed(2, day(3), "ABOUT_US: 550 5.7.1")], "CONTACTED", Rule.WAITING),
        ([sent(1), Suppressed(Suppression.MANUAL, day(1))], "SUPPRESSED", Rule.MANUALLY_SUPPRESSED),
        ([Suppressed(Suppression.UNSUBSCRIBED, day(1))], "UNSUBSCRIBED", Rule.OPTED_OUT),
        ([sent(1), Suppressed(Suppression.BOUNCED, day(1))], "BOUNCED", Rule.DEAD_ADDRESS),
        ([sent(3), silent(3)], "NURTURE", Rule.SILENT),
    ],
)
def test_each_history_leads_to_its_status(history: Sequence[Happening], status: str, rule: Rule) -> None:
    found = state(*history)
    assert (found.status, found.rule) == (status, rule)
    assert found.stops == (status not in {"NEW", "CONTACTED", "ON_HOLD"})


@pytest.mark.parametrize(
    ("first", "then", "status"),
    [
        ("NEGATIVE", "POSITIVE", "QUALIFIED"),
        ("POSITIVE", "NEGATIVE", "SUPPRESSED"),
        ("NEUTRAL", "POSITIVE", "QUALIFIED"),
        ("POSITIVE", "OOO", "QUALIFIED"),
        ("NEGATIVE", "BOUNCE", "SUPPRESSED"),
        ("UNSUB", "POSITIVE", "UNSUBSCRIBED"),
        ("POSITIVE", "UNSUB", "UNSUBSCRIBED"),
        ("OOO", "POSITIVE", "QUALIFIED"),
    ],
)
def test_the_latest_word_of_a_human_decides_and_an_opt_out_stays(first: str, then: str, status: str) -> None:
    assert state(sent(1), reply(first, 1), reply(then, 2)).status == status


def test_a_hard_bounce_does_not_undo_a_human_reply() -> None:
    found = state(sent(1), reply("POSITIVE", 1), bounce(HARD, 2))
    assert found.status is LeadStatus.QUALIFIED
    assert found.suppress is None


@pytest.mark.parametrize(
    ("history", "suppress"),
    [
        ([reply("UNSUB")], Suppression.UNSUBSCRIBED),
        ([reply("NEUTRAL", complaint=True)], Suppression.COMPLAINT),
        ([bounce(HARD)], Suppression.BOUNCED),
        ([Failed(1, day(0), "DEAD_ADDRESS")], Suppression.BOUNCED),
        ([reply("NEGATIVE")], None),
        ([bounce(SOFT, 1), sent(2, 2), bounce(SOFT, 3), sent(3, 4), bounce(SOFT, 5)], None),
    ],
)
def test_who_must_never_be_written_to_again(history: Sequence[Happening], suppress: Suppression | None) -> None:
    assert state(*history).suppress == suppress


def test_three_soft_bounces_in_a_row_are_a_bounce() -> None:
    three: list[Happening] = [
        item for n in (1, 2, 3) for item in (sent(n, n * 3), bounce(SOFT, n * 3 + 1), silent(n, n * 3 + 2))
    ]
    assert state(*three).rule is Rule.SOFT_BOUNCES
    assert state(*three[:6]).status is LeadStatus.CONTACTED


def test_an_e_mail_that_got_through_breaks_the_row_of_soft_bounces() -> None:
    history: list[Happening] = [
        sent(1),
        bounce(SOFT, 1),
        sent(2, 3),
        silent(2, 6),
        sent(3, 6),
        bounce(SOFT, 7),
        bounce(SOFT, 8),
    ]
    assert state(*history).status is LeadStatus.CONTACTED


def test_an_absence_holds_until_the_return_day_begins_where_the_campaign_lives() -> None:
    away = reply("OOO", 1, return_date=date(2026, 3, 20))
    found = state(sent(1), away, now=day(2))
    assert found.status is LeadStatus.ON_HOLD
    assert found.hold_until == datetime(2026, 3, 19, 23, tzinfo=UTC)


def test_an_absence_in_a_world_of_short_days_is_as_short() -> None:
    away = reply("OOO", 1, return_date=date(2026, 3, 13))
    found = state(sent(1), away, now=away.at, policy=a_policy(day_seconds=2))
    assert found.hold_until == away.at + timedelta(seconds=20)


@pytest.mark.parametrize("back", [None, date.max])
def test_an_absence_without_a_credible_date_lasts_the_default(back: date | None) -> None:
    assert state(sent(1), reply("OOO", 1, return_date=back), now=day(2)).hold_until == day(8)


@pytest.mark.parametrize("back", [date.min, date(2026, 3, 3)])
def test_a_return_date_that_is_over_holds_nothing(back: date) -> None:
    assert state(sent(1), reply("OOO", 1, return_date=back), now=day(1)).status is LeadStatus.CONTACTED


def test_the_sequence_goes_on_after_the_hold() -> None:
    history: list[Happening] = [sent(1), reply("OOO", 1), silent(1, 3)]
    during, after = state(*history, now=day(4)), state(*history, now=day(9))
    assert (during.status, during.next_position, during.hold_until) == ("ON_HOLD", 2, day(8))
    assert (after.status, after.next_position, after.hold_until) == ("CONTACTED", 2, None)


@pytest.mark.parametrize(
    ("history", "position"),
    [
        ([sent(1)], None),
        ([sent(1), silent(1)], 2),
        ([sent(1), silent(1), sent(2, 3)], None),
        ([sent(1), silent(1), sent(2, 3), silent(2, 6)], 3),
        ([sent(1), bounce(BLOCK), silent(1)], 2),
        ([sent(1), silent(1), Failed(2, day(3), "REFUSED")], 3),
        ([sent(1), reply("NEGATIVE"), silent(1)], None),
    ],
)
def test_the_next_step_follows_a_silence(history: Sequence[Happening], position: int | None) -> None:
    assert state(*history).next_position == position


@pytest.mark.parametrize("end_policy", list(EndPolicy))
def test_silence_after_the_last_step_ends_as_the_campaign_says(end_policy: EndPolicy) -> None:
    assert state(sent(3), silent(3), policy=a_policy(end_policy=end_policy)).status.value == end_policy.value


def test_a_late_yes_wins_over_the_end_of_the_sequence() -> None:
    assert state(sent(3), silent(3), reply("POSITIVE", 20)).status is LeadStatus.QUALIFIED


def test_only_people_count_as_having_replied() -> None:
    assert state(sent(1), reply("OOO", 1), bounce(SOFT, 2)).last_replied_at is None
    assert state(sent(1), reply("NEGATIVE", 1), reply("OOO", 2)).last_replied_at == day(1)


def test_every_order_of_arrival_folds_to_the_same_state() -> None:
    history: list[Happening] = [sent(1), bounce(SOFT, 1), silent(1), reply("NEGATIVE", 4), reply("OOO", 5), sent(2, 3)]
    assert len({state(*order) for order in permutations(history)}) == 1


@pytest.mark.parametrize("seed", range(60))
def test_random_histories_fold_alike_in_any_order_and_when_told_twice(seed: int) -> None:
    random = Random(seed)
    moments = [random.choice([0, 1, 1, 2, 3, 5]) for _ in range(9)]
    pool: list[Happening] = [
        *(sent(n, random.choice(moments)) for n in (1, 2)),
        *(silent(n, random.choice(moments)) for n in (1, 2)),
        *(reply(random.choice(list(Classification)), on + n / 100) for n, on in enumerate(moments)),
        *(bounce(random.choice([HARD, SOFT, BLOCK, None]), on + n / 50) for n, on in enumerate(moments[:3])),
    ]
    history = random.sample(pool, random.randint(1, len(pool)))
    expected = state(*history)
    for _ in range(20):
        random.shuffle(history)
        assert state(*history) == expected
    twice = history + [item for item in history if not isinstance(item, Understood)]
    assert state(*twice) == expected


def test_late_e_mails_are_never_taken_for_a_dead_address() -> None:
    notices = [happening for step in (1, 2, 3) for happening in (sent(step, 3 * step), late(3 * step + 1))]
    assert state(*notices, now=day(11)).status == "CONTACTED"
