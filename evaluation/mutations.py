"""E-mails damaged at random, the same ones for the same seed: bytes lost, put in, copied, exchanged, multiplied."""

import random

LARGEST_BYTES = 1024 * 1024
_FRAGMENTS = (
    *(b"\n", b"\r\n", b"\r", b"\n\n", b"\r\n\r\n", b" ", b"\t", b"\0", b"\xff", b"\xc3", b"\x1b$B", b'"', b"'"),
    *(
        b"=",
        b"=?",
        b"?=",
        b"=?utf-8?q?",
        b"=?x?b?",
        b"=3D",
        b"=\r\n",
        b";",
        b":",
        b"<",
        b">",
        b"<!--",
        b"&#",
        b"--",
        b"(",
        b")",
    ),
    *(b"boundary=", b"charset=punycode", b"charset=idna", b"charset=utf-7", b"charset*0*=x''%", b"--b\r\n", b"--b--"),
    *(
        b"\r\nContent-Type: text/html\r\n",
        b"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n",
        b"<div><blockquote>",
    ),
    *(b"\r\nContent-Type: message/rfc822\r\n\r\n", b"\r\nContent-Type: message/delivery-status\r\n\r\n"),
    *(b"\r\nContent-Transfer-Encoding: base64\r\n", b"\r\nContent-Transfer-Encoding: quoted-printable\r\n"),
    *(
        b"\r\nAuto-Submitted: auto-replied\r\n",
        b"\r\nReturn-Path: <>\r\n",
        b"\r\nSubject: ",
        b"\r\nFrom: ",
        b"\r\nDate: 99 99",
    ),
    *(
        b"On Monday <a@b.c> wrote:\n",
        b"> ",
        b"Action: failed\r\n",
        b"Status: 5.1.1\r\n",
        b"unsubscribe",
        b"until 31.02. ",
    ),
)
_MOST_COPIES = 3_000


def mutated(chance: random.Random, raw: bytes, other: bytes = b"") -> bytes:
    """Return an e-mail damaged in one to eight places; parts of the other may be put in."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5, 8))):
        # Most of what can go wrong stands near the beginning.
        within = len(raw) if chance.random() < 0.3 else min(len(raw), 3_000)  # noqa: PLR2004 - a header's length
        begin = chance.randrange(within + 1)
        end = min(len(raw), begin + chance.choice((0, 0, 1, 1, 4, 40, 400)))
        raw = raw[:begin] + _put_in(chance, raw[begin : begin + 200], other) + raw[end:]
    return raw[:LARGEST_BYTES]


def _put_in(chance: random.Random, here: bytes, other: bytes) -> bytes:
    kind = chance.randrange(8)
    if kind == 0:
        return b""
    if kind == 1:
        return bytes(chance.choices(range(256), k=chance.choice((1, 2, 8))))
    if kind == 2:  # noqa: PLR2004 - the third way
        return here * 2
    if kind == 3:  # noqa: PLR2004 - the fourth way
        begin = chance.randrange(len(other) + 1)
        return other[begin : begin + chance.choice((20, 200, 2_000))]
    fragment = chance.choice(_FRAGMENTS)
    return fragment * (chance.randrange(_MOST_COPIES) if chance.random() < 0.02 else 1)  # noqa: PLR2004 - seldom
