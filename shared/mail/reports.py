"""What a machine's mail says about one of ours: delivery (RFC 3464), complaint (RFC 5965), receipt (RFC 8098)."""

import re
from collections.abc import Iterator, Sequence
from email.message import Message
from email.parser import HeaderParser
from typing import TypeAlias

from shared.mail.addresses import addresses_in, message_ids, name_and_address
from shared.mail.charsets import decode, storable

Part: TypeAlias = "Message[str, str]"
Report = dict[str, object]

MAX_RECIPIENTS = 50
_MAX_VALUE = 1000
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
_SPACED = re.compile(r"^([A-Za-z_-]{1,40})[ \t]{1,10}:", re.MULTILINE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_MAIL_SYSTEM = re.compile(
    r"mailer[ -]daemon|mdaemon|post_?master|mail delivery|delivery subsystem|mail\.delivery|mail system", re.IGNORECASE
)


def find_report(parts: Sequence[Part], text: str) -> Report | None:
    """Return what the mail reports about an e-mail of ours, as JSON; None for mail that reports nothing.

    The type is `delivery-status`, `feedback-report`, `disposition-notification`, or `returned-message` for a
    machine's mail that follows no standard and yet returns an e-mail or its headers, or mentions addresses.
    """
    for part in parts:
        kind = part.get_content_type()
        if kind in _DELIVERY:
            return {"type": "delivery-status", "recipients": _recipients(part)} | _returned(parts, text)
        if kind == "message/feedback-report":
            return _complaint(_fields(part)) | _returned(parts, text)
        if kind in _DISPOSITION:
            return _receipt(_fields(part), parts, text)
    if str(parts[0].get_param("report-type", "")).lower() == "disposition-notification":
        return _receipt(parts[0], parts, text)
    return _returned_message(parts, text)


def _returned_message(parts: Sequence[Part], text: str) -> Report | None:
    known = _from_mail_system(parts[0])
    if not known and str(parts[0].get("Return-Path", "")).strip() != "<>":
        return None
    returned = _returned(parts, text)
    mentioned = addresses_in(text[:16_384])[:MAX_RECIPIENTS] if known else []
    if not mentioned and not any(returned.values()):
        return None
    return {"type": "returned-message", "recipients": [], "mentioned": mentioned} | returned


def _complaint(fields: Part) -> Report:
    return {
        "type": "feedback-report",
        "feedback_type": _value(fields, "Feedback-Type"),
        "recipient": _address(fields, "Original-Rcpt-To"),
    }


def _receipt(fields: Part, parts: Sequence[Part], text: str) -> Report:
    returned = _returned(parts, text)
    original = message_ids(fields.get("Original-Message-ID"))
    if original:
        returned["returned_message_id"] = original[0]
    return {"type": "disposition-notification", "disposition": _value(fields, "Disposition")} | returned


def _from_mail_system(root: Part) -> bool:
    sender = f"{root.get('From', '')} {root.get('Return-Path', '')}"[:_MAX_VALUE]
    return "X-Failed-Recipients" in root or bool(_MAIL_SYSTEM.search(sender))


def _recipients(part: Part) -> list[dict[str, str | None]]:
    """Return the fields of each recipient of a delivery report (RFC 3464 section 2.3)."""
    found = []
    for block in _blocks(part):
        if not {"final-recipient", "original-recipient", "action", "status"} & {name.lower() for name in block}:
            continue
        status = _STATUS.search(_value(block, "Status") or "")
        found.append(
            {
                "action": (_value(block, "Action") or "").lower().split(" ")[0] or None,
                "status": status.group(1) if status else None,
                "final_recipient": _address(block, "Final-Recipient") or _address(block, "Original-Recipient"),
                "diagnostic": _value(block, "Diagnostic-Code"),
            }
        )
        if len(found) == MAX_RECIPIENTS:
            break
    return found


def _blocks(part: Part) -> Iterator[Part]:
    """Yield the blocks of fields of a delivery report, however the parser understood it."""
    whole = _source(part)
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding in {"base64", "quoted-printable"}:
        holder: Part = Message()
        holder["Content-Transfer-Encoding"] = encoding
        holder.set_payload(whole)
        whole = decode(content(holder), "utf-8")
    whole = _SPACED.sub(r"\1:", whole[:65_536].replace("\r\n", "\n"))
    for block in re.split(r"\n[ \t]{0,100}\n", whole)[: 2 * MAX_RECIPIENTS]:
        yield HeaderParser().parsestr(block.lstrip())


def _source(part: Part) -> str:
    """Return the body of a part as it came, although the parser made messages of it."""
    payload = part.get_payload() if part.is_multipart() else None
    if not isinstance(payload, list):
        return decode(content(part), "utf-8")
    blocks = [block for block in payload[: 2 * MAX_RECIPIENTS] if isinstance(block, Message)]
    heads = ("\n".join(f"{name}: {value}" for name, value in block.items()) for block in blocks)
    return "\n\n".join(f"{head}\n\n{_source(block)}" for head, block in zip(heads, blocks, strict=True))


def _fields(part: Part) -> Part:
    payload = part.get_payload() if part.is_multipart() else None
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return payload[0]
    return HeaderParser().parsestr(decode(content(part), "utf-8")[:65_536].lstrip())


def _returned(parts: Sequence[Part], text: str) -> dict[str, object]:
    """Return which e-mail came back: from the attached one, its headers, or what the text quotes of them."""
    for part in parts:
        kind = part.get_content_type()
        if kind in {"message/rfc822", "message/global"}:
            headers = _fields(part)
        elif kind in {"text/rfc822-headers", "text/rfc822", "message/rfc822-headers", "message/global-headers"}:
            headers = HeaderParser().parsestr(decode(content(part), "utf-8")[:65_536].lstrip())
        else:
            continue
        found = _from_headers(headers)
        if any(found.values()):
            return found
    return _from_text(text)


def _from_headers(headers: Part) -> dict[str, object]:
    ids = message_ids(headers.get("Message-ID"))
    references = message_ids(f"{headers.get('References', '')} {headers.get('In-Reply-To', '')}")
    return _shape(ids[0] if ids else None, str(headers.get("To", "")), references)


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


def content(part: Part) -> bytes:
    """Return the decoded bytes of a part; nothing for a multipart."""
    # Never `get_payload()` of a leaf without decode=True: it trusts the declared charset, whatever that is.
    payload = None if part.is_multipart() else part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _value(fields: Part, name: str) -> str | None:
    value = storable(" ".join(str(fields.get(name, "")).split()))[:_MAX_VALUE]
    return value or None


def _address(fields: Part, name: str) -> str | None:
    """Return the address of a typed field such as `rfc822; jane@example.com`, in lower case."""
    value = (_value(fields, name) or "").rpartition(";")[2].strip().strip("<>").lower()
    return value if "@" in value else None
