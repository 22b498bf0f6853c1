"""The characters of the prospects: what each answers to the n-th e-mail, and where that must leave the lead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from demo import letters, machines, phrases
from demo.letters import Letter
from demo.mail import Answer, Mail
from demo.people import Person
from shared.events import Classification
from shared.states import LeadStatus

Answers = Callable[[Person, Mail, int], list[Answer]]
Refusal = Callable[[int], str | None]

SILENT_ENDS = frozenset({LeadStatus.NURTURE, LeadStatus.DEAD})


@dataclass(frozen=True, slots=True)
class Character:
    """How somebody behaves; `refuses` is what their server answers to the n-th RCPT TO (None: welcome)."""

    answers: Answers
    ends: frozenset[LeadStatus]
    refuses: Refusal = lambda _attempt: None


def silent(_person: Person, _mail: Mail, _number: int) -> list[Answer]:
    """Never answer."""
    return []


def eager(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Say yes, some to the first e-mail and some to a follow-up."""
    if number != _their_step(person):
        return []
    return [says(person, mail, phrases.YES, Classification.POSITIVE)]


def declining(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Say no."""
    return [says(person, mail, phrases.NO, Classification.NEGATIVE)] if number == _their_step(person) else []


def asking(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Ask about price or product: a human must answer now."""
    return [says(person, mail, phrases.QUESTION, Classification.POSITIVE)] if number == _their_step(person) else []


def deferring(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Put it off to some other time."""
    return [says(person, mail, phrases.LATER, Classification.NEUTRAL)] if number == 1 else []


def referring(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Name somebody else."""
    return [says(person, mail, phrases.WRONG_PERSON, Classification.NEUTRAL)] if number == 1 else []


def opting_out(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Want no more e-mail, ever."""
    return [says(person, mail, phrases.STOP, Classification.UNSUB)] if number == _their_step(person) else []


def html(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Say yes in HTML, above our whole pitch."""
    answer = partial(says, person, mail, phrases.YES, Classification.POSITIVE, style="html")
    return [answer()] if number == 1 else []


def foreign(table: Mapping[str, Sequence[str]], language: str, person: Person, mail: Mail, number: int) -> list[Answer]:
    """Answer in another language: yes, no or stop."""
    kind = person.dice("kind").choice(sorted(table))
    answer = partial(says, person, mail, table[kind], Classification(kind), language=language)
    return [answer()] if number == 1 else []


def colleague(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Let somebody at another address answer; only the thread shows whom it is from."""
    other = Person("Robin", "Fox", f"robin.fox@group-{person.domain}", person.character)
    return [says(other, mail, phrases.YES, Classification.POSITIVE)] if number == 1 else []


def twice(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Ask first, and want out later."""
    if number != 1:
        return []
    return [
        says(person, mail, phrases.QUESTION, Classification.POSITIVE),
        says(person, mail, phrases.STOP, Classification.UNSUB, after=2.5),
    ]


def again(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Say yes, and yes once more."""
    if number != 1:
        return []
    return [
        says(person, mail, phrases.YES, Classification.POSITIVE),
        says(person, mail, phrases.SECOND_YES, Classification.POSITIVE, after=2.5),
    ]


def away(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Be on leave for some days; the e-mail after that meets an eager reader."""
    days = person.dice("leave").choice((2, 3, 4))
    if number == 1:
        return [_responds(person, mail, days)]
    return [says(person, mail, phrases.BACK, Classification.POSITIVE)] if number == 2 else []  # noqa: PLR2004 - second


def left(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Have left the company: a machine says so, for good."""
    text = person.dice("left").choice(phrases.LEFT).format(name=person.name, company=person.company)
    return [_responds(person, mail, None, text)] if number == 1 else []


def unknown(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Not exist: the server takes the e-mail and reports the failure afterwards."""
    if number != 1:
        return []
    message_id = _message_id(person, mail, 0)

    def write(now: datetime) -> bytes:
        return machines.delivery_report(person, mail, message_id, now)

    return [Answer(0.1, message_id, Classification.BOUNCE, write, envelope_from="")]


def malformed(person: Person, mail: Mail, number: int) -> list[Answer]:
    """Answer with an e-mail that no program should write."""
    letter = _letter(person, mail, "", 0)

    def write(now: datetime) -> bytes:
        return machines.broken_letter(letter, mail, now)

    return [Answer(0.4, letter.message_id, None, write, person.address)] if number == 1 else []


def says(
    person: Person,
    mail: Mail,
    texts: Sequence[str],
    expected: Classification,
    *,
    style: str = "",
    language: str = "en",
    after: float = 0,
) -> Answer:
    """Return one of several phrasings as an answer, in this person's mail program."""
    text = person.dice(f"text {after}").choice(texts).format(us=mail.from_name.partition(" ")[0])
    letter = _letter(person, mail, text, after, style=style, language=language)
    delay = after or person.dice("delay").uniform(0.1, 1.2)
    return Answer(delay, letter.message_id, expected, partial(letters.write, letter, mail), person.address)


def _responds(person: Person, mail: Mail, days: int | None, text: str = "") -> Answer:
    letter = _letter(person, mail, "", 0)

    def write(now: datetime) -> bytes:
        said = text or _until(person, now + timedelta(days=days or 0))
        filled = Letter(letter.from_name, letter.from_address, letter.message_id, said, language="en")
        return machines.automatic_reply(filled, mail, now, threaded=person.dice("threaded").random() < 0.5)  # noqa: PLR2004 - half

    expected = Classification.OOO
    return Answer(0.05, letter.message_id, expected, write, envelope_from="", quiet_days=days)


def _until(person: Person, back: datetime) -> str:
    day = person.dice("date").choice(("{:%A, %B} {n}, {:%Y}", "{n} {:%B %Y}", "{:%Y-%m-%d}"))
    written = day.replace("{:", "{0:").format(back, n=back.day)
    return person.dice("away").choice(phrases.AWAY).format(day=written)


def _letter(person: Person, mail: Mail, text: str, nth: float, *, style: str = "", language: str = "en") -> Letter:
    chosen = style or person.dice("style").choice(("quoted", "quoted", "bare", "outlook"))
    signature = person.dice("signature").choice(("", f"{person.name}\n{person.company}", "Sent from my iPhone"))
    return Letter(person.name, person.address, _message_id(person, mail, nth), text, signature, language, chosen)


def _message_id(person: Person, mail: Mail, nth: float) -> str:
    return f"<{person.dice(f'id {mail.message_id} {nth}').getrandbits(80):020x}@{person.domain}>"


def _their_step(person: Person) -> int:
    return person.dice("step").choice((1, 1, 1, 2, 3))


def _never(_attempt: int) -> str:
    return "550 5.1.1 The email account that you tried to reach does not exist"


def _first_later(attempt: int) -> str | None:
    return "451 4.7.1 Greylisted, please try again later" if attempt == 1 else None


def _ends(*statuses: LeadStatus) -> frozenset[LeadStatus]:
    return frozenset(statuses)


QUALIFIED = _ends(LeadStatus.QUALIFIED)
CHARACTERS: dict[str, Character] = {
    "silent": Character(silent, SILENT_ENDS),
    "eager": Character(eager, QUALIFIED),
    "declining": Character(declining, _ends(LeadStatus.SUPPRESSED)),
    "asking": Character(asking, QUALIFIED),
    "deferring": Character(deferring, _ends(LeadStatus.REVIEW)),
    "referring": Character(referring, _ends(LeadStatus.REVIEW)),
    "optingout": Character(opting_out, _ends(LeadStatus.UNSUBSCRIBED)),
    "away": Character(away, QUALIFIED),
    "left": Character(left, _ends(LeadStatus.DEAD)),
    "colleague": Character(colleague, QUALIFIED),
    "twice": Character(twice, _ends(LeadStatus.UNSUBSCRIBED)),
    "again": Character(again, QUALIFIED),
    "html": Character(html, QUALIFIED),
    "german": Character(
        partial(foreign, phrases.GERMAN, "de"),
        _ends(LeadStatus.QUALIFIED, LeadStatus.SUPPRESSED, LeadStatus.UNSUBSCRIBED),
    ),
    "spanish": Character(
        partial(foreign, phrases.SPANISH, "es"),
        _ends(LeadStatus.QUALIFIED, LeadStatus.SUPPRESSED, LeadStatus.UNSUBSCRIBED),
    ),
    "greylisting": Character(eager, QUALIFIED, _first_later),
    "unknown": Character(unknown, _ends(LeadStatus.BOUNCED)),
    "refused": Character(silent, _ends(LeadStatus.BOUNCED), _never),
    "malformed": Character(malformed, _ends(*LeadStatus) - {LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.ON_HOLD}),
}
