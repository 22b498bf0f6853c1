"""The sender's jobs: send what is due, settle what is doubtful, announce silence, forget old counters."""

from datetime import timedelta
from threading import Event

from sqlalchemy import select, update

from services.sender.aftermath import settle_abandoned
from services.sender.config import SenderSettings
from services.sender.counters import give_back
from services.sender.doubts import settle_doubtful
from services.sender.journals import Journals
from services.sender.lanes import send_planned
from services.sender.planning import plan
from services.sender.run import ProviderFactory, Run
from services.sender.slots import Slots
from shared.events import LeadTimeout
from shared.forgetting import Old, forget
from shared.states import OutboundState
from shared.tables import outbound_emails, send_counters
from shared.unit_of_work import UnitOfWork

SHORTEST_RUN_SECONDS = 30.0
BATCH = 500
COUNTERS_KEPT = timedelta(days=7)


def send_due(
    uow: UnitOfWork, *, settings: SenderSettings, journals: Journals, open_provider: ProviderFactory, stop: Event
) -> None:
    """Send what is due, within caps and windows; a run takes about an interval at most."""
    with uow.begin() as tx:
        planned = plan(tx, settings)
    if planned is None:
        return
    slots = Slots(planned.granted)
    until = uow.clock() + timedelta(seconds=max(settings.interval_seconds, SHORTEST_RUN_SECONDS))
    try:
        send_planned(Run(uow, settings, slots, journals, open_provider, stop, until), planned)
    finally:
        with uow.begin() as tx:
            give_back(tx, planned.day, planned.wishes, slots.unused())


def settle(uow: UnitOfWork, *, settings: SenderSettings, journals: Journals) -> None:
    """Settle what the dead left behind: by their journals first, because they know more than a lease that is over."""
    settle_abandoned(uow, journals, settings)
    settle_doubtful(uow, day_seconds=settings.day_seconds)


def forget_counters(uow: UnitOfWork) -> None:
    """Forget the counters of days that no cap asks for any more."""
    forget(uow, Old(send_counters, send_counters.c.day < uow.clock().date() - COUNTERS_KEPT))


def announce_silence(uow: UnitOfWork, *, stop: Event) -> None:
    """Announce `lead.timeout` for each e-mail whose wait is over, in batches of one transaction each."""
    while not stop.is_set() and _announce_batch(uow) == BATCH:
        pass


def _announce_batch(uow: UnitOfWork) -> int:
    email = outbound_emails.c
    now = uow.clock()
    over = (
        select(email.id)
        .where(email.status == OutboundState.SENT, email.silence_announced_at.is_(None), email.silent_at <= now)
        .order_by(email.silent_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .cte("over")
        .prefix_with("MATERIALIZED")
    )
    announced = (
        update(outbound_emails)
        .where(email.id == over.c.id)
        .values(silence_announced_at=now)
        .returning(email.id, email.lead_id, email.campaign_id)
    )
    with uow.begin() as tx:
        rows = tx.connection.execute(announced).all()
        for row in rows:
            tx.emit(LeadTimeout(outbound_email_id=row.id, lead_id=row.lead_id, campaign_id=row.campaign_id))
    return len(rows)
