"""Text that says nothing to us: function words, invented words and numbers, so that the model knows what it is not."""

from collections.abc import Callable, Iterator, Sequence
from random import Random

from services.classifier.languages import WORDS

_SYLLABLES = """
ba be bo da del do en er fa fin ga gro he in ka ku la len lo ma mer mi na nor o pa per ra rin sa sta te tor u va vi zo
"""
_SHORTEST, _LONGEST = 3, 90  # words
_ENDS = ("", "", "", "", "", "", ",", ".", ":", "\n")


def invented(random: Random) -> str:
    """Return a word that no language has."""
    return "".join(random.choices(_SYLLABLES.split(), k=random.randint(2, 4)))


def noise(language: str, lines: Sequence[str], number: int, random: Random) -> Iterator[str]:
    """Return texts of function words, invented words, words torn out of the grammar's lines, and numbers."""
    function = WORDS[language].split()
    torn = " ".join(lines).translate(str.maketrans("(|)", "   ")).split()
    borrowed = [word for word in torn if word.isalpha()]
    kinds: Sequence[tuple[float, Callable[[], str]]] = (
        (0.5, lambda: random.choice(function)),
        (0.22, lambda: invented(random)),
        (0.16, lambda: random.choice(borrowed)),
        (0.12, lambda: str(random.randint(0, 2_100))),
    )
    shares, words = zip(*kinds, strict=True)
    for _ in range(number):
        length = int(_SHORTEST * (_LONGEST / _SHORTEST) ** random.random())
        chosen = random.choices(words, shares, k=length)
        yield " ".join(word() + random.choice(_ENDS) for word in chosen)
