"""Finds the e-mails of ours and the leads that arrived e-mails belong to: one statement each for a whole batch."""

from collections.abc import Collection, Iterable

from sqlalchemy import ARRAY, ColumnElement, Connection, Text, any_, cast, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.elements import CollectionAggregate

from services.inbox.rules import Contact
from shared.mail.parsing import ParsedEmail
from shared.states import OutboundState
from shared.tables import inbound_emails, leads, outbound_emails

_email, _lead, _arrived = outbound_emails.c, leads.c, inbound_emails.c
# A handed-over e-mail may be answered before its sender has noted that it left.
_MAY_HAVE_ARRIVED = (OutboundState.SENT, OutboundState.SENDING, OutboundState.UNKNOWN)
_contact = select(_email.id, _email.lead_id, _lead.campaign_id, _lead.email, _email.message_id).join(
    leads, _lead.id == _email.lead_id
)


def threads(connection: Connection, message_ids: Collection[str]) -> dict[str, Contact]:
    """Return our e-mails among these message ids."""
    if not message_ids:
        return {}
    rows = connection.execute(_contact.where(_email.message_id == _any_of(message_ids)))
    return {row.message_id: Contact(row.id, row.lead_id, row.campaign_id, row.email) for row in rows}


def contacts(connection: Connection, addresses: Collection[str], mailbox_id: int) -> dict[str, Contact]:
    """Return the last e-mail to the leads with these addresses, first of all the last one from this mailbox."""
    if not addresses:
        return {}
    statement = (
        _contact.where(_lead.email == _any_of(addresses), _email.state.in_(_MAY_HAVE_ARRIVED))
        .ext(distinct_on(_lead.email))
        .order_by(
            _lead.email,
            (_email.mailbox_id == mailbox_id).desc(),
            _email.sent_at.desc().nulls_first(),
            _email.id.desc(),
        )
    )
    return {
        row.email: Contact(row.id, row.lead_id, row.campaign_id, row.email) for row in connection.execute(statement)
    }


def known(connection: Connection, mailbox_id: int, mails: Iterable[ParsedEmail]) -> set[tuple[object, ...]]:
    """Return the fingerprints of those e-mails that this mailbox has already given us, from whatever place."""
    named = {mail.message_id for mail in mails if mail.message_id}
    nameless = {mail.subject for mail in mails if not mail.message_id}
    same: list[ColumnElement[bool]] = []
    if named:
        same.append(_arrived.message_id == _any_of(named))
    if nameless:
        same.append(_arrived.message_id.is_(None) & (_arrived.subject == _any_of(nameless)))
    if not same:
        return set()
    columns = (_arrived.message_id, _arrived.from_address, _arrived.subject, _arrived.sent_at, _arrived.size_bytes)
    statement = select(*columns).where(_arrived.mailbox_id == mailbox_id, _arrived.parse_error.is_(None), or_(*same))
    return {
        (row.message_id,) if row.message_id else (row.from_address, row.subject, row.sent_at, row.size_bytes)
        for row in connection.execute(statement)
    }


def _any_of(values: Collection[str]) -> CollectionAggregate[bool]:
    return any_(cast(sorted(values), ARRAY(Text)))
