"""The content of an e-mail: rendered once, before its first attempt, and the same in every later one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sqlalchemy import RowMapping

from services.sender.rules import message_id
from services.sender.rules_claim import Earlier, thread_of
from services.sender.templates import RenderError, render_body, render_subject


@dataclass(frozen=True, slots=True)
class Content:
    """What is frozen in the row before the first attempt."""

    message_id: str
    subject: str
    body: str
    in_reply_to: str | None
    references: tuple[str, ...]


def follows(row: RowMapping) -> bool:
    """Tell whether this e-mail answers an earlier one in the same thread."""
    if row["body"] is not None:
        return row["thread_message_id"] is not None
    return row["subject_template"] is None


def freeze(row: RowMapping, sent: Sequence[tuple[int, Earlier]], now: datetime) -> Content:
    """Render the e-mail, or return what an earlier attempt froze, byte by byte the same.

    `sent` is what this lead was sent before, by position; raises `RenderError` if there is no content.
    """
    before = [one for position, one in sent if position < row["position"]]
    thread = thread_of(before) if follows(row) else None
    references = thread.references if thread else ()
    if row["body"] is not None:
        return Content(row["message_id"], row["subject"], row["body"], row["thread_message_id"], references)
    if row["body_template"] is None:
        raise RenderError(f"step {row['position']} variant {row['variant']} is not in the sequence")
    if follows(row) and thread is None:
        raise RenderError("there is no e-mail to reply to: nothing was sent to this lead before")
    fields = {**row["fields"], "email": row["recipient"]}
    return Content(
        message_id=message_id(row["id"], row["address"].rpartition("@")[2], now, token_hex(8)),
        subject=thread.subject if thread else render_subject(row["subject_template"], fields),
        body=render_body(row["body_template"], fields),
        in_reply_to=thread.in_reply_to if thread else None,
        references=references,
    )
