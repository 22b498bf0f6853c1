"""Whether a failure says that the address is dead (HARD), busy (SOFT), or that our standing is in question (BLOCK)."""

# ruff: noqa: E501 - a family of phrases stands on one line

import re

from services.classifier.words import one_of
from shared.events import BounceKind

# RFC 3463 section 3.2, RFC 7505 (null MX), and 5.1.0 and 5.4.4 where no words say otherwise.
DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_MOSTLY_DEAD = frozenset({"5.1.0", "5.1.4", "5.4.4"})
_SENDER = frozenset({"5.1.7", "5.1.8"})
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")

# What follows is our own e-mail, returned: its header fields speak of spam and policies, too.
_RETURNED = re.compile(
    r"\n(?:received|return-path|dkim-signature|message-id|mime-version):|copy of (?:the|your) message|original message (?:follows|-)|"
    r"below this line|\n[-=* ]{0,20}returned message\b"
)

_SURELY_NOBODY = one_of(r"""
    (?:user|recipient) unknown
    unknown (?:user|recipient)
    no such (?:user|recipient|mailbox|address|account|person)
    invalid (?:recipient|mailbox|user|final delivery)
    (?:mailbox|account|user|address|recipient) does not exist
    (?:was|is|could) not (?:be )?found at the destination
    recipient address rejected: (?:access denied|undeliverable|no such)
    recipient address rejected(?= ?(?:[.;)(]|$|\n))
    address rejected(?= ?[.;]?(?:$|\n))
    requested action not taken: mailbox unavailable
    illegal (?:host|domain|user|alias|recipient)~
    domain ~not reachable
    (?:can|could) not find ~(?:mail exchanger|host|domain)~
    indicated no smtp service
    not accepting network messages
    (?:host|domain) \S{1,200}\.\S{1,60} not found
    (?:host|domain|server) does not accept (?:any )?(?:mail|email)
    (?:destinataire|adresse)~ (?:invalide|inconnue?|inexistante?)
    utilisateur ~inconnu
    (?:empfanger|adressat|benutzer)~ (?:unbekannt|existiert nicht|nicht bekannt)
    unbekannter (?:empfanger|benutzer|adressat)
    (?:usuario|destinatario|buzon|cuenta)~ (?:desconocid[oa]|no existe|inexistente|invalid[oa])
    (?:utente|destinatario|casella)~ (?:sconosciut[oa]|inesistente|non esiste)
    (?:gebruiker|geadresseerde|ontvanger)~ (?:onbekend|bestaat niet)
    (?:usuario|destinatario|conta)~ (?:nao existe|desconhecid[oa])
    not listed in ~(?:directory|address book|name)
    no mailbox here
""")

# Whatever the moment at which a server says this, it speaks of the address.
_NO_ACCOUNT = re.compile(r"(?:does|did) not have an? \S{1,60} account")
# The server refused before it heard of a recipient.
_AT_SENDER = re.compile(r"(?:in reply to|after) (?:the )?mail from\b|>>> mail from:[^\n]{0,300}\s{1,3}<<< 5")
# The server had taken the recipient before it saw the e-mail: what it refuses is the e-mail, whatever its words.
_AFTER_CONTENT = re.compile(
    r"in reply to (?:the )?end of data|after (?:the )?end of data|"
    r"after (?:sending|i sent) (?:the |your )?(?:message|data|body)"
)
_AT_DATA = re.compile(r">>> data\s{1,3}<<< 5")
# Several commands were sent at once (RFC 2920): the refusal shown at DATA was that of the recipient before.
_WITHOUT_RECIPIENT = re.compile(r"<<< 5\d\d[^\n]{0,100}\b(?:rcpt|recipients)\b")

_ABOUT_SENDER = one_of(r"""
    (?:domain of )?sender ~(?:address )?~(?:does not exist|rejected|not found|unknown|denied|invalid)
""")

_FULL = one_of(r"""
    receiving ~mail at a rate
    receiving ~mail too quickly
    (?:mailbox|inbox|account|user|recipient|storage|mailfolder)~(?:is )?(?:full|over ?quota|exceeded|over the maximum)
    (?:over|exceed\w{0,3}|out of|insufficient) ~(?:quota|storage|disk space|system storage|mailbox size|space)
    quota (?:exceeded|violation|full)
    mailbox (?:size )?limit
    (?:disc|disk) quota
    too much mail
    not enough (?:storage|space|disk)~
""")

