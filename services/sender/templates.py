"""Renders a step's subject and body for one lead: Jinja2 in its sandbox, where nothing may be undefined."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

MAX_SUBJECT = 500
MAX_BODY = 100_000


class RenderError(Exception):
    """The e-mail can't be rendered for this lead: the message says why."""


def render_subject(template: str, fields: Mapping[str, object]) -> str:
    """Return the subject; raise `RenderError` for anything that would not be one clean header line."""
    subject = _render(template, fields, MAX_SUBJECT).strip()
    if not subject:
        raise RenderError("subject: is empty")
    if not subject.isprintable() and any(unicodedata.category(letter) in {"Cc", "Zl", "Zp"} for letter in subject):
        raise RenderError("subject: holds a line break or control character")
    return subject


def render_body(template: str, fields: Mapping[str, object]) -> str:
    """Return the body; raise `RenderError` if a variable is missing or nothing is left."""
    body = _render(template, fields, MAX_BODY)
    if not body.strip():
        raise RenderError("body: is empty")
    return body


def _render(source: str, fields: Mapping[str, object], limit: int) -> str:
    try:
        template = _template(source)
        # As `render` does it, which would also copy the globals one by one for each e-mail.
        context = template.new_context({**_ENVIRONMENT.globals, **fields}, shared=True)
        text = "".join(template.root_render_func(context))
        text.encode()
    # A template is an operator's program: it may divide by zero as well as name a variable wrongly.
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise RenderError(f"template: {error}"[:500]) from error
    if len(text) > limit:
        raise RenderError(f"template: the text is longer than {limit} characters")
    if "\0" in text:
        raise RenderError("template: the text holds a NUL character")
    return text


@lru_cache(maxsize=2048)
def _template(source: str) -> Template:
    return _ENVIRONMENT.from_string(source)


def _refuse_null(value: object) -> object:
    if value is None:
        raise UndefinedError("a variable has no value")
    return value


_ENVIRONMENT = SandboxedEnvironment(
    undefined=StrictUndefined,
    finalize=_refuse_null,
    keep_trailing_newline=True,
    # The result is plain text: escaping would put "&amp;" into people's names.
    autoescape=False,
)
