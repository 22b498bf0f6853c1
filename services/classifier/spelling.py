"""Mistyped key words put right, so that "unsubcribe" and "stooop emialing me" are read as they are meant."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from services.classifier.model import shipped
from services.classifier.words import plain

_LOOKED_AT = 3_000
_LONG = 6  # letters: shorter words are too close to each other
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_LISTED = """
    unsubscribe unsubscribed unsubscribing unsubscription remove removed removing removal delete deleted deleting
    deletion emailing mailing messaging contacting writing sending spamming harassing harassment contacted emails
    messages newsletter database mailings permission interested interest interesting receive receiving further
    anymore solicitation abmelden austragen abbestellen streichen entfernen loschen schreiben schicken
    kontaktieren anschreiben verteiler werbung nachrichten interesse interessiert bedarf escribir escriban
    escribirme enviar enviarme borrar borrenme borrame eliminar eliminen eliminenme correos mensajes publicidad
    interesa interesado recibir contactar desinscription desinscrire desabonner desabonnement supprimer retirer
    arretez contacter envoyer ecrire recevoir interessee solliciter uitschrijven afmelden verwijderen verwijder
    stoppen mailen sturen berichten reclame geinteresseerd ontvangen cancellatemi cancellare cancellate rimuovere
    rimuovetemi disiscrivetemi scrivetemi scrivere inviare ricevere interessato interessati smettetela
    descadastrar remover removam retirem receber mensagens publicidade interessado contactem
"""
_KEY_WORDS = frozenset(_LISTED.split())
# Words of their own, though one letter away.
_OTHERS = frozenset(
    ["remote", "contracted", "contracting", "spending", "seeding", "massages", "farther", "streicheln", "schreiten"]
)


def corrected(text: str, words: Iterable[str]) -> str:
    """Return a text as it is, or in plain words with those of its words replaced that are one mistake from a key word.

    Words that the model knows stay. A mistake is a letter too many, missing, wrong, or swapped with its neighbour
    (Damerau, 1964).
    """
    changed = {word: meant for word in shipped().unknown(words) if (meant := _meant(word)) != word}
    if not changed:
        return text
    return _WORD.sub(lambda match: changed.get(match.group(), match.group()), plain(text[:_LOOKED_AT]))


@lru_cache(maxsize=10_000)
def _meant(word: str) -> str:
    once = _REPEATED.sub(r"\1", word)
    if once != word and not shipped().unknown([once]):
        return once
    if len(word) < _LONG or word in _KEY_WORDS or word in _OTHERS:
        return word
    near = {key for left in (word, *_without_one(word)) for key in _by_rest().get(left, ())}
    found = sorted(key for key in near if key[0] == word[0] and _one_mistake(word, key))
    return found[0] if found else word


def _one_mistake(word: str, key: str) -> bool:
    """Tell whether two different words that are equal once a letter is left out of each are one mistake apart."""
    if len(word) != len(key):
        return abs(len(word) - len(key)) == 1
    different = [place for place, (one, two) in enumerate(zip(word, key, strict=True)) if one != two]
    first, last = different[0], different[-1]
    swapped = last == first + 1 and (word[first], word[last]) == (key[last], key[first])
    return len(different) == 1 or swapped


def _without_one(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


@cache
def _by_rest() -> dict[str, list[str]]:
    """Return for each key word, and each with one letter left out, the key words it may be."""
    by_rest: dict[str, list[str]] = {}
    for key in sorted(_KEY_WORDS):
        for left in (key, *_without_one(key)):
            by_rest.setdefault(left, []).append(key)
    return by_rest
