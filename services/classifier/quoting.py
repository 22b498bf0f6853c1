"""Where quoted mail begins: what mail programs write above it, in the languages they come in."""

# ruff: noqa: RUF001 - words in other alphabets

import re
from collections.abc import Sequence

_WROTE = (
    "wrote|writes|schrieb|escribi[oó]|a écrit|ha scritto|schreef|escreveu|написала?|пишет|писал|skrev|napisała?|pisze|"
    "kirjoitti|geschreven|napsala?|írta|a scris|yazdı|έγραψε|写道|寫道|書きました"
)
_BEGINS = re.compile(
    r"[>\s]{0,10}(?:on|am|el|le|il|op|em|den|dne|dnia|w dniu|il giorno|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|"
    r"[\w .,]{1,30}\d{4})\b",
    re.IGNORECASE,
)
_SAID = re.compile(rf"\b(?:{_WROTE})\b[^\n]{{0,160}}:\s{{0,5}}$", re.IGNORECASE)
_SAID_BARELY = re.compile(r"on\b[^\n]{0,60}\d[^\n]{0,160}@[^\n]{1,160}\bwrote$", re.IGNORECASE)
# Many programs write only the date and the sender above what they quote.
_DATED = re.compile(r"(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b")
_ADDRESSED = re.compile(r"<\s?[^<>\s]{1,200}@[^<>\s]{1,200}\s?>\)?\s{0,3}:\s{0,5}$")
_LINES_SAID = 3
_LONGEST_SAID = 400

_RULE = re.compile(r"[>\s]{0,10}[-_=*~#]{3,200}\s{0,10}$")
_TITLED = re.compile(r"[>\s]{0,10}[-_=*]{2,40}\s{0,3}(\S[^\n]{1,100}?\S)\s{0,3}[-_=*]{2,40}\s{0,10}$")
_TITLES = re.compile(
    r"original (?:message|appointment|mail)|forwarded (?:message|by)|reply message|ursprüngliche nachricht|"
    r"weitergeleitete nachricht|mensaje original|message d'origine|message (?:original|transféré)|messaggio originale|"
    r"oorspronkelijk bericht|mensagem original|oprindelig besked|ursprungligt meddelande|alkuperäinen viesti|"
    rf"wiadomość oryginalna|исходное сообщение|\b(?:{_WROTE})\b",
    re.IGNORECASE,
)
_BARE_TITLE = re.compile(r"\s{0,10}(?:begin forwarded message:|_{20,80})\s{0,10}$", re.IGNORECASE)

_FIRST = (
    "from|von|de|da|van|fra|från|lähettäjä|od|kimden|от|від|feladó|remitente|mittente|absender|expéditeur|message du|"
    "发件人|寄件者|差出人|보낸 사람"
)
_FIELD = re.compile(
    rf"[>*\s]{{0,10}}({_FIRST}|sent|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|enviado|fecha|para|asunto|"
    r"envoyé|objet|sujet|à|a|copie à|inviato|data|oggetto|verzonden|aan|onderwerp|assunto|sendt|dato|til|emne|skickat|"
    r"till|ämne|lähetetty|vastaanottaja|aihe|wysłano|do|temat|odesláno|komu|předmět|отправлено|кому|тема|дата|"
    r"gönderilen|kime|konu|发送时间|收件人|主题|送信日時|宛先|件名|日付)\s?\*{0,2}\s?[:\uff1a]",
    re.IGNORECASE,
)
_FIRSTS = frozenset(_FIRST.split("|"))
_FIELDS_OF_A_BLOCK = 3
_QUOTED = re.compile(r"\s{0,5}(?:>|\|\s)")
_LONG_QUOTE = 60


def without_quotes(lines: Sequence[str]) -> list[str]:
    """Return the lines that are not quoted, nor say who is quoted."""
    kept: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if _QUOTED.match(line):
            number += 1 + _wrapped(lines, number)
            continue
        if _ends_own_text(lines, number):
            break
        length = _said(lines, number)
        if length and not _quotes_follow(lines, number + length):
            break
        if not length:
            kept.append(line)
        number += length or 1
    while kept and (not kept[-1].strip() or _RULE.match(kept[-1])) and number < len(lines):
        kept.pop()
    return kept


def is_quoted(line: str) -> bool:
    """Tell whether a line is marked as quoted, or says who is."""
    return bool(_QUOTED.match(line) or _said([line], 0))


def _ends_own_text(lines: Sequence[str], number: int) -> bool:
    line = lines[number]
    if line.lstrip(" \t>")[:1] in {"-", "_", "=", "*"} and _BARE_TITLE.match(line):
        return True
    titled = _TITLED.match(line)
    if titled and (_TITLES.search(titled.group(1)) or _field_follows(lines, number + 1)):
        return True
    return (":" in line or "\uff1a" in line) and bool(_BARE_TITLE.match(line) or _is_block(lines, number))


def _wrapped(lines: Sequence[str], number: int) -> int:
    """Return 1 if the next line is the rest of a long quoted one, which a program wrapped without marking it."""
    following = lines[number + 1 : number + 3]
    if len(lines[number]) < _LONG_QUOTE or not following or not following[0].strip() or _QUOTED.match(following[0]):
        return 0
    goes_on = len(following) > 1 and bool(_QUOTED.match(following[1]))
    return int(goes_on or following[0].lstrip()[:1].islower())


def _said(lines: Sequence[str], number: int) -> int:
    """Return how many lines "On ... wrote:" takes at this place, 0 if there is none."""
    line = lines[number]
    begins, dated = _BEGINS.match(line), _DATED.search(line)
    if not begins and not dated:
        return 0
    said = ""
    for length in range(1, min(_LINES_SAID, len(lines) - number) + 1):
        said = f"{said} {lines[number + length - 1].strip()}".lstrip()[:_LONGEST_SAID]
        if (begins and _SAID.search(said)) or (dated and _ADDRESSED.search(said)) or _SAID_BARELY.match(said):
            return length
    return 0


def _quotes_follow(lines: Sequence[str], number: int) -> bool:
    following = next((line for line in lines[number : number + 4] if line.strip()), "")
    return bool(_QUOTED.match(following))


def _field_follows(lines: Sequence[str], number: int) -> bool:
    following = next((line for line in lines[number : number + 3] if line.strip()), "")
    return bool(_FIELD.match(following))


def _is_block(lines: Sequence[str], number: int) -> bool:
    """Tell whether the header block that Outlook puts above a quoted e-mail begins here."""
    first = _FIELD.match(lines[number])
    if not first or first.group(1).lower() not in _FIRSTS:
        return False
    fields = [bool(_FIELD.match(line)) for line in lines[number : number + 6]]
    return sum(fields) >= _FIELDS_OF_A_BLOCK
