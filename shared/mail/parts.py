"""The parts of an e-mail (MIME, RFC 2045), whichever parser found them."""

from dataclasses import dataclass

from shared.mail.fields import Fields

MAX_PARTS = 200


@dataclass(frozen=True, slots=True)
class Part:
    """A part: `content` is decoded, and empty for what holds other parts or is neither text nor a message.

    The content of an attached e-mail or report is its source. `named`: it has a file name.
    """

    kind: str  # media type, lower case
    content: bytes = b""
    charset: str | None = None
    attached: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Mime:
    """An e-mail as a parser read it: the header fields (undecoded), and the parts in order, the whole one first.

    What an attached e-mail consists of is not among the parts.
    """

    fields: Fields
    parts: list[Part]
