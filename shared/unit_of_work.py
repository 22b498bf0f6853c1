"""One transaction that holds the guard, the state changes and the outbox rows of a batch together.

Ack follows commit: what `begin` yields commits as a whole or not at all, and the messaging layer
acknowledges only what was committed here.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Cast,
    Connection,
    Engine,
    Interval,
    SmallInteger,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from shared.clock import Clock, utc_now
from shared.database import transaction
from shared.errors import LostLeaseError
from shared.events import AlertRequested, Envelope, Event, trace_of, wrap
from shared.faults import point
from shared.metrics import Metrics
from shared.tables import handled_events, outbound_emails, outbox

E = TypeVar("E", bound=Event)


def _texts(name: str) -> BindParameter[Sequence[str]]:
    return bindparam(name, type_=ARRAY(Text))


def _uuids(name: str) -> Cast[UUID]:
    return cast(func.unnest(_texts(name)), Uuid)


# Arrays instead of lists of VALUES: the statement is the same, and compiled once, for every size of batch.
_GUARD = (
    upsert(handled_events)
    .from_select(
        ["consumer", "idempotency_key", "trace_id", "causation_id", "attempt"],
        select(
            bindparam("consumer", type_=Text),
            func.unnest(_texts("keys")),
            _uuids("traces"),
            _uuids("causes"),
            func.unnest(bindparam("attempts", type_=ARRAY(SmallInteger))),
        ),
    )
    .on_conflict_do_nothing()
    .returning(handled_events.c.idempotency_key)
)
_TO_OUTBOX = (
    insert(outbox)
    .from_select(
        ["event_id", "type", "body", "available_at"],
        select(
            *(func.unnest(_texts(name)) for name in ("ids", "types", "bodies")),
            func.clock_timestamp() + bindparam("lease", type_=Interval),
        ),
    )
    .returning(outbox.c.id, outbox.c.event_id)
)
_TRACES = select(outbound_emails.c.id, outbound_emails.c.trace_id).where(
    outbound_emails.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger)))
)

# How long the instance that wrote an outbox row has to publish it before any other may.
OWN_PUBLISH_SECONDS = 10


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """An event that is committed and not yet published."""

    id: int
    event_id: str
    type: str
    body: bytes


@dataclass(slots=True)
class Transaction:
    """What a handler or job writes with: the connection, the clock and `emit`."""

    connection: Connection
    clock: Clock
    source: str
    consumer: str
    guarded: set[str] = field(default_factory=set)
    repeated: int = 0
    _emitted: list[tuple[Event, datetime, Envelope[Event] | None]] = field(default_factory=list)
    _facts: dict[UUID, Event] = field(default_factory=dict)

    def emit(self, event: Event, *, cause: Envelope[Event] | None = None) -> None:
        """Announce a fact when this transaction commits; `cause` is the event that led to it."""
        self._emitted.append((event, self.clock(), cause))

    def write_outbox(self, lease: timedelta) -> list[OutboxRow]:
        """Store what was emitted; nobody but the caller publishes it before `lease` is over."""
        if not self._emitted:
            return []
        # The same fact told twice in one transaction is one fact.
        envelopes = {envelope.id: envelope for envelope in self._wrapped()}
        self._facts = {identity: envelope.data for identity, envelope in envelopes.items()}
        bodies = {str(identity): (envelope.type, envelope.to_bytes()) for identity, envelope in envelopes.items()}
        rows = {
            "ids": list(bodies),
            "types": [kind for kind, _ in bodies.values()],
            "bodies": [body.decode() for _, body in bodies.values()],
            "lease": lease,
        }
        written = self.connection.execute(_TO_OUTBOX, rows)
        return [OutboxRow(number, event_id, *bodies[event_id]) for number, event_id in written]

    def count(self, metrics: Metrics) -> None:
        """Count what was announced and what came again; called after the commit."""
        for kind, number in Counter(fact.type for fact in self._facts.values()).items():
            metrics.announced.labels(kind).inc(number)
        for fact in self._facts.values():
            if isinstance(fact, AlertRequested):
                metrics.alerts_requested.labels(fact.alert_type).inc()
        if self.repeated:
            metrics.repeated.labels(self.consumer).inc(self.repeated)

    def _wrapped(self) -> list[Envelope[Event]]:
        """Put what was emitted into envelopes; what no event caused goes on with the trace of its e-mail."""
        roots = [None if cause else _email_of(event) for event, _, cause in self._emitted]
        numbers = sorted({root for root in roots if root})
        rows = self.connection.execute(_TRACES, {"ids": numbers}) if numbers else ()
        traces: dict[int | None, UUID] = {number: trace_id for number, trace_id in rows if trace_id}
        return [
            wrap(event, source=self.source, time=time, cause=cause, trace_id=traces.get(root))
            for root, (event, time, cause) in zip(roots, self._emitted, strict=True)
        ]

    def fresh(self, events: Sequence[Envelope[E]]) -> list[Envelope[E]]:
        """Write the guard rows of a batch and return the events that were not handled before, each once."""
        by_key = {event.key: event for event in events}
        # In one order for all, so that two consumers with the same events wait for each other and never deadlock.
        ordered = [by_key[key] for key in sorted(by_key)]
        rows = {
            "consumer": self.consumer,
            "keys": sorted(by_key),
            "traces": [str(trace_of(event.traceparent)) for event in ordered],
            "causes": [_uuid_or_none(event.causation_id) for event in ordered],
            "attempts": [event.attempt for event in ordered],
        }
        new = set(self.connection.execute(_GUARD, rows).scalars())
        self.guarded.update(by_key)
        self.repeated += len(events) - len(new)
        return [event for key, event in by_key.items() if key in new]


def _email_of(event: Event) -> int | None:
    number = getattr(event, "outbound_email_id", None)
    return number if isinstance(number, int) else None


def _uuid_or_none(identity: str | None) -> str | None:
    # Events of ours have UUIDs; one that an outsider published may name its cause as it likes.
    try:
        return str(UUID(identity)) if identity else None
    except ValueError:
        return None


class UnitOfWork:
    """Opens transactions for one consumer or job; told apart by `consumer`, the guard's key space."""

    def __init__(
        self,
        engine: Engine,
        *,
        source: str,
        consumer: str = "",
        clock: Clock = utc_now,
        on_commit: Callable[[list[OutboxRow]], None] | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.metrics = metrics or Metrics()
        self.guarded: set[str] = set()
        self._source = source
        self._consumer = consumer
        self._on_commit = on_commit

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Run one transaction; its events are published right after the commit, or later by any relay."""
        lease = timedelta(seconds=OWN_PUBLISH_SECONDS if self._on_commit else 0)
        try:
            with transaction(self.engine) as connection:
                work = Transaction(connection, self.clock, self._source, self._consumer)
                yield work
                rows = work.write_outbox(lease)
                point("before_commit")
        except LostLeaseError:
            self.metrics.leases_lost.inc()
            raise
        point("after_commit")
        work.count(self.metrics)
        self.guarded |= work.guarded
        if rows and self._on_commit:
            self._on_commit(rows)
