"""Reads `sequence.yml`: every problem is named by file, line, column and reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from console.marked_yaml import Document, Place, read
from console.sequence import Sequence, Step, Variant
from console.templates import Needs, TemplateSyntaxError, needs
from shared.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class SequenceFile:
    """A sequence without an error in it, and what its templates ask of a lead.

    `places` says on which line of the file each variable is first used.
    """

    path: Path
    sequence: Sequence
    needs: Needs
    places: dict[str, int]


def load(path: Path) -> SequenceFile:
    """Read and check a sequence; raise `ConfigurationError` naming the first problem and how many more."""
    document = read(path)
    if not isinstance(document.data, dict):
        raise document.error(document.values[()], "must have keys such as 'steps:'")
    try:
        sequence = Sequence.model_validate(document.data)
    except ValidationError as error:
        raise _invalid(document, error) from None
    if not sequence.steps[0].subject:
        raise document.error(document.values["steps", 0], "the first step must have a subject")
    return _check_templates(document, sequence)


def _invalid(document: Document, error: ValidationError) -> ConfigurationError:
    # A key that is missing is often one that is there with a slip of the pen, which then comes first.
    found = sorted(error.errors(), key=lambda each: (each["type"] == "missing", _place(document, each).line))
    problems = [(_place(document, each), each) for each in found]
    place, first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return document.error(place, _in_words(first) + more)


def _place(document: Document, found: ErrorDetails) -> Place:
    path = found["loc"]
    if found["type"] == "extra_forbidden":
        return document.keys[path]
    while path not in document.values:
        path = path[:-1]
    return document.values[path]


def _in_words(found: ErrorDetails) -> str:
    name = next((str(part) for part in reversed(found["loc"]) if isinstance(part, str)), "")
    if found["type"] == "missing":
        return f"'{name}' is missing"
    if found["type"] == "extra_forbidden":
        near = get_close_matches(name, _keys(found["loc"][:-1]), n=1)
        return f"unknown key '{name}'" + (f" (did you mean '{near[0]}'?)" if near else "")
    reason = found["msg"].removeprefix("Value error, ").removeprefix("Input ")
    reason = reason.replace("a valid string", "text").replace("a valid list", "a list")
    return f"{name}: {reason[:1].lower()}{reason[1:]}" if name else reason


def _keys(path: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Sequence
    for part in path:
        if isinstance(part, str):
            kind = model.model_fields[part].annotation
            model = next((inner for inner in get_args(kind) if isinstance(inner, type)), kind)  # type: ignore[assignment]  # every part of the file is a model or a list of one
    return [field.alias or name for name, field in model.model_fields.items()]


def _templates(document: Document, sequence: Sequence) -> Iterator[tuple[str, Place]]:
    for number, step in enumerate(sequence.steps):
        parts: list[tuple[tuple[str | int, ...], Step | Variant]] = [(("steps", number), step)]
        parts += [(("steps", number, "variants", i), variant) for i, variant in enumerate(step.variants)]
        for path, part in parts:
            for name, source in (("subject", part.subject), ("body", part.body)):
                if source is not None:
                    yield source, document.values[*path, name]


def _check_templates(document: Document, sequence: Sequence) -> SequenceFile:
    asked: list[Needs] = []
    places: dict[str, int] = {}
    for source, place in _templates(document, sequence):
        try:
            asked.append(needs(source))
        except TemplateSyntaxError as error:
            line = place.text_line + error.lineno - 1
            raise ConfigurationError(f"{document.file}:{line}: template: {error.message}") from None
        for name, line in asked[-1].lines.items():
            places.setdefault(name, place.text_line + line - 1)
    return SequenceFile(document.file, sequence, together(asked), places)


def together(asked: list[Needs]) -> Needs:
    """Return what several templates ask together; the strictest use of a variable counts."""
    filled = frozenset[str]().union(*(each.filled for each in asked))
    present = frozenset[str]().union(*(each.present for each in asked)) - filled
    optional = frozenset[str]().union(*(each.optional for each in asked)) - filled - present
    return Needs(filled, present, optional, {})
