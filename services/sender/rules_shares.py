"""Who gets how many of the slots that are left: daily caps, and the batch shared between campaigns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DEGRADED_SHARE = 4

# A campaign, and the mailbox its e-mails go through.
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wish:
    """How many e-mails are due, and the scopes whose daily caps they count against."""

    key: Key
    wanted: int
    scopes: Sequence[str]


def campaign_cap(daily_cap: int | None, total_cap: int, *, degraded: bool) -> int:
    """Return the e-mails a campaign may send in a day; a degraded one sends a quarter, at least one."""
    cap = total_cap if daily_cap is None else daily_cap
    return min(cap, max(1, cap // DEGRADED_SHARE)) if degraded else cap


def share(wishes: Sequence[Wish], left: Mapping[str, int], batch_cap: int) -> dict[Key, int]:
    """Share the slots of one run: one to each wish in turn, until wishes, scopes or the batch are used up."""
    remaining = dict(left)
    granted = dict.fromkeys((wish.key for wish in wishes), 0)
    hungry = list(wishes)
    while hungry and batch_cap > 0:
        hungry = [wish for wish in hungry if _may_have_one(wish, granted, remaining)]
        for wish in hungry[:batch_cap]:
            if _may_have_one(wish, granted, remaining):
                granted[wish.key] += 1
                batch_cap -= 1
                for scope in remaining.keys() & set(wish.scopes):
                    remaining[scope] -= 1
    return granted


def _may_have_one(wish: Wish, granted: Mapping[Key, int], remaining: Mapping[str, int]) -> bool:
    return granted[wish.key] < wish.wanted and all(remaining.get(scope, 1) > 0 for scope in wish.scopes)
