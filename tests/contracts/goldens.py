"""The envelopes that each released version published, as they stood on the wire: `golden/<version>/<event>.json`."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_FOLDER = Path(__file__).parent / "golden"
NOW = version("cam")


def goldens() -> dict[tuple[str, str], Document]:
    """Return all of them, by version and event type."""
    files = sorted(_FOLDER.glob("*/*.json"))
    return {(file.parent.name, file.stem): json.loads(file.read_text(encoding="utf-8")) for file in files}


def of_this_version() -> dict[str, Document]:
    """Return those of the version that stands in pyproject.toml, by event type."""
    return {kind: document for (released, kind), document in goldens().items() if released == NOW}
