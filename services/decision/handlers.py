"""What the decision service does when a reply is understood, and when nobody answered."""

from collections.abc import Sequence

from services.decision.alerts import alert
from services.decision.dossiers import Dossier, Dossiers, Terms, open_dossiers
from services.decision.settle import Record, States, record, settle
from shared.events import Classification, Envelope, LeadTimeout, ReplyClassified
from shared.unit_of_work import Transaction, UnitOfWork

UNMATCHED = "UNMATCHED"
_MAY_SUPPRESS = {Classification.UNSUB, Classification.BOUNCE}


def reply_classified(events: Sequence[Envelope[ReplyClassified]], uow: UnitOfWork, *, terms: Terms) -> None:
    """Fold the leads that answered; record a decision for every event, and ask for the alerts."""
    with uow.begin() as tx:
        fresh = tx.fresh(events)
        lead_ids = {event.data.lead_id for event in fresh if event.data.lead_id}
        dossiers = open_dossiers(tx, lead_ids, terms)
        states = settle(tx, dossiers, lead_ids, _because(fresh, dossiers))
        record(tx, [_reply_record(event.data, dossiers, states) for event in fresh])
        for event in fresh:
            _alert(tx, event, dossiers)


def lead_timeout(events: Sequence[Envelope[LeadTimeout]], uow: UnitOfWork, *, terms: Terms) -> None:
    """Fold the leads that stayed silent: queue the next step, or end the sequence as the campaign says."""
    with uow.begin() as tx:
        fresh = tx.fresh(events)
        lead_ids = {event.data.lead_id for event in fresh}
        silent = {event.data.outbound_email_id for event in fresh}
        dossiers = open_dossiers(tx, lead_ids, terms, silent)
        states = settle(tx, dossiers, lead_ids, {})
        record(tx, [_timeout_record(event.data, dossiers, states) for event in fresh])


def _because(events: Sequence[Envelope[ReplyClassified]], dossiers: Dossiers) -> dict[str, int]:
    """Return the inbound e-mail behind each address that may have to rest."""
    return {
        dossiers[lead_id].email: event.data.inbound_email_id
        for event in events
        if (lead_id := event.data.lead_id) in dossiers and event.data.classification in _MAY_SUPPRESS
    }


def _reply_record(reply: ReplyClassified, dossiers: Dossiers, states: States) -> Record:
    dossier = dossiers.get(reply.lead_id or 0)
    inputs: dict[str, object] = {
        "event": reply.type,
        "classification": reply.classification,
        "confidence": reply.confidence,
        "reason": reply.reason,
        "classifier_version": reply.classifier_version,
        "revision": reply.revision,
    }
    if dossier is None:
        return Record(UNMATCHED, UNMATCHED, inputs, inbound_email_id=reply.inbound_email_id)
    return _record(dossier, states, inputs, inbound_email_id=reply.inbound_email_id)


def _timeout_record(timeout: LeadTimeout, dossiers: Dossiers, states: States) -> Record:
    dossier = dossiers.get(timeout.lead_id)
    inputs: dict[str, object] = {"event": timeout.type}
    if dossier is None:
        return Record(UNMATCHED, UNMATCHED, inputs, outbound_email_id=timeout.outbound_email_id)
    return _record(dossier, states, inputs, outbound_email_id=timeout.outbound_email_id)


def _record(
    dossier: Dossier,
    states: States,
    inputs: dict[str, object],
    *,
    inbound_email_id: int | None = None,
    outbound_email_id: int | None = None,
) -> Record:
    state = states[dossier.lead_id]
    inputs |= {
        "before": dossier.status,
        "next_position": state.next_position,
        "hold_until": state.hold_until.isoformat() if state.hold_until else None,
    }
    return Record(
        rule=state.rule.name,
        outcome=state.status,
        inputs=inputs,
        campaign_id=dossier.campaign_id,
        lead_id=dossier.lead_id,
        inbound_email_id=inbound_email_id,
        outbound_email_id=outbound_email_id,
    )


def _alert(tx: Transaction, event: Envelope[ReplyClassified], dossiers: Dossiers) -> None:
    dossier = dossiers.get(event.data.lead_id or 0)
    reply = dossier.understood(event.data.inbound_email_id) if dossier else None
    if dossier and reply and (asked := alert(dossier, reply)):
        tx.emit(asked, cause=event)
