"""Each invariant of the demo holds on good books and fails on bad ones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from demo.evidence import Accepted, Alerted, Decided, Evidence, Heartbeat, Inbound, Outbound, Said
from demo.invariants import INVARIANTS, SERVICES, judge

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
JANE = "jane.doe@eager-1.example"
TOM = "tom.reed@away-2.example"
SOFIA = "sofia.ruiz@silent-3.example"


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def accepted(lead: str, message_id: str, seconds: float) -> Accepted:
    return Accepted(lead, message_id, at(seconds - 0.01), at(seconds))


def beats(status: str, age: float = 1) -> tuple[Heartbeat, ...]:
    return tuple(Heartbeat(service, f"host/{service}/1", status, age) for service in SERVICES)


GOOD = Evidence(
    accepted=(
        accepted(JANE, "<o1>", 0),
        accepted(TOM, "<o2>", 0),
        accepted(SOFIA, "<o3>", 0),
        accepted(TOM, "<o4>", 7),
        accepted(SOFIA, "<o5>", 5),
    ),
    said=(
        Said(JANE, "<i1>", "POSITIVE", at(1)),
        Said(TOM, "<i2>", "OOO", at(1), quiet_seconds=6),
        Said(TOM, "<i3>", "POSITIVE", at(8)),
        Said(SOFIA, "<i4>", None, at(9)),
    ),
    alerts=(
        Alerted("POSITIVE_REPLY/1", "POSITIVE_REPLY", 1, at(2)),
        Alerted("POSITIVE_REPLY/3", "POSITIVE_REPLY", 3, at(9)),
    ),
    outbound=(
        Outbound(JANE, 1, "SENT", "<o1>"),
        Outbound(TOM, 1, "SENT", "<o2>"),
        Outbound(SOFIA, 1, "SENT", "<o3>"),
        Outbound(TOM, 2, "SENT", "<o4>"),
        Outbound(SOFIA, 2, "SENT", "<o5>"),
        Outbound(JANE, 2, "CANCELLED", None),
    ),
    inbound=(
        Inbound(1, JANE, "<i1>", "POSITIVE"),
        Inbound(2, TOM, "<i2>", "OOO"),
        Inbound(3, TOM, "<i3>", "POSITIVE"),
        Inbound(4, SOFIA, "<i4>", "NEUTRAL"),
    ),
    decided=(Decided(1, at(1.8)), Decided(2, at(1.8)), Decided(3, at(8.8)), Decided(4, at(9.5))),
    leads={JANE: "QUALIFIED", TOM: "QUALIFIED", SOFIA: "NURTURE"},
    queue_depths={"alerter.alert.requested": 0, "alerter.alert.requested.dlq": 0},
    during=beats("RUNNING"),
    after=beats("STOPPED"),
)


def with_mail(*more: Accepted) -> Evidence:
    """Return the good books with further e-mails, each of them truly SENT."""
    rows = tuple(Outbound(mail.lead, 3, "SENT", mail.message_id) for mail in more)
    return replace(GOOD, accepted=(*GOOD.accepted, *more), outbound=(*GOOD.outbound, *rows))


@pytest.mark.parametrize("name", INVARIANTS)
def test_every_invariant_holds_on_good_books(name: str) -> None:
    assert INVARIANTS[name](GOOD) == []


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        pytest.param(
            "every_email_once", replace(GOOD, accepted=(*GOOD.accepted, GOOD.accepted[0])), id="accepted twice"
        ),
        pytest.param("every_email_once", replace(GOOD, accepted=GOOD.accepted[1:]), id="SENT but never arrived"),
        pytest.param("every_email_once", replace(GOOD, outbound=GOOD.outbound[1:]), id="arrived but not SENT"),
        pytest.param(
            "every_email_once",
            replace(GOOD, outbound=(replace(GOOD.outbound[0], lead=TOM, position=9), *GOOD.outbound[1:])),
            id="went to somebody else",
        ),
        pytest.param(
            "every_email_once",
            replace(
                GOOD,
                accepted=(*GOOD.accepted, accepted(JANE, "<o9>", 0.5)),
                outbound=(*GOOD.outbound, Outbound(JANE, 1, "SENT", "<o9>")),
            ),
            id="the same step under two Message-IDs",
        ),
        pytest.param("nothing_after_an_answer", with_mail(accepted(JANE, "<o9>", 3.2)), id="2.2 s after a yes"),
        pytest.param("nothing_after_an_answer", with_mail(accepted(TOM, "<o9>", 4)), id="while somebody is away"),
        pytest.param("nothing_after_an_answer", with_mail(accepted(JANE, "<o9>", 2.2)), id="after the decision"),
        pytest.param("every_yes_alerted_once", replace(GOOD, alerts=GOOD.alerts[1:]), id="a yes nobody heard of"),
        pytest.param(
            "every_yes_alerted_once",
            replace(GOOD, alerts=(*GOOD.alerts, replace(GOOD.alerts[0], key="other"))),
            id="a yes told twice under two keys",
        ),
        pytest.param("every_yes_alerted_once", replace(GOOD, alerts=(*GOOD.alerts, GOOD.alerts[0])), id="a key twice"),
        pytest.param(
            "every_yes_alerted_once",
            replace(GOOD, alerts=(*GOOD.alerts, Alerted("POSITIVE_REPLY/2", "POSITIVE_REPLY", 2, at(3)))),
            id="an absence told as a yes",
        ),
        pytest.param("every_reply_found", replace(GOOD, inbound=GOOD.inbound[1:]), id="a reply never stored"),
        pytest.param("every_reply_found", replace(GOOD, inbound=(*GOOD.inbound, GOOD.inbound[0])), id="stored twice"),
        pytest.param(
            "every_reply_found",
            replace(GOOD, inbound=(replace(GOOD.inbound[0], lead=None), *GOOD.inbound[1:])),
            id="matched to nobody",
        ),
        pytest.param(
            "every_reply_understood",
            replace(GOOD, inbound=(replace(GOOD.inbound[0], classification="NEGATIVE"), *GOOD.inbound[1:])),
            id="a yes taken for a no",
        ),
        pytest.param(
            "every_reply_understood",
            replace(GOOD, inbound=(*GOOD.inbound[:3], replace(GOOD.inbound[3], classification=None))),
            id="never classified",
        ),
        pytest.param("every_reply_folded", replace(GOOD, decided=GOOD.decided[1:]), id="no decision"),
        pytest.param(
            "every_lead_where_it_belongs", replace(GOOD, leads={JANE: "NURTURE"}), id="an eager lead given up"
        ),
        pytest.param("every_lead_where_it_belongs", replace(GOOD, leads={SOFIA: "CONTACTED"}), id="not final"),
        pytest.param(
            "no_dead_letters", replace(GOOD, dead_letters=("decision.reply.classified: permanent",)), id="table"
        ),
        pytest.param("no_dead_letters", replace(GOOD, queue_depths={"a.b.dlq": 1}), id="queue"),
        pytest.param("every_heartbeat_alive", replace(GOOD, during=GOOD.during[1:]), id="a service without a row"),
        pytest.param("every_heartbeat_alive", replace(GOOD, during=beats("RUNNING", age=31)), id="an old heartbeat"),
        pytest.param("every_heartbeat_alive", replace(GOOD, during=beats("DEAD")), id="dead"),
        pytest.param("every_service_drained", replace(GOOD, after=beats("RUNNING")), id="still RUNNING"),
        pytest.param("every_service_drained", replace(GOOD, after=GOOD.after[1:]), id="a row went away"),
        pytest.param("every_service_drained", replace(GOOD, exits={"sender": -9}), id="had to be killed"),
        pytest.param(
            "nothing_unknown", replace(GOOD, outbound=(Outbound(JANE, 2, "UNKNOWN", "<o9>"),)), id="a doubtful send"
        ),
    ],
)
def test_an_invariant_fails_on_bad_books(name: str, bad: Evidence) -> None:
    assert INVARIANTS[name](bad)


def test_each_invariant_has_a_case_in_which_it_fails() -> None:
    marks = test_an_invariant_fails_on_bad_books.pytestmark  # type: ignore[attr-defined] # pytest adds it
    assert {case.values[0] for case in marks[0].args[1]} == set(INVARIANTS)


def test_an_email_that_was_under_way_when_the_answer_arrived_is_no_fault() -> None:
    assert INVARIANTS["nothing_after_an_answer"](with_mail(accepted(JANE, "<o9>", 1.5))) == []


def test_an_email_that_was_in_conversation_at_the_decision_is_no_fault() -> None:
    assert INVARIANTS["nothing_after_an_answer"](with_mail(accepted(JANE, "<o9>", 2.0))) == []


def test_an_invariant_can_be_left_out() -> None:
    assert set(INVARIANTS) - set(judge(GOOD, without=["every_service_drained"])) == {"every_service_drained"}
