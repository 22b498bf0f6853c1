"""What a lease proves about an e-mail whose sender vanished."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sender.rules_lease import LARGEST_BATCH, Lease, lease_of, never_begun, next_size, window


def tokens(count: int, together: int, batch: str = "b") -> list[str]:
    return [str(Lease("SMTP", batch, position, together)) for position in range(count)]


def test_a_token_is_read_as_it_was_written() -> None:
    lease = Lease("RESEND", "3f", 17, 2)
    assert lease_of(str(lease)) == lease


@pytest.mark.parametrize("token", ["SMTP:3f", "SMTP:", "SMTP", "SMTP:3f:x:1", "SMTP:3f:1"])
def test_a_token_without_a_place_proves_nothing(token: str) -> None:
    assert lease_of(token).provider == "SMTP"
    assert never_begun([token, *tokens(9, 1)[8:]]) == set()


@pytest.mark.parametrize(("size", "together"), [(1, 1), (8, 1), (9, 4), (16, 8), (LARGEST_BATCH, 64)])
def test_more_than_one_e_mail_may_be_doubtful_only_where_they_fly(size: int, together: int) -> None:
    assert window(size) == together


def test_what_lies_a_window_behind_an_unrecorded_one_was_never_begun() -> None:
    batch = tokens(6, 2)
    assert never_begun(batch) == set(batch[2:])
    assert never_begun(batch[3:]) == {batch[5]}
    assert never_begun(batch[5:]) == set()


def test_batches_prove_nothing_about_each_other() -> None:
    assert never_begun([*tokens(1, 1, "one"), tokens(5, 1, "other")[4]]) == set()


@given(data=st.data(), count=st.integers(1, LARGEST_BATCH))
def test_nothing_that_was_begun_is_ever_called_never_begun(data: st.DataObject, count: int) -> None:
    """A lane as it works, stopped at any moment: each step begins an e-mail or records one that was begun."""
    together = window(count)
    batch, begun, recorded = tokens(count, together), 0, set[int]()
    for begins in data.draw(st.lists(st.booleans())):
        unrecorded = [position for position in range(begun) if position not in recorded]
        if begins and begun < count and len(unrecorded) < together and begun - together not in unrecorded:
            begun += 1
        elif unrecorded:
            recorded.add(data.draw(st.sampled_from(unrecorded)))
    left = [token for position, token in enumerate(batch) if position not in recorded]
    spared = never_begun(left)
    assert not spared & set(batch[:begun])
    assert len(left) - len(spared) <= 2 * together


@pytest.mark.parametrize(
    ("size", "sent", "seconds", "expected"),
    [(1, 1, 0.001, 2), (16, 16, 0.016, 32), (128, 128, 0.06, 128), (64, 64, 6.4, 2), (32, 32, 100, 1), (1, 1, 0, 2)],
)
def test_as_much_is_claimed_as_leaves_in_a_fifth_of_a_second(
    size: int, sent: int, seconds: float, expected: int
) -> None:
    assert next_size(size, sent, seconds) == expected
