"""The words of automatic replies, in seven languages."""

# ruff: noqa: E501 - a family of phrases stands on one line

import re

from services.classifier.words import one_of

# What these header fields hold where they say nothing.
NOT_NOW = frozenset({"", "no", "none", "false"})

# Only at the beginning of a subject: "Re: Automatic reply" was written by a person.
_NAMES = one_of(r"""
    automatic (?:reply|response)
    auto(?:mated|matic)?[ -]?(?:reply|response|respond|responder|answer)\w{0,3}
    (?:currently )?out of (?:the )?office\w{0,6}
    ooo
    on (?:annual |maternity |paternity |parental |sick )?(?:leave|vacation|holidays?)
    vacation (?:reply|response|notice|message)
    away (?:from (?:the |my )?(?:office|desk|email)|notice|message)
    (?:automatische |autom\. ?)?abwesen\w{1,20}
    automatische (?:antwort|reaktion|email)\w{0,3}
    nicht im (?:buro|haus)
    respuesta automatica
    fuera de (?:la )?oficina
    ausente
    reponse automatique
    absen(?:ce|t|te)(?: du bureau)?
    message d'absence
    automatisch (?:antwoord|bericht)
    afwezig\w{0,10}
    niet aanwezig
    risposta automatica
    fuori (?:sede|ufficio)
    assenza
    resposta automatica
    ausencia
    fora do escritorio
""")

# A subject that goes on as a sentence only talks about such a notice.
NAMED = re.compile(
    rf"[\[(]?(?:{_NAMES.pattern})(?=\s{{0,3}}(?:$|[^\w\s]|\d|(?:re|aw|from|until|till|through|to|on|for|with|is|was|bis|vom|von|hasta|del?|"
    r"desde|jusqu|du|au|tot|van|fino|dal|ate|today|this|next|message|notice|notification$)\b))"
)

LEFT = one_of(r"""
    (?:i|he|she|they|who) no longer (?:work|works|worked)~
    (?:i|he|she|they) (?:have|has) left (?!a |the office|for |you |it )[a-z0-9&. -]{2,40}
    (?:is|am|are|has been) no longer (?:an? )?(?:employed|employee|working|with|at|part of|works?)~
    no longer (?:works?|working|employed)~(?:here|at|for|with)
    (?:has|have) (?:now |since |recently )?left (?:the |our |this )?(?:company|organi[sz]ation|firm|business|team|employment)
    (?:has|have) (?:now |since )?left (?!a |the office|for )[a-z0-9&. -]{2,40}
    last day (?:at|with|of (?:work|employment))~was
    (?:has|have) (?:retired|passed away)
    (?:does not|do not) work (?:here|for|at|with)~(?:any ?more|any longer)?
    (?:arbeitet|ist|bin) nicht (?:mehr|langer) (?:bei|fur|im|in|teil)~
    nicht mehr (?:bei|fur|in) ~(?:tatig|beschaftigt|unternehmen|firma)
    (?:hat|habe) (?:das unternehmen|die firma|unser haus) verlassen
    (?:ya )?no (?:trabaj[ao]|labor[ao]|form[ao] parte|pertene(?:ce|zco))~(?!con (?:su|otr|agenc|proveed))
    ha dejado (?:la|nuestra) (?:empresa|compania)
    ne (?:travaille|fait|fais) plus~
    a quitte (?:la societe|l'entreprise|notre|ses fonctions)
    (?:is )?niet (?:meer|langer) werkzaam~
    werkt niet (?:meer|langer) (?:bij|voor)
    non (?:lavor[ao]|fa|faccio) piu~
    (?:ja )?nao (?:trabalh[ao]|faz parte|faco parte|integra)~mais
    ja nao (?:trabalh[ao]|fa[zc]\w? parte)~
""")

