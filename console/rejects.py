"""The bad rows of an import: counted all, remembered as far as somebody asked for them."""

import csv
import heapq
from collections import Counter
from pathlib import Path

from console.importing import Reason, Rejected

SHOWN = 20


class Rejects:
    """Keeps the first few bad rows by line, or all of them if `keep_all`."""

    def __init__(self, *, keep_all: bool = False) -> None:
        self.by_reason: Counter[Reason] = Counter()
        self._kept: list[Rejected] = []
        self._keep_all = keep_all

    def __len__(self) -> int:
        return self.by_reason.total()

    def add(self, rejected: Rejected) -> None:
        """Count a bad row."""
        self.by_reason[rejected.reason] += 1
        self._kept.append(rejected)
        if not self._keep_all and len(self._kept) > 50 * SHOWN:
            self._kept = heapq.nsmallest(SHOWN, self._kept)

    def first(self) -> list[Rejected]:
        """Return the first bad rows by line."""
        return heapq.nsmallest(SHOWN, self._kept)

    def all(self) -> list[Rejected]:
        """Return every bad row that was kept, by line."""
        return sorted(self._kept)

    def write(self, file: Path) -> None:
        """Write the kept bad rows as CSV: line, address, reason, detail."""
        with file.open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(["line", "email", "reason", "detail"])
            writer.writerows((bad.line, bad.address, bad.reason, bad.detail) for bad in self.all())
