"""`cam dlq replay`: every event is done, failed again, or visibly neither."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from shared.clock import utc_now
from shared.errors import PermanentError
from shared.events import wrap
from shared.messaging.topology import depths
from shared.tables import dead_letter_actions, dead_letter_results, dead_letters
from tests.handlers.console.conftest import Cam, Ran
from tests.messaging.harness import SUBSCRIPTION, Recorder, announce, reply, running, taken
from tests.messaging.letters import letters, put_away, replies
from tests.waiting import eventually

QUEUE = SUBSCRIPTION.dead_letters


@pytest.fixture(autouse=True)
def _quiet(quiet: None) -> None:
    """Keep the service that runs in this process from logging into the command's output."""


def results(ran: Ran) -> list[str]:
    """Return what became of each letter, in their order."""
    found = ran.data["letters"]
    assert isinstance(found, list)
    return [letter["result"] for letter in found]


def failing_for(*numbers: int) -> Recorder:
    """Return a handler that can't handle these replies."""
    return Recorder(lambda number, _tries: PermanentError(f"no e-mail {number}") if number in numbers else None)


def test_a_replay_tells_of_each_event_that_it_is_done(cam: Cam, engine: Engine, broker_url: str) -> None:
    put_away(broker_url, replies(range(1, 31)))
    recorder = Recorder()
    with running(engine, broker_url, recorder):
        ran = cam("dlq", "replay", "--all", "--reason", "classifier mended", "--by", "ada", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert results(ran) == ["done"] * 30
    assert (ran.data["done"], ran.data["end_reason"]) == (30, None)
    assert recorder.committed == list(range(1, 31))
    assert not any(depths(broker_url).values())


def test_a_replay_is_written_down_with_who_when_why_and_every_letter(cam: Cam, engine: Engine, broker_url: str) -> None:
    put_away(broker_url, replies([1, 2]))
    ids = {letter.id for letter in letters(broker_url)}
    with running(engine, broker_url, Recorder()):
        assert cam("dlq", "replay", "--service", "classifier", "--reason", "mended", "--by", "ada").status == 0
    with engine.connect() as connection:
        (action,) = connection.execute(select(dead_letter_actions)).all()
        rows = connection.execute(select(dead_letter_results)).all()
    assert (action.action, action.operator, action.reason) == ("replay", "ada", "mended")
    assert (action.selection, action.chosen) == ({"service": "classifier"}, 2)
    assert action.started_at < action.ended_at
    assert {(row.letter_id, row.result, row.queue) for row in rows} == {
        (one, "done", SUBSCRIPTION.queue) for one in ids
    }


def test_a_replay_stops_when_an_event_fails_again_and_leaves_the_rest(
    cam: Cam, engine: Engine, broker_url: str
) -> None:
    bodies = replies(range(1, 31))
    put_away(broker_url, bodies)
    with running(engine, broker_url, failing_for(3)):
        ran = cam("dlq", "replay", "--all", "--json")
    assert ran.status == 1
    assert results(ran) == ["done", "done", "failed_again", *["left"] * 27]
    assert ran.data["end_reason"] == "failed again"
    rest = letters(broker_url)
    assert [letter.body for letter in rest] == [*bodies[3:], bodies[2]]
    assert (rest[-1].replay_id, rest[-1].exception) == (ran.data["replay"], "PermanentError: no e-mail 3")


def test_a_group_that_fails_again_holds_up_no_other(cam: Cam, engine: Engine, broker_url: str) -> None:
    put_away(broker_url, replies(range(1, 6)), exception="KeyError: 'a'")
    put_away(broker_url, replies(range(11, 16)), exception="ValueError: b")
    with running(engine, broker_url, failing_for(1)):
        ran = cam("dlq", "replay", "--all", "--json")
        shown = cam("dlq", "replay", "--exception", "no e-mail", "--dry-run").out
    assert results(ran) == ["failed_again", *["left"] * 4, *["done"] * 5]
    assert "PermanentError: no e-mail #" in shown


def test_only_what_was_chosen_is_given_back_and_the_others_keep_their_places(
    cam: Cam, engine: Engine, broker_url: str
) -> None:
    bodies = replies(range(1, 21))
    put_away(broker_url, bodies)
    fifth, tenth = (letters(broker_url)[place].id for place in (4, 9))
    recorder = Recorder()
    with running(engine, broker_url, recorder):
        assert cam("dlq", "replay", tenth, fifth).status == 0
        assert cam("dlq", "replay", "--service", "classifier", "--number", "3").status == 0
    assert recorder.committed == [5, 10, 1, 2, 3]
    left = [body for place, body in enumerate(bodies, 1) if place not in {5, 10, 1, 2, 3}]
    assert [message.body for message in taken(broker_url, QUEUE)] == left


def test_a_dry_run_says_what_would_be_done_and_does_nothing(cam: Cam, engine: Engine, broker_url: str) -> None:
    put_away(broker_url, replies(range(1, 21)))
    before = letters(broker_url)
    shown = cam("dlq", "replay", "--all", "--dry-run")
    assert shown.status == 0
    assert "20 events in batches of 1, 2, 5, 10, 2" in shown.out
    assert cam("dlq", "replay", "--all", "--dry-run", "--json").data["chosen"] == 20
    assert letters(broker_url) == before
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(dead_letter_actions)) == 0