# Nobody reads this mailbox, or it is not used any more.
UNMONITORED = one_of(r"""
    (?:mailbox|inbox|address|account|email|message|email address)~(?:is |are |was )?(?:not (?:being |regularly |actively )?(?:monitored|attended|read|checked|in use|used|watched)|no longer (?:monitored|in use|active|checked|used|valid|read)|unmonitored|unattended)
    (?:un-?monitored|unattended|send-only) (?:mailbox|inbox|address|email|account)
    (?:replies|responses|answers) (?:to this (?:email|message|address|mailbox) )?(?:are|will be) not (?:be )?(?:read|monitored|received|answered)
    can not (?:accept|receive|process) (?:replies|incoming)~
    (?:mailbox|postfach|adresse|emailadresse|email-adresse|emails?|nachrichten?)~(?:wird|werden|ist|sind)~(?:nicht (?:mehr )?(?:gelesen|uberwacht|bearbeitet|betreut|abgerufen|weitergeleitet|aktiv|gultig|genutzt|verwendet))
    (?:buzon|direccion|correo|cuenta|casilla)~(?:no (?:esta|es|se encuentra) ~(?:atendid[oa]|monitorizad[oa]|monitoread[oa]|supervisad[oa]|revisad[oa]|activ[oa]|en uso)|ya no (?:esta|se)~)
    (?:adresse|boite|messagerie|compte)~(?:n'est (?:pas|plus) (?:consultee?|surveillee?|lue?|active?|utilisee?|relevee?|geree?))
    (?:mailbox|postvak|adres|emailadres)~(?:wordt niet|is niet meer) ~(?:gelezen|gecontroleerd|beheerd|actief|gebruik)
    (?:casella|indirizzo)~(?:non (?:e|viene) ~(?:monitorat[oa]|presidiat[oa]|attiv[oa]|controllat[oa]|lett[oa]))
    (?:caixa|endereco|conta|email)~(?:nao (?:e|esta a ser|esta sendo|esta) ~(?:monitorad[oa]|monitorizad[oa]|lid[oa]|ativ[oa]|verificad[oa]))
""")

# Machines that write to everybody say this, too: no answer to us by itself.
NO_ANSWERS = one_of(r"""
    (?:please |kindly )?do not (?:reply|respond|answer) (?:directly )?to this~(?:email|message|mail|address|notification)
    bitte (?:antworten sie )?nicht (?:auf diese (?:email|nachricht|mail) )?(?:antworten|darauf)
    (?:por favor,? )?no (?:responda|conteste|respondas|responder)~(?:este|a este) (?:correo|mensaje|email)
    (?:merci de|veuillez|priere de) ne pas (?:y )?repondre~
    (?:non|si prega di non) rispond\w{1,4} a ~(?:questo|questa|presente)~
    (?:por favor,? )?nao responda a (?:este|esta)~
""")

# Our e-mail arrived: a ticket system, a form, a help desk says so.
ACKNOWLEDGED = one_of(r"""
    (?:we|i) (?:have|has) (?:successfully |now |safely )?received your (?:email|message|inquiry|enquiry|request|query|ticket|submission|application|mail|note)~
    (?:we|i) (?:will|shall) (?:get back|respond|reply) ~(?:within|in) (?:\d{1,3}|one|two|three|a few|the next)~(?:hours?|days?|business|working|minutes?)
    (?:thank you|thanks) for (?:contacting|reaching out to|writing to|getting in touch with) ~(?:support|customer|our|the|us)~
    your (?:email|message|inquiry|enquiry|request|query|ticket|case|mail)~(?:has|was) (?:been )?(?:received|logged|assigned|created|registered|opened|forwarded to our)
    (?:a|your|new) (?:support |service )?(?:ticket|case|request) (?:number|id|\#|has been|was|reference)~
    (?:ticket|case|request|reference) ?(?:\#|number|id|no\.?) ?:? ?[\w-]{0,5}\d{2,10}
    (?:someone|a (?:member|representative|specialist|colleague)|one of our|our (?:support |sales |service )?team|we|an agent)~(?:will|shall|aim to|try to) (?:respond|reply|answer|get back to you|be in touch|contact you|review)~(?:within|in|as soon as|shortly|soon)~
    we (?:will|aim to|try to|endeavou?r to|strive to) (?:respond|reply|answer|get back)~
    (?:ihre|deine) (?:email|nachricht|anfrage|mail|mitteilung) ~(?:erhalten|eingegangen|bearbeitet|registriert)
    (?:ihre|deine) (?:email|nachricht|anfrage|mail)~(?:ist|wurde)~(?:eingegangen|erhalten|erfasst|registriert)
    wir (?:melden uns|werden uns|antworten|bearbeiten)~(?:schnellstmoglich|so schnell wie moglich|umgehend|in kurze|so bald|zeitnah|innerhalb)~
    (?:hemos|he) recibido (?:su|tu|vuestro) (?:mensaje|correo|consulta|solicitud|email|peticion)
    (?:le|te|les|nos) (?:responderemos|contestaremos|contactaremos|pondremos)~(?:antes posible|brevedad|breve|horas|contacto)~
    (?:nous avons|j'ai) bien recu votre (?:message|demande|mail|email|courriel|courrier)
    (?:vous repondrons|vous repondra|reviendrons vers vous|reponse vous)~(?:meilleurs delais|plus vite|plus tot|heures|rapidement)~
    (?:wij|we|ik) (?:hebben|heb) (?:uw|je|jouw) (?:bericht|email|aanvraag|vraag|mail|verzoek) ~ontvangen
    nemen ~(?:spoedig|snel|zo)~contact~
    (?:abbiamo|ho) ricevuto (?:la (?:tua|sua|vostra)|il (?:tuo|suo|vostro)) (?:richiesta|messaggio|email|mail)
    (?:ti|le|vi) (?:risponderemo|contatteremo|ricontatteremo)~
    (?:recebemos|recebi) (?:a )?(?:sua|o seu|seu) (?:mensagem|email|pedido|contato|contacto|solicitacao)
    (?:responderemos|retornaremos|entraremos em contato)~(?:breve|possivel|horas)~
""")

