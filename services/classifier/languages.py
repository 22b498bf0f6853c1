"""Which of seven languages a text is written in, by its function words."""

from collections import Counter
from collections.abc import Iterable, Mapping

# Words in the spelling of `words.plain`. One that two languages share speaks for both.
WORDS: Mapping[str, str] = {
    "en": "the you your we our us i me my it is are was were be been have has had do does did not no yes this that"
    " these those to of and or in on at for with from please thanks thank would could should can will what when"
    " where who how why if but so just not am an a by get send more about any there here now",
    "de": "der die das den dem des ein eine einen einem einer ich wir sie ihr ihre ihnen ihren mir mich uns unser"
    " unsere ist sind war waren haben hat habe nicht kein keine keinen ja nein und oder aber fur mit von vom zu zum"
    " zur im auf bei nach aus bitte danke gerne wie was wann wer wo warum wenn noch schon auch nur mehr es bin am"
    " leider kann konnen bis wird werden dazu da dafur gibt mal",
    "es": "el la los las un una unos yo nosotros usted ustedes su sus mi mis me nos es son era estoy estamos esta"
    " este esto tengo tenemos tiene no si y o pero para por con de del en al que como cuando donde quien cuanto"
    " gracias favor mas muy ya ahora hola te lo le se ha he hemos podemos puede puedo sin sobre",
    "fr": "le la les un une des du de je nous vous votre vos mon ma mes notre nos me moi est sont suis sommes ai avons"
    " avez a ont ne pas plus oui non et ou mais pour avec dans sur au aux en que qui quand comment combien merci"
    " bonjour ce cette ces c'est ca il elle on si tres bien deja par sans plait j'ai d'un d'une l'adresse",
    "it": "il lo la i gli le un una uno io noi voi lei vi ci mi mio mia nostro nostra vostro vostra suo sua e sono"
    " siamo ho abbiamo ha hanno non si ma per con di da del della dei delle nel nella in che come quando dove chi"
    " quanto grazie piu molto gia ora buongiorno questo questa al alla dal sul puo posso possiamo anche a",
    "nl": "de het een ik wij we u uw jullie je jouw mij me ons onze is zijn was ben heb hebben heeft niet geen ja nee"
    " en of maar voor met van naar op bij in uit aan dat dit deze die wat wanneer wie hoe waar waarom als nog al ook"
    " graag bedankt dank meer er kan kunnen wil willen dan te om hier wel even",
    "pt": "o os a as um uma eu nos voce voces seu sua seus meu minha me e sao estou estamos esta este isso tenho temos"
    " tem nao sim ou mas para por com de do da dos das em no na que como quando onde quem quanto obrigado obrigada"
    " mais muito ja agora ola pode podemos posso sem sobre ao foi ha pra",
}
_SPOKEN: Mapping[str, frozenset[str]] = {language: frozenset(words.split()) for language, words in WORDS.items()}
# Shared words decide nothing.
_SPOKEN_IN = {
    word: language
    for language, words in _SPOKEN.items()
    for word in words.difference(*(others for other, others in _SPOKEN.items() if other != language))
}


def language_of(words: Iterable[str]) -> str | None:
    """Return the language (ISO 639-1) most function words are of; None if there are none or two are even."""
    votes = Counter(map(_SPOKEN_IN.get, words))
    del votes[None]
    most = max(votes.values(), default=0)
    leading = [language for language, number in votes.items() if number == most]
    return leading[0] if len(leading) == 1 else None
