"""W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context-1/): one trace id along a causal chain.

Of the 55 characters `00-<trace id>-<span id>-01` the trace id is the chain's, and the span id that of
one event: the last half of its own id, so that the same fact told again is the same span.
"""

import re
from uuid import UUID, uuid4

# What this version writes; what it reads may be of a later version and longer.
PATTERN = "^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$"
_FORM = re.compile("(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_LENGTH = 55


def is_valid(traceparent: object) -> bool:
    """Tell whether this is a `traceparent`; of a version we don't know, what we know of its beginning counts."""
    found = _FORM.match(traceparent) if isinstance(traceparent, str) else None
    if found is None:
        return False
    rest = found.string[_LENGTH:]
    return not rest or (found["version"] != "00" and rest.startswith("-"))


def trace_of(traceparent: str) -> UUID:
    """Return the trace id of a valid `traceparent`."""
    return UUID(traceparent[3:35])


def span(trace_id: UUID, event_id: UUID) -> str:
    """Return the `traceparent` of an event that belongs to a trace."""
    return f"00-{trace_id.hex}-{event_id.hex[16:]}-01"


def new_trace() -> UUID:
    """Return the id of a chain that begins here."""
    return uuid4()
