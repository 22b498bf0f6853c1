"""What the decision service does by the clock."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select, update

from services.decision.campaign_rules import judge
from services.decision.dossiers import Terms, open_dossiers
from services.decision.health import Checkup, check_up, move
from services.decision.rules import Limits, Rule, Verdict
from services.decision.score import count_day, days_touched
from services.decision.settle import Record, record, settle
from shared.states import CampaignStatus, LeadStatus
from shared.tables import leads
from shared.unit_of_work import Transaction, UnitOfWork

HOLDS_AT_ONCE = 500
_FINISHED = Verdict(CampaignStatus.FINISHED, "finished", "every lead has come to an end")


def release_holds(uow: UnitOfWork, *, terms: Terms) -> None:
    """Fold the leads that are back again."""
    while _release(uow, terms) == HOLDS_AT_ONCE:
        pass


def note_contacts(uow: UnitOfWork) -> None:
    """Let the status of leads that were written to say so; nothing else of theirs has changed."""
    # Whoever holds one of them now is writing about it; a wait for them, with others in hand, could be a deadlock.
    written_to = (
        select(leads.c.id)
        .where(leads.c.status == LeadStatus.NEW, leads.c.last_contacted_at.is_not(None))
        .with_for_update(skip_locked=True, key_share=True)
    )
    contacted = update(leads).where(leads.c.id.in_(written_to))
    with uow.begin() as tx:
        tx.connection.execute(contacted.values(status=LeadStatus.CONTACTED, status_reason=Rule.WAITING))


def keep_score(uow: UnitOfWork) -> None:
    """Count today, yesterday, and each earlier day whose replies were understood (again) since yesterday."""
    with uow.begin() as tx:
        if not _alone(tx, "decision.keep_score"):
            return
        today = tx.clock().astimezone(UTC).date()
        yesterday = today - timedelta(days=1)
        late = days_touched(tx, datetime.combine(yesterday, time(), UTC))
        for day in sorted(late | {yesterday, today}):
            count_day(tx, day)


def evaluate_campaigns(uow: UnitOfWork, *, limits: Limits) -> None:
    """Pause, degrade, recover or finish campaigns; each change is recorded with its inputs."""
    with uow.begin() as tx:
        if not _alone(tx, "decision.evaluate_campaigns"):
            return
        moved = [
            move(tx, checkup, verdict)
            for checkup in check_up(tx, limits)
            if (verdict := _verdict(checkup)).status is not checkup.status
        ]
        record(tx, [row for row in moved if row])


def _verdict(checkup: Checkup) -> Verdict:
    return _FINISHED if checkup.finished else judge(checkup.status, checkup.counts, checkup.limits)


def _release(uow: UnitOfWork, terms: Terms) -> int:
    with uow.begin() as tx:
        over = (
            select(leads.c.id)
            .where(leads.c.status == LeadStatus.ON_HOLD, leads.c.hold_until <= tx.clock())
            .order_by(leads.c.hold_until)
            .limit(HOLDS_AT_ONCE)
        )
        lead_ids = set(tx.connection.execute(over).scalars())
        dossiers = open_dossiers(tx, lead_ids, terms)
        states = settle(tx, dossiers, lead_ids, {})
        record(
            tx,
            [
                Record(
                    rule=state.rule.name,
                    outcome=state.status,
                    inputs={
                        "event": "hold is over",
                        "before": dossiers[lead_id].status,
                        "next_position": state.next_position,
                    },
                    campaign_id=dossiers[lead_id].campaign_id,
                    lead_id=lead_id,
                )
                for lead_id, state in states.items()
                if lead_id in lead_ids
            ],
        )
    return len(lead_ids)


def _alone(tx: Transaction, name: str) -> bool:
    """Tell whether no other instance is doing this job at the moment."""
    return bool(tx.connection.execute(select(func.pg_try_advisory_xact_lock(func.hashtext(name)))).scalar_one())
