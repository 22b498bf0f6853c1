"""Limits that are applied before anything is searched: no e-mail may cost more than its share."""

from dataclasses import replace

from services.classifier.understanding import Incoming

MAX_CHARACTERS = 32_768
MAX_LINES = 1_000
MAX_LINE = 2_000
MAX_SUBJECT = 300
MAX_ADDRESS = 320
MAX_HEADER = 1_000


def cap(mail: Incoming) -> Incoming:
    """Return the e-mail cut to what is looked at."""
    return replace(
        mail,
        subject=" ".join(mail.subject[:MAX_SUBJECT].split()),
        from_address=mail.from_address[:MAX_ADDRESS],
        headers={name: str(value)[:MAX_HEADER] for name, value in mail.headers.items()},
        body=cap_text(mail.body),
        sent=mail.sent[:MAX_CHARACTERS],
    )


def cap_text(text: str) -> str:
    """Return the beginning of a text, with Unix line ends."""
    text = text[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if len(text) <= MAX_LINE and text.count("\n") < MAX_LINES:
        return text
    return "\n".join([line[:MAX_LINE] for line in text.split("\n", MAX_LINES)[:MAX_LINES]])
