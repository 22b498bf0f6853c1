"""Delivery reports, with and without structure, and how bad they are."""

import pytest

from services.classifier.rules import Incoming, Understanding, classify


def reported(action: str | None, status: str | None, diagnostic: str | None = None, **fields: object) -> Understanding:
    recipient = {"action": action, "status": status, "final_recipient": "a@b.example", "diagnostic": diagnostic}
    report = {"type": "delivery-status", "recipients": [recipient]} | fields
    return classify(Incoming(subject="Undelivered", headers={"auto-submitted": "auto-replied"}, report=report))


@pytest.mark.parametrize(
    ("status", "diagnostic", "kind"),
    [
        ("5.1.1", None, "HARD"),
        ("5.1.2", None, "HARD"),
        ("5.1.3", None, "HARD"),
        ("5.1.6", None, "HARD"),
        ("5.1.10", None, "HARD"),
        ("5.2.1", None, "HARD"),
        ("5.2.2", None, "SOFT"),
        ("5.7.1", "550 5.7.1 message rejected", "BLOCK"),
        ("5.7.26", None, "BLOCK"),
        ("4.4.7", "delivery time expired", "SOFT"),
        ("5.0.0", "550 user unknown", "HARD"),
        ("5.0.0", "550 blocked using spamhaus", "BLOCK"),
        ("5.0.0", "552 mailbox full", "SOFT"),
        ("5.0.0", None, "SOFT"),
        (None, None, "SOFT"),
        ("5.7.1", "550 5.7.1 recipient address rejected: user unknown", "BLOCK"),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "HARD"),
        ("5.1.8", "553 5.1.8 domain of sender address does not exist", "BLOCK"),
        ("4.2.2", "452 4.2.2 mailbox full", "SOFT"),
    ],
)
def test_how_bad_a_failure_is(status: str | None, diagnostic: str | None, kind: str) -> None:
    found = reported("failed", status, diagnostic)
    assert (found.classification, found.facts.bounce_kind) == ("BOUNCE", kind)


def test_an_e_mail_that_is_only_delayed_is_no_bounce() -> None:
    found = reported("delayed", "4.4.1")
    assert (found.classification, found.facts.delayed, found.facts.return_date) == ("OOO", True, None)
    assert found.facts.to_json() == {"delayed": True}


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_notice_that_it_arrived_is_no_bounce(action: str) -> None:
    assert (reported(action, "2.0.0").classification, reported(action, "2.0.0").facts.delivered) == ("OOO", True)


@pytest.mark.parametrize("recipients", [None, "x", [1], [{"action": 7, "status": []}], []])
def test_a_broken_report_is_still_a_report(recipients: object) -> None:
    assert reported("failed", None, recipients=recipients).classification == "BOUNCE"


def test_a_complaint_is_an_opt_out_with_its_fact() -> None:
    found = classify(Incoming(report={"type": "feedback-report", "feedback_type": "abuse"}))
    assert (found.classification, found.facts.to_json()) == ("UNSUB", {"complaint": True})


@pytest.mark.parametrize(
    "mail",
    [
        Incoming("Mail delivery failed: returning message to sender", "mailer-daemon@mx.example", body="550 no user"),
        Incoming("failure notice", "mailer-daemon@mx.example", body="Sorry, no mailbox here by that name."),
        Incoming("Undeliverable: hello", "postmaster@acme.example", body="The e-mail address could not be found."),
        Incoming("hello", "x@y.example", {"x-failed-recipients": "a@b.example"}, "User unknown"),
        Incoming("Unzustellbar: hallo", "postmaster@acme.example", body="Sie konnte nicht zugestellt werden."),
    ],
)
def test_a_bounce_without_structure(mail: Incoming) -> None:
    assert classify(mail).classification == "BOUNCE"


def test_a_warning_of_a_mail_system_is_no_bounce() -> None:
    text = "Your message has not yet been delivered. We will continue to try for 4 days."
    found = classify(Incoming("Warning: message delayed", "mailer-daemon@mx.example", body=text))
    assert (found.classification, found.facts.delayed) == ("OOO", True)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Delivery failed yesterday", "The truck did not arrive, can you send the pallets again?"),
        ("Re: fewer delivery failures", "Yes please.\n\n> Message delivery failed? 550 5.1.1 user unknown?"),
        ("Re: Undeliverable: hello", "Sorry, our mail server was down. Sounds good, call me."),
        ("Re: hello", "Your proposal was rejected by our board, but I'd like to talk."),
    ],
)
def test_a_person_who_talks_about_failures_is_no_bounce(subject: str, text: str) -> None:
    assert classify(Incoming(subject, "jane@acme.example", body=text)).classification == "POSITIVE"
