"""A journal tells exactly what was written into it, whole or torn."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sender.rules import SendResult, Verdict
from services.sender.rules_journal import answer_line, begun_line, first_line, read

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
results = st.builds(
    SendResult,
    st.sampled_from(Verdict),
    st.text(),
    st.none() | st.text(),
    retry_after=st.none() | st.timedeltas(timedelta(0), timedelta(days=9)),
    doubtful=st.booleans(),
    answered_at=st.just(NOON),
)


@given(result=results)
def test_an_answer_is_read_as_it_was_written(result: SendResult) -> None:
    told = read(first_line("boot") + begun_line("SMTP:b:000:1") + answer_line("SMTP:b:000:1", result, NOON))
    assert told
    assert told.boot == "boot"
    assert told.begun == {"SMTP:b:000:1"}
    assert told.answers == {"SMTP:b:000:1": result}


def test_of_a_journal_that_is_torn_anywhere_only_whole_lines_count() -> None:
    sent = SendResult(Verdict.SENT, provider_id="id", answered_at=NOON)
    lines = [first_line("boot"), begun_line("a"), answer_line("a", sent, NOON), begun_line("b")]
    whole = b"".join(lines)
    for length in range(len(whole) + 1):
        told = read(whole[:length])
        written = sum(len(b"".join(lines[: count + 1])) <= length for count in range(len(lines)))
        assert (told is not None) == (written > 0)
        if told:
            assert told.begun == {"a", "b"} if written == 4 else told.begun == ({"a"} if written > 1 else set())
            assert set(told.answers) == ({"a"} if written > 2 else set())


@pytest.mark.parametrize("content", [b"", b"\n", b"something else\nbegun a\n", bytes(4096), b"\xff\xfe\n"])
def test_what_is_no_journal_tells_nothing(content: bytes) -> None:
    assert read(content) is None


def test_a_page_of_zeros_in_the_middle_leaves_the_e_mail_doubtful() -> None:
    told = read(first_line("boot") + begun_line("a") + bytes(100) + b'"at": "x"}\n' + b"answered a {}\n")
    assert told
    assert told.begun == {"a"}
    assert not told.answers
