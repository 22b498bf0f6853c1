"""What remains of a body when quotes, signature and disclaimer are gone."""

import time

import pytest

from services.classifier.own_text import own_text
from services.classifier.rules import Incoming, classify

OWN = "Sounds good.\nCall me."


@pytest.mark.parametrize(
    "rest",
    [
        "\n\nOn Mon, Mar 2, 2026 at 09:00, Alex <a@cam.example> wrote:\n> Hi\n> stop",
        "\n\nOn Mon, Mar 2, 2026 at 09:00, Alex Morgan\n<a@cam.example> wrote:\n\n> Hi",
        "\n\nOn 2 Mar 2026, Alex wrote:\nHi without marks\nand more",
        "\n\nAm 02.03.2026 um 09:00 schrieb Alex <a@cam.example>:\n> Hallo",
        "\n\nEl 02/03/2026 a las 09:00, Alex (<a@cam.example>) escribi\u00f3:\n> Hola",
        "\n\nLe 2 mars 2026 \u00e0 09:00, Alex a \u00e9crit :\n> Bonjour",
        "\n\n-----Original Message-----\nFrom: Alex\nSent: Monday\nTo: Jane\nSubject: Hi\n\nHi",
        "\n\n________________________________\nFrom: Alex\nSent: Monday\n\nHi",
        "\n\nFrom: Alex <a@cam.example>\nSent: Monday\nTo: Jane\nSubject: Hi\n\nHi",
        "\n\nVon: Alex\nGesendet: Montag\nAn: Jane\nBetreff: Hallo\n\nHallo",
        "\n\nDe: Alex\nEnviado: lunes\nPara: Jane\nAsunto: Hola\n\nHola",
        "\n\n-- \nJane Doe\nAcme",
        "\n\nSent from my iPhone",
        "\n\nBest regards,\nJane Doe\nHead of Unsubscribing",
        "\n\nMit freundlichen Gr\u00fc\u00dfen\nJane Doe",
        "\n\nThis e-mail and any attachments are confidential.",
        "\n\n2026-03-02 9:00 GMT+01:00 Alex <a@cam.example>:\n\nHi",
        '\n\n02.03.2026, 09.00, "Alex" <a@cam.example>:\nHi',
        "\n\nMonday, 2 March 2026, 9:00 AM from Alex <a@cam.example>:\nHi",
        "\n\nman. 2. mar. 2026 kl. 09:00 skrev Alex <a@cam.example\n>:\n\n> Hei",
        "\n\n\u043f\u043d, 2 \u043c\u0430\u0440. 2026 \u0433. \u0432 9:00, Alex <a@cam.example>:\n\nHi",
        "\n\nOp 2 maart 2026 09:00 schreef Alex <\na@cam.example>:\n\n> Hallo\n> allemaal",
        "\n\nOn Mon, 2 Mar 2026 09:00:00 +0100 Alex <a@cam.example> wrote\n\nHi",
        "\n\n---- On Mon, 2 Mar 2026 Alex <a@cam.example> wrote ----\n\nHi",
        "\n\n====\n\nMessage du : 02/03/2026 09:00\nDe : Alex <a@cam.example>\nA : Jane\nSujet : Bonjour\n\nBonjour",
        "\n\n-------- Oprindelig besked --------\nFra: Alex\nDato: 02.03.2026\nTil: Jane\nEmne: Hej\n\nHej",
        "\n\n-------- Urspr\u00fcngliche Nachricht --------\nVon: Alex\n\nHallo",
        "\n\n ------------------\n\n*From:* Alex\n*Sent:* Monday\n*To:* Jane\n\nHi",
        "\n\nSkickat fr\u00e5n min iPhone",
        "\n\nEnvoy\u00e9 \u00e0 partir de Outlook pour iOS",
        "\n\nOn 2 Mar 2026, Alex wrote:\n> We save teams like yours a whole day of work, every single\nweek\n> Really",
    ],
)
def test_only_what_they_wrote_remains(rest: str) -> None:
    assert own_text(OWN + rest) == OWN


@pytest.mark.parametrize(
    "text",
    [
        "My number:\n2026-11 or call 555.",
        "From: Berlin\nTo: Munich\nWe need both.",
        "See the plan (2026) for jane@acme.example: fine.",
        "-- well --\nYes.",
        "Name: Jane\nPhone: 12\nMail: jane@acme.example",
        "Sent by mistake, sorry. Let's talk.",
    ],
)
def test_what_only_looks_like_quoting_is_theirs(text: str) -> None:
    assert own_text(text) == text


PITCH = (
    "Hi Jane,\nwe help teams like yours to save a day each week, and we would love to show you how.\nBest, Alex\nStop?"
)


@pytest.mark.parametrize(
    ("body", "own"),
    [
        (f"Sounds good.\n\n{PITCH}", "Sounds good.\n\nHi Jane,"),
        (f"{PITCH}\n\nSounds good.", "Hi Jane,\n\nSounds good."),
        (
            "Sounds good.\nWe help teams like yours to\nsave a day each week, and we\nwould love to show you how.",
            "Sounds good.",
        ),
        ("Sounds good, we would save a day.", "Sounds good, we would save a day."),
        ("Stop?", "Stop?"),
    ],
)
def test_our_own_e_mail_is_left_out_even_where_nothing_marks_it(body: str, own: str) -> None:
    assert own_text(body, PITCH) == own


def test_an_answer_below_or_between_quotes_remains() -> None:
    body = "On Mon, Alex wrote:\n> Interested?\n\nYes.\n\n> When?\n\nTuesday."
    assert own_text(body).split() == ["Yes.", "Tuesday."]


@pytest.mark.parametrize(
    "body", ["Thanks,\nJane", "-- \nunsubscribe", "From here: yes", "Regards", "Sent from my iPad"]
)
def test_something_remains_of_what_is_not_only_quoted(body: str) -> None:
    assert own_text(body)


@pytest.mark.parametrize("body", ["", "\n \n", "> all\n> quoted"])
def test_nothing_remains_of_nothing(body: str) -> None:
    assert own_text(body) == ""


HOSTILE = [
    "On " * 50_000,
    "On \n" * 50_000,
    "> " * 200_000,
    ">\n" * 200_000,
    "> > On x wrote:\n" * 20_000,
    "not " * 100_000,
    "please " * 60_000,
    "do not contact me " * 20_000,
    "send me " * 50_000,
    "stop " * 80_000,
    "a" * 400_000,
    "\u00e9" * 400_000,
    "1/" * 200_000,
    "out of office from until " * 15_000,
    "the mailbox is " * 20_000,
    "From: x\n" * 50_000,
    " \t" * 200_000,
    "@" * 400_000,
    "?" * 400_000,
    "but " * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:20]))
def test_hostile_text_costs_little(text: str) -> None:
    begun = time.process_time()
    classify(Incoming(subject=text, from_address=text, headers={"from": text, "precedence": text}, body=text))
    classify(Incoming(headers={"auto-submitted": "auto-replied"}, body=text))
    assert time.process_time() - begun < 1
