"""Header fields (RFC 5322 section 2.2) and their parameters (RFC 2045 section 5.1), read without a parser's tree."""

import re

Fields = dict[str, str]

MAX_HEAD = 128 * 1024
_MAX_FIELD = 16_000
_HEAD = re.compile(r"(?:[ \t][^\n]*+(?:\n|\Z))*+(?:[!-9;-~]*:[^\n]*+(?:\n|\Z)(?:[ \t][^\n]*+(?:\n|\Z))*+)*+")
_FIELD = re.compile(r"^([!-9;-~]{1,200}):((?:[^\n]*+)(?:\n[ \t][^\n]*+)*+)", re.MULTILINE)
_SPACED = re.compile(r"^([A-Za-z_-]{1,40})[ \t]{1,10}:", re.MULTILINE)
_PARAMETER = r"""[ \t\r\n]*+([\w-]++)[ \t\r\n]*+=[ \t\r\n]*+("[^"\\]*+"|[^\s;"()\\*']++)[ \t\r\n]*+"""
_PARAMETERS = re.compile(f";{_PARAMETER}")
_PLAIN_TYPE = re.compile(rf"[ \t\r\n]*+([\w.+-]++/[\w.+-]++)[ \t\r\n]*+(?:;{_PARAMETER})*+;?[ \t\r\n]*+")


def read_fields(text: str) -> Fields:
    """Return the fields at the beginning of a text, up to what is none: the first of each name, names in lower case."""
    text = text[:MAX_HEAD].replace("\r\n", "\n").lstrip("\n")
    head = _HEAD.match(text)
    return _fields(head.group() if head else "")


def read_block(text: str) -> Fields:
    """Return the fields of a report's block, passing over lines that are none.

    Some mail systems write a space before the colon.
    """
    return _fields(_SPACED.sub(r"\1:", text[:MAX_HEAD].replace("\r\n", "\n")))


def _fields(text: str) -> Fields:
    found: Fields = {}
    for name, value in _FIELD.findall(text):
        found.setdefault(name.lower(), value[:_MAX_FIELD].strip())
    return found


def media_type(value: str) -> tuple[str, Fields] | None:
    """Return the media type and its parameters of a `Content-Type`, in lower case; None unless it is a plain one."""
    found = _PLAIN_TYPE.fullmatch(value)
    if not found:
        return None
    parameters: Fields = {}
    for name, parameter in _PARAMETERS.findall(value):
        parameters.setdefault(name.lower(), parameter.strip('"'))
    return found.group(1).lower(), parameters
