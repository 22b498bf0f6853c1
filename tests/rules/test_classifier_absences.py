"""Machines that answer, and the day on which somebody is back."""

from datetime import date

import pytest

from services.classifier.dates import return_date
from services.classifier.rules import Incoming, classify

TODAY = date(2026, 3, 2)  # a Monday


@pytest.mark.parametrize(
    "headers",
    [
        {"auto-submitted": "auto-replied"},
        {"auto-submitted": "auto-generated (vacation)"},
        {"x-autoreply": "yes"},
        {"x-autorespond": "true"},
        {"x-auto-response-suppress": "All"},
        {"precedence": "auto_reply"},
        {"return-path": "<>"},
    ],
)
def test_a_header_says_that_a_machine_wrote(headers: dict[str, str]) -> None:
    found = classify(Incoming(subject="Re: hello", headers=headers, body="Yes, I got your mail."))
    assert found.classification == "OOO"


@pytest.mark.parametrize("headers", [{"auto-submitted": "no"}, {"precedence": "bulk"}, {"return-path": "<a@b.test>"}])
def test_other_headers_say_nothing(headers: dict[str, str]) -> None:
    assert classify(Incoming(headers=headers, body="Yes please.")).classification == "POSITIVE"


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: hello",
        "Out of office: hello",
        "OOO - back Monday",
        "Abwesenheitsnotiz: hello",
        "Automatische Antwort: hello",
        "Respuesta autom\u00e1tica: hola",
        "R\u00e9ponse automatique : bonjour",
        "Automatisch antwoord: hallo",
        "Risposta automatica: ciao",
        "Resposta autom\u00e1tica: ol\u00e1",
    ],
)
def test_a_subject_says_that_a_machine_wrote(subject: str) -> None:
    assert classify(Incoming(subject=subject, body="Hello")).classification == "OOO"


@pytest.mark.parametrize("subject", ["Re: Automatic reply: hello", "AW: Abwesenheitsnotiz", "OOO bug in our app"])
def test_a_person_who_answers_an_automatic_reply_is_no_machine(subject: str) -> None:
    assert classify(Incoming(subject=subject, body="I'm back, let's talk.")).classification == "POSITIVE"


@pytest.mark.parametrize(
    "text",
    [
        "I am out of the office until 9 March with limited access to email.",
        "I'm on annual leave. For urgent matters please contact the front desk.",
        "Thank you for your email. This mailbox is not monitored.",
        "We have received your request. Ticket #12345. Our team will get back to you within 24 hours.",
        "Ich bin bis zum 20.09. nicht im B\u00fcro und lese keine Mails.",
        "Estoy de vacaciones hasta el 14 de marzo.",
        "Je suis absent du bureau jusqu'au 14 mars.",
        "Ik ben met vakantie tot 14 maart.",
        "Sono fuori ufficio fino al 14 marzo.",
        "Estarei de f\u00e9rias at\u00e9 14 de mar\u00e7o.",
    ],
)
def test_words_alone_say_that_somebody_is_away(text: str) -> None:
    assert classify(Incoming(subject="Re: hello", body=text)).classification == "OOO"


@pytest.mark.parametrize(
    "text",
    [
        "I'm out of the office until Monday, but I'd love to see a demo. Does Tuesday work?",
        "Back from vacation. Yes, let's talk.",
        "I am travelling this week, can you send me the pricing?",
    ],
)
def test_somebody_who_mentions_an_absence_and_answers_us_is_a_person(text: str) -> None:
    assert classify(Incoming(subject="Re: hello", body=text)).classification == "POSITIVE"


@pytest.mark.parametrize(
    "text",
    [
        "Jane Doe is no longer with Acme.",
        "Please note that Jane has left the company.",
        "Frau Weber arbeitet nicht mehr bei uns.",
        "Carmen ya no trabaja aqu\u00ed.",
    ],
)
def test_who_left_the_company_is_gone_for_good(text: str) -> None:
    found = classify(Incoming(headers={"auto-submitted": "auto-replied"}, body=text, received_on=TODAY))
    assert (found.classification, found.facts.left_company, found.facts.return_date) == ("OOO", True, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I will be back on March 16, 2026.", date(2026, 3, 16)),
        ("I will return on 16 March.", date(2026, 3, 16)),
        ("out of office until 2026-03-16", date(2026, 3, 16)),
        ("back on 2026-04-05", date(2026, 4, 5)),
        ("I am away from 3 March to 14 March and back on Monday, March 16th.", date(2026, 3, 16)),
        ("Out of office 3 March - 14 March", date(2026, 3, 14)),
        ("I'll be back on Thursday.", date(2026, 3, 5)),
        ("Ich bin bis zum 16.03.2026 im Urlaub.", date(2026, 3, 16)),
        ("Ab dem 16. M\u00e4rz bin ich wieder erreichbar.", date(2026, 3, 16)),
        ("Estoy fuera hasta el 16 de marzo de 2026.", date(2026, 3, 16)),
        ("Je suis absent jusqu'au 16 mars 2026.", date(2026, 3, 16)),
        ("Ik ben afwezig tot 16 maart.", date(2026, 3, 16)),
        ("Sono assente fino al 16 marzo.", date(2026, 3, 16)),
        ("Estou ausente at\u00e9 16 de mar\u00e7o.", date(2026, 3, 16)),
        ("back on 16/03/2026", date(2026, 3, 16)),
        ("back on 03/16/2026", date(2026, 3, 16)),
        ("back on 04/04/2026", date(2026, 4, 4)),
        ("I will be back on 8 January.", date(2027, 1, 8)),
    ],
)
def test_the_day_of_return(text: str, expected: date) -> None:
    received_on = date(2026, 12, 21) if expected.year == 2027 else TODAY
    assert return_date(text, received_on) == expected


@pytest.mark.parametrize(
    "text",
    [
        "back on 03/04/2026",
        "back on 03/04",
        "I am away since 1 March.",
        "back on 31 February",
        "back on 16 March 2024",
        "back on 16 March 2031",
        "I am away, call 555 0100.",
        "",
    ],
)
def test_what_can_be_read_in_two_ways_or_can_not_be_is_not_read(text: str) -> None:
    assert return_date(text, TODAY) is None


def test_without_the_day_it_arrived_only_whole_dates_are_read() -> None:
    assert return_date("back on 16 March", None) is None
    assert return_date("back on 16 March 2026", None) == date(2026, 3, 16)
