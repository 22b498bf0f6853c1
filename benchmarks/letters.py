"""Replies as real mail programs write them, and their delivery into Dovecot through LMTP (RFC 2033)."""

import smtplib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

from console.servers import Servers
from demo import letters
from demo.campaign import SENDER_NAME
from demo.letters import Letter
from demo.mail import Mail

STYLES = ("quoted", "bare", "outlook", "html")
_CONNECTIONS = 4
_DATE = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
_YES = "Yes, this sounds interesting. Could you send me more details?"
PITCH = """\
most teams like the one at Northwind Analytics lose an hour a day to sorting mail.
We give it back. Would a short call next week be worth your time?

Alex Morgan
Morning Desk

If you don't want to hear from me again, answer "unsubscribe".
"""
# What the servers on the way leave at the top of every real e-mail, about 2 KB.
_TRACES = b"".join(
    b"Received: from mail-%d.example.test (mail-%d.example.test [192.0.2.%d])\r\n"
    b"\tby mx-%d.example.test with ESMTPS id 4Xq7vB1Zk%dz9rtd for <campaign@cam.test>;\r\n"
    b"\tThu, 1 Jan 2026 09:00:0%d +0000 (UTC)\r\n" % ((number,) * 6)
    for number in range(1, 6)
) + b"".join(
    name + b": i=1; a=rsa-sha256; c=relaxed/relaxed; d=example.test; s=s1;\r\n\tb=" + b"Qk1ZTm9y" * 40 + b"\r\n"
    for name in (b"DKIM-Signature", b"ARC-Seal", b"ARC-Message-Signature")
)


def reply(number: int, to: str, style: str = "quoted") -> bytes:
    """Return the yes of lead `number` to its first e-mail."""
    address, subject = f"lead{number}@example.test", "Northwind Analytics and your morning routine"
    message_id = f"<{number}@cam.test>"
    mail = Mail(_DATE, _DATE, to, address, SENDER_NAME, to, to, message_id, "", "", subject, PITCH, b"", 0)
    return letters.write(
        Letter("Jane Doe", address, f"<{number}@example.test>", _YES, "Jane", style=style), mail, _DATE
    )


@contextmanager
def lmtp(servers: Servers) -> Iterator[smtplib.LMTP]:
    """Open a connection to Dovecot's LMTP."""
    # A given local name spares smtplib the look-up of this host's own.
    with smtplib.LMTP(servers.lmtp_host, servers.lmtp_port, local_hostname="bench.example", timeout=30) as connection:
        yield connection


def deliver_all(servers: Servers, to: str, mails: Sequence[bytes]) -> None:
    """Put many e-mails into one mailbox, over a few connections."""
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        list(pool.map(lambda part: _deliver(servers, to, part), [mails[n::_CONNECTIONS] for n in range(_CONNECTIONS)]))


def _deliver(servers: Servers, to: str, mails: Sequence[bytes]) -> None:
    with lmtp(servers) as connection:
        for mail in mails:
            connection.sendmail("lead@example.test", [to], mail)
