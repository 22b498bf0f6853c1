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
    (?:ya )?no (?:trabaja|labora|forma parte|pertenece)~
    ha dejado (?:la|nuestra) (?:empresa|compania)
    ne (?:travaille|fait) plus~
    a quitte (?:la societe|l'entreprise|notre|ses fonctions)
    (?:is )?niet (?:meer|langer) werkzaam~
    werkt niet (?:meer|langer) (?:bij|voor)
    non (?:lavora|fa) piu~
    (?:ja )?nao (?:trabalha|faz parte|integra)~mais
""")

MACHINE_WORDS = one_of(r"""
    this is an auto(?:mated|matic|mated system)?(?:-?generated)? ?(?:reply|response|message|email|answer|acknowledge?ment|notification)
    this (?:message|email|mailbox|inbox|address|account|email address) (?:was|is|has been) ~(?:generated automatically|automatically generated|auto-?generated|not (?:being )?(?:monitored|read|attended)|no longer (?:monitored|in use|active|checked)|unmonitored|unattended)
    (?:mailbox|inbox|address|account|email address)~(?:is |are )?(?:not (?:being |regularly )?(?:monitored|attended)|no longer (?:monitored|in use|active)|unmonitored|unattended)
    auto-?(?:reply|responder|response|generated)
    automatic reply
    (?:we|i) (?:have|has) (?:successfully )?received your (?:email|message|inquiry|enquiry|request|query|ticket|submission)~
    your (?:email|message|inquiry|enquiry|request|query|ticket|case)~(?:has|was) (?:been )?(?:received|logged|assigned|created|forwarded to our)
    (?:a|your) (?:support )?(?:ticket|case) (?:number|id|\#)~
    (?:ticket|case|request) ?(?:\#|number|id) ?:? ?[\w-]{0,5}\d{2,10}
    (?:someone|a (?:member|representative|specialist)|one of our|our (?:support )?team|we)~(?:will|shall|aim to|try to) (?:respond|reply|answer|get back to you|be in touch|contact you)~(?:within|in|as soon as|shortly)~
    we (?:will|aim to|try to|endeavou?r to) (?:respond|reply|answer|get back)~
    diese (?:email|nachricht) wurde automatisch~
    (?:dies ist )?eine automatische (?:antwort|nachricht|email)\w{0,3}
    (?:ihre|deine) (?:email|nachricht|anfrage) ~(?:erhalten|eingegangen|nicht weitergeleitet)
    (?:emails?|nachrichten?) ~(?:werden|wird) ~nicht (?:gelesen|weitergeleitet|bearbeitet)
    (?:este|esta) es (?:un|una) (?:mensaje|respuesta|correo) automatic[oa]~
    hemos recibido su (?:mensaje|correo|consulta|solicitud)
    (?:ceci est|il s'agit d')~(?:un message|une reponse) automatique
    nous avons bien recu votre (?:message|demande|mail|email|courriel)
    dit is een automatisch~
    questo e un messaggio automatico
    (?:esta e uma|este e um) (?:resposta|mensagem|email) automatic[oa]
""")

AWAY = one_of(r"""
    (?:am|is|are|will be|be|was|currently|i will be|be) ~out of (?:the |my )?office~
    out of (?:the )?office (?:from|until|till|through|on|for|this|and|with|starting|between)
    (?:am|is|are|will be|be|currently) ~(?:away|out)(?: from (?:the |my )?(?:office|desk|email|work)| of town)? ~(?:until|till|through|from|for|on|with|and will)
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
