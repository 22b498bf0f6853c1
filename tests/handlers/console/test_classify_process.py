"""`cam classify` as a process with pipes: answers as they come, quiet ends, bounded memory, a light start."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.given_lines import MAX_LINE_BYTES


def lines(*objects: object) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in objects)


@contextmanager
def process(*words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `cam classify` as a process of its own, with pipes."""
    command = [sys.executable, "-m", "console", "classify", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as running:
        try:
            yield running
        finally:
            if running.returncode is None:
                running.kill()


def test_an_answer_comes_before_the_next_line_is_given() -> None:
    with process() as running:
        assert running.stdin
        assert running.stdout
        for number in (1, 2):
            running.stdin.write(lines({"id": number, "text": "Yes please"}))
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == number
        running.stdin.close()
        assert running.wait(30) == 0


def test_whoever_reads_may_leave_early() -> None:
    with process() as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        running.stdin.write(lines(*({"id": number, "text": "Yes"} for number in range(20))))
        running.stdin.flush()
        running.stdout.readline()
        running.stdout.close()
        try:
            running.stdin.write(lines(*({"id": number, "text": "Yes"} for number in range(20_000))))
            running.stdin.close()
        except BrokenPipeError:
            pass
        assert running.wait(30) == 1
        assert running.stderr.read() == b""


def test_ctrl_c_ends_it_quietly_after_whole_lines() -> None:
    with process() as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        running.stdin.write(lines({"id": 1, "text": "Yes please"}))
        running.stdin.flush()
        first = running.stdout.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 130
        assert (json.loads(first)["id"], running.stdout.read()) == (1, b"")
        assert b"Traceback" not in running.stderr.read()


def test_a_line_longer_than_the_limit_is_skipped_in_bounded_memory() -> None:
    with process() as running:
        assert running.stdin
        assert running.stdout
        running.stdin.write(b'{"id": 1, "text": "')
        for _ in range(30):
            running.stdin.write(b"x" * MAX_LINE_BYTES)
        running.stdin.write(b'"}\n' + lines({"id": 2, "text": "Yes please"}))
        running.stdin.flush()
        too_long, after = (json.loads(running.stdout.readline()) for _ in range(2))
        # Of this program alone: what wait4 tells begins with the memory of the tests' own process.
        largest = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{running.pid}/status").read_text(encoding="ascii"))
    assert "longer than" in too_long["error"]
    assert (after["id"], after["classification"]) == (2, "POSITIVE")
    assert largest
    assert int(largest[1]) * 1024 < 10 * MAX_LINE_BYTES


def test_it_starts_without_the_libraries_of_database_and_broker() -> None:
    script = "import sys; from console.main import run; run(['classify']); print(*sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", script], input=b"", capture_output=True, check=True)
    loaded = set(ran.stdout.decode().split())
    assert "services.classifier.rules" in loaded
    assert {"sqlalchemy", "psycopg2", "aio_pika", "httpx", "jinja2"} & loaded == set()
