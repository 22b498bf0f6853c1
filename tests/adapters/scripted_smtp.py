"""SMTP servers that follow a script, word by word, as aiosmtpd would not."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unwilling_server(greeting: str) -> Iterator[int]:
    """Run a server that greets each caller like this and hangs up; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_turn_away, args=(listener, greeting))
        thread.start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _turn_away(listener: socket.socket, greeting: str) -> None:
    with contextlib.suppress(OSError):
        while True:
            caller, _ = listener.accept()
            with caller:
                caller.sendall(f"{greeting}\r\n".encode())


@contextmanager
def scripted_server(*answers: str) -> Iterator[tuple[int, list[bytes]]]:
    """Run a server that announces PIPELINING and answers the first envelope with exactly this, then hangs up.

    Yields its port and what it was told after EHLO, one entry for each time it looked.
    """
    told: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_follow_script, args=(listener, answers, told))
        thread.start()
        yield int(listener.getsockname()[1]), told
        thread.join()


def _follow_script(listener: socket.socket, answers: tuple[str, ...], told: list[bytes]) -> None:
    caller, _ = listener.accept()
    with caller:
        caller.sendall(b"220 hello\r\n")
        caller.recv(1000)
        caller.sendall(b"250-mail.example.net\r\n250 PIPELINING\r\n")
        told.append(caller.recv(10_000))
        caller.sendall("".join(f"{answer}\r\n" for answer in answers).encode())
        # It says no more, and listens until the other side goes.
        caller.shutdown(socket.SHUT_WR)
        caller.settimeout(5)
        while more := caller.recv(10_000):
            told.append(more)


@contextmanager
def patient_server(*steps: tuple[bytes, str]) -> Iterator[tuple[int, list[bytes]]]:
    """Run a server that announces PIPELINING, and at each step waits until it is told exactly this, then answers.

    Whoever says anything else gets no answer. Yields its port and, one after the other, what it was told after EHLO;
    the last is what was said when it had no more steps.
    """
    told: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_take_steps, args=(listener, steps, told))
        thread.start()
        yield int(listener.getsockname()[1]), told
        thread.join()


def _take_steps(listener: socket.socket, steps: tuple[tuple[bytes, str], ...], told: list[bytes]) -> None:
    caller, _ = listener.accept()
    with caller:
        caller.settimeout(5)
        caller.sendall(b"220 hello\r\n")
        caller.recv(1000)
        caller.sendall(b"250-mail.example.net\r\n250 PIPELINING\r\n")
        for end, answer in steps:
            heard = b""
            while not heard.endswith(end) and (more := caller.recv(10_000)):
                heard += more
            told.append(heard)
            caller.sendall(answer.encode())
        rest = b""
        while more := caller.recv(10_000):
            rest += more
        told.append(rest)
