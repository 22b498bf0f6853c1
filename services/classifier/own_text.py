"""What the sender wrote themselves: the body without our own e-mail, quoted mail, signature and disclaimer."""

# ruff: noqa: RUF001 - words in other alphabets

import re
from collections.abc import Sequence

from services.classifier.quoting import is_quoted, without_quotes

_SENT_FROM = re.compile(
    r"\s{0,5}\(?(?:(?:sent (?:from|via|with|using) |get outlook for |von meinem .{1,40} gesendet|gesendet (?:mit|von) |"
    r"enviado (?:desde|do|de mi|del) |envoyé (?:de|depuis|à partir d) ?|inviato (?:da|con) |verzonden (?:vanaf|met) |"
    r"verstuurd vanaf |skickat från |sendt fra |lähetetty |wysłano z |отправлено с |yahoo! mail)[^\n]{0,150}$|"
    r"this (?:e-?mail|message|communication)(?: and any (?:attachments|files)[^.]{0,60})? (?:is|are|may|contains?) |"
    r"(?:the )?information (?:contained|transmitted) in this |if you are not the (?:intended|named) |"
    r"confidentiality (?:notice|note)|disclaimer ?:|please consider the environment|"
    r"diese (?:e-?mail|nachricht) (?:enthält|ist vertraulich|kann)|der inhalt dieser e-?mail|"
    r"bitte denken sie an die umwelt|"
    r"este (?:mensaje|correo)(?: electrónico)?(?: y [^.]{0,60})? (?:es|son|contiene|puede|va|está dirigido)|"
    r"ce (?:message|courriel|mail)(?: et [^.]{0,60})? (?:est|sont|contient|peut)|"
    r"le informazioni contenute in|dit (?:bericht|e-?mail)(?: en [^.]{0,60})? (?:is|zijn|kan|bevat)|"
    r"(?:esta mensagem|este e-?mail)(?: e [^.]{0,60})? (?:é|contém|pode|destina))",
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
_FEWEST_WORDS = 4
_WORD = re.compile(r"\w+")


def own_text(body: str, sent: str = "") -> str:
    """Return what the sender wrote; empty only if the body is, or if all of it is quoted.

    `sent` is our own e-mail: lines that repeat it are left out even where nothing marks them as quoted.
    """
    lines = body.split("\n")
    written = without_quotes(lines)
    if sent:
        written = _without(written, sent)
    if not any(line.strip() for line in written):
        return "\n".join(_without([line for line in lines if not is_quoted(line)], sent)).strip()
    shorter = _without_signature(written)
    return _joined(shorter) or _joined(written)


def _joined(lines: Sequence[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def _without(lines: Sequence[str], sent: str) -> list[str]:
    """Return the lines that are not part of our own e-mail, however they were wrapped anew."""
    ours = f" {_words(sent)} "
    kept: list[str] = []
    after_ours = False
    for line in lines:
        words = _words(line)
        # A few words alone are anybody's, unless they follow a line of ours.
        enough = words.count(" ") >= _FEWEST_WORDS - 1 or after_ours
        is_ours = bool(words) and enough and f" {words} " in ours
        if not is_ours:
            kept.append(line)
        after_ours = is_ours or (after_ours and not words)
    return kept


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


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
