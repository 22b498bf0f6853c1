"""The words of mail systems that can't deliver."""

# ruff: noqa: E501 - a family of phrases stands on one line

import re

from services.classifier.words import one_of

MACHINE = re.compile(
    r"mailer[-_ ]?daemon|\bmdaemon\b|post_?master|mail ?delivery|delivery (?:sub)?system|mail system|mail\.delivery|"
    r"microsoftexchange[0-9a-f]{8}|\bsymantec\b|mailsystem|mail administrator|returned mail|internet mail delivery"
)

NOT_DELIVERED = one_of(r"""
    undeliver(?:able|ed)~
    un-?deliver(?:able|ed)
    non-?deliver(?:y|able|ed)
    not (?:be )?delivered
    delivery (?:status )?(?:notification|failure|failed|has failed|report|problem|error|unsuccessful)s?
    (?:mail|message|email)? ?(?:delivery )?(?:failure|failed|error)(?: notice| notification)?
    failure notice
    failed mail
    failed to deliver
    returned mail
    returned to sender
    returning message to sender
    return(?:ed)? (?:email|message|to sender)
    could not (?:be )?(?:deliver|send|sent)(?:ed)?
    can not (?:be )?(?:deliver|send|sent)(?:ed)?
    unable to deliver
    permanent (?:error|failure)
    rejected(?: by)?~
    (?:user|recipient|address|mailbox)(?: is)? (?:unknown|not found|full|does not exist|rejected)
    unzustellbar\w{0,2}
    nicht zugestellt
    nicht zustellbar
    zustellung fehlgeschlagen
    no (?:se )?(?:pudo|puede) entreg\w{2,4}
    no entregado
    devuelto
    non (?:remis|distribue|livre|delivre)e?
    echec de (?:la )?(?:remise|livraison|distribution)
    onbestelbaar
    mancata consegna
    mensagem nao entregue
    falha na entrega
""")

FAILED = one_of(r"""
    (?:could|can|was|were|has|have|is|will)(?: also)? not (?:be |been )?(?:delivered|sent|reached|deliver|processed)
    (?:could|can) not (?:deliver|send|be transmitted)
    (?:was|were) (?:undeliverable|rejected|refused|blocked|returned)~
    (?:undeliverable|undelivered)
    unable to (?:deliver|relay|send|reach|route)
    not able to deliver
    delivery (?:to )?(?:the following )?~(?:failed|has failed|failure|attempts? failed|error)
    failed (?:permanently|to deliver|recipient|addresses|delivery|to send)s?
    permanent (?:fatal )?(?:error|failure|delivery failure)s?
    fatal errors?
    did not reach
    (?:mailbox|user|recipient|account|address|domain|host)~(?:unknown|not found|unavailable|full|disabled|does not exist|do not exist|not exist|rejected|inactive|invalid|over quota|not listed|suspended)
    (?:unknown|no such|invalid|bad|illegal|unrouteable|unroutable|nonexistent|inactive) ~(?:user|recipient|mailbox|address|account|host|domain|local part|person)(?:es|s)?
    does not (?:exist|like recipient|have an? ~account)
    (?:over|exceeded|exceeds) ~(?:quota|limit|storage|mailbox)
    quota exceeded
    mailbox full
    giving up
    returned to (?:the )?sender
    message (?:was )?(?:not accepted|not delivered|refused)
    nicht zugestellt~
    nicht zustellen
    konnte nicht~(?:zugestellt|ausgeliefert|gesendet)
    no (?:se )?(?:ha podido|pudo|puede|fue posible) ~(?:entreg\w{1,5}|enviar)
    n'a pu etre
    n'a pas pu
    non e stato possibile
    kan niet worden (?:bezorgd|afgeleverd)
    nao (?:foi possivel|pode) ~entreg\w{1,4}
""")

REFUSED = re.compile(
    r"\b5\d\d[ -](?:5\.\d{1,3}\.\d{1,3}|[a-z<#])|\b[54]\.\d\.\d{1,3}\b|\bsmtp error|\breturned message\b"
)

DELAYED = one_of(r"""
    delay(?:ed)?(?: notification| delivery| mail)?
    (?:has|have|could|was) not (?:yet been|been|be) ~delivered ~yet
    not yet (?:been )?delivered
    (?:will|is|are) (?:continue|be|going) ~(?:retried|trying|to try|to be tried|to retry|attempting)
    (?:will|shall) (?:keep|continue) (?:trying|to try|retrying|to be attempted)
    could not send message for past
    still (?:being )?(?:tried|retrying|trying)
    no action is required on your part
    you do not need to resend
    temporar(?:y|ily) ~(?:problem|failure|error|deferral)~ ~retr(?:y|ied)
    wird weiter(?:hin)? versucht
    verzogert
""")

