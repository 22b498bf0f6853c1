"""Processes that outlive us: each in a session of its own, and ended only if it is still the one we started."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from console.servers.accounts import run_as
from console.servers.server import Server

# How each is asked to stop, and how it is forced. PostgreSQL: "fast" does not wait for clients to leave, "immediate"
# also gives its shared memory back, which SIGKILL would not. A killed Dovecot master would leave its children behind.
STOP_SIGNALS = {
    "postgres": (signal.SIGINT, signal.SIGQUIT),
    "dovecot": (signal.SIGTERM, signal.SIGTERM),
}
_START_TIME_FIELD = 19  # of /proc/<pid>/stat, counted after the name in parentheses
# The shell goes away at once, so the server is nobody's child: it survives us and leaves us no zombie.
_DETACH = 'log=$1; shift; umask 077; "$@" >"$log" 2>&1 </dev/null & echo $!'


def spawn(server: Server, pid_file: Path) -> None:
    """Start a server in the background, its output in its log, and note who it is in `pid_file`."""
    command = ["/bin/sh", "-c", _DETACH, "sh", str(server.log), *server.command]
    pid = int(run_as(server.account, command, server.environment))
    pid_file.write_text(json.dumps({"pid": pid, "mark": _mark(pid)}), encoding="utf-8")


def running(pid_file: Path) -> int | None:
    """Return the pid of the server noted in `pid_file`, or None if that very process is gone."""
    try:
        noted = json.loads(pid_file.read_text(encoding="utf-8"))
        pid, mark = int(noted["pid"]), str(noted["mark"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return pid if mark and _mark(pid) == mark else None


def end(pid_file: Path, first: signal.Signals, last: signal.Signals, patience_seconds: float) -> bool:
    """Ask the noted process to end, force it after a while; tell whether there was one. Strangers are left alone."""
    found = False
    for kind in (first, last, signal.SIGKILL):
        pid = running(pid_file)
        if pid is None:
            break
        found = True
        _send(pid, kind)
        _gone(pid_file, patience_seconds)
    pid_file.unlink(missing_ok=True)
    return found


def _send(pid: int, kind: signal.Signals) -> None:
    try:
        if kind == signal.SIGKILL:
            os.killpg(os.getpgid(pid), kind)
        else:
            os.kill(pid, kind)
    except ProcessLookupError:
        pass  # It ended on its own in the meantime.


def _gone(pid_file: Path, patience_seconds: float) -> None:
    deadline = time.monotonic() + patience_seconds
    while running(pid_file) is not None and time.monotonic() < deadline:
        time.sleep(0.02)


def _mark(pid: int) -> str:
    """Return what tells this process from a later one with the same pid; empty if it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return _mark_without_proc(pid) if not Path("/proc/self").exists() else ""
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else f"{boot}/{fields[_START_TIME_FIELD - 1]}"


def _mark_without_proc(pid: int) -> str:
    command = ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - fixed command
    state, _, started = shown.partition(" ")
    return "" if state.startswith("Z") else started.strip()
