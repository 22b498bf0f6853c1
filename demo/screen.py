"""How a running demo looks: a live funnel on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from demo.observer import Progress
from demo.summary import Summary, percentiles

LINE_EVERY_SECONDS = 3.0
_BAR = 30


class Screen:
    """Shows progress; on something that is no terminal, plain lines."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=8, transient=False) if console.is_terminal else None
        self._said_at = 0.0
        self._last = ""

    def __enter__(self) -> Self:
        """Begin the live table."""
        if self._live:
            self._live.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        """Leave the last picture standing."""
        if self._live:
            self._live.stop()

    def show(self, progress: Progress, alerts: int, latencies_ms: tuple[float, ...], down: list[str]) -> None:
        """Draw one picture."""
        if self._live:
            self._live.update(_funnel(progress, alerts, latencies_ms, down))
            return
        line = _line(progress, alerts, latencies_ms, down)
        if line != self._last and time.monotonic() - self._said_at >= LINE_EVERY_SECONDS:
            self._console.print(line)
            self._last, self._said_at = line, time.monotonic()


def ending(summary: Summary) -> Group:
    """Return the end of a run for people: every invariant, and what spoke against it."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, problems in summary.problems.items():
        mark = Text("✗", style="bold red") if problems else Text("✓", style="green")
        table.add_row(mark, name.replace("_", " "), Text("\n".join(problems[:5]), style="red"))
    latency = percentiles(summary.latencies_ms)
    words = (
        f"\n{summary.sent} e-mails, {_counts(summary.replies)}; {summary.alerts} alerts\n"
        f"leads: {_counts(summary.leads)}\n"
        f"from a yes in the mailbox to a human: median {latency['p50']} ms, 99th percentile {latency['p99']} ms; "
        f"{summary.seconds:.0f} s in all\n"
    )
    return Group(Text(words), table)


def _funnel(progress: Progress, alerts: int, latencies_ms: tuple[float, ...], down: list[str]) -> Table:
    table = Table(title="CAM demo", title_justify="left", box=None, pad_edge=False, show_header=False)
    everything = max(1, sum(progress.leads.values()))
    for step, number in sorted(progress.sent_by_step.items()):
        table.add_row("sent", f"step {step}", str(number), _bar(number, everything, "blue"))
    for name, number in sorted(progress.replies.items()):
        table.add_row("replies", name, str(number), _bar(number, everything, "magenta"))
    for name, number in sorted(progress.leads.items()):
        table.add_row("leads", name, str(number), _bar(number, everything, "green"))
    latency = f"median {percentiles(latencies_ms)['p50']} ms from the mailbox" if latencies_ms else ""
    table.add_row("alerts", "a human was told", str(alerts), Text(latency, style="dim"))
    if down:
        table.add_row(Text("down", style="bold red"), ", ".join(down))
    return table


def _bar(number: int, everything: int, colour: str) -> Text:
    return Text("█" * max(1, round(_BAR * number / everything)), style=colour)


def _line(progress: Progress, alerts: int, latencies_ms: tuple[float, ...], down: list[str]) -> str:
    steps = {f"step {step}": number for step, number in sorted(progress.sent_by_step.items())}
    latency = f"; median latency {percentiles(latencies_ms)['p50']} ms" if latencies_ms else ""
    missing = f"; down: {', '.join(down)}" if down else ""
    return (
        f"sent: {_counts(steps)}; replies: {_counts(progress.replies)}; leads: {_counts(progress.leads)}; "
        f"alerts: {alerts}{latency}{missing}"
    )


def _counts(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(numbers.items())) or "none"
