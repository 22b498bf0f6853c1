"""What a launch does: every lead must render every step, then step 1 is queued for all of them at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, select, text

from console import campaigns
from console.campaigns import Wording
from console.output import clean, in_words
from console.templates import ADDRESS, Needs, needs
from services.sender.templates import RenderError, render_body, render_subject
from shared.schedule import Window, after_days, opens
from shared.states import LeadStatus
from shared.tables import leads, outbound_emails

_AT_ONCE = 2_000
SHOWN = 20

# The variant a lead gets is the same for every step and every run: the one that the follow-ups pick too.
_QUEUE = """
WITH opening(timezone, due_at) AS (SELECT * FROM unnest(CAST(:timezones AS text[]), CAST(:openings AS timestamptz[])))
INSERT INTO outbound_emails (campaign_id, lead_id, mailbox_id, position, variant, silence_days, due_at)
SELECT l.campaign_id, l.id, :mailbox, 1,
       (CAST(:variants AS text[]))[1 + mod(h.high * 4294967296::numeric + h.low, :count)::int], :silence, o.due_at
FROM leads l
CROSS JOIN LATERAL (SELECT sha256(convert_to(l.id::text, 'UTF8')) AS d) digest
CROSS JOIN LATERAL (
    SELECT ('x' || encode(substring(d FOR 4), 'hex'))::bit(32)::bigint AS high,
           ('x' || encode(substring(d FROM 5 FOR 4), 'hex'))::bit(32)::bigint AS low
) h
JOIN opening o ON o.timezone = COALESCE(l.timezone, :timezone)
WHERE l.campaign_id = :campaign AND l.status = 'NEW'
ORDER BY l.id
ON CONFLICT (lead_id, position) DO NOTHING
"""
_TIMEZONES = """
SELECT DISTINCT COALESCE(timezone, :timezone) FROM leads WHERE campaign_id = :campaign AND status = 'NEW'
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """A lead that a step can't be rendered for."""

    lead: str
    step: str
    reason: str

    def __str__(self) -> str:
        return f"{self.lead}: {self.step}: {self.reason}"


@dataclass(slots=True)
class Check:
    """What came of rendering: how many leads were looked at, how many failed, and the first of them."""

    leads: int
    failed: int
    first: list[Problem]


def check(connection: Connection, campaign_id: int) -> Check:
    """Render every step for every lead that was not written to yet; leads are streamed, problems capped."""
    asked = [
        (wording, needs((wording.subject or "") + "\n" + wording.body))
        for wording in campaigns.steps(connection, campaign_id)
    ]
    found = Check(0, 0, [])
    for address, fields in _new_leads(connection, campaign_id):
        found.leads += 1
        problem = next(_problems(asked, address, fields), None)
        if problem:
            found.failed += 1
            if len(found.first) < SHOWN:
                found.first.append(problem)
    return found


def _new_leads(connection: Connection, campaign_id: int) -> Iterator[tuple[str, Mapping[str, object]]]:
    statement = (
        select(leads.c.email, leads.c.fields)
        .where(leads.c.campaign_id == campaign_id, leads.c.status == LeadStatus.NEW)
        .execution_options(stream_results=True, yield_per=_AT_ONCE)
    )
    for row in connection.execute(statement):
        yield row.email, row.fields


def _problems(asked: Sequence[tuple[Wording, Needs]], address: str, fields: Mapping[str, object]) -> Iterator[Problem]:
    for wording, needed in asked:
        for name in sorted(needed.filled):
            if fields.get(name) in {None, ""}:
                yield Problem(address, wording.label, f"'{name}' {'is empty' if name in fields else 'is missing'}")
        try:
            rendered(wording, address, fields)
        except RenderError as error:
            yield Problem(address, wording.label, str(error))


def rendered(wording: Wording, address: str, fields: Mapping[str, object]) -> tuple[str | None, str]:
    """Return subject (None: same thread) and body exactly as the sender will write them; raise `RenderError`."""
    known = {**fields, ADDRESS: address}
    subject = None if wording.subject is None else render_subject(wording.subject, known)
    return subject, render_body(wording.body, known)


def queue(connection: Connection, campaign: RowMapping, *, now: datetime, day_seconds: float) -> int:
    """Queue step 1 for every new lead that has none, due when its window opens; return for how many."""
    steps = campaigns.steps(connection, campaign["id"])
    first = [step for step in steps if step.position == 1]
    second = next((step.wait_days for step in steps if step.position > 1), campaign["end_wait_days"])
    start = after_days(now, first[0].wait_days, day_seconds)
    openings = _openings(connection, campaign, start)
    values = {
        "campaign": campaign["id"],
        "mailbox": campaign["mailbox_id"],
        "timezone": campaign["timezone"],
        "timezones": list(openings),
        "openings": list(openings.values()),
        "variants": [step.variant for step in first],
        "count": len(first),
        "silence": second,
    }
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    return connection.execute(text(_QUEUE), values).rowcount


def _openings(connection: Connection, campaign: RowMapping, start: datetime) -> dict[str, datetime]:
    names = connection.execute(text(_TIMEZONES), {"campaign": campaign["id"], "timezone": campaign["timezone"]})
    return {name: opens(window(campaign, name), start) for name in names.scalars()}


def window(campaign: RowMapping, timezone: str | None = None) -> Window:
    """Return when mail of a campaign may leave to a lead in that time zone."""
    weekdays = frozenset(campaign["window_weekdays"])
    place = timezone or campaign["timezone"]
    return Window(place, campaign["window_start_minute"], campaign["window_end_minute"], weekdays)


def refusal(name: str, checked: Check) -> str:
    """Return the one line that says why a campaign can't be launched."""
    if not checked.leads:
        return f"campaign '{name}' has no lead that was not written to yet (cam leads import)"
    first = "; ".join(clean(str(problem)) for problem in checked.first[:3])
    more = f" (and {checked.failed - 3:,} more leads)" if checked.failed > 3 else ""  # noqa: PLR2004 - three are shown
    return f"campaign '{name}' is not launched: {first}{more}"


def first_due(connection: Connection, campaign_id: int) -> datetime | None:
    """Return when the next e-mail of a campaign is due; None: nothing is queued."""
    of = outbound_emails.c
    statement = select(func.min(of.not_before)).where(of.campaign_id == campaign_id, of.status == "QUEUED")
    return connection.execute(statement).scalar()


def when(due: datetime | None, now: datetime) -> str:
    """Return when the first e-mail leaves, as people say it."""
    return "leaves at once" if due is None or due <= now else f"is due {in_words(due)}"
