"""Rendering a step for one lead."""

import pytest

from services.sender.templates import RenderError, render_body, render_subject

FIELDS = {"name": "Ann & Co", "empty": None, "bad": "a\r\nBcc: everybody@example.com"}


def test_plain_text_is_not_escaped() -> None:
    assert render_body("Hi {{ name }},\n", FIELDS) == "Hi Ann & Co,\n"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("Hi {{ nmae }}", "'nmae' is undefined"),
        ("Hi {{ name.first }}", "no attribute 'first'"),
        ("Hi {{ empty }}", "no value"),
        ("Hi {{ name", "unexpected end of template"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("   \n", "is empty"),
        ("{{ 'x' * 200000 }}", "longer than"),
        ("{{ '\\0' }}", "NUL"),
        ("{{ '\\ud800' }}", "surrogates"),
    ],
)
def test_a_body_that_can_not_be_rendered_names_the_reason(template: str, reason: str) -> None:
    with pytest.raises(RenderError, match=reason):
        render_body(template, FIELDS)


@pytest.mark.parametrize("template", ["{{ bad }}", "one\ntwo", "a\x0bb", "a\u2028b", " "])
def test_a_subject_that_is_not_one_clean_line_is_refused(template: str) -> None:
    with pytest.raises(RenderError, match="subject"):
        render_subject(template, FIELDS)


def test_a_trailing_line_break_in_a_subject_is_harmless() -> None:
    assert render_subject("Hello {{ name }}\n", FIELDS) == "Hello Ann & Co"
