"""The judge: lays the books outside beside the tables inside, and names every loss and every double. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from chaos.evidence import Evidence, Outbound

Check = Callable[[Evidence], Iterable[str]]

_LEFT = {"SENT", "UNKNOWN"}
_NEVER_LEFT = {"FAILED", "SKIPPED"}
_UNFINISHED = {"QUEUED", "SENDING"}
_UNDER_WAY = {"NEW", "CONTACTED", "ON_HOLD"}
_MUST_ALERT = {"POSITIVE", "NEUTRAL"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was lost, what happened twice, what nobody can know, and what a key saved from being seen twice."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Tell whether nothing was lost and nothing happened twice."""
        return not self.lost and not self.doubled


def judge(seen: Evidence) -> Verdict:
    """Return the verdict on a run that has come to rest."""
    return Verdict(
        lost=tuple(chain.from_iterable(check(seen) for check in LOSSES)),
        doubled=tuple(chain.from_iterable(check(seen) for check in DOUBLES)),
        unknown=tuple(_unknown(seen)),
        repeated=tuple(_times(Counter(told.key for told in seen.told), "alert {} was posted {} times under one key")),
    )


def too_many_doubts(verdict: Verdict, killed_senders: int, connections: int) -> str | None:
    """Tell if more e-mails are UNKNOWN than can lie between their text and their answer when their sender is killed."""
    allowed = killed_senders * connections
    if len(verdict.unknown) <= allowed:
        return None
    return f"{len(verdict.unknown)} e-mails are UNKNOWN after {killed_senders} kills of a sender, {allowed} may be"


def _sent_but_never_arrived(seen: Evidence) -> Iterator[str]:
    taken = {mail.message_id for mail in seen.accepted}
    for row in seen.outbound:
        if row.status == "SENT" and row.message_id not in taken:
            yield f"{_named(row)} is SENT, but no server took it"


def _arrived_but_not_in_the_ledger(seen: Evidence) -> Iterator[str]:
    rows = {row.message_id: row for row in seen.outbound}
    for mail in seen.accepted:
        row = rows.get(mail.message_id)
        if row is None:
            yield f"{mail.lead} took {mail.message_id}, which no row knows"
        elif row.status not in _LEFT:
            yield f"{mail.lead} took {mail.message_id}, but {_named(row)} is {row.status}"
        elif row.lead != mail.lead:
            yield f"{mail.message_id} of {row.lead} went to {mail.lead}"


def _never_finished(seen: Evidence) -> Iterator[str]:
    doubtful = {row.lead for row in seen.outbound if row.status == "UNKNOWN"}
    for row in seen.outbound:
        if row.status in _UNFINISHED:
            yield f"{_named(row)} is still {row.status}"
    for lead, status in seen.leads.items():
        if status in _UNDER_WAY and lead not in doubtful:
            yield f"{lead} is {status}, and nothing will happen to it"


def _answers_not_stored(seen: Evidence) -> Iterator[str]:
    stored = {row.message_id for row in seen.inbound}
    for answer in seen.answers:
        if answer.message_id not in stored:
            yield f"the answer {answer.message_id} of {answer.lead} was never stored"


def _replies_not_followed(seen: Evidence) -> Iterator[str]:
    for row in seen.inbound:
        if row.lead is None:
            continue
        if row.classification is None:
            yield f"reply {row.id} of {row.lead} was never understood"
        elif not row.decisions:
            yield f"nothing was decided about reply {row.id} of {row.lead}"
        elif row.classification in _MUST_ALERT and not row.alerts:
            yield f"no alert was asked for about reply {row.id} ({row.classification}) of {row.lead}"


def _silences_not_followed(seen: Evidence) -> Iterator[str]:
    for row in seen.outbound:
        if (row.announced or row.status in _NEVER_LEFT) and not row.decisions:
            yield f"nothing was decided about the silence after {_named(row)}"


def _alerts_not_told(seen: Evidence) -> Iterator[str]:
    told = {alert.key for alert in seen.told}
    logged = {alert.key for alert in seen.alerts}
    for alert in seen.alerts:
        if not alert.sent:
            yield f"alert {alert.key} was never sent"
        elif alert.key not in told:
            yield f"alert {alert.key} is in the log as sent, but nobody was told"
    for key in sorted(told - logged):
        yield f"a human was told {key}, which is not in the log"


def _doubts_not_shown(seen: Evidence) -> Iterator[str]:
    told = {alert.key for alert in seen.told}
    for row in seen.outbound:
        if row.status == "UNKNOWN" and f"UNKNOWN_SEND/{row.id}" not in told:
            yield f"{_named(row)} is UNKNOWN, and no human was told"


def _left_in_the_broker(seen: Evidence) -> Iterator[str]:
    yield from (f"dead letter in {letter}" for letter in seen.dead_letters)
    yield from (f"queue {name} still holds {depth}" for name, depth in seen.queues.items() if depth)
    if seen.outbox:
        yield f"the outbox still holds {seen.outbox}"


def _mails_twice(seen: Evidence) -> Iterator[str]:
    yield from _times(Counter(mail.message_id for mail in seen.accepted), "{} was taken {} times")
    # The same words under another Message-ID are the same e-mail to whoever reads it.
    words = Counter((mail.lead, mail.text) for mail in set(seen.accepted) if mail.text)
    yield from (f"{lead} got one step {times} times" for (lead, _), times in words.items() if times > 1)
    steps = Counter((row.lead, row.position) for row in seen.outbound)
    yield from (f"{lead}: step {step} has {times} rows" for (lead, step), times in steps.items() if times > 1)


def _replies_twice(seen: Evidence) -> Iterator[str]:
    yield from _times(Counter(row.message_id for row in seen.inbound if row.message_id), "reply {} was stored {} times")
    for row in seen.inbound:
        if row.decisions > 1:
            yield f"{row.decisions} decisions about reply {row.id} of {row.lead}"
        if row.alerts > 1:
            yield f"{row.alerts} alerts about reply {row.id} of {row.lead}"


def _silences_twice(seen: Evidence) -> Iterator[str]:
    for row in seen.outbound:
        if row.decisions > 1:
            yield f"{row.decisions} decisions about the silence after {_named(row)}"


def _alerts_twice(seen: Evidence) -> Iterator[str]:
    yield from _times(Counter(alert.key for alert in seen.alerts), "alert {} is in the log {} times")


LOSSES: tuple[Check, ...] = (
    _sent_but_never_arrived,
    _arrived_but_not_in_the_ledger,
    _never_finished,
    _answers_not_stored,
    _replies_not_followed,
    _silences_not_followed,
    _alerts_not_told,
    _doubts_not_shown,
    _left_in_the_broker,
)
DOUBLES: tuple[Check, ...] = (_mails_twice, _replies_twice, _silences_twice, _alerts_twice)


def _unknown(seen: Evidence) -> Iterator[str]:
    taken = {mail.message_id for mail in seen.accepted}
    for row in seen.outbound:
        if row.status == "UNKNOWN":
            truth = "a server took it" if row.message_id in taken else "no server took it"
            yield f"{_named(row)} ({row.message_id}): {truth}; {row.error}"


def _named(row: Outbound) -> str:
    return f"e-mail {row.id}, step {row.position} to {row.lead},"


def _times(counted: Mapping[str, int], words: str) -> Iterator[str]:
    yield from (words.format(name, times) for name, times in counted.items() if times > 1)
