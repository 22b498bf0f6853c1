"""What is looked at of a text: its beginning, with few and short lines."""

import pytest

from services.classifier.capping import MAX_CHARACTERS, MAX_LINE, MAX_LINES, cap_text


@pytest.mark.parametrize(
    ("text", "capped"),
    [
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("a\0b", "ab"),
        ("\n" * (MAX_LINES + 5), "\n" * (MAX_LINES - 1)),  # short, and of too many lines
        ("x\n" * (2 * MAX_LINES), "\n".join(["x"] * MAX_LINES)),
        ("x" * (MAX_LINE + 1) + "\nshort", "x" * MAX_LINE + "\nshort"),
    ],
)
def test_a_text_is_cut_to_what_is_looked_at(text: str, capped: str) -> None:
    assert cap_text(text) == capped


def test_of_a_very_long_text_the_beginning_is_looked_at() -> None:
    text = ("x" * 99 + "\n") * 1_000
    assert cap_text(text) == text[:MAX_CHARACTERS]
