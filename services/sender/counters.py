"""Daily caps that hold exactly, however many senders run: slots are reserved before and handed back after."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from services.sender.rules_shares import Key, Wish, share
from shared.tables import send_counters
from shared.unit_of_work import Transaction

_ADD = (
    update(send_counters)
    .where(send_counters.c.scope == bindparam("of_scope"), send_counters.c.day == bindparam("of_day"))
    .values(reserved=send_counters.c.reserved + bindparam("change"))
)


def reserve(
    tx: Transaction, day: date, wishes: Sequence[Wish], caps: Mapping[str, int | None], batch_cap: int
) -> dict[Key, int]:
    """Reserve slots of this day (UTC) and return how many each wish was granted; a cap of None has no end."""
    taken = _lock(tx, day, sorted(caps))
    left = {scope: cap - taken[scope] for scope, cap in caps.items() if cap is not None}
    granted = share(wishes, left, batch_cap)
    _add(tx, day, wishes, granted, 1)
    return granted


def give_back(tx: Transaction, day: date, wishes: Sequence[Wish], unused: Mapping[Key, int]) -> None:
    """Hand slots back that were reserved on this day and not used."""
    _lock(tx, day, sorted({scope for wish in wishes for scope in wish.scopes}))
    _add(tx, day, wishes, unused, -1)


def _lock(tx: Transaction, day: date, scopes: Sequence[str]) -> dict[str, int]:
    """Lock the counters, always in the order of their names, so that two senders never wait for each other."""
    rows = [{"scope": scope, "day": day} for scope in scopes]
    tx.connection.execute(insert(send_counters).values(rows).on_conflict_do_nothing())
    found = tx.connection.execute(
        select(send_counters.c.scope, send_counters.c.reserved)
        .where(send_counters.c.day == day, send_counters.c.scope.in_(scopes))
        .order_by(send_counters.c.scope.collate("C"))
        .with_for_update()
    )
    return {row.scope: row.reserved for row in found}


def _add(tx: Transaction, day: date, wishes: Sequence[Wish], slots: Mapping[Key, int], sign: int) -> None:
    changes: dict[str, int] = {}
    for wish in wishes:
        for scope in wish.scopes:
            changes[scope] = changes.get(scope, 0) + sign * slots.get(wish.key, 0)
    rows = [{"of_scope": scope, "of_day": day, "change": change} for scope, change in changes.items() if change]
    if rows:
        tx.connection.execute(_ADD, rows)
