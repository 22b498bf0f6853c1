"""SMTP servers that follow a script, word by word, as aiosmtpd would not."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial


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
    with _one_caller(partial(_follow_script, answers)) as found:
        yield found


@contextmanager
def patient_server(*steps: tuple[bytes, str]) -> Iterator[tuple[int, list[bytes]]]:
    """Run a server that announces PIPELINING, and at each step waits until it is told exactly this, then answers.

    Whoever says anything else gets no answer. Yields its port and, one after the other, what it was told after EHLO;
    the last is what was said when it had no more steps.
    """
    with _one_caller(partial(_take_steps, steps)) as found:
        yield found


@contextmanager
def _one_caller(talk: Callable[[socket.socket, list[bytes]], None]) -> Iterator[tuple[int, list[bytes]]]:
    told: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_welcome, args=(listener, talk, told))
        thread.start()
        yield int(listener.getsockname()[1]), told
        thread.join()


def _welcome(listener: socket.socket, talk: Callable[[socket.socket, list[bytes]], None], told: list[bytes]) -> None:
    caller, _ = listener.accept()
    with caller:
        caller.settimeout(5)
        caller.sendall(b"220 hello\r\n")
        caller.recv(1000)
        caller.sendall(b"250-mail.example.net\r\n250 PIPELINING\r\n")
        talk(caller, told)


def _follow_script(answers: tuple[str, ...], caller: socket.socket, told: list[bytes]) -> None:
    told.append(caller.recv(10_000))
    caller.sendall("".join(f"{answer}\r\n" for answer in answers).encode())
    # It says no more, and listens until the other side goes.
    caller.shutdown(socket.SHUT_WR)
    while more := caller.recv(10_000):
        told.append(more)


def _take_steps(steps: tuple[tuple[bytes, str], ...], caller: socket.socket, told: list[bytes]) -> None:
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
