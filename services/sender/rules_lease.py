"""What a lease tells of an e-mail whose sender vanished. Pure.

E-mails are claimed in batches and begun in their order. The lane begins one only when all but the last
`window - 1` before it are recorded; so a row that is still unrecorded proves of every e-mail that lies
`window` or more behind it in the batch that it was never begun.
"""

from collections.abc import Iterable
from dataclasses import dataclass

# How far ahead e-mails may be claimed, in seconds of sending: meanwhile their re-check gets older.
AHEAD_SECONDS = 0.2
LARGEST_BATCH = 128
_LARGEST_SLOW_BATCH = 8


@dataclass(frozen=True, slots=True)
class Lease:
    """One e-mail's place in a batch; its text is the token that its record must show."""

    provider: str
    batch: str
    position: int
    window: int

    def __str__(self) -> str:
        return f"{self.provider}:{self.batch}:{self.position:03d}:{self.window}"


def lease_of(token: str) -> Lease:
    """Read a token; one without a place was claimed alone."""
    provider, _, rest = token.partition(":")
    batch, _, place = rest.partition(":")
    position, _, window = place.partition(":")
    if not (position.isdecimal() and window.isdecimal()):
        return Lease(provider, token, 0, 1)
    return Lease(provider, batch, int(position), int(window))


def window(size: int) -> int:
    """Return how many e-mails of a batch may be begun and not yet recorded: one, and more only where they fly."""
    return 1 if size <= _LARGEST_SLOW_BATCH else size // 2


def never_begun(unrecorded: Iterable[str]) -> set[str]:
    """Return those of these tokens whose e-mails were certainly never begun, because of the others."""
    leases = {token: lease_of(token) for token in unrecorded}
    first: dict[str, int] = {}
    for lease in leases.values():
        first[lease.batch] = min(lease.position, first.get(lease.batch, lease.position))
    return {token for token, lease in leases.items() if lease.position >= first[lease.batch] + lease.window}


def next_size(size: int, sent: int, seconds: float) -> int:
    """Return how many e-mails to claim after `size`, if the last `sent` took so many seconds: at most the double."""
    fitting = int(AHEAD_SECONDS * sent / seconds) if seconds > 0 else LARGEST_BATCH
    return max(1, min(fitting, 2 * size, LARGEST_BATCH))
