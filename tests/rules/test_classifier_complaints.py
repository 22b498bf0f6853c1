"""Feedback reports of every kind, and which of them blame us."""

import pytest

from services.classifier.rules import Incoming, Understanding, classify
from services.classifier.understanding import Facts
from shared.events import FeedbackType
from shared.mail.parsing import parse_email


def reported(kind: str | None, subject: str = "") -> Understanding:
    return classify(Incoming(subject, report={"type": "feedback-report", "feedback_type": kind}))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("abuse", "abuse"),
        ("Fraud", "fraud"),
        ("virus", "virus"),
        ("other", "other"),
        ("auth-failure", "auth-failure"),
        ("opt-out", "opt-out"),
        ("opt-out-list", "opt-out"),
        ("never-registered", "other"),
        (None, "abuse"),
    ],
)
@pytest.mark.parametrize("subject", ["", "Email Feedback Report for IP 192.0.2.1"])
def test_feedback_of_every_kind_is_an_opt_out_with_its_kind(said: str | None, kind: str, subject: str) -> None:
    found = reported(said, subject)
    assert (found.classification, found.facts.to_json()) == ("UNSUB", {"complaint": True, "feedback_type": kind})


@pytest.mark.parametrize("subject", ["", "Abuse Report"])
def test_a_report_that_it_was_no_spam_is_no_complaint_and_holds_nothing(subject: str) -> None:
    found = reported("not-spam", subject)
    assert found.classification == "OOO"
    assert found.facts.to_json() == {"delivered": True, "feedback_type": "not-spam"}


def test_a_complaint_is_known_by_its_subject_alone() -> None:
    found = classify(Incoming("complaint about message from 192.0.2.1"))
    assert found.facts.to_json() == {"complaint": True, "feedback_type": "abuse"}


def test_the_unsubscribe_button_of_apple_mail_is_feedback_that_blames_nobody() -> None:
    raw = b"From: a@b.example\nSubject: unsubscribe\nAuto-Submitted: auto-replied\nX-Apple-Unsubscribe: true\n\nSent.\n"
    mail = parse_email(raw)
    found = classify(Incoming(mail.subject, mail.from_address, mail.headers, mail.text))
    assert (found.classification, found.facts.to_json()) == ("UNSUB", {"complaint": True, "feedback_type": "opt-out"})
    assert not found.facts.blames


@pytest.mark.parametrize("kind", [None, *FeedbackType])
def test_only_abuse_and_what_is_like_it_blames_us(kind: FeedbackType | None) -> None:
    blames = kind in {None, FeedbackType.ABUSE, FeedbackType.FRAUD, FeedbackType.VIRUS, FeedbackType.OTHER}
    assert Facts(complaint=True, feedback_type=kind).blames is blames
    assert not Facts(feedback_type=kind).blames


def notice(kind: str) -> Understanding:
    said = f'{{"notificationType":"Complaint","complaint":{{"complaintFeedbackType":"{kind}"}}}}'
    return classify(Incoming("AWS Notification Message", body=said))


def test_what_a_provider_reports_has_its_kind_too() -> None:
    assert notice("fraud").facts.to_json() == {"complaint": True, "feedback_type": "fraud"}
    assert (notice("not-spam").classification, notice("not-spam").facts.complaint) == ("OOO", False)