FAILED_ANYWAY = one_of(r"""
    giving up
    given up
    failed permanently
    permanent (?:fatal )?(?:error|failure)s?
    (?:could|can) not be delivered
    (?:has|have) been (?:returned|rejected)
    (?:delivery|message) (?:has )?(?:failed|expired|timed out|time expired)
    undeliverable
    undelivered
    retry time(?:out)? (?:not reached|exceeded)~
    too (?:long|many)~
    will not (?:be )?(?:retried|try|retry)
    no further (?:attempts?|delivery)
    returning message
    (?:user|recipient|host|domain|address|mailbox) (?:unknown|not found)
""")

COMPLAINT = re.compile(r"complaint about (?:a )?message from\b|abuse report\b|(?:email )?feedback report for ip\b")

# What mail systems quote of their conversation with another; a person who answers quotes it with marks.
TRANSCRIPT = re.compile(
    r"\bhost [^\n]{3,100}\bsaid:|\bremote (?:host|server|mail server)[^\n]{0,60} (?:said|returned|responded|replied)\b|"
    r"\bwhile talking to [^\n]{3,80}:|>>> (?:rcpt to|data|mail from)\b|<<< [45]\d\d\b|in reply to (?:end of )?(?:rcpt to|data|mail from)\b|"
    r"-{3,10} ?(?:the following addresses had|transcript of session)|smtp error from remote (?:mail )?server|"
    r"(?:final|original)-recipient: ?rfc822|\baction: failed\b|diagnostic-code: ?smtp|reporting-mta: ?dns|"
    r"(?:could|can) not be delivered to(?: the following| one or more)?\W{1,6}(?:recipients?|addresse?s?|<[^<>\s]{3,200}>)|"
    r"(?:mailbox|inbox|account) is (?:full|disabled|unavailable|over quota)|diagnostic information for administrators|"
    r"this is a permanent error|original (?:mail|message) (?:as )?follows|\n[ \t]{0,8}received: (?:from|by) |(?:user|recipient) unknown|unknown (?:user|recipient)|no such (?:user|mailbox|recipient)|"
    r"\b5[0-5]\d[ -]5\.\d\.\d{1,3}\b|\b(?:message|mail) (?:returned|undeliverable):"
)
# Each way of quoting holds one of these; most e-mails hold none, and need not be searched.
IN_TRANSCRIPTS = (
    *("said:", "remote ", "while talking to ", ">>> ", "<<< ", "in reply to ", "-recipient:", "action: failed"),
    *("diagnostic-code:", "reporting-mta:", "not be delivered to", "mailbox is ", "inbox is ", "account is "),
    *("diagnostic information", "permanent error", " follows", "received: ", "unknown", "no such ", "5.", "returned:"),
    *("undeliverable:", "the following addresses had", "transcript of session"),
)

# How mail systems begin their subjects and texts; a person's answer to one of these begins with Re:.
BEGINNING = one_of(r"""
    undeliverable ?:
    undelivered mail returned to sender
    undeliverable (?:mail|message)
    delivery status notification ?\((?:failure|failed)\)
    mail delivery (?:failed|failure|system)
    mail system error
    returned mail ?:
    failure notice
    message (?:undeliverable|not delivered)
    delivery (?:failure|failed|has failed)(?= ?(?:$|:|\(|notification|notice))
    nicht zugestellt
    unzustellbar
    no se puede entregar
    non remis ?:
""")

OPENING = re.compile(
    r"(?:(?!--)[^\n]{0,60}\n{1,3}){0,2}(?:hi\W|hello\W)?\s{0,5}(?:"
    r"you are not (?:a )?member of (?:this|the)|this is the mail system at host|this is the \w{1,20} program at|hi\. this is the|"
    r"delivery has failed to these|your (?:message|email|mail)(?: to [^\n]{1,100})? (?:was|could|can|has|did) ?(?:not|n't) (?:be |been )?(?:delivered|reach)|"
    r"(?:i am|we are) sorry to have to inform you that (?:your|the) message|"
    r"(?:the|this) (?:following )?(?:message|email) (?:to [^\n]{1,100} )?(?:was|could) (?:not be delivered|undeliverable)|"
    r"a message that you sent could not be delivered|"
    r"(?:ihre|die) nachricht[^\n]{0,60}(?:konnte|wurde)[^\n]{0,100} nicht zugestellt|"
    r"(?:su|el) mensaje[^\n]{0,60}no (?:se )?(?:pudo|ha podido)[^\n]{0,20} entreg|"
    r"(?:votre|le) message[^\n]{0,60}n'a (?:pas )?pu)"
)
