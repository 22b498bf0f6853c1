"""The four facts CAM announces, and the CloudEvents envelope they travel in."""

from shared.events.contracts import (
    AlertRequested,
    BounceKind,
    Classification,
    Event,
    LeadTimeout,
    ReplyClassified,
    ReplyReceived,
)
from shared.events.envelope import CONTENT_TYPE, MAX_BYTES, Envelope, parse, wrap

CONTRACTS: dict[str, type[Event]] = {
    contract.type: contract for contract in (ReplyReceived, ReplyClassified, LeadTimeout, AlertRequested)
}

__all__ = [
    "CONTENT_TYPE",
    "CONTRACTS",
    "MAX_BYTES",
    "AlertRequested",
    "BounceKind",
    "Classification",
    "Envelope",
    "Event",
    "LeadTimeout",
    "ReplyClassified",
    "ReplyReceived",
    "parse",
    "wrap",
]
