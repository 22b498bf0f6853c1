"""The hops that end the handling of an event: a decision, an alert, a dead letter, or nothing yet. Pure."""

from collections.abc import Iterator

from sqlalchemy import RowMapping

from console.output import in_words, many
from console.traces import events
from console.traces.events import Told
from console.traces.facts import Facts
from console.traces.hops import Hop

_GONE = "its guard row is gone: attempts and trace are not known"
_OLD = "handled before attempts and traces were kept"


def attempts_of(guard: RowMapping | None) -> int | None:
    """Return at which attempt an event was handled, if that is known."""
    return guard["attempt"] if guard else None


def decision_hop(facts: Facts, row: RowMapping, told: Told | None, by_decision: dict[int, Hop]) -> Hop:
    """Return a decision, and note it under its number."""
    guard = facts.guards.get(told) if told else None
    inputs = row["inputs"]
    led = "" if told else f" ({inputs.get('event', 'by the clock')})"
    hop = Hop(
        "decision",
        "decision",
        f"{inputs.get('before', '?')} -> {row['outcome']} by rule {row['rule']}{led}",
        at=row["decided_at"],
        attempts=attempts_of(guard),
        ids={"decision_id": row["id"]},
        told=told,
        guard=guard,
        notes=_unknown(guard) if told else [],
    )
    by_decision[row["id"]] = hop
    return hop


def handled(facts: Facts, alert: RowMapping) -> Hop:
    """Return an alert that is in the log."""
    told = events.alert(alert["idempotency_key"])
    guard = facts.guards.get(told)
    return Hop(
        "alert",
        "alerter",
        f"{alert['alert_type']} {_outcome(alert)}",
        at=alert["sent_at"] or alert["created_at"],
        attempts=alert["attempts"],
        ids={"alert_id": alert["id"]},
        told=told,
        guard=guard,
        notes=[*_attempts(guard), *_unknown(guard), *([alert["error_message"]] if alert["error_message"] else [])],
    )


def _outcome(alert: RowMapping) -> str:
    if alert["sent_successfully"]:
        channels = alert["details"].get("delivered") or alert["recipients"]
        return f"accepted by {many(len(channels), 'channel')}"
    if alert["next_attempt_at"]:
        return f"not accepted yet, next attempt {in_words(alert['next_attempt_at'])}"
    return "was given up"


def _attempts(guard: RowMapping | None) -> list[str]:
    """Say how often its event was tried; the alert's own number counts the attempts to send."""
    attempt = attempts_of(guard)
    return [f"its event was handled at attempt {attempt}"] if attempt and attempt > 1 else []


def _unknown(guard: RowMapping | None) -> list[str]:
    if guard is None:
        return [_GONE]
    return [] if guard["attempt"] else [_OLD]


def unhandled(facts: Facts, told: Told, *, done: bool) -> Iterator[Hop]:
    """Return an event's dead letters, and why nothing followed from it if nothing did."""
    letters = facts.letters.get(told.id, ())
    service = told.queue.partition(".")[0]
    for letter in letters:
        yield Hop(
            "dead_letter",
            service,
            f"{told.type} became a dead letter ({letter['reason']}): {letter['exception']}",
            at=letter["died_at"],
            attempts=letter["attempts"],
            told=told,
            notes=[f"{letter['resolution']} {in_words(letter['resolved_at'])}"] if letter["resolved_at"] else [],
        )
    if done or any(letter["resolved_at"] is None for letter in letters):
        return
    yield Hop("missing", service, f"{told.type} is not handled yet", told=told, notes=[_where(facts, told)])


def _where(facts: Facts, told: Told) -> str:
    if told.id in facts.waiting:
        return "it waits in the outbox: the broker is away, or no service runs that publishes it"
    if told in facts.guards:
        return "it was handled, and nothing that is kept followed from it"
    return f"it is on its way to {told.queue}, in hand there, or waits for another attempt (cam status)"
