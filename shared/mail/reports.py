"""What a machine's mail says about one of ours: delivery (RFC 3464), complaint (RFC 5965), receipt (RFC 8098)."""

import re
from collections.abc import Iterator, Sequence

from shared.mail.addresses import addresses_in, message_ids, name_and_address
from shared.mail.charsets import decode, storable
from shared.mail.fields import Fields, read_block
from shared.mail.parts import Mime, Part

Report = dict[str, object]

MAX_RECIPIENTS = 50
_MAX_VALUE = 1000
_MAX_REPORT = 65_536  # bytes
_MARGIN = r"^[> \t|]{0,20}"
_QUOTED_ID = re.compile(
    _MARGIN + r"message-id:[ \t]{0,10}\r?\n?[ \t]{0,10}(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE
)
_QUOTED_TO = re.compile(_MARGIN + r"to:[ \t]{1,10}([^\r\n]{3,500})", re.IGNORECASE | re.MULTILINE)
_QUOTED_REFERENCES = re.compile(
    _MARGIN + r"(?:references|in-reply-to):[ \t]{0,10}((?:\r?\n?[> \t|]{0,20}<[^<>\s]{1,500}>){1,50})",
    re.IGNORECASE | re.MULTILINE,
)
_DELIVERY = {"message/delivery-status", "message/global-delivery-status"}
_DISPOSITION = {"message/disposition-notification", "message/global-disposition-notification"}
_RETURNING = {"message/rfc822", "message/global", "message/rfc822-headers", "message/global-headers"} | {
    "text/rfc822-headers",
    "text/rfc822",
}
_PER_RECIPIENT = {"final-recipient", "original-recipient", "action", "status"}
_RECEIPT_TYPE = re.compile(r";\s{0,10}report-type\s{0,5}=\s{0,5}\"?disposition-notification\b", re.IGNORECASE)
_BETWEEN_BLOCKS = re.compile(r"\n[ \t]{0,100}\n")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_MAIL_SYSTEM = re.compile(
    r"mailer[ -]daemon|mdaemon|post_?master|mail delivery|delivery subsystem|mail\.delivery|mail system", re.IGNORECASE
)


def find_report(mime: Mime, text: str) -> Report | None:
    """Return what the mail reports about an e-mail of ours, as JSON; None for mail that reports nothing.

    The type is `delivery-status`, `feedback-report`, `disposition-notification`, or `returned-message` for a
    machine's mail that follows no standard and yet returns an e-mail or its headers, or mentions addresses.
    """
    for part in mime.parts:
        if part.kind in _DELIVERY:
            return {"type": "delivery-status", "recipients": _recipients(part)} | _returned(mime.parts, text)
        if part.kind == "message/feedback-report":
            return _complaint(_fields(part)) | _returned(mime.parts, text)
        if part.kind in _DISPOSITION:
            return _receipt(_fields(part), mime.parts, text)
    if _RECEIPT_TYPE.search(mime.fields.get("content-type", "")):
        return _receipt(mime.fields, mime.parts, text)
    return _returned_message(mime, text)


def _returned_message(mime: Mime, text: str) -> Report | None:
    known = _from_mail_system(mime.fields)
    if not known and mime.fields.get("return-path") != "<>":
        return None
    returned = _returned(mime.parts, text)
    mentioned = addresses_in(text[:16_384])[:MAX_RECIPIENTS] if known else []
    if not mentioned and not any(returned.values()):
        return None
    return {"type": "returned-message", "recipients": [], "mentioned": mentioned} | returned


def _complaint(fields: Fields) -> Report:
    return {
        "type": "feedback-report",
        "feedback_type": _value(fields, "feedback-type"),
        "recipient": _address(fields, "original-rcpt-to"),
    }


def _receipt(fields: Fields, parts: Sequence[Part], text: str) -> Report:
    returned = _returned(parts, text)
    original = message_ids(fields.get("original-message-id"))
    if original:
        returned["returned_message_id"] = original[0]
    return {"type": "disposition-notification", "disposition": _value(fields, "disposition")} | returned


def _from_mail_system(fields: Fields) -> bool:
    sender = f"{fields.get('from', '')} {fields.get('return-path', '')}"[:_MAX_VALUE]
    return "x-failed-recipients" in fields or bool(_MAIL_SYSTEM.search(sender))


def _recipients(part: Part) -> list[dict[str, str | None]]:
    """Return the fields of each recipient of a delivery report (RFC 3464 section 2.3)."""
    found = []
    for block in _blocks(part):
        if not _PER_RECIPIENT & block.keys():
            continue
        status = _STATUS.search(_value(block, "status") or "")
        found.append(
            {
                "action": (_value(block, "action") or "").lower().split(" ")[0] or None,
                "status": status.group(1) if status else None,
                "final_recipient": _address(block, "final-recipient") or _address(block, "original-recipient"),
                "diagnostic": _value(block, "diagnostic-code"),
            }
        )
        if len(found) == MAX_RECIPIENTS:
            break
    return found


def _blocks(part: Part) -> Iterator[Fields]:
    """Yield the blocks of fields of a delivery report."""
    whole = decode(part.content[:_MAX_REPORT], "utf-8").replace("\r\n", "\n")
    for block in _BETWEEN_BLOCKS.split(whole, 2 * MAX_RECIPIENTS)[: 2 * MAX_RECIPIENTS]:
        yield read_block(block)


def _fields(part: Part) -> Fields:
    whole = decode(part.content[:_MAX_REPORT], "utf-8").replace("\r\n", "\n").lstrip("\n")
    return read_block(_BETWEEN_BLOCKS.split(whole, 1)[0])


def _returned(parts: Sequence[Part], text: str) -> dict[str, object]:
    """Return which e-mail came back: from the attached one, its headers, or what the text quotes of them."""
    for part in parts:
        if part.kind not in _RETURNING:
            continue
        found = _from_headers(_fields(part))
        if any(found.values()):
            return found
    return _from_text(text)


def _from_headers(headers: Fields) -> dict[str, object]:
    ids = message_ids(headers.get("message-id"))
    references = message_ids(f"{headers.get('references', '')} {headers.get('in-reply-to', '')}")
    return _shape(ids[0] if ids else None, str(headers.get("to", "")), references)


def _from_text(text: str) -> dict[str, object]:
    ids, to = _QUOTED_ID.search(text), _QUOTED_TO.search(text)
    references = message_ids(" ".join(_QUOTED_REFERENCES.findall(text)[:10]))
    return _shape(ids.group(1) if ids else None, to.group(1) if to else "", references)


def _shape(message_id: str | None, to: str, references: tuple[str, ...]) -> dict[str, object]:
    return {
        "returned_message_id": message_id,
        "returned_to": name_and_address(to)[1] or None,
        "returned_references": list(references),
    }


def _value(fields: Fields, name: str) -> str | None:
    value = storable(" ".join(str(fields.get(name, "")).split()))[:_MAX_VALUE]
    return value or None


def _address(fields: Fields, name: str) -> str | None:
    """Return the address of a typed field such as `rfc822; jane@example.com`, in lower case."""
    value = (_value(fields, name) or "").rpartition(";")[2].strip().strip("<>").lower()
    return value if "@" in value else None
