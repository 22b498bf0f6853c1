"""The grammar of situations: templates with choices and slots, from which sentences are spoken."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from services.classifier.situations import Situation
from training.names import SLOTS

FOLDER = Path(__file__).parent / "grammar"
_CHOICE = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A line of the grammar, in its language, and what who says it does."""

    language: str
    situation: Situation
    line: str


@dataclass(frozen=True, slots=True)
class Grammar:
    """The templates of a language and the lists that fill their slots."""

    language: str
    templates: Sequence[Template]
    slots: Mapping[str, Sequence[str]]

    def speak(self, line: str, random: Random) -> str:
        """Return a sentence of a line: each choice made, each slot filled."""
        while "(" in line or "{" in line:
            line = _CHOICE.sub(lambda match: random.choice(match.group(1).split("|")), line)
            line = _SLOT.sub(lambda match: self.fill(match.group(1), random), line)
        return re.sub(r" +(?=[,.!?:])|^[ ,.]+", "", " ".join(line.split()))

    def fill(self, slot: str, random: Random) -> str:
        """Return a filling of a slot, common to all languages or of this one."""
        return SLOTS[slot](random) if slot in SLOTS else random.choice(self.slots[slot])


def spellings(line: str) -> int:
    """Return in how many ways the choices of a line can be made, slots aside."""
    number = 1
    while found := _CHOICE.search(line):
        number *= found.group(1).count("|") + 1
        line = line[: found.start()] + line[found.end() :]
    return number


def read(path: Path) -> Grammar:
    """Read the grammar of a language; raise `ValueError` with the line that cannot be understood."""
    templates: list[Template] = []
    slots: dict[str, list[str]] = {}
    heading = ""
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            heading = line.strip("[]")
        elif line.count("(") != line.count(")") or not heading:
            raise ValueError(f"{path.name}:{number}: unbalanced or without a heading: {line}")
        elif heading.startswith(":"):
            slots.setdefault(heading[1:], []).append(line)
        else:
            templates.append(Template(path.stem, Situation[heading.upper()], line))
    return Grammar(path.stem, templates, slots)


def grammars(folder: Path = FOLDER) -> list[Grammar]:
    """Return the grammars of all languages, in the order of their names."""
    return [read(path) for path in sorted(folder.glob("*.txt"))]
