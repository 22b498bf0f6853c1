"""The counters of each campaign, step, variant and day."""

from datetime import date

from services.decision.jobs import keep_score
from shared.tables import campaign_metrics, inbound_emails
from tests.handlers.decision.world import NOON, World

TODAY = NOON.date()


def score(world: World, day: date = TODAY, position: int = 1) -> dict[str, int]:
    """Return the counters of one day and step that are not zero."""
    rows = [row for row in world.rows(campaign_metrics) if (row.day, row.position) == (day, position)]
    assert len(rows) <= 1
    return {name: value for row in rows for name, value in row._asdict().items() if isinstance(value, int) and value}


def test_sends_replies_and_silences_are_counted_on_their_day(world: World) -> None:
    campaign = world.campaign()
    people = [world.contacted(campaign) for _ in range(4)]
    world.decide(world.reply(people[0][0], "POSITIVE", people[0][1]), world.reply(people[1][0], "OOO"))
    world.later(days=3)
    world.time_out(*(world.silence(outbound) for _, outbound in people))
    keep_score(world.uow)
    assert score(world) == {}
    assert score(world, world.now.date()) == {"campaign_id": campaign, "position": 1, "timeouts": 3}

    world.later(days=-3)
    keep_score(world.uow)
    assert score(world) == {"campaign_id": campaign, "position": 1, "sent": 4, "positive": 1, "ooo": 1}


def test_counting_again_changes_nothing(world: World) -> None:
    lead, outbound = world.contacted(world.campaign())
    world.decide(world.reply(lead, "NEGATIVE", outbound))
    keep_score(world.uow)
    before = world.rows(campaign_metrics)
    keep_score(world.uow)
    assert world.rows(campaign_metrics) == before
    assert score(world)["negative"] == 1


def test_a_reply_understood_anew_days_later_corrects_its_day(world: World) -> None:
    campaign = world.campaign()
    lead, outbound = world.contacted(campaign)
    event = world.reply(lead, "NEUTRAL", outbound)
    world.decide(event)
    keep_score(world.uow)
    assert score(world)["neutral"] == 1

    world.later(days=12)
    world.change(inbound_emails, event.data.inbound_email_id, classification="POSITIVE")
    world.decide(world.classified(event.data.inbound_email_id, lead, "POSITIVE", revision=2))
    keep_score(world.uow)

    assert score(world) == {"campaign_id": campaign, "position": 1, "sent": 1, "positive": 1}


def test_a_reply_outside_the_thread_counts_for_the_last_step_sent(world: World) -> None:
    lead, _ = world.contacted(world.campaign())
    world.later(hours=1)
    world.outbound(lead, 2)
    world.later(hours=1)
    world.decide(world.reply(lead, "POSITIVE"))
    keep_score(world.uow)
    assert score(world, position=2)["positive"] == 1
