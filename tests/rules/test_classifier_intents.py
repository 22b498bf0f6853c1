"""What a person's words mean, also where single words mislead."""

import pytest

from services.classifier.rules import Incoming, classify

PITCH = (
    "\n\nOn Mon, Mar 2, 2026 at 09:00, Alex Morgan <alex@cam.example> wrote:\n"
    "> Are you interested in a demo?\n> To unsubscribe, answer STOP.\n"
)


def meaning(text: str, subject: str = "Re: your mornings") -> str:
    return str(classify(Incoming(subject=subject, from_address="jane@acme.example", body=text)).classification)


MISLEADING = [
    ("I'm not interested, thanks.", "NEGATIVE"),
    ("No thank you.", "NEGATIVE"),
    ("Thank you but we already have a vendor", "NEGATIVE"),
    ("Sounds good, call me on Tuesday", "POSITIVE"),
    ("Yes please send me more details", "POSITIVE"),
    ("Happy to chat \u2013 I'm returning from a trip, does Tuesday work?", "POSITIVE"),
    ("We are interested. Our last vendor rejected the scope", "POSITIVE"),
    ("Kein Interesse", "NEGATIVE"),
    ("ok" + PITCH, "NEUTRAL"),
]

NEGATIONS = [
    ("This is not interesting for us.", "NEGATIVE"),
    ("We don't need this.", "NEGATIVE"),
    ("We can't move forward with this.", "NEGATIVE"),
    ("Sounds interesting, but we already work with an agency.", "NEGATIVE"),
    ("We have a supplier, but I'd like to hear more.", "POSITIVE"),
    ("Why not, send it over.", "POSITIVE"),
    ("We\u2019re not looking for anything like this", "NEGATIVE"),
    ("It's too expensive for us.", "NEGATIVE"),
    ("I will have to pass on this one.", "NEGATIVE"),
    ("We handle all of that in house.", "NEGATIVE"),
    ("Sounds good and I would love to hear more, but it is too expensive for us.", "NEGATIVE"),
    ("It is too expensive and we already have a vendor, but I would like to see a demo.", "POSITIVE"),
    ("Great product, however it is out of our budget.", "NEGATIVE"),
]

WISHES = [
    ("Sure, let's set up a demo next week.", "POSITIVE"),
    ("How much does it cost?", "POSITIVE"),
    ("Do you integrate with Salesforce?", "POSITIVE"),
    ("I'd prefer to talk by phone, my number is 555 0100", "POSITIVE"),
    ("Thursday at 3pm works for me.", "POSITIVE"),
    ("Send it.", "POSITIVE"),
    ("I'm in, where do I sign?", "POSITIVE"),
    ("I just got back from vacation. Your mail sounds interesting, let's talk.", "POSITIVE"),
]

FOR_A_HUMAN = [
    ("Not right now, please get back to me in Q3.", "NEUTRAL"),
    ("Try me again next quarter.", "NEUTRAL"),
    ("I need to discuss this with my partner first.", "NEUTRAL"),
    ("I'm not the right person. Please contact Dana Fox.", "NEUTRAL"),
    ("You should talk to our head of purchasing.", "NEUTRAL"),
    ("I have forwarded this to my colleague.", "NEUTRAL"),
    ("Who are you?", "NEUTRAL"),
    ("How did you get my address?", "NEUTRAL"),
    ("Thanks, received.", "NEUTRAL"),
    ("Lorem ipsum dolor sit amet", "NEUTRAL"),
]

OTHER_LANGUAGES = [
    ("Das klingt interessant, k\u00f6nnen wir telefonieren?", "POSITIVE"),
    ("Ja, passt.", "POSITIVE"),
    ("Nein danke, wir haben bereits einen Anbieter.", "NEGATIVE"),
    ("Danke f\u00fcr Ihre Mail, aber das ist nichts f\u00fcr mich.", "NEGATIVE"),
    ("Derzeit nicht, melden Sie sich gerne im Herbst.", "NEUTRAL"),
    ("Daf\u00fcr bin ich nicht zust\u00e4ndig, wenden Sie sich bitte an Frau Weber.", "NEUTRAL"),
    ("Me interesa, \u00bfpodemos hablar el jueves?", "POSITIVE"),
    ("\u00bfCu\u00e1nto cuesta?", "POSITIVE"),
    ("No me interesa, gracias.", "NEGATIVE"),
    ("Por ahora no, quiz\u00e1s m\u00e1s adelante.", "NEUTRAL"),
    ("No soy la persona indicada.", "NEUTRAL"),
    ("Oui, envoyez-moi plus d'informations.", "POSITIVE"),
    ("Non merci, nous avons d\u00e9j\u00e0 un prestataire.", "NEGATIVE"),
    ("Nee bedankt, geen interesse.", "NEGATIVE"),
    ("Klinkt goed, kunnen we bellen?", "POSITIVE"),
    ("Non siamo interessati.", "NEGATIVE"),
    ("S\u00ec, mi interessa.", "POSITIVE"),
    ("N\u00e3o temos interesse.", "NEGATIVE"),
    ("Sim, tenho interesse.", "POSITIVE"),
]


@pytest.mark.parametrize(("text", "expected"), MISLEADING + NEGATIONS + WISHES + FOR_A_HUMAN + OTHER_LANGUAGES)
def test_a_persons_words_mean(text: str, expected: str) -> None:
    assert meaning(text) == expected


@pytest.mark.parametrize(("text", "expected"), MISLEADING[:-1] + WISHES + FOR_A_HUMAN)
def test_our_quoted_pitch_changes_nothing(text: str, expected: str) -> None:
    assert meaning(text + PITCH) == expected


def test_words_that_decide_nothing_are_left_to_a_human() -> None:
    found = classify(Incoming(body="The weather in Leeds."))
    assert (found.classification, found.confidence <= 0.4) == ("NEUTRAL", True)


def test_one_voice_is_surer_than_two_that_disagree() -> None:
    clear = classify(Incoming(body="Yes please, sounds good."))
    mixed = classify(Incoming(body="Sounds good. Not interested in the price."))
    assert clear.confidence >= 0.9
    assert mixed.confidence < 0.7


def test_the_reason_quotes_the_words_and_no_address() -> None:
    found = classify(Incoming(body="You should contact dana.fox@acme.example about it."))
    assert "contact" in found.reason
    assert "@" not in found.reason
    assert len(found.reason) <= 300
