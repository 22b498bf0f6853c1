"""Which e-mails are mere notices about ours on its way: still tried, or arrived. They count as no answer."""

from sqlalchemy import false, func, or_

from shared.tables import inbound_emails

_facts = inbound_emails.c.classification_facts

NOTICE = func.coalesce(or_(_facts["delayed"].as_boolean(), _facts["delivered"].as_boolean()), false())
