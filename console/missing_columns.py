"""Variables of a sequence for which a CSV has no column at all: said once, not once for each row."""

from difflib import get_close_matches
from pathlib import Path

from console.importing import Columns
from console.sequence_file import SequenceFile
from console.templates import ADDRESS, Needs
from shared.errors import ConfigurationError


def refuse(csv_file: Path, columns: Columns, needs: Needs, sequence: SequenceFile | None = None) -> None:
    """Raise `ConfigurationError` naming each variable that has no column, where it is used, and what is near."""
    known = sorted({*columns.names.values(), ADDRESS})
    missing = sorted((needs.filled | needs.present) - set(known))
    if missing:
        told = ", ".join(f"'{name}'{_used(name, sequence)}{_near(name, known)}" for name in missing)
        raise ConfigurationError(f"{csv_file}:1: the sequence needs columns that are not here: {told}")


def _used(name: str, sequence: SequenceFile | None) -> str:
    return f" ({sequence.path}:{sequence.places[name]})" if sequence and name in sequence.places else ""


def _near(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f" - did you mean '{near[0]}'?" if near else ""
