"""CloudEvents 1.0, structured JSON mode (https://github.com/cloudevents/spec, cloudevents 1.0.2)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.errors import SchemaInvalidError
from shared.events.contracts import Event

CONTENT_TYPE = "application/cloudevents+json"
MAX_BYTES = 64 * 1024
_NAMESPACE = UUID("6f1b8f5e-6d0e-5b0a-9f57-2f3a4f1c7c11")

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


class _Attributes(BaseModel):
    """The context attributes of an envelope on the wire."""

    model_config = ConfigDict(extra="ignore")

    specversion: str = Field(pattern=r"^1\.0$")
    id: UUID
    source: str = Field(min_length=1, max_length=200)
    type: str
    time: AwareDatetime
    idempotencykey: str = Field(min_length=1, max_length=200)
    correlationid: str | None = Field(default=None, max_length=200)
    causationid: str | None = Field(default=None, max_length=200)
    traceparent: str | None = Field(default=None, max_length=60)
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Envelope(Generic[E_co]):
    """One event and where it comes from."""

    id: UUID
    source: str
    time: datetime
    data: E_co
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None

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
        }
        if self.causation_id:
            attributes["causationid"] = self.causation_id
        if self.traceparent:
            attributes["traceparent"] = self.traceparent
        return attributes | {"data": self.data.model_dump(mode="json", exclude_none=True)}

    def to_bytes(self) -> bytes:
        """Return the wire form: compact JSON in UTF-8."""
        return json.dumps(self.to_json(), separators=(",", ":")).encode()


def event_id(event_type: str, key: str) -> UUID:
    """Return the id of a fact: the same fact told again has the same id (RFC 9562, version 5)."""
    return uuid5(_NAMESPACE, f"{event_type}:{key}")


def wrap(
    event: E, *, source: str, time: datetime, cause: Envelope[Event] | None = None, correlation_id: str | None = None
) -> Envelope[E]:
    """Put an event into its envelope; it continues the conversation of `cause` if there is one."""
    identity = event_id(event.type, event.key)
    conversation = correlation_id or (cause.correlation_id if cause else str(identity))
    return Envelope(
        id=identity,
        source=source,
        time=time,
        data=event,
        correlation_id=conversation,
        causation_id=str(cause.id) if cause else None,
        traceparent=cause.traceparent if cause else None,
    )


def parse(body: bytes, contract: type[E]) -> Envelope[E]:
    """Read an envelope from the wire; raise `SchemaInvalidError` if it does not follow its contract."""
    if len(body) > MAX_BYTES:
        raise SchemaInvalidError(f"{len(body)} bytes are more than {MAX_BYTES}")
    try:
        attributes = _Attributes.model_validate_json(body)
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
        causation_id=attributes.causationid,
        traceparent=attributes.traceparent,
    )
