"""Campaigns in the database: found by name, created from a sequence, moved by command."""

from collections.abc import Sequence as Many
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from console.sequence import Sequence, wordings
from shared.errors import CamError, ConfigurationError
from shared.states import CampaignStatus, Provider
from shared.tables import campaigns, mailboxes, sequence_steps


@dataclass(frozen=True, slots=True)
class Wording:
    """One variant of one step as it is stored."""

    position: int
    variant: str
    wait_days: float
    subject: str | None
    body: str

    @property
    def label(self) -> str:
        """Return how people call it."""
        return f"step {self.position}{'' if self.variant == 'A' else self.variant}"


def find(connection: Connection, name: str, *, lock: bool = False) -> RowMapping:
    """Return a campaign's row; raise `ConfigurationError` with what may have been meant."""
    statement = select(campaigns).where(campaigns.c.name == name)
    row = connection.execute(statement.with_for_update(key_share=True) if lock else statement).mappings().first()
    if row is None:
        raise ConfigurationError(f"there is no campaign '{name}'{_near(connection, name)}")
    return row


def find_by_name_or_number(connection: Connection, given: str) -> RowMapping:
    """Return a campaign's row; a campaign of that name goes before one of that number."""
    if given.isdecimal() and len(given) < 19:  # noqa: PLR2004 - digits that a number has room for
        numbered = (campaigns.c.name == given) | (campaigns.c.id == int(given))
        found = connection.execute(select(campaigns).where(numbered).order_by(campaigns.c.name != given)).mappings()
        if row := found.first():
            return row
    return find(connection, given)


def _near(connection: Connection, name: str) -> str:
    known = list(connection.execute(select(campaigns.c.name).limit(1000)).scalars())
    near = get_close_matches(name, known, n=1)
    return f" (did you mean '{near[0]}'?)" if near else " (see: cam campaign list)"


def mailbox_id(connection: Connection, name: str) -> int:
    """Return the id of a mailbox; raise `ConfigurationError` if there is none of that name."""
    known: dict[str, int] = {row.name: row.id for row in connection.execute(select(mailboxes.c.name, mailboxes.c.id))}
    if name not in known:
        there = f"there are: {', '.join(sorted(known))}" if known else "run cam setup, or: cam mailbox add"
        raise ConfigurationError(f"there is no mailbox '{name}' ({there})")
    return known[name]


def is_dry(connection: Connection, mailbox: int) -> bool:
    """Tell whether nothing ever leaves from a mailbox."""
    provider = connection.execute(select(mailboxes.c.provider).where(mailboxes.c.id == mailbox)).scalar_one()
    return bool(provider == Provider.DRY_RUN)


def create(connection: Connection, name: str, mailbox: int, sequence: Sequence) -> int:
    """Insert a campaign and its steps and return its id; raise `ConfigurationError` if the name is taken."""
    try:
        with connection.begin_nested():
            statement = insert(campaigns).values(_columns(name, mailbox, sequence)).returning(campaigns.c.id)
            created: int = connection.execute(statement).scalar_one()
    except IntegrityError:
        raise ConfigurationError(f"there is a campaign '{name}' already") from None
    steps = [
        {"campaign_id": created, "position": number, "wait_days": step.wait}
        | {"variant": variant, "subject": subject, "body": body}
        for number, step in enumerate(sequence.steps, start=1)
        for variant, subject, body in wordings(step)
    ]
    connection.execute(insert(sequence_steps), steps)
    return created


def _columns(name: str, mailbox: int, sequence: Sequence) -> dict[str, object]:
    return {
        "name": name,
        "mailbox_id": mailbox,
        "end_policy": sequence.end.policy,
        "end_wait_days": sequence.end.after,
        "timezone": sequence.window.timezone,
        "window_start_minute": sequence.window.start,
        "window_end_minute": sequence.window.end,
        "window_weekdays": sorted(sequence.window.days),
        "daily_cap": sequence.limits.daily,
        "auto_pause": sequence.rules.auto_pause,
        "min_reply_rate": sequence.rules.min_reply_rate,
        "min_sends_to_evaluate": sequence.rules.min_sends,
    }


def steps(connection: Connection, campaign_id: int) -> list[Wording]:
    """Return all variants of all steps, in order."""
    of = sequence_steps.c
    columns = (of.position, of.variant, of.wait_days, of.subject, of.body)
    statement = select(*columns).where(of.campaign_id == campaign_id).order_by(of.position, of.variant)
    return [Wording(**row) for row in connection.execute(statement).mappings()]


def move(
    connection: Connection,
    name: str,
    *,
    to: CampaignStatus,
    allowed: Many[CampaignStatus],
    now: datetime,
    reason: str = "",
) -> RowMapping:
    """Set a campaign's status by command and return it as it was; raise `CamError` if it stands elsewhere."""
    before = find(connection, name, lock=True)
    if before["status"] not in allowed:
        raise CamError(f"campaign '{name}' is {before['status']}{_hint(before['status'])}")
    values: dict[str, object] = {"status": to, "status_reason": reason, "status_changed_at": now}
    if to is CampaignStatus.RUNNING:
        # A campaign that a human sets going is not paused again for its past.
        values["rules_since"] = now
    connection.execute(update(campaigns).where(campaigns.c.id == before["id"]).values(values))
    return before


def _hint(status: str) -> str:
    hints = {
        CampaignStatus.DRAFT: " (to start it: cam campaign launch)",
        CampaignStatus.PAUSED: " (to go on: cam campaign resume)",
    }
    return hints.get(CampaignStatus(status), "")
