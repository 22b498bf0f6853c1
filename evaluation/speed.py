"""How fast one core reads and understands mail, beside bare parsing by the standard library in the same rounds."""

import time
from collections.abc import Callable, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from statistics import median

from evaluation.corpus import Reply
from evaluation.hostile import hostile
from evaluation.results import Figure, Part, Say
from services.classifier.incoming import from_email
from services.classifier.rules import classify
from shared.mail.parsing import UnparsableError, parse_email

_ROUNDS = 3
_SLOWEST_MILLISECONDS = 100
_OURS = """

On Mon, Mar 2, 2026 at 9:14 AM Ada <ada@our.example> wrote:
> Hi Joe,
>
> we help teams like yours to answer mail faster. Would a short call next week be of interest?
>
> Ada
> If you do not want to hear from us, unsubscribe here.
"""


def typical(reply: Reply) -> bytes:
    """Return a short reply as an e-mail that quotes ours."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "Joe <joe@acme.example>", "Ada <ada@our.example>"
    mail["Subject"] = " ".join(reply.mail.subject.split()) or "Re: hello"
    mail["Message-ID"], mail["In-Reply-To"] = "<1@acme.example>", "<1@our.example>"
    mail["Date"] = "Mon, 02 Mar 2026 10:00:00 +0100"
    for name, value in reply.mail.headers.items():
        if name not in mail:
            mail[name] = value
    mail.set_content(reply.mail.body + _OURS)
    return mail.as_bytes()


def measure(replies: Sequence[Reply], messages: Sequence[bytes], *, say: Say) -> Part:
    """Measure both kinds of mail, and the slowest of the hostile ones."""
    say("speed: typical replies")
    short = _rates([typical(reply) for reply in replies])
    say("speed: all messages")
    whole = _rates(messages)
    say("speed: e-mails made to be slow")
    slowest = _slowest()
    name, milliseconds = slowest[0]
    figures = [
        _figure("typical replies, read and understood", 4_000, short),
        _figure("all messages, read and understood", 2_000, whole),
        Figure(
            "slowest e-mail of up to 1 MB",
            f"<= {_SLOWEST_MILLISECONDS} ms",
            f"{milliseconds:.0f} ms ({name})",
            milliseconds <= _SLOWEST_MILLISECONDS,
        ),
    ]
    worst = {name: round(milliseconds, 1) for name, milliseconds in slowest[:10]}
    return Part("speed", figures, {"typical": short, "messages": whole, "slowest_milliseconds": worst})


def _figure(what: str, wanted: int, rates: dict[str, float]) -> Figure:
    said = f"{rates['per_second']:,.0f}/s ({rates['ratio']} of bare parsing, {rates['bare_per_second']:,.0f}/s)"
    return Figure(what, f">= {wanted:,}/s", said, rates["per_second"] >= wanted)


def _rates(mails: Sequence[bytes]) -> dict[str, float]:
    """Return our rate and the bare one: medians over rounds in turn."""
    ours, bare = [], []
    for _ in range(_ROUNDS):
        bare.append(_seconds(_parse_bare, mails))
        ours.append(_seconds(_understand, mails))
    rate, floor = len(mails) / median(ours), len(mails) / median(bare)
    return {"per_second": round(rate), "bare_per_second": round(floor), "ratio": round(rate / floor, 2)}


def _seconds(work: Callable[[bytes], object], mails: Sequence[bytes]) -> float:
    """Return the processor seconds that it takes, which others on this machine hardly change."""
    began = time.process_time()
    for mail in mails:
        work(mail)
    return time.process_time() - began


def _understand(raw: bytes) -> None:
    try:
        classify(from_email(parse_email(raw)))
    except UnparsableError:
        return


def _parse_bare(raw: bytes) -> None:
    for part in message_from_bytes(raw).walk():
        if not part.is_multipart():
            part.get_payload(decode=True)


def _slowest() -> list[tuple[str, float]]:
    """Return what the hostile e-mails take, the best of the rounds, slowest first."""
    taken = [(name, 1000 * min(_seconds(_understand, [raw]) for _ in range(_ROUNDS))) for name, raw in hostile()]
    return sorted(taken, key=lambda one: -one[1])