# A machine says of itself that it is one.
GENERATED = one_of(r"""
    this is an auto(?:mated|matic|mated system)?(?:-?generated)? ?(?:reply|response|message|email|answer|acknowledge?ment|notification)
    (?:this|the following) (?:message|email) (?:was|is|has been) ~(?:generated automatically|automatically generated|auto-?generated|sent automatically|automatically sent)
    auto-?(?:reply|responder|response|generated)
    (?:automatic|automated) (?:reply|response|acknowledge?ment)
    (?:diese|dies ist eine|das ist eine|dies ist ein) ~automatisch(?:e|er|en)? ~(?:erstellt\w{0,2}|generiert\w{0,2}|versendet\w{0,2}|antwort|nachricht|email|mail|versandt)
    (?:email|nachricht|mail) wurde automatisch~
    (?:este|esta) (?:es|e)~(?:un|una|uma|um)~(?:mensaje|respuesta|correo|resposta|mensagem|email) ~(?:automatic[oa]|generad[oa] automaticamente|automaticamente)
    (?:mensaje|correo|respuesta|mensagem|resposta) (?:generad[oa]|gerad[oa]|enviad[oa]) automaticamente
    (?:ceci est|il s'agit d'|ce message est)~(?:un message|une reponse|un courriel|un email)? ?automatique
    (?:message|email|reponse) (?:genere|envoye)e? automatiquement
    dit is een automatisch~
    questo e un(?:a)? (?:messaggio|risposta|email) (?:automatic[oa]|generat[oa] automaticamente)
    (?:messaggio|email) generat[oa] automaticamente
""")

# Whom to turn to meanwhile: said to everybody, and no answer to us.
URGENT = re.compile(
    r"\b(?:urgent\w{0,3}|emergenc\w{1,3}|pressing|immediate (?:assistance|attention|help|response)|in my absence|"
    r"meantime|meanwhile|dringend\w{0,3}|in der zwischenzeit|wahrend meiner abwesenheit|vertret(?:ung|en|er|erin)|urgen\w{2,6}|"
    r"en mi ausencia|mientras tanto|en mon absence|entre-temps|spoed\w{0,8}|tussentijd|bij afwezigheid|in mia assenza|nel frattempo|"
    r"na minha ausencia|entretanto)\b[^.!?\n]{0,200}"
)

