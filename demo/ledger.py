"""The world's own books: every e-mail it took, every address it refused, every answer it delivered."""

import json
import threading
from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import TextIO

from demo.mail import Mail
from shared.events import Classification


@dataclass(frozen=True, slots=True)
class Delivered:
    """An answer that lies in the campaign's mailbox since `at` (LMTP said 250)."""

    at: datetime
    lead: str
    message_id: str
    expected: Classification | None
    quiet_seconds: float | None  # how long CAM must keep quiet afterwards; None: for ever


@dataclass(frozen=True, slots=True)
class Refused:
    """An address that was refused at RCPT TO."""

    at: datetime
    lead: str
    reply: str


@dataclass
class Ledger:
    """What happened, in memory and, line by line, in a file of JSON; safe for threads."""

    path: Path | None = None
    mails: list[Mail] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    delivered: list[Delivered] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the file, if there is to be one."""
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()
        self._file: TextIO | None = self.path.open("a", encoding="utf-8") if self.path else None

    def took(self, mail: Mail) -> int:
        """Note an accepted e-mail and return how many this recipient has taken so far."""
        with self._lock:
            self.mails.append(mail)
            self._write("accepted", _shown(mail))
            self._taken[mail.recipient] += 1
            return self._taken[mail.recipient]

    def turned_away(self, refused: Refused) -> None:
        """Note an address that was refused."""
        with self._lock:
            self.refused.append(refused)
            self._write("refused", asdict(refused))

    def answered(self, delivered: Delivered) -> None:
        """Note an answer that reached the mailbox."""
        with self._lock:
            self.delivered.append(delivered)
            self._write("delivered", asdict(delivered))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None

    def _write(self, kind: str, entry: dict[str, object]) -> None:
        if self._file:
            self._file.write(json.dumps({"kind": kind, **entry}, default=str) + "\n")
            self._file.flush()


def _shown(mail: Mail) -> dict[str, object]:
    hidden = {"text", "head"}
    return {item.name: getattr(mail, item.name) for item in fields(mail) if item.name not in hidden}
