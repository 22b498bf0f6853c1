"""Text that PostgreSQL can hold, whatever came over the wire."""

import pytest

from shared.mail.charsets import storable


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("a\0b", "ab"),
        ("gr\u00fc\0\u00dfe", "gr\u00fc\u00dfe"),
        ("lone \ud83d here", "lone  here"),
        ("", ""),
    ],
)
def test_nul_and_lone_surrogates_are_removed(text: str, kept: str) -> None:
    assert storable(text) == kept
