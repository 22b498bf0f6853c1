"""The four facts CAM announces, and the CloudEvents envelope they travel in."""

from shared.events.contracts import (
    NO_ABUSE,
    AlertRequested,
    BounceKind,
    Classification,
    Event,
    FeedbackType,
    LeadTimeout,
    ReplyClassified,
    ReplyReceived,
)
from shared.events.envelope import CONTENT_TYPE, MAX_BYTES, Attributes, Envelope, event_id, parse, wrap
from shared.events.trace import new_trace, trace_of

CONTRACTS: dict[str, type[Event]] = {
    contract.type: contract for contract in (ReplyReceived, ReplyClassified, LeadTimeout, AlertRequested)
}

__all__ = [
    "CONTENT_TYPE",
    "CONTRACTS",
    "MAX_BYTES",
    "NO_ABUSE",
    "AlertRequested",
    "Attributes",
    "BounceKind",
    "Classification",
    "Envelope",
    "Event",
    "FeedbackType",
    "LeadTimeout",
    "ReplyClassified",
    "ReplyReceived",
    "event_id",
    "new_trace",
    "parse",
    "trace_of",
    "wrap",
]
