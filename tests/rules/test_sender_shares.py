"""Who gets how many of the slots that are left."""

import pytest

from services.sender.rules_shares import Wish, campaign_cap, share


def wish(campaign: int, wanted: int, mailbox: int = 1) -> Wish:
    return Wish((campaign, mailbox), wanted, ("total", f"mailbox:{mailbox}", f"campaign:{campaign}"))


@pytest.mark.parametrize(
    ("wishes", "left", "batch_cap", "granted"),
    [
        ([wish(1, 10)], {}, 100, [10]),
        ([wish(1, 10), wish(2, 10)], {}, 10, [5, 5]),
        ([wish(1, 2), wish(2, 10)], {}, 10, [2, 8]),
        ([wish(1, 10), wish(2, 10)], {}, 3, [2, 1]),
        ([wish(1, 10)], {"total": 4}, 100, [4]),
        ([wish(1, 10)], {"total": 0}, 100, [0]),
        ([wish(1, 10)], {"campaign:1": -7}, 100, [0]),
        ([wish(1, 10), wish(2, 10, mailbox=2)], {"mailbox:1": 3}, 100, [3, 10]),
        ([wish(1, 10), wish(2, 10)], {"mailbox:1": 5}, 100, [3, 2]),
        ([wish(1, 10), wish(2, 10)], {"total": 12, "campaign:1": 4}, 100, [4, 8]),
    ],
)
def test_slots_go_round_until_wishes_caps_or_the_batch_are_used_up(
    wishes: list[Wish], left: dict[str, int], batch_cap: int, granted: list[int]
) -> None:
    assert list(share(wishes, left, batch_cap).values()) == granted


@pytest.mark.parametrize(
    ("daily_cap", "degraded", "cap"),
    [(40, False, 40), (40, True, 10), (2, True, 1), (0, True, 0), (None, False, 500), (None, True, 125)],
)
def test_a_degraded_campaign_sends_a_quarter(daily_cap: int | None, cap: int, *, degraded: bool) -> None:
    assert campaign_cap(daily_cap, 500, degraded=degraded) == cap
