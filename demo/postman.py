"""Delivers the answers when their time has come, through LMTP (RFC 2033)."""

import contextlib
import heapq
import itertools
import smtplib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from demo.ledger import Delivered, Ledger
from demo.mail import Answer
from shared.clock import Clock, utc_now

RETRY_SECONDS = 0.5
LMTP_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Where the LMTP server of the campaign's mailbox listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """An answer on its way."""

    lead: str
    to: str
    answer: Answer
    quiet_seconds: float | None


class Postman:
    """One thread and one connection; a mailbox that is away is tried again until it is back."""

    def __init__(self, letterbox: Letterbox, ledger: Ledger, clock: Clock = utc_now) -> None:
        self._letterbox = letterbox
        self._ledger = ledger
        self._clock = clock
        self._due: list[tuple[float, int, Parcel]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._stopping = False
        self._carrying = False
        self._connection: smtplib.LMTP | None = None
        self._thread = threading.Thread(target=self._walk, name="postman", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def take(self, parcel: Parcel, after_seconds: float) -> None:
        """Deliver something in so many seconds."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + after_seconds, next(self._order), parcel))
            self._changed.notify()

    def idle(self) -> bool:
        """Tell whether nothing waits to be delivered."""
        with self._changed:
            return not self._due and not self._carrying

    def stop(self) -> None:
        """Leave the rest undelivered."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(LMTP_TIMEOUT_SECONDS)
        self._hang_up()

    def _walk(self) -> None:
        while (parcel := self._next()) is not None:
            try:
                self._deliver(parcel)
            except (smtplib.SMTPException, OSError):
                self._hang_up()
                self.take(parcel, RETRY_SECONDS)
            finally:
                self._carrying = False

    def _next(self) -> Parcel | None:
        with self._changed:
            while not self._stopping:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    self._carrying = True
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
        return None

    def _deliver(self, parcel: Parcel) -> None:
        raw = parcel.answer.write(self._clock())
        # Header bytes outside ASCII are deliberate in the malformed ones, so the bytes go out as they are.
        self._connected().sendmail(parcel.answer.envelope_from, [parcel.to], raw)
        self._note(parcel, self._clock())

    def _note(self, parcel: Parcel, at: datetime) -> None:
        answer = parcel.answer
        self._ledger.answered(
            Delivered(at, parcel.lead, answer.message_id, answer.expected, quiet_seconds=parcel.quiet_seconds)
        )

    def _connected(self) -> smtplib.LMTP:
        if self._connection is None:
            # A given local name spares smtplib the look-up of this host's own.
            self._connection = smtplib.LMTP(
                self._letterbox.host, self._letterbox.port, local_hostname="demo.example", timeout=LMTP_TIMEOUT_SECONDS
            )
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
            self._connection = None


Schedule = Callable[[Parcel, float], None]
