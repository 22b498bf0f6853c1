"""One IMAP connection (RFC 9051, RFC 2177), read-only: it never marks, moves or deletes anything."""

import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from imaplib import IMAP4

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError

from services.inbox import answers
from services.inbox.rules import is_about_the_password, uid_set
from shared.errors import CamError, OutageError

CONNECT_SECONDS = 10.0
# To begin and to end IDLE there is nothing that a server could have to do first.
PROMPT_SECONDS = 8.0


class LoginRefusedError(CamError):
    """The server refuses this user name and password."""


class ServerAwayError(OutageError):
    """The IMAP server is away or hung up."""


class NobodyAnswersError(ServerAwayError):
    """No connection came about: nobody was asked for anything."""


class CommandRefusedError(CamError):
    """The IMAP server refused one command, or its answer can't be read; the connection goes on."""


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Where a mailbox lives; security is none, starttls or tls."""

    host: str
    port: int
    security: str
    username: str


@dataclass(frozen=True, slots=True)
class Selected:
    """The state of a folder when it was opened."""

    uidvalidity: int
    uidnext: int


class ImapConnection:
    """A logged-in connection; every method raises `ServerAwayError` when the server is gone."""

    def __init__(self, server: ImapServer, password: str, timeout_seconds: float) -> None:
        with _failures(NobodyAnswersError):
            self._client = _connect(server, timeout_seconds)
        try:
            with _failures():
                _log_in(self._client, server.username, password)
                capabilities = self._client.capabilities()
        except BaseException:
            self.close()
            raise
        self.can_idle = b"IDLE" in capabilities

    def folders(self) -> list[tuple[str, frozenset[str]]]:
        """Return the names of all folders and their flags in lower case."""
        with _failures():
            return [
                (str(name), frozenset(flag.decode("ascii", "replace").lower() for flag in flags))
                for flags, _, name in self._client.list_folders()
            ]

    def open(self, folder: str) -> Selected:
        """Open a folder for reading (EXAMINE)."""
        with _failures():
            selected = _selected(self._client.select_folder(folder, readonly=True))
        self.told_of_news()  # the number of e-mails that opening always tells is no news
        return selected

    def status(self, folder: str) -> Selected:
        """Look at a folder without opening it (STATUS)."""
        with _failures():
            return _selected(self._client.folder_status(folder, ["UIDVALIDITY", "UIDNEXT"]))

    def uids_from(self, uid: int) -> list[int]:
        """Return the UIDs from `uid` on; the last e-mail is always among them."""
        with _failures():
            return [int(found) for found in self._client.search(["UID", f"{uid}:*"])]

    def uids_since(self, day: date) -> list[int]:
        """Return the UIDs of what the server received on that day or later."""
        with _failures():
            return [int(found) for found in self._client.search(["SINCE", day])]

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return the sizes in bytes of those e-mails that still exist."""
        with _failures():
            return answers.sizes(self._fetch(uids, "RFC822.SIZE"))

    def emails(self, uids: Sequence[int], cap: int) -> dict[int, tuple[int, bytes]]:
        """Return size and the first `cap` bytes of those e-mails that still exist, without marking them read."""
        with _failures():
            return answers.emails(self._fetch(uids, f"RFC822.SIZE BODY.PEEK[]<0.{cap}>"))

    def _fetch(self, uids: Sequence[int], items: str) -> answers.Answer:
        # Below IMAPClient's own fetch, which parses every token of the answer.
        status, data = self._client._imap.uid("FETCH", uid_set(uids), f"({items})")  # noqa: SLF001
        if status != "OK":
            raise CommandRefusedError(f"FETCH: {data}"[:300])
        return [piece for piece in data if piece is not None]

    def refresh(self) -> None:
        """Let the server tell what is new (NOOP)."""
        with _failures():
            self._client.noop()

    def told_of_news(self) -> bool:
        """Tell whether the server announced mail during the commands since this was asked last."""
        # IMAPClient keeps these announcements in the imaplib object, which it does not show.
        _, data = self._client._imap.response("EXISTS")  # noqa: SLF001
        return bool(data != [None])

    def idle(self, seconds: float) -> bool:
        """Wait until the server announces something (IDLE); return whether it did within that time."""
        deadline = time.monotonic() + seconds
        with _failures(), self._promptly():
            self._client.idle()
            told = self.told_of_news() or self._is_more_buffered()
            while not told and (left := deadline - time.monotonic()) > 0:
                answers = self._client.idle_check(timeout=left)
                if not answers and time.monotonic() < deadline - 0.05:
                    raise ServerAwayError("hung up")
                told = any(b"EXISTS" in answer for answer in answers)
            self._client.idle_done()
        return told

    @contextmanager
    def _promptly(self) -> Iterator[None]:
        """Wait less than usual for each answer."""
        connection = self._client.socket()
        usual = connection.gettimeout()
        connection.settimeout(min(PROMPT_SECONDS, usual or PROMPT_SECONDS))
        try:
            yield
        finally:
            with suppress(OSError):
                connection.settimeout(usual)

    def interrupt(self) -> None:
        """End whatever another thread waits for on this connection."""
        with suppress(OSError, AttributeError):
            self._client.socket().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up without a word: a logout could wait for a server that is away."""
        with suppress(OSError, AttributeError, IMAP4.error):
            self._client.shutdown()

    def _is_more_buffered(self) -> bool:
        """Tell whether an answer came in one piece with the line before: no poll of the socket would show it."""
        connection = self._client.socket()
        before = connection.gettimeout()
        connection.settimeout(0)
        try:
            return bool(self._client._imap.file.peek(1))  # noqa: SLF001 - the buffer is imaplib's
        except OSError:
            return False
        finally:
            connection.settimeout(before)


def _connect(server: ImapServer, timeout_seconds: float) -> IMAPClient:
    client = IMAPClient(
        server.host,
        server.port,
        ssl=server.security == "tls",
        timeout=SocketTimeout(min(CONNECT_SECONDS, timeout_seconds), timeout_seconds),
    )
    try:
        if server.security == "starttls":
            client.starttls()
        _keep_alive(client.socket())
    except BaseException:
        client.shutdown()
        raise
    return client


def _keep_alive(connection: socket.socket) -> None:
    """Notice within about two minutes that the other side is gone without a word."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _words(error: LoginError) -> str:
    """Return the server's own words; imapclient hands them over as the text of a bytes literal."""
    said = str(error)
    return said[2:-1][:200] if said.startswith(("b'", 'b"')) else said[:200]


def _log_in(client: IMAPClient, username: str, password: str) -> None:
    try:
        client.login(username, password)
    except LoginError as error:
        answer = _words(error)
        if is_about_the_password(answer):
            raise LoginRefusedError(answer) from error
        raise ServerAwayError(answer) from error


@contextmanager
def _failures(away: type[ServerAwayError] = ServerAwayError) -> Iterator[None]:
    try:
        yield
    except CamError:
        raise
    except (IMAP4.abort, OSError) as error:
        raise away(str(error) or type(error).__name__) from error
    except Exception as error:
        # IMAPClient raises many kinds where an answer is not what the RFC says.
        raise CommandRefusedError(f"{type(error).__name__}: {error}"[:300]) from error


def _selected(answer: Mapping[bytes, object]) -> Selected:
    return Selected(int(str(answer[b"UIDVALIDITY"])), int(str(answer.get(b"UIDNEXT", 1))))
