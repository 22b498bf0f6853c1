"""What machines answer, and what people say in the same words; sentences written before the word lists."""

import pytest

from services.classifier.rules import Incoming, classify


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for your note. I'm currently out on PTO and will be back on the 14th.",
        "Hi there, I'm OOO this week with no laptop. Please reach out to Dana (dana@acme.example).",
        "I am away from my desk until Tuesday. I will respond to your message upon my return.",
        "Hello, I'm out of office attending our annual sales kickoff. Expect slow replies.",
        "I'm on parental leave until September. My colleague Tom is covering for me.",
        "Our offices are closed for the holidays and will reopen on January 2nd.",
        "I will be out of the country from 3 to 17 May and will have only sporadic access to mail.",
        "Thank you for contacting Acme Support. Your ticket has been created: #88123. Our team will respond shortly.",
        "This is an automated response to let you know that we received your e-mail.",
        "Thanks for reaching out! We have received your message and will get back to you within 2 business days.",
        "Please do not reply to this email, this inbox is not monitored.",
        "This email address is no longer in use. Please contact info@acme.example instead.",
        "John Smith no longer works at Acme Inc. Please direct all inquiries to mary@acme.example.",
        "I have left Acme as of June 30th. For any questions please contact Jane.",
        "Please be advised that Peter is no longer employed by the company.",
        "I'm currently on sick leave. Your email will not be forwarded.",
        "I'm on vacation and won't be checking email until I return on August 12.",
        "Currently travelling with limited connectivity. In urgent cases call my assistant.",
        "Thank you for your message. I am on annual leave returning Monday 5th August.",
        "I'll be away till the end of the month and will answer when I'm back.",
        "Vielen Dank für Ihre Nachricht. Ich bin derzeit nicht im Büro und ab dem 12. August wieder erreichbar.",
        "Guten Tag, ich befinde mich bis 3. Mai im Urlaub. Ihre E-Mail wird nicht weitergeleitet.",
        "Ich bin in Elternzeit. Bitte wenden Sie sich an meine Kollegin Frau Schulz.",
        "Herr Müller ist nicht mehr in unserem Unternehmen beschäftigt.",
        "Ihre Anfrage ist bei uns eingegangen. Wir melden uns schnellstmöglich bei Ihnen.",
        "Dies ist eine automatisch generierte E-Mail, bitte antworten Sie nicht darauf.",
        "Ich bin heute außer Haus und kann Ihre Mail erst morgen lesen.",
        "Derzeit bin ich auf Dienstreise und lese meine E-Mails nur unregelmäßig.",
        "Gracias por su mensaje. Estaré fuera de la oficina hasta el 20 de agosto. Si es urgente contacte con Luis.",
        "Me encuentro de vacaciones y regresaré el lunes 5 de agosto.",
        "Hemos recibido su consulta y le responderemos lo antes posible.",
        "Ya no trabajo en Acme. Por favor escriba a info@acme.example.",
        "Este buzón no está atendido. Por favor no responda a este correo.",
        "Estoy de baja maternal hasta septiembre.",
        "Bonjour, je suis en congés jusqu'au 15 août inclus. En cas d'urgence merci de contacter Paul.",
        "Merci pour votre message. Je suis actuellement absente et vous répondrai à mon retour.",
        "Nous avons bien reçu votre demande et vous répondrons dans les meilleurs délais.",
        "Je ne fais plus partie de la société Acme.",
        "Ceci est un message automatique, merci de ne pas y répondre.",
        "Ik ben op vakantie tot en met 9 augustus. Voor dringende zaken kunt u bellen met kantoor.",
        "Bedankt voor uw bericht. Ik ben momenteel niet aanwezig en zal uw mail na terugkomst beantwoorden.",
        "Wij hebben uw bericht ontvangen en nemen zo spoedig mogelijk contact met u op.",
        "Jan Jansen is niet meer werkzaam bij Acme.",
        "Dit is een automatisch gegenereerd bericht.",
        "Sono in ferie fino al 25 agosto. Per urgenze contattare Marco.",
        "Grazie per il messaggio. Al momento sono fuori ufficio e risponderò al mio rientro.",
        "Abbiamo ricevuto la tua richiesta, ti risponderemo al più presto.",
        "Non lavoro più in Acme, scrivete a info@acme.example.",
        "Estou de férias até 20 de agosto. Em caso de urgência, contacte a Maria.",
        "Obrigado pela sua mensagem. Encontro-me ausente do escritório e responderei assim que regressar.",
        "Recebemos a sua mensagem e responderemos em breve.",
        "Já não trabalho na Acme. Por favor contacte geral@acme.example.",
        "I'm out today and tomorrow, back Thursday.",
        "Auto-reply: I'm in meetings all day and will get back to you this evening.",
        "I'm at a conference this week and slow to respond to email.",
        "Thanks for emailing. I only check email twice a day at 11am and 4pm.",
        "I have retired. Please contact my successor at sales@acme.example.",
        "I no longer work here. Try hr@acme.example",
        "Thank you for your email. I am taking some time off to spend with my family and will be back on Monday.",
        "Diese Mailbox wird nicht gelesen. Bitte nutzen Sie unser Kontaktformular.",
    ],
)
def test_machines_of_all_kinds_answer(text: str) -> None:
    assert classify(Incoming("Re: quick question", "j@acme.example", body=text)).classification == "OOO"


@pytest.mark.parametrize(
    "text",
    [
        "I was on vacation last week, sorry for the late reply. Yes, let's talk Tuesday.",
        "I'm out of the office tomorrow, can we do Thursday instead?",
        "We closed the deal with another vendor. Thanks.",
        "I'm travelling next week but happy to hop on a call after that.",
        "Please remove me, I left that company years ago.",
        "Not interested, we are closing our office in Berlin.",
        "I received your message. What does it cost?",
        "Who is this? I don't remember getting in touch.",
        "Can you contact my colleague Jane at jane@acme.example? She handles this.",
        "Back in the office on Monday, let's speak then.",
        "We're looking for a vacation rental tool, do you have one?",
        "Ich bin nächste Woche im Urlaub, danach gerne ein Termin.",
        "Bin gerade auf Dienstreise, aber schicken Sie mir gern die Unterlagen.",
        "Estoy de viaje esta semana, pero mándame más información.",
        "Our team will get back to you if we want this. Don't mail me again.",
        "I am currently out of budget for this.",
        "Call me when you're back from vacation.",
        "Does your tool send automatic replies?",
        "We have an out-of-office plugin already, no thanks.",
    ],
)
def test_people_who_talk_of_offices_holidays_and_answers_are_no_machines(text: str) -> None:
    assert classify(Incoming("Re: quick question", "j@acme.example", body=text)).classification != "OOO"


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("This mailbox is not monitored.", "unmonitored"),
        ("Dieses Postfach wird nicht gelesen.", "unmonitored"),
        ("We have received your message. Ticket #123456 was created.", "acknowledgement"),
        ("Nous avons bien re\u00e7u votre demande.", "acknowledgement"),
        ("Jane no longer works here.", "left_company"),
    ],
)
def test_what_kind_of_machine_answers(text: str, fact: str) -> None:
    facts = classify(Incoming("Re: hello", headers={"auto-submitted": "auto-replied"}, body=text)).facts
    assert facts.to_json() == {fact: True}


def test_a_notice_to_everybody_is_no_answer() -> None:
    text = "Your invoice is attached. Please do not reply to this email."
    assert classify(Incoming("Your invoice", "billing@shop.example", body=text)).classification != "OOO"
