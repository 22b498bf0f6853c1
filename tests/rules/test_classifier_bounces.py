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


def test_an_e_mail_that_is_only_delayed_is_a_bounce_that_harms_nobody() -> None:
    found = reported("delayed", "4.4.1")
    assert (found.classification, found.facts.return_date) == ("BOUNCE", None)
    assert found.facts.to_json() == {
        "bounce_kind": "SOFT",
        "bounce_status": "4.4.1",
        "delayed": True,
        "failed_recipient": "a@b.example",
    }


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_notice_that_it_arrived_is_no_bounce(action: str) -> None:
    assert (reported(action, "2.0.0").classification, reported(action, "2.0.0").facts.delivered) == ("OOO", True)


@pytest.mark.parametrize("recipients", [None, "x", [1], [{"action": 7, "status": []}], []])
def test_a_broken_report_is_still_a_report(recipients: object) -> None:
    assert reported("failed", None, recipients=recipients).classification == "BOUNCE"


def notice(kind: str, **details: str) -> Understanding:
    """Return what an e-mail means in which Amazon SES reports something."""
    fields = "".join(f', "{name}": "{value}"' for name, value in details.items())
    text = f'{{"notificationType": "{kind}", "{kind.lower()}": {{"recipients": [{{"x": 1{fields}}}]}}}}'
    end = "\n--\nIf you wish to stop receiving notifications, click to unsubscribe: https://sns.example/"
    plain, within = (classify(Incoming("AWS Notification Message", body=one + end)) for one in (text, escaped(text)))
    assert plain == within
    return plain


def escaped(text: str) -> str:
    return '{"Type": "Notification", "Message": "' + text.replace('"', '\\"') + '"}'


@pytest.mark.parametrize(
    ("kind", "diagnostic", "expected"),
    [
        ("Permanent", "smtp; 550 5.1.1 user unknown", "HARD"),
        ("Permanent", "smtp; 550 5.7.1 rejected by policy", "BLOCK"),
        ("Transient", "smtp; 452 4.2.2 mailbox full", "SOFT"),
        ("Undetermined", "550 user unknown", "SOFT"),
    ],
)
def test_a_bounce_that_the_provider_reports(kind: str, diagnostic: str, expected: str) -> None:
    found = notice("Bounce", bounceType=kind, emailAddress="Jane@acme.example", diagnosticCode=diagnostic)
    assert (found.classification, found.facts.bounce_kind) == ("BOUNCE", expected)
    assert found.facts.failed_recipient == "jane@acme.example"


def test_a_complaint_and_a_delivery_that_the_provider_reports() -> None:
    assert (notice("Complaint").classification, notice("Complaint").facts.complaint) == ("UNSUB", True)
    assert (notice("Delivery").classification, notice("Delivery").facts.delivered) == ("OOO", True)


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


def test_a_warning_of_a_mail_system_is_only_late() -> None:
    text = "Your message has not yet been delivered. We will continue to try for 4 days."
    found = classify(Incoming("Warning: message delayed", "mailer-daemon@mx.example", body=text))
    assert (found.classification, found.facts.bounce_kind, found.facts.delayed) == ("BOUNCE", "SOFT", True)


def test_a_person_whose_order_is_late_is_no_mail_system() -> None:
    text = "The shipment is delayed. Can you call me about it?"
    assert classify(Incoming("Delivery problem", "jane@acme.example", body=text)).classification != "BOUNCE"


TRANSCRIPT = """
jane@acme.example
    SMTP error from remote mail server after {stage}:
    host mx.acme.example [192.0.2.1]: {answer}
"""


