"""What `cam trace` was asked about: an address, a Message-ID, or the number of a lead or an e-mail."""

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, select

from console.addresses import normalised
from shared.errors import ConfigurationError
from shared.tables import inbound_emails, leads, mailboxes, outbound_emails

_NUMBERED = re.compile(r"(?:(lead|outbound|inbound)[/ ])?([1-9][0-9]{0,17})")
_mail = inbound_emails.c


@dataclass(frozen=True, slots=True)
class Asked:
    """The leads whose chains are told; with an e-mail, only what led to it and what followed from it."""

    lead_ids: tuple[int, ...]
    outbound_email_id: int | None = None
    inbound_email_id: int | None = None


def find(connection: Connection, text: str) -> Asked:
    """Return what is meant; raise `ConfigurationError` saying what could have been meant if nothing is."""
    found = _numbered(connection, text) or _address(connection, text) or _message(connection, text)
    if found is None:
        raise ConfigurationError(
            f"nothing is known of '{text}': give a lead's address, a Message-ID, or a number such as lead/3, "
            "outbound/9 or inbound/7 (mail that matches no lead is only counted, not kept)"
        )
    return found


def _numbered(connection: Connection, text: str) -> Asked | None:
    asked = _NUMBERED.fullmatch(text.strip())
    if asked is None:
        return None
    number = int(asked[2])
    match asked[1]:
        case "outbound":
            return _outbound(connection, outbound_emails.c.id == number)
        case "inbound":
            return _inbound(connection, select(_mail.id, _mail.lead_id).where(_mail.id == number))
        case _:
            there = connection.scalar(select(leads.c.id).where(leads.c.id == number))
            return Asked((there,)) if there else None


def _address(connection: Connection, text: str) -> Asked | None:
    try:
        email = normalised(text)
    except ValueError:
        return None
    found = tuple(connection.scalars(select(leads.c.id).where(leads.c.email == email).order_by(leads.c.id)))
    return Asked(found) if found else None


def _message(connection: Connection, text: str) -> Asked | None:
    message_id = f"<{text.strip().strip('<>')}>"
    # The index of arrived Message-IDs begins with the mailbox, of which there are few.
    boxes = list(connection.scalars(select(mailboxes.c.id)))
    mine = _mail.mailbox_id.in_(boxes) & (_mail.message_id == message_id)
    statement = select(_mail.id, _mail.lead_id).where(mine).order_by(_mail.id)
    ours = _outbound(connection, outbound_emails.c.message_id == message_id)
    return ours or _inbound(connection, statement)


def _outbound(connection: Connection, condition: ColumnElement[bool]) -> Asked | None:
    row = connection.execute(select(outbound_emails.c.id, outbound_emails.c.lead_id).where(condition)).first()
    return Asked((row.lead_id,), outbound_email_id=row.id) if row else None


def _inbound(connection: Connection, statement: Select[int, int | None]) -> Asked | None:
    row = connection.execute(statement).first()
    if row is None:
        return None
    if row.lead_id is None:
        raise ConfigurationError(f"inbound/{row.id} belongs to no lead (it could not be read): nothing followed")
    return Asked((row.lead_id,), inbound_email_id=row.id)
