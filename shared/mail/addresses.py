"""Addresses and message ids out of header values that may be anything."""

import re
from email.utils import parseaddr

from shared.mail.charsets import storable

_IDS = re.compile(r"<[^<>\s]{1,500}>")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+'=&~#-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_PLAIN = re.compile(rf"(?:\"([^\"\\<>@]{{0,200}})\" ?|([\w .'-]{{0,200}}))<({_ADDRESS.pattern})>|({_ADDRESS.pattern})")
_MAX_VALUE = 1000
_MAX_IDS = 100


def message_ids(value: object) -> tuple[str, ...]:
    """Return the message ids of a header value, each once, with their angle brackets; at most 100, the last ones."""
    found = _IDS.findall(str(value or "")[:20_000])
    return tuple(dict.fromkeys(storable(part) for part in found))[-_MAX_IDS:]


def name_and_address(value: str) -> tuple[str, str]:
    """Return the name and the address (lower case) in a header value, empty where there is none."""
    value = storable(value)[:_MAX_VALUE].strip()
    if plain := _PLAIN.fullmatch(value):
        return (plain[1] or plain[2] or "").strip()[:200], (plain[3] or plain[4]).lower()
    try:
        name, address = parseaddr(value)
    except RecursionError:
        name = address = ""  # comments nested too deeply
    if "@" not in address:
        address = next(iter(addresses_in(value)), "")
    return name[:200], address.strip().lower()[:320]


def addresses_in(text: str) -> list[str]:
    """Return the addresses that a text mentions, in lower case and each once."""
    return list(dict.fromkeys(address.lower() for address in _ADDRESS.findall(text)))
