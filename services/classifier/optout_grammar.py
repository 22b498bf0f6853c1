"""Opt-outs that no list of phrases foresees: who says "take off", "stop" or "no more", about us or our mail."""

# ruff: noqa: E501 - a family of words stands on one line

import re

_GAP = r"\W{1,3}(?:[\w@.'-]{1,60}\W{1,3}){0,6}"
_BRIEF = r"\W{1,3}(?:[\w'-]{1,30}\W{1,3}){0,3}"
_REMOVE = (
    r"(?:remove|delete|erase|exclude[d]?|strike|unlist|scrub|removed|deleted|get|be|want) ?(?:out|off)?|"
    r"(?:remove|delete|erase|excluded?|strike|unlist|removed|deleted|off|out)|"
    r"streich\w{0,4}|loesch\w{0,3}|losch\w{0,3}|entfern\w{0,4}|austragen|nehm\w{0,2}|nimm|"
    r"borr\w{2,6}|elimin\w{1,6}|quit(?:en|e|ar)\w{0,4}|saqu\w{1,5}|retir\w{1,6}|suprim\w{1,6}|"
    r"supprim\w{1,3}|effac\w{1,3}|enlev\w{1,3}|ray(?:ez|er)|"
    r"verwijder\w{0,2}|schrap\w{0,3}|haal|wil|wis|rimuov\w{1,5}|cancell\w{1,5}|togli\w{1,4}|"
    r"remov\w{1,4}|tir(?:e|em|ar)\w{0,3}|apagu?\w{1,3}|exclu\w{1,4}"
)
_OUR_LIST = (
    r"(?:from|off|out of|of) (?:all )?(?:your|this|these|the|any|whatever)(?: \w{1,15}){0,2} (?:lists?|mailings?|newsletters?|databases?|distribution|campaigns?|sequences?|system|records|crm|files|outreach|spam)|"
    r"(?:aus|von) (?:der|dem|ihrer|ihrem|eurer|eurem|dieser|diesem)(?: \w{1,15})? (?:liste|verteiler|datenbank|mailingliste|newsletter|kartei|system)|"
    r"de (?:su|sus|la|las|tu|esta|vuestra|estas)(?: \w{1,15})? (?:listas?|base|bases|envios|mailing|registros)|"
    r"de (?:votre|vos|cette|la|ces|toutes vos)(?: \w{1,15})? (?:listes?|base|fichiers?|envois|mailings?|diffusion)|"
    r"(?:van|uit) (?:de|uw|jullie|je|deze)(?: \w{1,15})? (?:lijst|lijsten|mailinglijst|bestand|database|systeem)|"
    r"(?:dalla|dalle|da) (?:vostra |vostre |questa |tua |sua )?(?:lista|liste|mailing|elenco|database)|"
    r"(?:da|das|de|desta) (?:sua |suas |vossa |tua )?(?:lista|listas|base|mailing|cadastro)"
)
_MY_DATA = (
    r"(?:my|our) (?:email |personal |contact |e-mail )?(?:address|data|details|information|record|records|contact)|"
    r"mein\w{0,2} (?:daten|adresse|emailadresse|email-adresse|kontaktdaten|email)|"
    r"(?:mis|mi) (?:datos|direccion|correo|contacto)|(?:mes|mon) (?:donnees|coordonnees|adresse|contact)|"
    r"mijn (?:gegevens|adres|emailadres|contact)|(?:il mio|i miei|la mia) (?:contatto|dati|indirizzo|email)|"
    r"(?:os meus|meus|o meu|meu) (?:dados|endereco|contato|contacto|email)"
)
_MAIL = (
    r"(?:e?mails?|mailings?|messages?|newsletters?|follow[- ]?ups?|spam|outreach|marketing|correspondence|communications?|"
    r"nachrichten|werbung|zuschriften|correos?|mensajes|publicidad|courriels?|publicites?|berichten|reclame|messaggi|comunicazioni|mensagens|publicidade)"
)
_STOP = r"(?:stop|stopped|cease|quit|enough|halt|aufhoren|hort|basta|parem?|arretez|cessez|stoppen|stopt|smettete|smettetela)"
# Where a wish begins: a sentence, or the words that make an order polite.
_WISH = r"(?:^|[,;:-] ?|\b(?:please|kindly|pls|just|bitte|por favor|merci d[e']|veuillez|prego|per favore|graag|gelieve|if you|and|und|y|et|en|e) )"
_NEGATED = r"(?:do not|never|no|nicht|keine?n?|no|ne|n'|niet|geen|non|nao)"
_SENDING = (
    r"(?:send|use|mail|email|write|contact|schick\w{0,3}|send\w{0,3}|schreib\w{0,3}|envi\w{1,5}|mand\w{1,5}|escrib\w{1,4}|"
    r"envoy\w{1,3}|ecri\w{1,4}|stu(?:ur|ren)|invi\w{1,6}|scriv\w{1,6}|escrev\w{1,4})"
)
_MORE = r"(?:more|further|other|again|any|marketing|mehr|weiteren?|mas|otr[oa]s?|plus|autres?|meer|andere|piu|altr[eio]|mais|outr[oa]s)"
_ORDER = re.compile(
    rf"{_WISH}(?:(?:{_REMOVE})(?:{_GAP}|\W{{1,3}})(?:{_OUR_LIST})|(?:{_REMOVE}){_BRIEF}(?:{_MY_DATA})|"
    rf"{_STOP}{_BRIEF}{_MAIL}|{_NEGATED}{_BRIEF}{_SENDING}{_BRIEF}{_MORE}{_BRIEF}{_MAIL}|"
    rf"{_NEGATED}{_BRIEF}{_SENDING}{_BRIEF}(?:{_MY_DATA}|my email){_BRIEF}(?:marketing|{_MAIL}))\b"
)
_ALONE = re.compile(
    r"(?:[^\n]{0,150}(?:- |: |, |please |bitte |sofort ))?"
    r"(?:stop|aufhoren|basta|arretez|parem|stoppen|smettetela)(?: it| now| please| bitte| subito| ya)?$"
)
_WANT_OUT = re.compile(
    r"\b(?:(?:i|we) (?:want|wish|would like) (?:out|off|to be (?:removed|excluded|taken off|left out|deleted))|"
    r"if you (?:would )?(?:stopped|stop|ceased|cease|quit) (?:\w{1,12} )?(?:emailing|mailing|contacting|writing|sending|messaging|these|your)|"
    r"(?:i|we) (?:have )?(?:already )?(?:opted out|unsubscribed)|"
    r"(?:ich|wir) (?:will|wollen|mochten?) (?:raus|aus ihrem verteiler)|"
    r"(?:sehen|seht) sie (?:bitte )?von (?:weiteren|solchen|allen)|"
    r"(?:ik|wij|we) wil(?:len)? (?:van|uit) (?:de|deze|jullie|uw) \w{0,10}lijst|"
    r"(?:rimuov|cancell|togli|elimin)\w{1,4}(?:mi|temi|tici|ci))\b"
)
_SENTENCES = re.compile(r"(?<=[.!?])\s{1,5}|\n{1,5}")
_LONGEST = 200
_ASKED = re.compile(r"^(?:how|do you|does|can (?:i|we|our)|could you|what|when|why|which|is|are|will|who)\b")


def ordered(words: str) -> str | None:
    """Return the words of a sentence that tells us to take somebody off a list, or to stop mailing."""
    for part in _SENTENCES.split(words[:2_000]):
        sentence = part.strip(" \t\"'*-")[:_LONGEST]
        if not sentence or (sentence.endswith("?") and _ASKED.match(sentence)):
            continue
        order = sentence.rstrip(".!?")
        if found := _ORDER.search(order) or _WANT_OUT.search(order) or _ALONE.match(order):
            return found.group().strip(" ,;:-")
    return None
