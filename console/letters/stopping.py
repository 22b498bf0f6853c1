"""Ctrl-C and SIGTERM while something is under way: the first asks to stop in order, the second breaks off."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class Stop:
    """Whether somebody asked to stop."""

    asked: bool = False

    def __call__(self) -> bool:
        """Tell whether to stop now."""
        return self.asked


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Notice the first signal, and break off by `KeyboardInterrupt` at the second."""
    stop = Stop()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if stop.asked:
            raise KeyboardInterrupt
        stop.asked = True

    before = {number: signal.signal(number, ask) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
