"""What a run comes to: the figures, the invariants and the latency, for a program to read."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from demo.evidence import Evidence
from demo.invariants import POSITIVE_REPLY


@dataclass(frozen=True, slots=True)
class Summary:
    """The end of a run."""

    sent: int
    replies: Mapping[str, int]
    alerts: int
    leads: Mapping[str, int]
    problems: Mapping[str, list[str]]
    latencies_ms: tuple[float, ...]
    seconds: float

    @property
    def held(self) -> bool:
        """Tell whether every invariant held."""
        return not any(self.problems.values())

    def as_json(self) -> dict[str, object]:
        """Return the summary that `cam demo --json` prints."""
        return {
            "sent": self.sent,
            "replies": dict(self.replies),
            "alerts": self.alerts,
            "leads": dict(self.leads),
            "invariants": {name: not found for name, found in self.problems.items()},
            "latency_ms": {"reply_to_alert": percentiles(self.latencies_ms)},
            "problems": [f"{name}: {found}" for name, all_found in self.problems.items() for found in all_found],
            "seconds": round(self.seconds, 1),
        }


def summarise(seen: Evidence, problems: Mapping[str, list[str]], seconds: float) -> Summary:
    """Count what was seen."""
    ours = {said.message_id for said in seen.said}
    replies = Counter(row.classification or "not classified" for row in seen.inbound if row.message_id in ours)
    return Summary(
        sent=len(seen.accepted),
        replies=dict(sorted(replies.items())),
        alerts=len(seen.alerts),
        leads=dict(sorted(Counter(seen.leads.values()).items())),
        problems=problems,
        latencies_ms=latencies(seen),
        seconds=seconds,
    )


def latencies(seen: Evidence) -> tuple[float, ...]:
    """Return the milliseconds from each yes in the mailbox to the first alert about it."""
    message_ids = {row.id: row.message_id for row in seen.inbound}
    told = {}
    for alert in reversed(seen.alerts):
        if alert.alert_type == POSITIVE_REPLY and alert.inbound_email_id is not None:
            told[message_ids.get(alert.inbound_email_id)] = alert.at
    yes = (said for said in seen.said if said.expected == "POSITIVE" and said.message_id in told)
    return tuple(sorted((told[said.message_id] - said.at).total_seconds() * 1000 for said in yes))


def percentiles(values: tuple[float, ...]) -> dict[str, int | None]:
    """Return the median and the 99th percentile (nearest rank) of ascending values."""
    rank = {"p50": 0.50, "p99": 0.99}
    return {name: round(values[ceil(share * len(values)) - 1]) if values else None for name, share in rank.items()}
