"""Fault points: the places where a chaos run may kill, stop, delay or fail a service. For tests only.

Off, a point is a call that compares one name with None. A process arms itself once, in `launch`, from
two variables of its real environment (never `.env`): `AICMO_FAULTS` names a folder, and
`AICMO_FAULTS_ALLOWED=yes` says that this is meant. In that folder each file `<service>.<point>` is
an order for one fault: `kill`, `stop` (SIGSTOP), `raise` or `delay SECONDS`, optionally followed by
`after HITS`. The process that carries an order out takes its file away first, so that a service that
is started again, or one replica of several, does it once.

A file `<service>.<point>.<event id>` is an order about one event: it is carried out whenever that event
passes, and stays, so that an event can kill every process that handles it.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Protocol
from uuid import UUID

import structlog

from shared.errors import ConfigurationError

log = structlog.get_logger()

_ALL = ("sender", "inbox", "classifier", "decision", "alerter")
_CONSUMING = ("classifier", "decision", "alerter")

# Every point, with the services that pass it.
POINTS: Mapping[str, tuple[str, ...]] = {
    # The kernel: one delivery, from the batch to the acknowledgement.
    "after_delivery": _CONSUMING,
    "before_handler": _CONSUMING,
    "before_commit": _ALL,
    "after_commit": _ALL,
    "before_ack": _CONSUMING,
    # The kernel: an event that failed, on its way to another queue.
    "before_set_aside": _CONSUMING,
    "after_set_aside": _CONSUMING,
    # The kernel: the relay.
    "before_publish": _ALL,
    "after_confirm": _ALL,
    # The sender: claim, hand over, record.
    "after_claim": ("sender",),
    "before_smtp_data": ("sender",),
    "after_begun": ("sender",),
    "after_smtp_data": ("sender",),
    "after_smtp_250": ("sender",),
    "after_answered": ("sender",),
    # The inbox: read, store, move the cursor.
    "after_lease_taken": ("inbox",),
    "after_fetch": ("inbox",),
    "after_store": ("inbox",),
    # The alerter: claim, send, write the receipt, record.
    "after_alert_claimed": ("alerter",),
    "before_alert_sent": ("alerter",),
    "after_alert_sent": ("alerter",),
    "after_alert_noted": ("alerter",),
}


class Identified(Protocol):
    """An event."""

    @property
    def id(self) -> UUID:
        """Return its id."""


_fire: Callable[[str, Iterable[Identified]], None] | None = None


class FaultError(Exception):
    """A fault point was ordered to fail."""


def point(name: str, about: Iterable[Identified] = ()) -> None:
    """Mark a place where a chaos run may strike, with the events that pass it; otherwise do nothing."""
    if _fire is not None:
        _fire(name, about)


def arm(service: str) -> None:
    """Obey orders from now on if the environment asks for it.

    Raises `ConfigurationError` if it does so without allowing it, or names a folder that is not there.
    """
    global _fire  # noqa: PLW0603 - passed down, it would go through every constructor of the system
    folder = os.environ.get("AICMO_FAULTS")
    if not folder:
        return
    if os.environ.get("AICMO_FAULTS_ALLOWED") != "yes":
        raise ConfigurationError(
            "AICMO_FAULTS: kills services on purpose; set AICMO_FAULTS_ALLOWED=yes if that is meant"
        )
    if not Path(folder).is_dir():
        raise ConfigurationError(f"AICMO_FAULTS: {folder} is no folder")
    _fire = Orders(Path(folder), service)
    log.warning("faults_armed", folder=folder)


class Orders:
    """The orders for one service, as they lie in the folder now."""

    def __init__(self, folder: Path, service: str) -> None:
        self._folder = folder
        self._service = service
        self._hits: Counter[str] = Counter()
        self._lock = Lock()

    def __call__(self, name: str, about: Iterable[Identified] = ()) -> None:
        """Carry out the order for this point, or about one of these events, if there is one and its time has come."""
        for event in about:
            self._about_one(f"{name}.{event.id}")
        file = self._folder / f"{self._service}.{name}"
        try:
            words = file.read_text(encoding="ascii").split()
        except FileNotFoundError:
            return
        if self._is_due(name, words) and _taken(file):
            log.warning("fault", point=name, order=" ".join(words))
            _do(name, *words[:2])

    def _about_one(self, name: str) -> None:
        file = self._folder / f"{self._service}.{name}"
        if file.exists():
            log.warning("fault", point=name)
            _do(name, *file.read_text(encoding="ascii").split()[:2])

    def _is_due(self, name: str, words: list[str]) -> bool:
        after = int(words[words.index("after") + 1]) if "after" in words else 0
        with self._lock:
            self._hits[name] += 1
            due = self._hits[name] > after
            if due:
                del self._hits[name]
        return due


def _taken(file: Path) -> bool:
    try:
        file.unlink()
    except FileNotFoundError:
        return False
    return True


def _do(name: str, action: str = "", seconds: str = "0") -> None:
    if action in {"kill", "stop"}:
        os.kill(os.getpid(), signal.SIGKILL if action == "kill" else signal.SIGSTOP)
    elif action == "delay":
        time.sleep(float(seconds))
    else:
        raise FaultError(f"ordered at {name}")
