"""YAML whose values remember where they stand, so that an error can name line and column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from shared.errors import ConfigurationError

Path_ = tuple[str | int, ...]
_MAX_BYTES = 1_000_000
_MAX_NODES = 20_000
_MAX_DEPTH = 20
_NOTHING = {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value begins, both counted from 1; `text_line` is where its text begins (below a `|`)."""

    line: int
    column: int
    text_line: int


@dataclass(slots=True)
class Document:
    """The plain data of a file (every scalar is text or None) and the places of its keys and values."""

    file: Path
    data: object = None
    values: dict[Path_, Place] = field(default_factory=dict)
    keys: dict[Path_, Place] = field(default_factory=dict)
    nodes: int = 0

    def error(self, place: Place | None, reason: str) -> ConfigurationError:
        """Return the error that names file, line, column and reason."""
        where = f":{place.line}:{place.column}" if place else ""
        return ConfigurationError(f"{self.file}{where}: {reason}")


def read(file: Path) -> Document:
    """Read a YAML file; raise `ConfigurationError` naming the place of what is wrong."""
    document = Document(file)
    root = _compose(document, _text(file))
    if root is None:
        raise document.error(None, "the file is empty")
    document.data = _plain(document, root, ())
    return document


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise ConfigurationError(f"{file}: is larger than {_MAX_BYTES:,} bytes")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: is not UTF-8 (byte {error.start + 1})") from None


def _compose(document: Document, text: str) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigurationError(f"{document.file}:{line}: character {error.character!r} is not allowed") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1, 0) if mark else None
        raise document.error(place, error.problem or "is no YAML") from None
    except RecursionError:
        raise document.error(None, "is nested too deeply") from None
    return node


def _plain(document: Document, node: yaml.Node, path: Path_) -> object:
    document.nodes += 1
    place = _place(node)
    if document.nodes > _MAX_NODES or len(path) > _MAX_DEPTH:
        raise document.error(place, "there is too much in here, or it contains itself")
    document.values[path] = place
    if isinstance(node, yaml.MappingNode):
        return _mapping(document, node, path)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(document, child, (*path, number)) for number, child in enumerate(node.value)]
    empty = isinstance(node, yaml.ScalarNode) and node.style is None and node.value in _NOTHING
    return None if empty else str(node.value)


def _mapping(document: Document, node: yaml.MappingNode, path: Path_) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for key, value in node.value:
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
        if name in found:
            raise document.error(_place(key), f"'{name}' is given twice")
        document.keys[(*path, name)] = _place(key)
        found[name] = _plain(document, value, (*path, name))
    return found


def _place(node: yaml.Node) -> Place:
    mark = node.start_mark
    block = isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
    return Place(mark.line + 1, mark.column + 1, mark.line + (2 if block else 1))
