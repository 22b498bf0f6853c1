"""Waiting for something to become true; the only place in the tests that sleeps."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(condition: Callable[[], T], deadline_seconds: float = 10, every: float = 0.02) -> T:
    """Return what `condition` returns once it is truthy; fail after the deadline, saying what it returned last.

    A failing assertion or a refused connection inside the condition counts as "not yet".
    """
    deadline = time.monotonic() + deadline_seconds
    while True:
        problem: Exception | None = None
        try:
            seen = condition()
        except (AssertionError, OSError) as error:
            problem = error
        else:
            if seen:
                return seen
        if time.monotonic() > deadline:
            last = f"it raised {problem!r}" if problem else f"it returned {seen!r}"
            raise AssertionError(f"not within {deadline_seconds} s: {last}") from problem
        time.sleep(every)