AWAY = one_of(r"""
    (?:i am|i'll be|i will be|am|currently|is) ooo\b~
    (?:i am|we are|will be) (?:also )?out (?:today|tomorrow|this|next|all|for|until|till|through|sick|of town|of the country)~
    (?:am|is|are|will be) ~(?:with|have|has) no (?:laptop|email|access|internet)~
    (?:taking|took|have taken) (?:some |a few )?(?:time off|days off|pto)~
    only (?:check|read|answer|reply to) (?:my )?(?:emails?|mails?|messages)~(?:twice|once|daily|weekly|day|week|\d)
    slow to (?:respond|reply|answer)~
    (?:expect|please expect|there may be|apologi[sz]e for) ~(?:slow|delayed|a delay|delays?|longer)~(?:repl(?:y|ies)|responses?|response times?|answers?)
    covering for me~
    (?:my|our) colleague ~(?:is covering|will cover|can help|will help|can assist|will assist|takes over|is filling in)~
    (?:am|is|are|will be|be|was|currently|i will be|be) ~out of (?:the |my )?office~
    out of (?:the )?office (?:from|until|till|through|on|for|this|and|with|starting|between)
    (?:am|is|are|will be|be|currently) ~(?:away|out(?! of (?!the|my|town|country|reach|action)\w))(?: from (?:the |my )?(?:office|desk|email|work)| of town)? ~(?:until|till|through|from|for|on|with|and will)
    (?:am|is|are|will be|currently|be) ~away from (?:the |my )?(?:office|desk|email|work)
    (?:am|is|are|will be|currently|be|gone) ~(?:on|taking|enjoying) ~(?:annual|maternity|paternity|parental|sick|medical|family|bereavement|personal|study|sabbatical|extended)? ?(?:leave|vacation|holidays?|pto|sabbatical|honeymoon|time off)
    (?:on|taking|start(?:ing)?) (?:annual|maternity|paternity|parental|sick|medical|my|a) (?:leave|vacation|holiday|sabbatical)
    (?:am|is|are|will be|currently|be) ~(?:travel+ing|on a business trip|at a conference|attending a conference)~
    (?:i|we) (?:am|are) (?:currently |presently )?away(?= ?[.!,\n]|$)
    (?:will|shall) (?:reply|respond|answer)~(?:when|once|after)~(?:return|back)
    (?:will|shall) (?:reply|respond|answer|be back|return) (?:next week|tomorrow|on my return)
    (?:limited|no|little|intermittent|sporadic|restricted) (?:or no )?access to (?:my )?(?:email|mail|emails|inbox|messages)
    (?:will|shall) (?:not )?be (?:checking|reading|answering|responding|replying|monitoring)~(?:email|emails|messages|my email|my emails)?~
    (?:i )?(?:will|shall) (?:be back|return|be returning|be returned|respond|reply|get back to you|answer)~(?:on|upon|when|after|as soon as|once)~(?:return|back|back in the office|\d{1,2}|monday|tuesday|wednesday|thursday|friday|[a-z]{3,9} \d{1,2})
    (?:back|returning|return)(?: in| to)?(?: the)? office on
    (?:for|in case of|if)~(?:urgent|emergency|emergencies|immediate|urgently|pressing)~(?:matters?|assistance|issues?|inquiries|requests?|help|attention|enquiries|questions|needs)?,? ~(?:please )?(?:contact|call|email|reach|write|dial|get in touch)
    upon my return
    (?:during|in) my absence
    (?:office|offices|we) (?:is|are|will be) ~closed~(?:from|until|for|on|between|due)
    (?:ich )?(?:bin|ist|befinde mich)~(?:nicht im (?:buro|haus)|ausser haus|abwesend|im urlaub|auf (?:dienst|geschafts)reise|in elternzeit|nicht erreichbar|krank)~
    nicht im (?:buro|haus|hause)
    (?:wieder|zuruck) (?:im buro|erreichbar|fur sie da|im haus)
    (?:wahrend|in) (?:dieser zeit|meiner abwesenheit)
    in (?:dringenden|wichtigen) (?:fallen|angelegenheiten)
    emails? werden (?:nicht|in dieser zeit)~
    (?:estoy|estare|me encuentro|estaremos)~(?:fuera|ausente|de vacaciones|de viaje|de baja)~
    fuera de (?:la )?oficina
    (?:de|por) vacaciones (?:hasta|del|desde)
    (?:en caso de|para (?:asuntos|temas)) ~urgen(?:cia|tes?)
    (?:je suis|suis|serai|nous sommes)~(?:absente?|en conges?|en vacances|en deplacement|hors du bureau|indisponible)~
    (?:en cas d'urgence|de retour le|a mon retour)
    (?:ik ben|ben|ik ben momenteel)~(?:afwezig|niet aanwezig|met vakantie|op vakantie|met verlof|niet op kantoor|er niet)~
    (?:weer aanwezig|terug op kantoor|voor dringende)
    (?:sono|saro|sono attualmente)~(?:fuori (?:sede|ufficio)|assente|in ferie|in vacanza|in viaggio)~
    (?:al mio rientro|per urgenze)
    (?:estou|estarei|encontro-me)~(?:ausente|de ferias|fora do escritorio|em viagem|de licenca)~
    (?:em caso de urgencia|no meu regresso)
""")
