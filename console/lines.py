"""Shows the services' log lines to people: one colour for each service, JSON turned into words."""

import json
import sys
import threading
from zlib import crc32

from rich.console import Console
from rich.text import Text

from console.output import clean

_COLOURS = ("cyan", "magenta", "blue", "green", "yellow", "bright_cyan", "bright_magenta", "bright_blue")
_LEVELS = {"warning": "yellow", "error": "red", "critical": "bold red"}
_WIDTH = 12


class LinePrinter:
    """Prints `service | line`, whole lines only, from any thread."""

    def __init__(self) -> None:
        self._console = Console(file=sys.stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)
        self._lock = threading.Lock()

    def __call__(self, name: str, line: str) -> None:
        """Print one line of a child."""
        written = Text(f"{name:<{_WIDTH}} | ", style=_COLOURS[crc32(name.encode()) % len(_COLOURS)])
        written.append_text(readable(line) if self._console.is_terminal else Text(line))
        with self._lock:
            self._console.print(written)


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
