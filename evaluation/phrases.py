"""Return dates as people write them, five languages; received on Monday, 2 March 2026. None: it must not be guessed."""

from datetime import date

RECEIVED = date(2026, 3, 2)

DATED: tuple[tuple[str, date], ...] = (
    ("I am out of the office until March 16, 2026.", date(2026, 3, 16)),
    ("I will be back on Monday, 9 March.", date(2026, 3, 9)),
    ("On leave. Returning 2026-03-20.", date(2026, 3, 20)),
    ("I'm travelling and will return to my desk on the 11th of March.", date(2026, 3, 11)),
    ("Annual leave from 27 February to 13 March 2026, with no access to e-mail.", date(2026, 3, 13)),
    ("Thank you for your message. I am away this week and back next Monday.", date(2026, 3, 9)),
    ("Ich bin bis zum 20.03.2026 nicht im Büro.", date(2026, 3, 20)),
    ("Ich bin ab dem 17. März wieder erreichbar.", date(2026, 3, 17)),
    ("Ab Montag, dem 16.3., bin ich wieder für Sie da.", date(2026, 3, 16)),
    ("Estaré fuera de la oficina hasta el 18 de marzo de 2026.", date(2026, 3, 18)),
    ("Estoy de vacaciones y vuelvo el lunes 23 de marzo.", date(2026, 3, 23)),
    ("Je suis absente jusqu'au 15 mars 2026 inclus.", date(2026, 3, 15)),
    ("Je serai de retour le 24 mars.", date(2026, 3, 24)),
    ("De retour au bureau le lundi 30 mars 2026.", date(2026, 3, 30)),
    ("Ik ben afwezig tot en met 12 maart 2026.", date(2026, 3, 12)),
    ("Vanaf 19 maart ben ik weer bereikbaar.", date(2026, 3, 19)),
    ("Out of office; back in the office 6 April 2026.", date(2026, 4, 6)),
)

REFUSED: tuple[str, ...] = (
    "I am out of the office until 03/04.",
    "I am away until 04/05/2026.",
    "Back on 7-8-26.",
    "I am out of the office and will be back soon.",
    "I was away until 12 January 2019.",
    "Ich bin bis auf Weiteres nicht erreichbar.",
)
