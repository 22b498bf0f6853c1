"""E-mails of up to 1 MB made to be slow: each aims at a habit of parsers or of searches for words. Made from a seed."""

import random
from collections.abc import Iterator, Sequence

LARGEST_BYTES = 1024 * 1024
_HEAD = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: Re: hello\r\n"
_LINES = {
    "On ...": b"On ",
    "quote marks": b">",
    "quote marks and spaces": b"> ",
    "lines of >": b">\n",
    "On Monday X wrote": b"On Monday, someone with a very long name\n",
    "wrote without an end": b"wrote ",
    "header words": b"From: Sent: To: Subject:\n",
    "dashes": b"-",
    "underscores": b"_",
    "white space": b" \t",
    "empty lines": b"\r\n",
    "not not": b"not ",
    "please stop": b"please do not stop to ",
    "commas": b"a,",
    "digits": b"12.",
    "dates": b"until 03.04. ",
    "angle brackets": b"<",
    "comments": b"<!--",
    "tags": b"<div><p>",
    "entities": b"&amp;",
    "combining accents": "e\u0301\u0301\u0301".encode(),
    "right to left": "\u202e\u0627".encode(),
    "emoji": "\U0001f600".encode(),
    "zero bytes": b"\0",
    "user unknown": b"550 5.1.1 user unknown ",
    "out of office": b"out of the office until ",
    "addresses": b"a@b.example ",
}


def hostile(seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """Yield names and e-mails."""
    for name, unit in _LINES.items():
        body = unit * (LARGEST_BYTES // len(unit))
        for kind in (b"text/plain", b"text/html"):
            head = _HEAD + b"Content-Type: " + kind + b"; charset=utf-8\r\n\r\n"
            yield f"{name} as {kind.decode()}", (head + body)[:LARGEST_BYTES]
    yield from _structures()
    yield "random words", _HEAD + b"\r\n" + _words(random.Random(seed))


def _structures() -> Iterator[tuple[str, bytes]]:
    for unit in (b"X-A: b\r\n", b" folded\r\n", b"Received: from x\r\n"):
        head = (_HEAD + unit * (LARGEST_BYTES // len(unit)))[: LARGEST_BYTES - 6]
        yield f"headers of {unit.decode().strip()}", head + b"\r\n\r\nhi"
    yield "a long subject", _HEAD[:-2] + b" =?utf-8?q?" + b"=41" * 300_000 + b"?=\r\n\r\nhi"
    yield "encoded words", _HEAD[:-2] + b" =?utf-8?q?a?=" * 60_000 + b"\r\n\r\nhi"
    yield "long address", b"From: " + b"(" * 500_000 + b"a@b.example\r\nSubject: x\r\n\r\nhi"
    yield "references", _HEAD + b"References: " + b"<a@b> " * 150_000 + b"\r\n\r\nhi"
    yield "boundaries", _multipart(b"--x\r\n\r\na\r\n", b"x")
    yield "parts", _multipart(b"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n", b"x")
    yield "nested parts", _nested()
    yield "attached e-mails", _multipart(b"--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\nhi\r\n", b"x")
    yield "report recipients", _report()
    yield "base64", _HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUFB" * 250_000
    yield "broken base64", _HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=A=\r\n" * 200_000
    yield "quoted-printable", _HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=3D=" * 250_000


def _multipart(unit: bytes, boundary: bytes) -> bytes:
    head = _HEAD + b"Content-Type: multipart/mixed; boundary=" + boundary + b"\r\n\r\n"
    return head + unit * ((LARGEST_BYTES - len(head)) // len(unit))


def _nested() -> bytes:
    mail = _HEAD + b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"
    for number in range(1, 3_000):
        mail += b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (number - 1, number)
    return mail[:LARGEST_BYTES]


def _report() -> bytes:
    head = _HEAD + b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
    status = b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; m\r\n\r\n"
    one = b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    return head + status + one * ((LARGEST_BYTES - len(head) - len(status)) // len(one))


def _words(source: random.Random) -> bytes:
    words: Sequence[str] = (
        *("not", "no", "yes", "stop", "please", "unsubscribe", "until", "march", "monday", "wrote", "on", ">", "but"),
        *("interested", "remove", "me", "list", "call", "send", "failed", "delivery", "office", "back", "\n", "?"),
    )
    return " ".join(source.choices(words, k=220_000)).encode()[: LARGEST_BYTES - len(_HEAD) - 2]
