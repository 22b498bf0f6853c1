"""`cam classify`: what e-mails mean, one JSON line each; needs no database, no broker and no settings."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Protocol

import typer

from console.given_lines import from_lines
from console.given_mail import Given, from_path
from console.output import Json, many, notices
from services.classifier.incoming import reply_text
from services.classifier.rules import Incoming, classify
from shared.errors import ConfigurationError

app = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})

_STANDARD_INPUT = "-"
_FAILED, _BAD_INPUT = 1, 2
_REPLY_TEXT = "reply_text"


class Counting(Protocol):
    """Shows how many e-mails were answered."""

    def __call__(self, answered: int) -> None:
        """Show a number."""


@app.command("classify")
def classify_(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="E-mails, and folders of .eml files. None, or -: JSON lines from standard input."),
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="End with status 1 if any e-mail can't be read.")] = False,
    as_json: Json = False,  # noqa: ARG001 - there is no other form: a line of JSON for each e-mail
) -> None:
    """Say what e-mails mean: a line of JSON for each, in the order of the input.

    On standard input, a line is {"id": 1, "subject": "Re: hello", "text": "Yes, call me", "headers": {"From": "..."}},
    or {"id": 2, "raw": "From: ..."} with an e-mail's bytes as Latin-1.

    An answer has path or id, classification, confidence, reason, reply_text and facts. An e-mail that can't be read
    has error instead, and the rest go on. Status 0: read; 1: none could be read; 2: a file named here is not there.

    Example: cam classify reply.eml bounces/ < replies.jsonl | jq -r .classification
    """
    given = paths or [_STANDARD_INPUT]
    if not paths and sys.stdin.isatty():
        raise ConfigurationError("name e-mails or folders, or give JSON lines on standard input (cam classify --help)")
    with _counting() as counting:
        answered, unread = _answer_all(_each(given), counting)
    if unread:
        notices().print(f"{many(unread, 'e-mail')} of {answered:,} could not be read")
    if any(path != _STANDARD_INPUT and not Path(path).exists() for path in given):
        raise typer.Exit(_BAD_INPUT)
    if unread and (strict or unread == answered):
        raise typer.Exit(_FAILED)


def _each(paths: Iterable[str]) -> Iterator[Given]:
    for path in paths:
        yield from from_lines(sys.stdin.buffer) if path == _STANDARD_INPUT else from_path(Path(path))


def _answer_all(given: Iterable[Given], counting: Counting) -> tuple[int, int]:
    """Write the answers as they come; return how many there are, and how many of them are errors."""
    answered = unread = 0
    for one in given:
        answer = _answer(one)
        # ASCII only: whatever a stranger wrote can neither move a terminal's cursor nor miss in its character set.
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
        answered += 1
        unread += "error" in answer
        counting(answered)
    return answered, unread


def _answer(given: Given) -> dict[str, object]:
    if given.mail is None:
        return {**given.name, "error": given.error}
    try:
        return {**given.name, **_meaning(given.mail)}
    except Exception as error:  # noqa: BLE001 - no e-mail may keep the others from their answers
        return {**given.name, "error": f"{type(error).__name__}: {error}"[:300]}


def _meaning(mail: Incoming) -> dict[str, object]:
    found = classify(mail)
    facts = found.facts.to_json()
    facts.pop(_REPLY_TEXT, None)
    return {
        "classification": found.classification,
        "confidence": found.confidence,
        "reason": found.reason,
        _REPLY_TEXT: reply_text(mail, found),
        "facts": facts,
    }


def _silent(answered: int) -> None:
    """Show nothing."""


@contextmanager
def _counting() -> Iterator[Counting]:
    """Count on a terminal, unless the answers themselves run over it."""
    console = notices()
    if not console.is_terminal or sys.stdout.isatty():
        yield _silent
        return
    from rich.progress import Progress, TextColumn  # noqa: PLC0415 - only a person waiting needs it

    with Progress(TextColumn("{task.completed:,} e-mails"), console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda answered: progress.update(task, completed=answered)
