"""What the alerter forgets, and what it must keep."""

from datetime import timedelta

from sqlalchemy import Engine, func, insert, select, text

from services.alerter.jobs import forget_old_rows
from shared.forgetting import Old, forget, shrink
from shared.tables import dead_letters, handled_events, outbox, suspects
from tests.handlers.alerter.conftest import World

MEMORY = timedelta(days=90)


def guard(world: World, key: str, *, age: timedelta) -> None:
    world.insert_row(handled_events, consumer="c", idempotency_key=key, handled_at=world.now - age)


def left(world: World) -> list[str]:
    with world.owner.connect() as connection:
        return list(connection.scalars(select(handled_events.c.idempotency_key).order_by("idempotency_key")))


def test_guards_are_kept_a_day_longer_than_old_events_are_taken(world: World) -> None:
    guard(world, "a", age=timedelta(days=91, minutes=1))
    guard(world, "b", age=timedelta(days=90, hours=23))
    guard(world, "c", age=timedelta(0))

    forget_old_rows(world.uow, memory=MEMORY)

    assert left(world) == ["b", "c"]


def test_settled_dead_letters_go_and_open_ones_stay(world: World) -> None:
    long_ago = world.now - timedelta(days=100)
    letter = {"service": "decision", "queue": "decision.lead.timeout.dlq", "reason": "permanent", "died_at": long_ago}
    world.insert(dead_letters, **letter, letter_id="settled", resolved_at=long_ago, resolution="replay")
    world.insert(dead_letters, **letter, letter_id="settled today", resolved_at=world.now, resolution="replay")
    world.insert(dead_letters, **letter, letter_id="open")
    world.insert_row(suspects, consumer="c", event_id="e", started_at=long_ago)

    forget_old_rows(world.uow, memory=MEMORY)

    with world.owner.connect() as connection:
        names = connection.scalars(select(dead_letters.c.letter_id).order_by(dead_letters.c.id)).all()
        assert names == ["settled today", "open"]
        assert connection.scalar(select(func.count()).select_from(suspects)) == 0


def test_old_rows_go_in_batches_until_none_is_left_or_the_run_is_over(world: World) -> None:
    for number in range(7):
        guard(world, str(number), age=timedelta(days=100))
    old = Old(handled_events, handled_events.c.handled_at < world.now)

    assert forget(world.uow, old, batch=2, batches=2) == 4
    assert forget(world.uow, old, batch=2) == 3


def test_one_instance_at_a_time_forgets(world: World) -> None:
    guard(world, "a", age=timedelta(days=100))
    with world.owner.begin() as another:
        another.execute(text("SELECT pg_advisory_xact_lock(hashtext('cam.forget'), hashtext('handled_events'))"))
        forget_old_rows(world.uow, memory=MEMORY)
        assert left(world) == ["a"]
    forget_old_rows(world.uow, memory=MEMORY)
    assert left(world) == []


def size(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT pg_total_relation_size('outbox')")) or 0


def fill_and_empty(engine: Engine) -> None:
    rows = "SELECT n, 't', repeat('x', 600) FROM generate_series(1, 5000) AS n"
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO outbox (event_id, type, body) {rows}"))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM outbox"))


def test_an_empty_outbox_gives_its_space_back(world: World) -> None:
    fill_and_empty(world.owner)
    assert size(world.owner) > 3_000_000

    forget_old_rows(world.uow, memory=MEMORY)

    assert size(world.owner) < 100_000


def test_an_outbox_with_an_event_in_it_keeps_it(world: World) -> None:
    fill_and_empty(world.owner)
    world.insert(outbox, event_id="one", type="t", body="{}")

    assert not shrink(world.uow.engine, outbox)

    with world.owner.connect() as connection:
        assert connection.scalar(select(outbox.c.event_id)) == "one"


def test_an_event_that_is_being_committed_just_now_is_not_taken_away(world: World) -> None:
    fill_and_empty(world.owner)
    with world.owner.begin() as writing:
        writing.execute(insert(outbox).values(event_id="one", type="t", body="{}"))
        assert not shrink(world.uow.engine, outbox)

    with world.owner.connect() as connection:
        assert connection.scalar(select(outbox.c.event_id)) == "one"
