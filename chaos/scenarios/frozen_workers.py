"""A frozen worker does no harm: stopped at a bad moment for longer than its lease, then woken, it is refused."""

from sqlalchemy import text

from chaos.arena import Arena
from chaos.broker import close_connections
from shared.database import transaction
from shared.errors import OutageError

FREEZES = 20
REPLICAS = {"sender": 2, "inbox": 2, "classifier": 2, "decision": 2, "alerter": 2}
MOMENTS = (
    ("sender", "after_claim"),
    ("alerter", "after_alert_claimed"),
    ("inbox", "after_fetch"),
    ("decision", "before_commit"),
    ("sender", "before_smtp_data"),
    ("alerter", "after_alert_sent"),
    ("classifier", "before_commit"),
    ("sender", "after_smtp_250"),
    ("alerter", "after_alert_noted"),
    ("inbox", "after_store"),
    ("decision", "before_ack"),
)
REACHED_SECONDS = 5.0
MOST_FED = 12
# The lease of a mailbox ends meanwhile. Those of e-mails (5 minutes) and alerts (1 minute) are ended by hand, but not
# before their holders must have given up what they had not begun: an e-mail 1 s after its claim, an alert 3 s.
FROZEN_SECONDS = {"alerter": 6.0}
USUALLY_SECONDS = 4.0
_LEASES_END = (
    text("""\
UPDATE outbound_emails SET lease_expires_at = now()
WHERE state = 'SENDING' AND lease_expires_at < now() + interval '5 minutes' - interval '2 seconds'"""),
    text("""\
UPDATE cam_human_alert_logs SET next_attempt_at = now()
WHERE NOT sent_successfully AND next_attempt_at < now() + interval '1 minute' - interval '4 seconds'"""),
)


def play(arena: Arena) -> None:
    """Stop a replica of a service at a named point while another goes on, and wake it when its rights are over."""
    arena.begin(REPLICAS)
    times = arena.dose.times(FREEZES)
    frozen = [_freeze(arena, *MOMENTS[strike % len(MOMENTS)]) for strike in arena.strikes(times, last=0.7)]
    arena.figures["frozen"] = sum(frozen)
    if not all(frozen):
        arena.broken.append(f"{times - sum(frozen)} of {times} workers never came to where they were to freeze")


def _freeze(arena: Arena, service: str, point: str) -> bool:
    order = arena.order(service, point, "stop")
    for _ in range(MOST_FED):
        if arena.happens(lambda: not order.exists(), REACHED_SECONDS):
            break
        # The load may be over: somebody who answers passes every service.
        arena.launch_one()
    else:
        order.unlink(missing_ok=True)
        return False
    arena.wait(FROZEN_SECONDS.get(service, USUALLY_SECONDS))
    _end_its_rights(arena, service)
    arena.wait(USUALLY_SECONDS)
    arena.fleet.thaw_all()
    return True


def _end_its_rights(arena: Arena, service: str) -> None:
    """Let leases run out, and let the broker take the worker's deliveries back, as it would after some minutes.

    Its living colleague's connection is closed as well, in the middle of its work, and must do no harm either.
    """
    with transaction(arena.witness.engine) as connection:
        for statement in _LEASES_END:
            connection.execute(statement)
    try:
        close_connections(arena.machines.addresses.management_url, arena.stage.amqp_url, f"cam {service}")
    except OutageError as error:
        arena.say(str(error))
