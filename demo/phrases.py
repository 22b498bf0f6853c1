"""What people write: several phrasings for each thing that can be said, in the words of real replies."""

YES = (
    "Hi {us},\n\nsounds good, call me on Tuesday after 10.",
    "Yes please, send me more details.",
    "This looks interesting. Do you have time for a call on Thursday afternoon?",
    "Happy to chat - I'm returning from a trip tomorrow, does Wednesday work?",
    "Good timing. We are interested, our last vendor rejected the scope.\nCan you send me your calendar link?",
    "Sure, let's set up a demo next week.",
)
SECOND_YES = (
    "One more thing: could you bring a price list to the call? Looking forward to it.",
    "I spoke to my partner and we would both like to see a demo. Can we meet on Monday?",
)
NO = (
    "I'm not interested, thanks.",
    "Thank you but we already have a vendor for this.",
    "No thank you.",
    "Hi {us},\n\nthanks for reaching out, but this is not a fit for us.",
    "We'll pass. We don't have the budget for it.",
)
QUESTION = (
    "How much does it cost for a team of twelve?",
    "Does it work with Outlook? And what does the onboarding look like?",
    "Can you tell me more about the pricing?",
    "Hi {us}, which plans do you offer and is there a free trial?",
)
LATER = (
    "Not right now. Please get back to me in Q3.",
    "We are in the middle of a migration, could you reach out again in a few months?",
    "Bad timing at the moment, let's revisit this next quarter.",
)
WRONG_PERSON = (
    "I'm not the right person for this. Please contact our operations lead, Dana Fox.",
    "You would need to talk to our head of purchasing about this, it isn't my area.",
)
STOP = (
    "Please take me off your list.",
    "Unsubscribe me please.",
    "Stop emailing me.",
    "Remove me from your mailing list and do not contact me again.",
)
GERMAN = {
    "POSITIVE": (
        "Guten Tag,\n\ndas klingt interessant. Können wir nächste Woche telefonieren?",
        "Ja gerne, schicken Sie mir bitte mehr Informationen.",
    ),
    "NEGATIVE": (
        "Kein Interesse.",
        "Vielen Dank, aber wir haben bereits einen Anbieter dafür.",
    ),
    "UNSUB": (
        "Bitte nehmen Sie mich aus Ihrem Verteiler.",
        "Bitte schreiben Sie mir nicht mehr.",
    ),
}
SPANISH = {
    "POSITIVE": (
        "Hola,\n\nme interesa. ¿Podemos hablar la próxima semana?",
        "Sí, por favor, envíeme más información.",
    ),
    "NEGATIVE": (
        "No me interesa, gracias.",
        "Gracias, pero ya tenemos un proveedor.",
    ),
    "UNSUB": (
        "Por favor, deme de baja de su lista.",
        "No me escriban más, por favor.",
    ),
}
AWAY = (
    "Thank you for your message. I am out of the office until {day} and have no access to e-mail.",
    "Hello,\n\nI'm on annual leave and will be back on {day}. For urgent matters call the front desk.",
    "I am currently travelling. I will return on {day} and answer then.",
)
LEFT = (
    "{name} is no longer with {company}. This mailbox is not monitored.",
    "Please note that {name} has left the company. Your message has not been forwarded.",
)
BACK = (
    "Hi {us},\n\nI'm back now. Yes, I'd like to see a demo, would Thursday suit you?",
    "Just back from vacation and found your mail. Sounds interesting, let's talk this week.",
)
