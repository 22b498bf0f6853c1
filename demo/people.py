"""Prospects: a name, a company and a character; their address alone tells the world who they are."""

import re
from dataclasses import dataclass
from random import Random

FIRST_NAMES = {
    "en": ("Jane", "Tom", "Priya", "Marcus", "Alice", "David", "Grace", "Noah", "Fiona", "Samuel", "Ruth", "Omar"),
    "de": ("Klaus", "Sabine", "Anja", "Stefan", "Heike", "Lukas", "Petra", "Jonas"),
    "es": ("Carmen", "Javier", "Lucia", "Pablo", "Elena", "Diego", "Marta", "Sergio"),
}
LAST_NAMES = {
    "en": ("Doe", "Walker", "Patel", "Reed", "Morris", "Chen", "Howard", "Baker", "Ellis", "Grant", "Hughes", "Khan"),
    "de": ("Weber", "Schmidt", "Becker", "Hoffmann", "Vogel", "Krause", "Lang", "Brandt"),
    "es": ("Garcia", "Moreno", "Ruiz", "Navarro", "Torres", "Vega", "Ortega", "Campos"),
}
COMPANIES = (
    "Northwind Analytics", "Harbour Logistics", "Brightside Dental", "Pinecrest Software", "Atlas Freight",
    "Bluefin Studios", "Copperfield Legal", "Evergreen Foods", "Summit Robotics", "Lantern Media",
)  # fmt: skip

# Out of a hundred leads. Most people never answer; bounces stay below the rate that degrades a campaign.
SHARES = {
    "silent": 38,
    "eager": 9,
    "declining": 8,
    "asking": 5,
    "deferring": 4,
    "referring": 3,
    "optingout": 4,
    "away": 4,
    "left": 2,
    "colleague": 3,
    "twice": 3,
    "again": 2,
    "html": 4,
    "german": 3,
    "spanish": 3,
    "greylisting": 2,
    "unknown": 1,
    "refused": 1,
    "malformed": 1,
}
_ADDRESS = re.compile(r"^([a-z]+)\.([a-z]+)@([a-z]+)-([0-9]+)\.example$")


@dataclass(frozen=True, slots=True)
class Person:
    """One prospect, known entirely from the address."""

    first_name: str
    last_name: str
    address: str
    character: str

    @property
    def name(self) -> str:
        """Return the name as it stands in a From header."""
        return f"{self.first_name} {self.last_name}"

    @property
    def domain(self) -> str:
        """Return the domain of their own mail server."""
        return self.address.rpartition("@")[2]

    @property
    def company(self) -> str:
        """Return where they work."""
        return self.dice("company").choice(COMPANIES)

    def dice(self, purpose: str) -> Random:
        """Return the source of this person's whims; the same each time for the same purpose."""
        return Random(f"{self.address}/{purpose}")


def person_at(address: str) -> Person | None:
    """Return who lives at an address, or None if it is nobody of this world."""
    found = _ADDRESS.match(address.lower())
    if not found or found[3] not in SHARES:
        return None
    return Person(found[1].title(), found[2].title(), address.lower(), found[3])


def leads(count: int, seed: int) -> list[Person]:
    """Return `count` different prospects; with enough of them, every character is among them."""
    random = Random(seed)
    characters = _characters(count, random)
    codes = random.sample(range(1000, 1000 + 10 * max(count, 900)), count)
    return [_person(character, code, random) for character, code in zip(characters, codes, strict=True)]


def csv_of(people: list[Person]) -> str:
    """Return the prospects as the CSV file that `cam leads import` takes."""
    rows = [f"{person.address},{person.first_name},{person.last_name},{person.company}" for person in people]
    return "\n".join(["email,first_name,last_name,company", *rows, ""])


def _characters(count: int, random: Random) -> list[str]:
    # The loud ones first, so that even a small world has one of each.
    each = sorted(SHARES, key=lambda name: name == "silent")[:count]
    rest = random.choices(list(SHARES), weights=list(SHARES.values()), k=count - len(each))
    chosen = [*each, *rest]
    random.shuffle(chosen)
    return chosen


def _person(character: str, code: int, random: Random) -> Person:
    language = {"german": "de", "spanish": "es"}.get(character, "en")
    first, last = random.choice(FIRST_NAMES[language]), random.choice(LAST_NAMES[language])
    return Person(first, last, f"{first}.{last}@{character}-{code}.example".lower(), character)
