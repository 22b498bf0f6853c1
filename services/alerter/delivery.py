"""Sends alerts through every configured channel at once, and tells what each one said."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

import structlog

from services.alerter.absences import Absences
from services.alerter.receipts import Identity, Note, Receipts
from shared.errors import CamError, OutageError
from shared.faults import point

# Counted from the claim: an attempt's lease (ledger.LEASE) and the patience with a handler
# (AICMO_CAM_HANDLER_TIMEOUT_SECONDS) must outlive this plus the time limits of one request.
START_WITHIN_SECONDS = 3.0
CONNECT_SECONDS = 3.0
TIMEOUT_SECONDS = 10.0

log = structlog.get_logger()


class AlertProvider(Protocol):
    """One channel to humans. It may be called by several threads at once."""

    def send_alert(self, title: str, message: str, metadata: Mapping[str, str]) -> bool:
        """Return whether the channel took the alert; a `CamError` is a no that says why.

        An `OutageError` says that nobody was there to be told: no connection came about.
        `metadata["key"]` is the alert's idempotency key: the same in every attempt.
        """

    def is_configured(self) -> bool:
        """Return whether there is enough to send with."""

    def get_name(self) -> str:
        """Return the channel's name: unique, the same after a restart, free of secrets."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A claimed row of the alert log; an attempt that has not begun by `begin_before` is somebody else's.

    That is a time of this machine's clock (seconds of the epoch), which also goes on while a process is frozen.
    """

    id: int
    created_at: datetime
    title: str
    message: str
    attempts: int
    metadata: Mapping[str, str]
    delivered: Sequence[str] = ()
    inbound_email_id: int | None = None
    unanswered: int = 0  # so many of the attempts met nobody, and do not count
    begin_before: float = field(default_factory=lambda: time.time() + START_WITHIN_SECONDS, compare=False)

    @property
    def identity(self) -> Identity:
        """Return what no other alert has, not even one of another database."""
        return self.id, self.created_at.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an alert: the channels that have it, and why the others do not."""

    alert: Alert
    delivered: Sequence[str]
    problems: Sequence[str]
    unanswered: bool = False  # nothing was wrong but that nobody answered


@dataclass(frozen=True, slots=True)
class _Problem:
    words: str
    unanswered: bool = False


class Delivery:
    """Sends through all channels side by side; it never raises for what a channel does."""

    def __init__(
        self,
        providers: Sequence[AlertProvider],
        *,
        receipts: Receipts | None = None,
        threads: int = 8,
        absences: Absences | None = None,
    ) -> None:
        self.receipts = receipts or Receipts()
        self.unrecorded: list[Outcome] = []  # the database was away; any thread adds, one job takes from the front
        self._providers = providers
        self._absences = absences or Absences()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="alert")

    @property
    def recipients(self) -> list[str]:
        """Return the names of the channels."""
        return [provider.get_name() for provider in self._providers]

    def send(self, alerts: Sequence[Alert], note: Note) -> list[Outcome]:
        """Try each alert once on each channel that does not have it yet, and `note` at once which took it."""
        tasks = [(alert, provider) for alert in alerts for provider in self._missing(alert)]
        attempts = [self._pool.submit(self._attempt, *task, note) for task in tasks]
        wait(attempts)  # Whatever raises, nothing is noted any more afterwards.
        problems = [attempt.result() for attempt in attempts]
        return _collect(alerts, [(alert, provider.get_name()) for alert, provider in tasks], problems)

    def with_receipts(self, alerts: Sequence[Alert]) -> list[Alert]:
        """Add the channels that have an alert by their receipt, though its record was never written."""
        told = self.receipts.told() if alerts else {}
        known = {alert.id: told.get(alert.identity, set()).difference(alert.delivered) for alert in alerts}
        return [replace(alert, delivered=[*alert.delivered, *sorted(known[alert.id])]) for alert in alerts]

    def to_try(self) -> list[str]:
        """Return the channels that were away and may be tried again, with one alert."""
        return sorted(self._absences.rested())

    def to_use(self) -> list[str] | None:
        """Return the channels that are not away; None: all."""
        away = self._absences.away()
        return [name for name in self.recipients if name not in away] if away else None

    def close(self) -> None:
        """Wait for what is under way and end the threads."""
        self._pool.shutdown()

    def _missing(self, alert: Alert) -> list[AlertProvider]:
        return [provider for provider in self._providers if provider.get_name() not in alert.delivered]

    def _attempt(self, alert: Alert, provider: AlertProvider, note: Note) -> _Problem | None:
        """Send once, unless nobody answers on this channel now."""
        channel = provider.get_name()
        if time.time() > alert.begin_before:
            return _Problem("not tried: the channels are too slow", unanswered=True)
        if not self._absences.may_try(channel):
            return _Problem("nobody answers", unanswered=True)
        problem = _attempt(alert, provider, note)
        self._absences.note(channel, away=problem is not None and problem.unanswered)
        return problem


def _attempt(alert: Alert, provider: AlertProvider, note: Note) -> _Problem | None:
    """Send once; return the problem, or None when the channel took it."""
    problem: _Problem | None
    point("before_alert_sent")
    try:
        taken = provider.send_alert(alert.title, alert.message, alert.metadata)
    except CamError as error:
        problem = _Problem(str(error), unanswered=isinstance(error, OutageError))
    except Exception as error:  # noqa: BLE001 - a channel's own bug must not keep the others from being told
        problem = _Problem(type(error).__name__)
    else:
        problem = None if taken else _Problem("refused")
        point("after_alert_sent")
    if problem is None:
        note(alert.identity, provider.get_name())
        point("after_alert_noted")
    else:
        # The names of e-mail channels are addresses: the row has them, the log does not.
        log.warning("alert_not_taken", channel=provider.get_name().partition(":")[0], alert_id=alert.id)
    return problem


def _collect(
    alerts: Sequence[Alert], tried: Sequence[tuple[Alert, str]], problems: Sequence[_Problem | None]
) -> list[Outcome]:
    delivered = {alert.id: list(alert.delivered) for alert in alerts}
    failed: dict[int, list[str]] = {alert.id: [] for alert in alerts}
    answered: set[int] = set()
    for (alert, channel), problem in zip(tried, problems, strict=True):
        if problem is None:
            delivered[alert.id].append(channel)
        else:
            failed[alert.id].append(f"{channel}: {problem.words}")
            if not problem.unanswered:
                answered.add(alert.id)
    return [Outcome(each, delivered[each.id], failed[each.id], each.id not in answered) for each in alerts]
