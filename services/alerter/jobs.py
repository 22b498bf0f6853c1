"""What the alerter does by the clock: failed alerts again, and a watch over the other services."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.alerter import watch
from services.alerter.delivery import Delivery
from services.alerter.ledger import claim_due, claim_new, record_the_unrecorded, send_and_record
from shared.forgetting import Old, forget, shrink
from shared.tables import dead_letters, handled_events, outbox, suspects
from shared.unit_of_work import UnitOfWork

_AT_ONCE = 50


@dataclass(slots=True)
class Attention:
    """Since when the watch goes on without a gap.

    After an outage of the database (or a laptop's sleep) every heartbeat is old at first; nobody is
    called dead until the others had `grace` to write theirs.
    """

    grace: timedelta
    _since: datetime | None = None
    _last: datetime | None = None

    def steady(self, now: datetime) -> bool:
        """Note that the watch looks now; return whether it has looked long enough to judge."""
        if self._since is None or self._last is None or now - self._last > self.grace:
            self._since = now
        self._last = now
        return now - self._since >= self.grace


def retry_alerts(uow: UnitOfWork, *, delivery: Delivery) -> None:
    """Send again what failed and is due, and what an instance that died left behind.

    A channel on which nobody answered is tried with one alert; the others wait until that was taken. What was accepted
    before its sender died is known by its receipts, and not told again.
    """
    record_the_unrecorded(uow, delivery)
    while True:
        tried = delivery.to_try()
        limit, lacking = (1, tried) if tried else (_AT_ONCE, delivery.to_use())
        with uow.begin() as tx:
            alerts = claim_due(tx, limit, lacking)
        send_and_record(uow, delivery.with_receipts(alerts), delivery)
        if len(alerts) < limit and not tried:
            delivery.receipts.forget()
            return
        if tried and not alerts:
            return


def forget_old_rows(uow: UnitOfWork, *, memory: timedelta) -> None:
    """Forget guards, suspects and settled dead letters of long ago, and give an empty outbox's space back."""
    # A day later than consumers refuse old events, whose times other machines' clocks may have told.
    before = uow.clock() - memory - timedelta(days=1)
    forget(uow, Old(handled_events, handled_events.c.handled_at < before))
    forget(uow, Old(suspects, suspects.c.started_at < before))
    forget(uow, Old(dead_letters, dead_letters.c.resolved_at < before))
    shrink(uow.engine, outbox)


def watch_services(uow: UnitOfWork, *, delivery: Delivery, ttl: timedelta, attention: Attention) -> None:
    """Tell a human about silent services and new dead letters; needs the database alone, no broker."""
    with uow.begin() as tx:
        drafts = [*watch.new_dead_letters(tx), *watch.gave_up(tx, ttl)]
        if attention.steady(tx.clock()):
            drafts += watch.mark_silent(tx, ttl)
        watch.forget_the_departed(tx)
        alerts = claim_new(tx, drafts, delivery.recipients)
    send_and_record(uow, alerts, delivery)
