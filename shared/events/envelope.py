"""CloudEvents 1.0, structured JSON mode (https://github.com/cloudevents/spec, cloudevents 1.0.2)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from shared.errors import SchemaInvalidError
from shared.events import trace
from shared.events.contracts import Event

CONTENT_TYPE = "application/cloudevents+json"
MAX_BYTES = 64 * 1024
_compact = json.JSONEncoder(separators=(",", ":")).encode  # json.dumps would build an encoder for each event
_NAMESPACE = UUID("6f1b8f5e-6d0e-5b0a-9f57-2f3a4f1c7c11")

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


class Attributes(BaseModel):
    """The context attributes of an envelope on the wire."""

    model_config = ConfigDict(extra="ignore")

    specversion: Literal["1.0"]
    id: UUID
    source: str = Field(min_length=1, max_length=200)
    type: str
    time: AwareDatetime
    idempotencykey: str = Field(min_length=1, max_length=200)
    correlationid: str | None = Field(default=None, max_length=200)
    causationid: str | None = Field(default=None, max_length=200)
    # A malformed one is replaced, never fatal: W3C Trace Context, 3.2.2.
    traceparent: Annotated[object, WithJsonSchema({"type": "string", "pattern": trace.PATTERN})] = None
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Envelope(Generic[E_co]):
    """One event and where it comes from."""

    id: UUID
    source: str
    time: datetime
    data: E_co
    correlation_id: str
    traceparent: str
    causation_id: str | None = None
    attempt: int = 1  # which delivery this is, counted by the consumer; never on the wire

    @property
    def type(self) -> str:
        """Return the event's type, which is its routing key."""
        return self.data.type

    @property
    def key(self) -> str:
        """Return the event's idempotency key."""
        return self.data.key

    def to_json(self) -> dict[str, object]:
        """Return the structured-mode JSON object."""
        attributes: dict[str, object] = {
            "specversion": "1.0",
            "id": str(self.id),
            "source": self.source,
            "type": self.type,
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            "idempotencykey": self.key,
            "correlationid": self.correlation_id,
            "traceparent": self.traceparent,
        }
        if self.causation_id:
            attributes["causationid"] = self.causation_id
        return attributes | {"data": self.data.model_dump(mode="json", exclude_none=True)}

    def to_bytes(self) -> bytes:
        """Return the wire form: compact JSON in UTF-8."""
        return _compact(self.to_json()).encode()


def event_id(event_type: str, key: str) -> UUID:
    """Return the id of a fact: the same fact told again has the same id (RFC 9562, version 5)."""
    return uuid5(_NAMESPACE, f"{event_type}:{key}")


def wrap(
    event: E,
    *,
    source: str,
    time: datetime,
    cause: Envelope[Event] | None = None,
    correlation_id: str | None = None,
    trace_id: UUID | None = None,
) -> Envelope[E]:
    """Put an event into its envelope; it continues conversation and trace of `cause` if there is one."""
    identity = event_id(event.type, event.key)
    conversation = correlation_id or (cause.correlation_id if cause else event.conversation or str(identity))
    chain = trace_id or (trace.trace_of(cause.traceparent) if cause else trace.new_trace())
    return Envelope(
        id=identity,
        source=source,
        time=time,
        data=event,
        correlation_id=conversation,
        traceparent=trace.span(chain, identity),
        causation_id=str(cause.id) if cause else None,
    )


def parse(body: bytes, contract: type[E], *, attempt: int = 1) -> Envelope[E]:
    """Read an envelope from the wire; raise `SchemaInvalidError` if it does not follow its contract.

    One without a valid `traceparent` gets one made of its id: the same in every attempt.
    """
    if len(body) > MAX_BYTES:
        raise SchemaInvalidError(f"{len(body)} bytes are more than {MAX_BYTES}")
    try:
        attributes = Attributes.model_validate_json(body)
        data = contract.model_validate(attributes.data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise SchemaInvalidError(f"{where}: {first['msg']}") from error
    if attributes.type != contract.type:
        raise SchemaInvalidError(f"type: {attributes.type} instead of {contract.type}")
    return Envelope(
        id=attributes.id,
        source=attributes.source,
        time=attributes.time,
        data=data,
        correlation_id=attributes.correlationid or str(attributes.id),
        traceparent=_traceparent(attributes.traceparent, data),
        causation_id=attributes.causationid,
        attempt=attempt,
    )


def _traceparent(given: object, data: Event) -> str:
    if isinstance(given, str) and trace.is_valid(given):
        return given
    identity = event_id(data.type, data.key)
    return trace.span(identity, identity)
