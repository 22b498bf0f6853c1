"""The judge sees what was planted: each kind of loss, each kind of double, each doubt."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chaos.evidence import Accepted, Alert, Answer, Evidence, Inbound, Outbound, Told
from chaos.judge import Verdict, judge, too_many_doubts

JANE, TOM = "jane@acme.example", "tom@acme.example"
FAULTLESS = Evidence(
    accepted=(Accepted(JANE, "<1@cam>", "Hello Jane"), Accepted(TOM, "<2@cam>", "Hello Tom")),
    answers=(Answer(JANE, "<yes@acme>"),),
    told=(Told("POSITIVE_REPLY/1"),),
    outbound=(
        Outbound(1, JANE, 1, "SENT", "<1@cam>"),
        Outbound(2, TOM, 1, "SENT", "<2@cam>", announced=True, decisions=1),
    ),
    inbound=(Inbound(1, JANE, "<yes@acme>", "POSITIVE", decisions=1, alerts=1, alert_sent=True),),
    alerts=(Alert("POSITIVE_REPLY/1", sent=True),),
    leads={JANE: "QUALIFIED", TOM: "DEAD"},
    queues={"classifier.reply.received": 0},
)
JANES, TOMS = FAULTLESS.outbound
YES = FAULTLESS.inbound[0]


def with_mail(row: Outbound) -> Evidence:
    """Return the evidence with another row for the e-mail to Jane."""
    return replace(FAULTLESS, outbound=(row, TOMS))


def with_reply(row: Inbound) -> Evidence:
    """Return the evidence with another row for Jane's reply."""
    return replace(FAULTLESS, inbound=(row,))


LOSSES: dict[str, Callable[[], Evidence]] = {
    "no server took it": lambda: replace(FAULTLESS, accepted=FAULTLESS.accepted[:1]),
    "no row knows": lambda: replace(FAULTLESS, accepted=(*FAULTLESS.accepted, Accepted(TOM, "<3@cam>", "What?"))),
    "but e-mail 1, step 1 to jane@acme.example, is FAILED": lambda: with_mail(replace(JANES, status="FAILED")),
    "went to tom@acme.example": lambda: replace(
        FAULTLESS, accepted=(Accepted(TOM, "<1@cam>", "Hello Jane"), FAULTLESS.accepted[1])
    ),
    "is still QUEUED": lambda: with_mail(replace(JANES, status="QUEUED")),
    "is still SENDING": lambda: with_mail(replace(JANES, status="SENDING")),
    "nothing will happen": lambda: replace(FAULTLESS, leads={JANE: "CONTACTED", TOM: "DEAD"}),
    "was never stored": lambda: replace(FAULTLESS, inbound=()),
    "was never understood": lambda: with_reply(replace(YES, classification=None, decisions=0)),
    "nothing was decided about reply 1": lambda: with_reply(replace(YES, decisions=0)),
    "no alert was asked for": lambda: with_reply(replace(YES, alerts=0)),
    "nothing was decided about the silence": lambda: with_mail(replace(JANES, announced=True)),
    "was never sent": lambda: replace(FAULTLESS, alerts=(Alert("POSITIVE_REPLY/1", sent=False),)),
    "nobody was told": lambda: replace(FAULTLESS, told=()),
    "which is not in the log": lambda: replace(FAULTLESS, told=(*FAULTLESS.told, Told("POSITIVE_REPLY/2"))),
    "no human was told": lambda: with_mail(replace(JANES, status="UNKNOWN")),
    "dead letter in": lambda: replace(FAULTLESS, dead_letters=("classifier.reply.received.dlq: permanent",)),
    "still holds 3": lambda: replace(FAULTLESS, queues={"classifier.reply.received": 3}),
    "the outbox still holds 2": lambda: replace(FAULTLESS, outbox=2),
}
DOUBLES: dict[str, Callable[[], Evidence]] = {
    "<1@cam> was taken 2 times": lambda: replace(FAULTLESS, accepted=(*FAULTLESS.accepted, FAULTLESS.accepted[0])),
    "jane@acme.example got one step 2 times": lambda: replace(
        FAULTLESS,
        accepted=(*FAULTLESS.accepted, Accepted(JANE, "<4@cam>", "Hello Jane")),
        outbound=(JANES, TOMS, Outbound(4, JANE, 2, "SENT", "<4@cam>")),
    ),
    "step 1 has 2 rows": lambda: replace(
        FAULTLESS,
        accepted=(*FAULTLESS.accepted, Accepted(JANE, "<4@cam>", "Other words")),
        outbound=(JANES, TOMS, Outbound(4, JANE, 1, "SENT", "<4@cam>")),
    ),
    "reply <yes@acme> was stored 2 times": lambda: replace(FAULTLESS, inbound=(YES, replace(YES, id=2))),
    "2 decisions about reply 1": lambda: with_reply(replace(YES, decisions=2)),
    "2 alerts about reply 1": lambda: with_reply(replace(YES, alerts=2)),
    "2 decisions about the silence": lambda: with_mail(replace(JANES, announced=True, decisions=2)),
    "is in the log 2 times": lambda: replace(FAULTLESS, alerts=FAULTLESS.alerts * 2),
}


