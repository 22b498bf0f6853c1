"""Making a new event of a dead letter: it names the old one as its cause, and has an id of its own."""

import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from console.letters.pages import problem, readable
from shared.errors import ConfigurationError
from shared.events import CONTRACTS, MAX_BYTES, Envelope, Event, trace
from shared.events.envelope import event_id
from shared.messaging.dead_letters import Letter

_SOURCE = "/cam/console"
_LONGEST_CONVERSATION = 200
_TOO_OLD = "too_old"

Data = Mapping[str, object]


def data_of(letter: Letter) -> dict[str, object]:
    """Return the data of a letter's event, as far as it can be read; every field of its contract is there."""
    data = _attributes(letter).get("data")
    known = data if isinstance(data, dict) else {}
    return {name: known.get(name) for name in CONTRACTS[letter.event_type].model_fields} | known


def _attributes(letter: Letter) -> dict[str, object]:
    found = readable(letter.body)
    return found if isinstance(found, dict) else {}


def with_fields(letter: Letter, data: Data, settings: Sequence[str]) -> dict[str, object]:
    """Return the data with `field=value` set, each value being JSON or else a text; null takes a field away.

    Raises `ConfigurationError` for a field that the contract does not have.
    """
    fields = CONTRACTS[letter.event_type].model_fields
    changed = dict(data)
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or name not in fields:
            raise ConfigurationError(f"--set: '{setting}' must be field=value with one of {', '.join(fields)}")
        changed[name] = _value(value)
    return changed


def _value(text: str) -> object:
    try:
        found: object = json.loads(text)
    except ValueError:
        return text
    return found


def from_json(option: str, text: str) -> dict[str, object]:
    """Read an event's data from JSON; raise `ConfigurationError` if it is no object."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"{option}: no JSON ({error})") from None
    if not isinstance(found, dict):
        raise ConfigurationError(f"{option}: must be an object with the fields of the event")
    return found


def edited(letter: Letter, data: Data, now: datetime) -> Envelope[Event]:
    """Return the new event; raise `ConfigurationError` naming what breaks its contract.

    The same edit of the same letter has the same id, so that it is one event also when a crash repeats it.
    """
    contract = CONTRACTS[letter.event_type]
    try:
        event = contract.model_validate({name: value for name, value in data.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "data"
        raise ConfigurationError(f"the event would break its contract: {where}: {first['msg']}") from None
    identity = event_id(event.type, f"{event.key}/edit/{letter.id}")
    old = _attributes(letter)
    conversation = old.get("correlationid")
    known = isinstance(conversation, str) and 0 < len(conversation) <= _LONGEST_CONVERSATION
    made: Envelope[Event] = Envelope(
        id=identity,
        source=_SOURCE,
        time=now,
        data=event,
        correlation_id=str(conversation) if known else str(identity),
        traceparent=trace.span(_trace(old.get("traceparent")), identity),
        causation_id=letter.event_id or letter.id,
    )
    return _checked(letter, made)


def _trace(given: object) -> UUID:
    return trace.trace_of(given) if isinstance(given, str) and trace.is_valid(given) else trace.new_trace()


def _checked(letter: Letter, made: Envelope[Event]) -> Envelope[Event]:
    data = made.data.model_dump(mode="json", exclude_none=True)
    before = {name: value for name, value in data_of(letter).items() if value is not None}
    # One that is only too old for its guards becomes a new fact as it is.
    if problem(letter) is None and letter.reason != _TOO_OLD and data == before:
        raise ConfigurationError(f"nothing was changed (cam dlq replay {letter.id} gives it back as it is)")
    if "\\u0000" in json.dumps(data):
        raise ConfigurationError("a text holds a NUL character, which no service can store")
    if len(made.to_bytes()) > MAX_BYTES:
        raise ConfigurationError(f"the event would have more than {MAX_BYTES} bytes")
    return made


def in_editor(letter: Letter, text: str, complaint: str) -> str:
    """Let the operator edit a text in $VISUAL or $EDITOR; return it without the lines that explain.

    Raises `ConfigurationError` if there is no editor, or it fails.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise ConfigurationError("neither VISUAL nor EDITOR is set: use --set field=value or --data")
    with tempfile.TemporaryDirectory(prefix="cam-dlq-") as folder:
        file = Path(folder, f"{letter.id}.json")
        file.write_text(_explained(letter, complaint) + text, encoding="utf-8")
        try:
            words = [*shlex.split(editor), str(file)]
            ended = subprocess.run(words, check=False).returncode  # noqa: S603 - the operator's own editor
        except OSError as error:
            raise ConfigurationError(f"{editor}: {error.strerror}") from None
        if ended:
            raise ConfigurationError(f"{editor} ended with status {ended}: nothing was done")
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))


def _explained(letter: Letter, complaint: str) -> str:
    told = [
        f"The data of {letter.event_type}, letter {letter.id}, which failed with {letter.exception or letter.reason}.",
        "A new event is made of it. Lines that begin with # are left out; an empty file changes nothing.",
        *([complaint] if complaint else []),
    ]
    return "".join(f"# {' '.join(line.split())}\n" for line in told)
