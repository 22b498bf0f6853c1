"""E-mail addresses as they are stored: ASCII, lower case, checked without asking the DNS."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

# What nearly every address looks like; anything else takes the long way.
_PLAIN = re.compile(
    r"[a-z0-9_+-]{1,40}(?:\.[a-z0-9_+-]{1,40})?@(?:[a-z0-9]{1,30}(?:-[a-z0-9]{1,30})?\.){1,4}[a-z]{2,20}"
)
_LONGEST = 254  # RFC 5321, section 4.5.3.1.3
_LONGEST_LOCAL_PART = 64
# Reserved names that are no place for mail (RFC 6761); `.test` is left in, for trying things out.
_RESERVED = (".invalid", ".local", ".localhost", ".onion", ".arpa")


def normalised(text: str) -> str:
    """Return an address as it is stored; raise ValueError saying what is wrong with it."""
    address = text.strip().lower()
    if _PLAIN.fullmatch(address) and len(address) <= _LONGEST_LOCAL_PART and not address.endswith(_RESERVED):
        return address
    return _checked(text.strip())


@lru_cache(maxsize=1024)
def _checked(text: str) -> str:
    if not text:
        raise ValueError("is empty")
    if len(text) > 4 * _LONGEST:
        raise ValueError("is too long")
    try:
        found = validate_email(
            text, check_deliverability=False, allow_smtputf8=False, test_environment=True, strict=True
        )
    except EmailNotValidError as error:
        raise ValueError(str(error).rstrip(".")) from None
    return f"{found.local_part}@{found.ascii_domain}".lower()


def target(text: str) -> str:
    """Return what a suppression names: an address, or a domain written `@example.com`; raise ValueError."""
    bare = text.strip()
    if bare.startswith("@"):
        return "@" + normalised(f"x{bare}").partition("@")[2]
    return normalised(bare)
