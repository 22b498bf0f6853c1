"""What the sender wrote themselves: the body without quoted mail, signature and disclaimer."""

import re
from collections.abc import Sequence

_WROTE = (
    "wrote|writes|schrieb|escribi[oó]|a écrit|ha scritto|schreef|escreveu|написал|skrev|napisał|kirjoitti|geschreven"
)
_BEGINS = re.compile(
    r"[>\s]{0,10}(?:on|am|el|le|il|op|em|den|dne|w dniu|il giorno|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|[\w .]{1,30}\d{4})\b",
    re.IGNORECASE,
)
_ENDS = re.compile(rf"\b(?:{_WROTE})\b[^\n]{{0,120}}:\s{{0,5}}$", re.IGNORECASE)
_SEPARATOR = re.compile(
    r"[>\s]{0,10}(?:[-_=*]{2,40}\s{0,3}(?:original message|original appointment|forwarded message|reply message|"
    r"ursprüngliche nachricht|weitergeleitete nachricht|mensaje original|message d'origine|message original|"
    r"messaggio originale|oorspronkelijk bericht|mensagem original)\s{0,3}[-_=*]{0,40}"
    r"|begin forwarded message:|_{20,80})\s{0,10}$",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"[>*\s]{0,10}(from|sent|date|to|cc|subject|von|gesendet|datum|an|betreff|de|enviado|fecha|para|asunto|envoyé|"
    r"objet|à|da|inviato|data|a|oggetto|van|verzonden|aan|onderwerp|assunto)\s?\*{0,2}\s?:",
    re.IGNORECASE,
)
_FIRST_FIELDS = frozenset({"from", "von", "de", "da", "van"})
_FIELDS_OF_A_BLOCK = 3
_QUOTED = re.compile(r"\s{0,5}(?:>|\|\s)")
_SENT_FROM = re.compile(
    r"\s{0,5}\(?(?:sent (?:from|via|with|by) |get outlook for|von meinem .{1,40} gesendet|gesendet (?:mit|von) |"
    r"enviado desde |enviado do |envoyé (?:de|depuis) |inviato da |verzonden vanaf |yahoo! mail|"
    r"this (?:e-?mail|message)(?: and any (?:attachments|files)[^.]{0,60})? (?:is|are|may be|contains?) |"
    r"confidentiality notice|disclaimer:|diese e-?mail (?:enthält|ist vertraulich))",
    re.IGNORECASE,
)
_DASHES = re.compile(r"\s{0,3}(?:--|—|__|-\s-)\s{0,3}$")
_CLOSING = re.compile(
    r"\s{0,5}(?:(?:kind|best|warm|many)? ?regards|best(?: wishes)?|cheers|sincerely(?: yours)?|yours(?: \w{1,10})?|"
    r"thanks(?: \w{1,10}){0,3}|many thanks|thank you|br|mit freundlichen grüßen|mfg|(?:viele|beste|liebe|schöne) grüße|"
    r"grüße|gruß|freundliche grüße|saludos(?: \w{1,10})?|un saludo|atentamente|cordialement|bien à vous|salutations|"
    r"met vriendelijke groet(?:en)?|groeten|groet|cordiali saluti|saluti|atenciosamente|abraços|cumprimentos)"
    r"\s{0,3}[,.!]{0,3}\s{0,5}$",
    re.IGNORECASE,
)
_LINES_OF_A_SIGNATURE = 8
_LONGEST_SIGNATURE_LINE = 70


def own_text(body: str) -> str:
    """Return what the sender wrote; empty only if the body is, or if all of it is quoted."""
    lines = body.split("\n")
    written = _without_quotes(lines)
    if not any(line.strip() for line in written):
        written = [line for line in lines if not _QUOTED.match(line) and not _is_said(line)]
        return "\n".join(written).strip()
    shorter = _without_signature(written)
    return _joined(shorter) or _joined(written)


def _joined(lines: Sequence[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def _without_quotes(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if _SEPARATOR.match(line) or _is_block(lines, number):
            break
        length = _said(lines, number)
        if length and not _quotes_follow(lines, number + length):
            break
        if not length and not _QUOTED.match(line):
            kept.append(line)
        number += length or 1
    return kept


def _said(lines: Sequence[str], number: int) -> int:
    """Return how many lines "On ... wrote:" takes at this place, 0 if there is none."""
    line = lines[number]
    if not _BEGINS.match(line):
        return 0
    for length in (1, 2, 3):
        if number + length <= len(lines) and _ENDS.search(lines[number + length - 1][:300]):
            return length
    return 0


def _is_said(line: str) -> bool:
    return bool(_BEGINS.match(line) and _ENDS.search(line[:300]))


def _quotes_follow(lines: Sequence[str], number: int) -> bool:
    following = next((line for line in lines[number : number + 4] if line.strip()), "")
    return bool(_QUOTED.match(following))


def _is_block(lines: Sequence[str], number: int) -> bool:
    """Tell whether the header block that Outlook puts above a quoted e-mail begins here."""
    first = _FIELD.match(lines[number])
    if not first or first.group(1).lower() not in _FIRST_FIELDS:
        return False
    fields = [bool(_FIELD.match(line)) for line in lines[number : number + 6]]
    return sum(fields) >= _FIELDS_OF_A_BLOCK


def _without_signature(lines: Sequence[str]) -> Sequence[str]:
    for number, line in enumerate(lines):
        if _DASHES.match(line) or _SENT_FROM.match(line):
            lines = lines[:number]
            break
    for number, line in enumerate(lines):
        if number and _CLOSING.match(line) and _is_signature(lines[number + 1 :]):
            return lines[:number]
    return lines


def _is_signature(lines: Sequence[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    short = all(len(line) <= _LONGEST_SIGNATURE_LINE and "?" not in line for line in filled)
    return short and len(filled) <= _LINES_OF_A_SIGNATURE