@pytest.mark.parametrize(
    ("stage", "answer", "kind"),
    [
        ("RCPT TO:<jane@acme.example>", "550 no such user", "HARD"),
        ("RCPT TO:<jane@acme.example>", "550 Requested action not taken: mailbox unavailable", "HARD"),
        ("MAIL FROM:<us@cam.example>", "550 unroutable sender address", "BLOCK"),
        ("end of data", "550 unknown user", "SOFT"),
        ("end of data", "554 message looks like spam", "BLOCK"),
        ("RCPT TO:<jane@acme.example>", "450 greylisted, try again later", "SOFT"),
        ("RCPT TO:<jane@acme.example>", "550 Empf\u00e4nger unbekannt", "HARD"),
        ("RCPT TO:<jane@acme.example>", "550 destinatario desconocido", "HARD"),
        ("RCPT TO:<jane@acme.example>", "550 destinataire inconnu", "HARD"),
    ],
)
def test_what_a_server_refused_tells_who_is_meant(stage: str, answer: str, kind: str) -> None:
    text = "A message that you sent could not be delivered." + TRANSCRIPT.format(stage=stage, answer=answer)
    found = classify(Incoming("Mail delivery failed", "mailer-daemon@mx.example", body=text))
    assert (found.classification, found.facts.bounce_kind) == ("BOUNCE", kind)


@pytest.mark.parametrize(
    ("conversation", "kind"),
    [
        (">>> DATA\n<<< 550 Unknown user jane@acme.example\n554 5.0.0 Service unavailable", "SOFT"),
        (">>> DATA\n<<< 550 Unknown user\n550 5.1.1 Unknown user\n<<< 503 5.0.0 Need RCPT (recipient)", "HARD"),
        (">>> RCPT To:<jane@acme.example>\n<<< 550 5.1.1 User unknown", "HARD"),
    ],
)
def test_a_refusal_at_data_is_one_of_the_e_mail_unless_no_recipient_was_left(conversation: str, kind: str) -> None:
    text = f"   ----- Transcript of session follows -----\n... while talking to mx.acme.example:\n{conversation}"
    report = {"type": "delivery-status", "recipients": [{"action": "failed", "diagnostic": "SMTP; 550 Unknown user"}]}
    assert classify(Incoming("Returned mail", body=text, report=report)).facts.bounce_kind == kind


def test_a_bounce_from_an_unknown_sender_is_known_by_what_it_quotes() -> None:
    text = "Sorry.\n\nYour mail could not be delivered to: <jane@acme.example>\n  as their mailbox is full."
    found = classify(Incoming("\u30e1\u30fc\u30eb", "no-reply@isp.example", body=text))
    assert (found.classification, found.facts.bounce_kind) == ("BOUNCE", "SOFT")


@pytest.mark.parametrize(
    ("headers", "report", "expected"),
    [
        ({"x-failed-recipients": "A@b.example, c@d.example"}, None, "a@b.example"),
        ({}, {"type": "returned-message", "returned_to": "a@b.example", "mentioned": ["x@y.example"]}, "a@b.example"),
        ({}, {"type": "returned-message", "mentioned": ["a@b.example"]}, "a@b.example"),
        ({}, None, None),
    ],
)
def test_whom_a_bounce_is_about(
    headers: dict[str, str], report: dict[str, object] | None, expected: str | None
) -> None:
    mail = Incoming("Undelivered Mail Returned to Sender", "mailer-daemon@mx.example", headers, "no such user", report)
    assert classify(mail).facts.failed_recipient == expected


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("Re: Delivery failed yesterday", "The truck did not arrive, the pallets are still missing.", "NEUTRAL"),
        (
            "Re: fewer delivery failures",
            "Yes please.\n\n> Message delivery failed? 550 5.1.1 user unknown?",
            "POSITIVE",
        ),
        ("Re: Undeliverable: hello", "Sorry, our mail server was down. Sounds good, call me.", "POSITIVE"),
        ("Re: hello", "Your proposal was rejected by our board, but I'd like to talk.", "POSITIVE"),
        ("Fw: hello", "Yes please!\n\n> <<< 550 user unknown\n> host mx.example said: 550 5.1.1", "POSITIVE"),
    ],
)
def test_a_person_who_talks_about_failures_is_no_bounce(subject: str, text: str, expected: str) -> None:
    assert classify(Incoming(subject, "jane@acme.example", body=text)).classification == expected
