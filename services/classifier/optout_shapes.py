"""What opt-outs look like in any language: a clause as a string of concepts, in which "to stop" meets "to mail"."""

import re
from collections.abc import Iterable

from services.classifier.concepts import concept

_SHAPES = re.compile(
    r"(?:^|[^N])S.{0,3}[VM]"  # stop mailing, no more of your mails
    r"|N[^Q]{0,2}V.{0,2}[EAM]"  # do not write to us again
    r"|N.{0,2}A.{0,2}[MV]"  # no further mails
    r"|N.{0,3}[WI].{0,3}[GVM]"  # do not want to get mail
    r"|N.{0,3}G.{0,3}[MAY]"  # rather not hear from you
    r"|^[^NSRE]{0,4}R.{0,2}[ED]"  # please delete my address
    r"|RP?$"  # remove, please
    r"|O.{0,3}L|R.{0,3}YL"  # off the list, remove from your list
    r"|J.{0,4}[DMVJ]|[DMV].{0,4}J"  # my right to object to the use of my data
)
# A draft can be deleted, too, and who makes forms to unsubscribe talks about them.
_OF_BUSINESS = re.compile(
    r"\b(?:(?:remov|delet|exclud)\w{1,3}|drop) (?:the|a) (?!list|address|e?mail|data|name|contact|domain|inbox)\w"
    r"|\bunsubscribe (?:flow|rate|feature|process|endpoint|workflow)"
)


def like_an_opt_out(words: Iterable[str]) -> bool:
    """Tell whether the words of a text, in their order, have the shape of an opt-out."""
    return bool(_SHAPES.search("".join(map(concept, words))))


def of_business(words: str) -> bool:
    """Tell whether a text in plain words speaks of removing something that is no address."""
    return bool(_OF_BUSINESS.search(words))
