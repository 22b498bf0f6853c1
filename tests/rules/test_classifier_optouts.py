"""A wish to get no more mail is never missed, and never read out of our own footer."""

import pytest

from services.classifier.rules import Incoming, classify

FOOTER = "\n\n> Are you interested?\n> To unsubscribe click here.\n"
OPT_OUTS = [
    "Please take me off your list.",
    "Unsubscribe me please.",
    "unsubscribe",
    "STOP",
    "Remove",
    "Stop emailing me.",
    "Remove me from your mailing list and do not contact me again.",
    "I don't want to receive these emails.",
    "No more emails please",
    "Please don't contact me again",
    "I never signed up for this, and will report you as spam.",
    "Leave me alone!",
    "This is unsolicited email and a GDPR violation.",
    "Not interested. Please delete my data.",
    "Cease and desist or you will hear from my lawyers.",
    "Send me anything else and I will report you to the regulator.",
    "If you write to me again, I will be very angry.",
    "Sounds great, but please remove me from this list.",
    "Bitte nehmen Sie mich aus Ihrem Verteiler.",
    "Bitte schreiben Sie mir nicht mehr.",
    "Bitte keine weiteren E-Mails.",
    "Por favor, deme de baja de su lista.",
    "No me escriban m\u00e1s, por favor.",
    "Merci de me d\u00e9sabonner.",
    "Ne m'\u00e9crivez plus.",
    "Graag afmelden.",
    "Non scrivetemi pi\u00f9.",
    "Quero me descadastrar.",
]
NO_OPT_OUTS = [
    ("Please don't take me off your list, I like it.", "x"),
    ("How do your customers unsubscribe?", "POSITIVE"),
    ("If you contact us again in June, I would be happy to talk.", "x"),
    ("Stop by my office when you are in town!", "x"),
    ("ok" + FOOTER, "NEUTRAL"),
    ("I'm not interested, thanks." + FOOTER, "NEGATIVE"),
    ("Sounds good, call me." + FOOTER, "POSITIVE"),
]


@pytest.mark.parametrize("text", OPT_OUTS)
def test_this_asks_for_no_more_mail(text: str) -> None:
    found = classify(Incoming(subject="Re: great offer", body=text + FOOTER))
    assert (found.classification, found.confidence >= 0.9) == ("UNSUB", True)


@pytest.mark.parametrize(("text", "expected"), NO_OPT_OUTS)
def test_this_does_not(text: str, expected: str) -> None:
    found = str(classify(Incoming(subject="Re: great offer", body=text)).classification)
    assert found != "UNSUB"
    assert expected in {found, "x"}


@pytest.mark.parametrize(
    ("subject", "expected"),
    [("unsubscribe", "UNSUB"), ("Please remove me from your list", "UNSUB"), ("Re: how to unsubscribe", "NEUTRAL")],
)
def test_a_subject_counts_when_it_is_their_own(subject: str, expected: str) -> None:
    assert classify(Incoming(subject=subject, body="")).classification == expected


def test_a_programs_unsubscribe_mail_is_an_opt_out_and_no_absence() -> None:
    mail = Incoming(subject="unsubscribe", headers={"auto-submitted": "auto-generated"}, body="Sent by a program.")
    assert classify(mail).classification == "UNSUB"