def test_a_faultless_run_is_found_faultless() -> None:
    verdict = judge(FAULTLESS)
    assert (verdict.lost, verdict.doubled, verdict.unknown, verdict.repeated) == ((), (), (), ())
    assert verdict.held


@pytest.mark.parametrize("words", LOSSES)
def test_a_planted_loss_is_seen_and_is_no_double(words: str) -> None:
    verdict = judge(LOSSES[words]())
    assert any(words in lost for lost in verdict.lost), verdict.lost
    assert verdict.doubled == ()
    assert not verdict.held


@pytest.mark.parametrize("words", DOUBLES)
def test_a_planted_double_is_seen_and_is_no_loss(words: str) -> None:
    verdict = judge(DOUBLES[words]())
    assert [words in doubled for doubled in verdict.doubled] == [True]
    assert verdict.lost == ()
    assert not verdict.held


@pytest.mark.parametrize(("taken", "truth"), [(True, "a server took it"), (False, "no server took it")])
def test_a_doubtful_e_mail_that_a_human_was_told_of_is_listed_with_the_truth(*, taken: bool, truth: str) -> None:
    key = "UNKNOWN_SEND/1"
    doubtful = replace(JANES, status="UNKNOWN", error="no answer was seen")
    seen = replace(
        with_mail(doubtful),
        accepted=FAULTLESS.accepted if taken else FAULTLESS.accepted[1:],
        told=(*FAULTLESS.told, Told(key)),
        alerts=(*FAULTLESS.alerts, Alert(key, sent=True)),
    )
    verdict = judge(seen)
    (unknown,) = verdict.unknown
    assert "e-mail 1, step 1 to jane@acme.example, (<1@cam>)" in unknown
    assert f"{truth}; no answer was seen" in unknown
    assert verdict.held


def test_an_alert_that_was_posted_again_under_its_key_is_a_repetition_and_no_double() -> None:
    verdict = judge(replace(FAULTLESS, told=FAULTLESS.told * 2))
    assert verdict.repeated == ("alert POSITIVE_REPLY/1 was posted 2 times under one key",)
    assert verdict.held


def test_the_lead_of_a_doubtful_e_mail_may_wait_for_its_human() -> None:
    key = "UNKNOWN_SEND/1"
    seen = replace(
        with_mail(replace(JANES, status="UNKNOWN")),
        leads={JANE: "CONTACTED", TOM: "DEAD"},
        told=(*FAULTLESS.told, Told(key)),
        alerts=(*FAULTLESS.alerts, Alert(key, sent=True)),
    )
    assert judge(seen).lost == ()


@pytest.mark.parametrize(("unknown", "kills", "too_many"), [(0, 0, False), (1, 0, True), (4, 2, False), (5, 2, True)])
def test_more_doubts_than_connections_of_killed_senders_are_too_many(
    unknown: int, kills: int, *, too_many: bool
) -> None:
    verdict = Verdict(unknown=("an e-mail",) * unknown)
    assert (too_many_doubts(verdict, kills, 2) is not None) == too_many
