"""Who watches which mailbox: leases in the mailboxes' rows, told from older ones by a fencing token.

The database's clock decides, because replicas on several machines have clocks of their own.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update

from services.inbox.imap import ImapServer
from services.inbox.rules import Cursor
from shared.errors import LostLeaseError
from shared.events import AlertRequested
from shared.tables import mailboxes
from shared.unit_of_work import Transaction, UnitOfWork

_TAKEN_AT_ONCE = 5  # a few at a time, so that replicas that start together share the mailboxes
_box = mailboxes.c


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to watch one mailbox, as long as its row names this holder and token."""

    mailbox_id: int
    holder: str
    token: int

    @property
    def holds(self) -> ColumnElement[bool]:
        """Return the condition that guards every write."""
        return (_box.id == self.mailbox_id) & (_box.lease_token == self.token) & (_box.lease_holder == self.holder)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What a watcher needs to know of its mailbox."""

    id: int
    name: str
    address: str
    server: ImapServer
    password_ref: str | None
    folders: tuple[str, ...]
    created_at: datetime
    cursors: Mapping[str, Cursor]

    @property
    def own_addresses(self) -> frozenset[str]:
        """Return the addresses whose mail is ours; people log in with one and write with another."""
        return frozenset({self.address.lower(), self.server.username.lower()})


def take(uow: UnitOfWork, holder: str, seconds: float, watched: Collection[int]) -> list[Lease]:
    """Take leases that are free, expired, or left over from a watcher of our own that ended."""
    now = func.clock_timestamp()
    free = or_(_box.lease_holder.is_(None), _box.lease_expires_at < now, _box.lease_holder == holder)
    rested = or_(_box.watch_retry_at.is_(None), _box.watch_retry_at <= now)
    chosen = (
        select(_box.id)
        .where(_box.imap_host.is_not(None), free, rested, _box.id.not_in(list(watched)))
        .order_by(_box.id)
        .limit(_TAKEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(mailboxes)
        .where(_box.id.in_(chosen.scalar_subquery()))
        .values(
            lease_holder=holder, lease_token=_box.lease_token + 1, lease_expires_at=now + timedelta(seconds=seconds)
        )
        .returning(_box.id, _box.lease_token)
    )
    with uow.begin() as tx:
        return [Lease(row.id, holder, row.lease_token) for row in tx.connection.execute(statement)]


def renew(uow: UnitOfWork, holder: str, seconds: float, watched: Collection[int]) -> dict[int, int]:
    """Prolong all leases of this holder; return the tokens of those that still are its own, by mailbox."""
    statement = (
        update(mailboxes)
        .where(_box.lease_holder == holder, _box.id.in_(list(watched)), _box.imap_host.is_not(None))
        .values(lease_expires_at=func.clock_timestamp() + timedelta(seconds=seconds))
        .returning(_box.id, _box.lease_token)
    )
    with uow.begin() as tx:
        return {row.id: row.lease_token for row in tx.connection.execute(statement)}


def release(uow: UnitOfWork, lease: Lease) -> None:
    """Give a lease back, so that another replica need not wait for its end."""
    with uow.begin() as tx:
        tx.connection.execute(update(mailboxes).where(lease.holds).values(lease_holder=None, lease_expires_at=None))


def guarded(tx: Transaction, lease: Lease, **values: object) -> None:
    """Write to the mailbox's row; raise `LostLeaseError` if the lease has passed to another."""
    changed = tx.connection.execute(update(mailboxes).where(lease.holds).values(**values))
    if changed.rowcount != 1:
        raise LostLeaseError(f"mailbox {lease.mailbox_id} is watched by another instance now")


def load(uow: UnitOfWork, lease: Lease) -> Mailbox:
    """Read the mailbox of a lease; raise `LostLeaseError` if it is not ours any more."""
    with uow.begin() as tx:
        row = tx.connection.execute(select(mailboxes).where(lease.holds, _box.imap_host.is_not(None))).one_or_none()
        if row is None:
            raise LostLeaseError(f"mailbox {lease.mailbox_id} is not ours to watch")
    secure = row.imap_security == "tls"
    port = row.imap_port or (993 if secure else 143)
    return Mailbox(
        id=row.id,
        name=row.name,
        address=row.address,
        server=ImapServer(row.imap_host, port, row.imap_security, row.imap_username or row.address),
        password_ref=row.imap_password_ref,
        folders=tuple(row.folders),
        created_at=row.created_at,
        cursors={name: Cursor(int(at["uidvalidity"]), int(at["last_uid"])) for name, at in row.cursors.items()},
    )


def pause(uow: UnitOfWork, lease: Lease, reason: str, *, rest_seconds: float | None) -> bool:
    """Say why a mailbox is not watched, and call a human when that begins; return whether it began now.

    With `rest_seconds`, nobody tries it again before that time is over.
    """
    retry_at = func.clock_timestamp() + timedelta(seconds=rest_seconds) if rest_seconds else None
    with uow.begin() as tx:
        before = tx.connection.execute(
            select(_box.name, _box.watch_paused_reason).where(lease.holds).with_for_update()
        ).one_or_none()
        guarded(tx, lease, watch_paused_reason=reason[:300], watch_retry_at=retry_at)
        if before is None or before.watch_paused_reason is not None:
            return False
        tx.emit(
            AlertRequested(
                alert_type="MAILBOX_PAUSED",
                subject=f"{lease.mailbox_id}/watch/{tx.clock():%Y-%m-%d}",
                title=f"Mailbox {before.name[:100]} can't be watched: replies are not seen",
                message=reason[:300],
            )
        )
    return True


def verify(uow: UnitOfWork, lease: Lease) -> None:
    """Note that watching works, which ends a pause."""
    with uow.begin() as tx:
        guarded(tx, lease, watch_verified_at=tx.clock(), watch_paused_reason=None, watch_retry_at=None)