def test_what_breaks_its_contract_is_left_with_what_to_do(cam: Cam, engine: Engine, broker_url: str) -> None:
    put_away(broker_url, [b"not even JSON", *replies([1])], reason="schema_invalid")
    broken = letters(broker_url)[0].id
    with running(engine, broker_url, Recorder()):
        ran = cam("dlq", "replay", "--all")
    assert ran.status == 1
    assert "1 done, 1 break their contract" in ran.out
    assert f"cam dlq edit {broken}" in ran.out
    assert [letter.id for letter in letters(broker_url)] == [broken]


def test_a_replayed_letter_has_its_full_ladder_of_attempts_again(cam: Cam, engine: Engine, broker_url: str) -> None:
    put_away(broker_url, replies([1]), attempt=6, reason="attempts_exhausted")
    recorder = Recorder(lambda _number, tries: RuntimeError("not yet") if tries == 1 else None)
    with running(engine, broker_url, recorder):
        ran = cam("dlq", "replay", "--all", "--json")
    assert (results(ran), recorder.tries) == (["done"], {1: 2})


def test_an_event_that_was_handled_meanwhile_is_done_without_being_done_again(
    cam: Cam, engine: Engine, broker_url: str
) -> None:
    put_away(broker_url, replies([1]))
    recorder = Recorder()
    announce(engine, reply(1))
    with running(engine, broker_url, recorder):
        ran = cam("dlq", "replay", "--all", "--json")
    assert (results(ran), recorder.committed) == (["done"], [1])


def test_without_a_service_the_event_waits_and_the_replay_says_so(cam: Cam, broker_url: str) -> None:
    put_away(broker_url, replies([1, 2]))
    ran = cam("dlq", "replay", "--all", "--wait", "1")
    assert ran.status == 1
    assert "1 still trying, 1 not touched" in ran.out
    assert "cam dlq history 1" in ran.out
    assert depths(broker_url)[SUBSCRIPTION.queue] == 1


def test_the_history_tells_by_now_what_was_not_known_when_a_replay_ended(
    cam: Cam, engine: Engine, broker_url: str
) -> None:
    put_away(broker_url, replies([1, 2]))
    assert cam("dlq", "replay", "--all", "--wait", "1", "--by", "ada", "--reason", "try").status == 1
    (action,) = cam("dlq", "history", "--json").rows
    assert (action["operator"], action["reason"], action["results"]) == ("ada", "try", {"still_trying": 1})
    with running(engine, broker_url, Recorder()):
        eventually(lambda: cam("dlq", "history", "--json").rows[0]["results"] == {"done": 1})
    (letter,) = cam("dlq", "history", action["id"], "--json").rows
    assert (letter["result"], letter["queue"]) == ("done", SUBSCRIPTION.queue)
    assert "not handled in time" in cam("dlq", "history").out
    assert "done" in cam("dlq", "history", action["id"]).out
    missing = cam("dlq", "history", "99")
    assert (missing.status, missing.err) == (2, "cam: there is no action 99 (cam dlq history lists them)\n")


def test_nobody_is_told_of_letters_that_were_given_back(cam: Cam, engine: Engine, broker_url: str) -> None:
    announce(engine, reply(1))
    recorder = Recorder(lambda _number, tries: PermanentError("not yet") if tries == 1 else None)
    with running(engine, broker_url, recorder):
        eventually(lambda: depths(broker_url)[QUEUE] == 1)
        assert cam("dlq", "replay", "--all").status == 0
    with engine.connect() as connection:
        (row,) = connection.execute(select(dead_letters)).all()
    assert row.resolution == "replay"
    assert row.resolved_at >= row.died_at


@pytest.mark.usefixtures("broker_url")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say which dead letters: ids, --group, --service"),
        (("--all",), "no dead letter is like that"),
        (("ffffffff",), "no dead letter ffffffff"),
        (("--all", "--rate", "0"), "Invalid value for '--rate'"),
    ],
)
def test_bad_input_is_told_in_one_line_with_status_2(cam: Cam, words: tuple[str, ...], told: str) -> None:
    refused = cam("dlq", "replay", *words)
    assert refused.status == 2
    assert told in refused.err
    assert refused.err.count("\n") == 1


def test_a_dry_run_warns_of_what_would_be_put_away_as_too_old(cam: Cam, broker_url: str) -> None:
    long_ago = wrap(reply(1), source="/test", time=utc_now() - timedelta(days=91)).to_bytes()
    put_away(broker_url, [long_ago, *replies([2])])
    ran = cam("dlq", "replay", "--all", "--dry-run", "--json")
    assert (ran.data["chosen"], ran.data["too_old"], ran.data["breaks_contract"]) == (2, 1, 0)
    told = cam("dlq", "replay", "--all", "--dry-run").out
    assert "1 letter would come back at once: too_old" in " ".join(told.split())