_ABOUT_US = one_of(r"""
    spam\w{0,6}
    (?:blocked|blacklisted|blocklisted|denylisted|blacklist|blocklist|block list|rbl|dnsbl)
    reputation
    (?:spf|dkim|dmarc|ptr|rdns)
    reverse dns~
    polic(?:y|ies)
    unauthenticated
    authentication ~(?:required|failed|failure|checks?)
    (?:relay|relaying)(?: access)? (?:denied|not permitted|not allowed|prohibited)
    relay(?:ing)? ~denied
    not ~(?:permitted|allowed|authorized|authorised) to (?:relay|send)
    (?:access|permission|connection|service) (?:denied|refused|rejected)
    (?:virus|malware|phishing|banned content|content rejected)
    too many (?:connections|messages|recipients|emails)
    (?:rate|sending) limit\w{0,3}
    (?:message|mail) ~(?:too (?:large|big)|size exceeds)~
    (?:spamhaus|spamcop|barracuda|proofpoint|sorbs)
""")

_NOBODY = one_of(r"""
    (?:user|recipient|mailbox|account|address|addressee)s? ~(?:unknown|not found|invalid|not exist|no longer exists?|not listed|no longer valid|unrouteable)
    (?:unknown|no such|invalid|unrouteable|unroutable|nonexistent|non-existent|undeliverable|bad destination|not a valid) ~(?:user|recipient|mailbox|address|account|local part|person|addressee|alias|domain)(?:s|es)?
    (?:does|do|did) not (?:exist|have an? ~(?:account|mailbox)|match a|list)~
    not a (?:known|valid) (?:user|mailbox|recipient|address)
    no (?:mailbox|account|user) ~(?:here|by that name|with that name|found|available)
    (?:user|recipient|address|email address) (?:could not be|can not be|was not|not|was n't) found
    (?:host|domain|name|mx)~(?:unknown|not found|not exist|no mail exchanger|nonexistent)
    (?:host or domain name not found|no such domain|unknown host|host unknown|nxdomain|null mx|no mx~)
    does not accept (?:mail|email)~
    (?:has|have) (?:moved|changed)~
    user unknown
    unknown user
    unbekannt\w{0,3}
    no existe
""")

_TEMPORARY = one_of(r"""
    (?:expired|timed out|time-?out|timeout exceeded|retry timeout~|too long)
    (?:connection|network) ~(?:refused|reset|timed out|unreachable|lost)
    (?:temporar(?:y|ily))~
    try (?:again )?later
    (?:greylist|graylist)\w{0,3}
""")


def status_in(text: str) -> str | None:
    """Return the first enhanced status code of a failure (RFC 3463) in a text."""
    found = _STATUS.search(text)
    return found.group(1) if found else None


def kind_of(status: str | None, text: str, transcript: str = "") -> BounceKind:
    """Judge a failure by what the server said in words, then by its status; what nobody can tell is SOFT.

    `transcript` is what else the report says of the conversation with the server.
    """
    text = _RETURNED.split(text, maxsplit=1)[0]
    status = status or status_in(text) or ""
    if _FULL.search(text) or status.endswith(".2.2"):
        return BounceKind.SOFT
    # Whatever the words: this status is about us, and a lead must not pay for that.
    if status.startswith(("5.7.", "4.7.")) or status in _SENDER or _is_about_sender(text, transcript):
        return BounceKind.BLOCK
    about_us = bool(_ABOUT_US.search(text))
    if _NO_ACCOUNT.search(text):
        return BounceKind.HARD
    if _is_dead(status, text, about_us=about_us) and not _refuses_content(transcript or text):
        return BounceKind.HARD
    return BounceKind.BLOCK if about_us else BounceKind.SOFT


def _is_dead(status: str, text: str, *, about_us: bool) -> bool:
    if _SURELY_NOBODY.search(text):
        return True
    if status.startswith("4.") or about_us:
        return False
    return status in DEAD or ((status in _MOSTLY_DEAD or bool(_NOBODY.search(text))) and not _TEMPORARY.search(text))


def _is_about_sender(text: str, transcript: str) -> bool:
    return bool(_ABOUT_SENDER.search(text) or _AT_SENDER.search(transcript or text))


def _refuses_content(transcript: str) -> bool:
    at_data = _AT_DATA.search(transcript) and not _WITHOUT_RECIPIENT.search(transcript)
    return bool(at_data or _AFTER_CONTENT.search(transcript))
