"""Shows the services' log lines: to people in colours and words, to programs as JSON."""

import json
import os
import sys
import threading
from collections.abc import Callable
from typing import TextIO
from zlib import crc32

from rich.console import Console
from rich.text import Text

from console.output import clean

_COLOURS = ("cyan", "magenta", "blue", "green", "yellow", "bright_cyan", "bright_magenta", "bright_blue")
_LEVELS = {"warning": "yellow", "error": "red", "critical": "bold red"}
_WIDTH = 12


class LinePrinter:
    """Prints `service | line` on standard error, whole lines only, from any thread.

    `closed` is called when nobody reads any more; all later lines are dropped.
    """

    def __init__(self, closed: Callable[[], None]) -> None:
        self._console = Console(file=sys.stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)
        self._lock = threading.Lock()
        self._closed = closed
        self._read = True

    def __call__(self, name: str, line: str) -> None:
        """Print one line of a child."""
        written = Text(f"{name:<{_WIDTH}} | ", style=_COLOURS[crc32(name.encode()) % len(_COLOURS)])
        written.append_text(readable(line) if self._console.is_terminal else Text(line))
        with self._lock:
            if self._read:
                self._print(written)

    def _print(self, written: Text) -> None:
        try:
            self._console.print(written)
        except (OSError, SystemExit):
            # Rich makes SystemExit of a broken pipe; in a child's reader it would end that child as well.
            _empty(sys.stderr)
            self._read = False
            self._closed()


class JsonLines:
    """Prints `{"service": ..., "line": ...}` on standard output, from any thread; `closed` as above."""

    def __init__(self, closed: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._closed = closed
        self._read = True

    def __call__(self, name: str, line: str) -> None:
        """Print one line of a child."""
        with self._lock:
            if self._read:
                self._print(json.dumps({"service": name, "line": line}, ensure_ascii=False))

    def _print(self, written: str) -> None:
        try:
            sys.stdout.write(written + "\n")
            sys.stdout.flush()
        except OSError:
            _empty(sys.stdout)
            self._read = False
            self._closed()


def _empty(stream: TextIO) -> None:
    """Send what is left in a stream's buffer nowhere, so that it does not fail again when the process ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def readable(line: str) -> Text:
    """Return a JSON log line in words, anything else as it is."""
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    if not isinstance(entry, dict) or "event" not in entry:
        return Text(clean(line))
    time = str(entry.pop("timestamp", ""))[11:19]
    level = str(entry.pop("level", ""))
    entry.pop("service", None)
    event = str(entry.pop("event"))
    exception = str(entry.pop("exception", ""))
    keys = " ".join(f"{key}={value}" for key, value in entry.items())
    shown = Text(f"{time} ", style="dim")
    shown.append(f"{clean(event)} ", style=_LEVELS.get(level, "bold"))
    shown.append(clean(keys), style="dim")
    return shown.append(f"\n{exception}" if exception else "")
