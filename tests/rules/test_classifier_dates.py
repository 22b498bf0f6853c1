"""The day on which somebody is back, in seven languages; phrases written before the patterns."""

from datetime import date

import pytest

from services.classifier.dates import return_date

TODAY = date(2026, 3, 2)  # a Monday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm out until Friday, March 13th, back Monday 16 March.", date(2026, 3, 16)),
        ("I will be back in the office on 16/3.", date(2026, 3, 16)),
        ("Out of office through the 20th of March.", date(2026, 3, 20)),
        ("Returning Mon 9 Mar", date(2026, 3, 9)),
        ("I am on holiday until 3/16/2026.", date(2026, 3, 16)),
        ("I'll be back tomorrow.", date(2026, 3, 3)),
        ("I will be back next Monday.", date(2026, 3, 9)),
        ("I'm out today and back tomorrow morning", date(2026, 3, 3)),
        ("Back in two weeks.", date(2026, 3, 16)),
        ("I'm away for the next 10 days", date(2026, 3, 12)),
        ("out until the end of the month", date(2026, 3, 31)),
        ("I'm away until next week", date(2026, 3, 9)),
        ("I return on the 14th.", date(2026, 3, 14)),
        ("on leave from 2026-03-01 until 2026-03-15", date(2026, 3, 15)),
        ("Ich bin ab Montag, dem 16. März, wieder im Büro.", date(2026, 3, 16)),
        ("Ich bin vom 02.03. bis einschließlich 13.03.2026 im Urlaub.", date(2026, 3, 13)),
        ("Ich bin morgen wieder erreichbar.", date(2026, 3, 3)),
        ("Ab 1. April bin ich zurück", date(2026, 4, 1)),
        ("Estaré fuera del 2 al 13 de marzo.", date(2026, 3, 13)),
        ("Regreso el lunes 16 de marzo.", date(2026, 3, 16)),
        ("Vuelvo mañana", date(2026, 3, 3)),
        ("Estaré de vuelta el próximo lunes.", date(2026, 3, 9)),
        ("Je serai de retour le lundi 16 mars.", date(2026, 3, 16)),
        ("Absent du 2 au 13 mars inclus", date(2026, 3, 13)),
        ("de retour demain", date(2026, 3, 3)),
        ("Je suis absent jusqu'au 1er avril.", date(2026, 4, 1)),
        ("Ik ben maandag 16 maart weer aanwezig.", date(2026, 3, 16)),
        ("Ik ben van 2 t/m 13 maart afwezig.", date(2026, 3, 13)),
        ("Morgen ben ik terug", date(2026, 3, 3)),
        ("Sarò di ritorno lunedì 16 marzo.", date(2026, 3, 16)),
        ("Rientro il 16/03/2026.", date(2026, 3, 16)),
        ("Volto ao escritório em 16 de março.", date(2026, 3, 16)),
        ("Regresso no dia 16 de março", date(2026, 3, 16)),
        ("back 3.4.2026", date(2026, 4, 3)),
        ("I will be out of office starting 03/05/2026 through 03/20/2026.", date(2026, 3, 20)),
        ("My phone is 555-0316. I am away until 16 March.", date(2026, 3, 16)),
        ("I will be returning to work on 9/14/2026", date(2026, 9, 14)),
        ("Out of Office until January 4, 2027", date(2027, 1, 4)),
        ("Back on Sept. 1st", date(2026, 9, 1)),
        ("Ich bin wieder da am 16.3.", date(2026, 3, 16)),
        ("Returning 16MAR2026", date(2026, 3, 16)),
        ("I'm OOO 3/2 - 3/13, back 3/16.", date(2026, 3, 16)),
    ],
)
def test_when_somebody_is_back(text: str, expected: date) -> None:
    assert return_date(text, TODAY) == expected


@pytest.mark.parametrize(
    "text",
    [
        "bis nächsten Dienstag bin ich nicht da",
        "Bin in KW 12 zurück",
        "back on 03/04",
        "back on 05/06/26",
        "Sent on 2 March 2026. I am away.",
        "I'm away. Our fair takes place on 20 March 2026.",
        "I'm on parental leave until September 2026.",
        "away until September",
        "I will get back to you within 2 days.",
        "Good morning! Guten Morgen, ich bin weg.",
        "back next Friday",
        "por la mañana no estoy",
        "Back in KW 12",
    ],
)
def test_what_names_no_single_day_of_return_is_not_read(text: str) -> None:
    assert return_date(text, TODAY) is None
