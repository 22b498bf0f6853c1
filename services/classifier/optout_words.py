"""The words in which people ask for no more mail, in seven languages."""

# ruff: noqa: E501 - a family of phrases stands on one line

import re

from services.classifier.words import one_of

_LIST = r"(?:mailing |email |distribution |contact |marketing |subscriber )?(?:lists?|databases?|newsletters?|mailings?|system|records|crm|campaigns?|sequences?|emails?|contacts|mail)"

STOP = one_of(rf"""
    un-?subscribe(?: me| us| this| my| from|d)?(?! (?:endpoint|page|button|rates?|form|feature|flow|header|function|process|workflow|option|handling))
    opt(?:ing)?[ -]?(?:me |us )?out(?: of)?
    (?:take|remove|delete|drop|strike|erase|scrub|get|exclude|wipe|cut|leave) (?:me|us|my (?:name|email|address|details|data|info|information|email address|contact)(?: address| details| information)?|our (?:company|address|email|domain|details)|this (?:email|address)(?: address)?|this email address)~(?:off|from|out of|please|permanently|immediately|now)
    (?:take|remove) (?:me|us|my (?:email|address|name))
    (?:remove|delete|erase) ~(?:my|our) ~(?:email|address|data|details|information|contact|info|name|records?)
    (?:be |am |get )?(?:removed|taken off|deleted) from ~{_LIST}
    (?:please )?(?:stop|quit|cease) (?:all )?(?:emailing|mailing|contacting|sending|writing|messaging|spamming|bothering|bugging|harassing|calling|pestering|soliciting|reaching out|these|this|your|the|following up|with (?:the|these|your) (?:emails?|mails?|messages|spam))~(?:emails?|mails?|me|us|messages|spam|crap|garbage|communications?|outreach)?
    (?:please )?(?:do not|never|no longer)(?: ever| you)? (?:email|mail|contact|write|message|spam|bother|call|text|reach out|send|solicit)(?: to)?(?: me| us| this| my| any| anything| emails| more| here)~(?:again|any ?more|any ?longer|further|ever|email|emails|messages|mail|address|stuff|spam)
    (?:please )?(?:do not|never) (?:ever )?(?:contact|email|mail|message|spam|bother|write) (?:to )?(?:me|us)(?! (?:before|until|till|this|next|on|in|at|by|via|during|today|tomorrow))
    do not (?:follow up|reach out|contact) (?:any ?more|again|any further)
    (?:no|any) (?:more|further) (?:emails?|mails?|messages|contact|communications?|mailings?|newsletters?|correspondence|follow[- ]?ups?|outreach|spam)
    (?:do not|no longer) (?:want|wish|wanna|care|need) (?:to )?(?:receive|get|hear|be (?:contacted|emailed|on))~(?:any|from|your|these|emails?|this|more|by|further|on)?
    not (?:want|wish|like) to (?:receive|get) ~(?:any|from|your|these|emails?|this|more|further)
    (?:would|want|prefer|like)~not to (?:receive|get|be contacted|hear|be emailed)
    do not want (?:your|these|any|this) (?:emails?|mails?|spam|messages|newsletter|crap|junk)
    (?:did|have) not ~(?:sign up|subscribe|opt in|consent|agree|ask(?:ed)? (?:for|to))~
    never (?:signed up|subscribed|opted in|consented|asked for (?:this|these|your)|gave ~(?:permission|consent))~
    cease and desist
    (?:leave|let) me alone
    fuck off~
    f\*+k off
    piss off
    go away
    get lost
    bugger off
    (?:report|reporting|reported|marking|mark|flag|flagging|flagged|marked) ~(?:as |for |to )?(?:spam|junk|abuse|spammers?|spamming|spamcop)
    (?:this|that|it|your email|you|which|these) (?:is|are) (?:just |clearly |unsolicited |nothing but |pure |considered |a )*(?:spam|spamming|a spammer|spammers|unsolicited|harassment)~
    spam(?:ming)? me~
    (?:report|reporting|reported) (?:you|your (?:company|domain|email|address|firm|account)) ~to~
    (?:if|should) you (?:ever )?(?:email|mail|contact|write|message|spam|call|bother)(?: to)? (?:me|us) (?:ever again|again|once more|one more time|any ?more)(?! (?:in|on|at|after|next|when|then|around|this|before|later|with|about))
    (?:unsolicited|unwanted) (?:commercial )?(?:email|emails|mail|spam|messages)
    (?:blocking|block|blocked|will block|am blocking) (?:you|your (?:domain|email|address)|this (?:sender|address))
    (?:gdpr|can-?spam|data protection|dsgvo|casl|ccpa|lopd|rgpd) ~(?:violation|breach|complaint|request|act|law|authority|erasure|article|art)~
    (?:legal action|take you to court|(?:my|our) (?:lawyers?|attorneys?|solicitors?) will|(?:from|to|with) (?:my|our) (?:lawyers?|attorneys?|solicitors?|legal)|sue you|file a complaint|ico complaint)~
    right to (?:be forgotten|erasure)
    lose my (?:number|email|address|contact|details)~
    (?:forget|burn) my (?:email|address|number)
    (?:bitte )?(?:nehmen|nimm|streichen|loschen|losche|entfernen|entferne|tragen|trage|austragen|streich)~(?:sie )?(?:mich|uns|meine (?:adresse|daten|email|mailadresse|emailadresse|email-adresse|kontaktdaten)|diese adresse)~
    (?:newsletter|verteiler|emails?|mails?|liste)~(?:abbestellen|abmelden|austragen|kundigen|raus)
    (?:mich|uns)~(?:abmelden|austragen|abzumelden|vom verteiler|aus (?:dem|ihrem|der|ihrer|eurem|eurer) (?:verteiler|liste|mailingliste|datenbank))
    (?:abmelden|abbestellen|austragen)
    (?:schreiben|schreib|schicken|senden|kontaktieren|mailen|belastigen|kontaktiere|schick|sende)(?: sie)?(?: mir| uns| mich)?~(?:bitte )?(?:nicht mehr|nie wieder|nie mehr|keine ~(?:emails?|mails?|werbung|nachrichten|weiteren|mehr)|nicht weiter|nicht wieder)~
    (?:keine|keinerlei) (?:weiteren?|werbe|unerwunschten) ?(?:emails?|mails?|werbung|nachrichten|werbemails?|newsletter)
    (?:keine|keinerlei) (?:emails?|mails?|werbung|nachrichten|werbemails?|newsletter) mehr
    bitte keine (?:emails?|mails?|werbung|nachrichten|werbemails?|newsletter)
    (?:nicht mehr|nie wieder|nicht weiter) (?:anschreiben|kontaktieren|schreiben|anrufen|kontaktiert|angeschrieben|belastigen)~
    lassen sie mich in ruhe
    lass mich in ruhe
    (?:unerwunschte|unverlangte) (?:werbung|emails?|mails?|nachrichten)~
    (?:den|dar|deme|denme|darme|darnos|darse|dad|dame|denos|dense|borr\w{{1,5}}|elimin\w{{1,6}}|quit\w{{1,5}}|sac\w{{1,5}}|remuev\w{{1,4}}|retir\w{{1,6}}) ~de (?:baja|(?:su|la|tu|esta|sus|vuestra|las|tus) (?:lista|base|listas|correos|envios|mailing|newsletter))~
    (?:baja(?! (?:maternal|paternal|medica|laboral|temporal|por |hasta|desde|calidad|demanda|prioridad))|desuscrib\w{{1,5}}|desuscripcion|cancelar (?:la |mi )?suscripcion)
    (?:no|dejen?|deja|deje|dejar|paren?|parar|basta)(?: de)?(?: me| nos)? (?:escrib\w{{1,5}}|envi\w{{1,6}}|mand\w{{1,6}}|contact\w{{1,6}}|molest\w{{1,5}})~(?:mas|correos|emails?|nada|mensajes|publicidad|spam)
    (?:dejen?|deja|deje|paren?) de (?:escrib\w{{1,6}}|envi\w{{1,6}}|mand\w{{1,6}}|contact\w{{1,6}}|molest\w{{1,5}})~
    no (?:quiero|queremos|deseo|deseamos) (?:recibir|mas correos|que me (?:escriban|contacten|envien))~
    no (?:me |nos )?(?:vuelva|vuelvan|vuelvas) a (?:escribir|contactar|enviar|molestar)\w{{0,4}}
    (?:me )?desinscri\w{{1,6}}~
    desabonn\w{{1,6}}~
    (?:retirez|supprimez|enlevez|retirer|supprimer|rayez)[ -](?:moi|nous|mon (?:adresse|email)|mes (?:donnees|coordonnees))~
    (?:ne|n')~(?:m'|me |nous )?(?:plus (?:recevoir|ecrire|contacter|envoyer)|(?:ecrivez|contactez|envoyez|ecrire|envoyer) plus)~
    ne (?:m'ecrivez|me contactez|m'envoyez|nous contactez|nous ecrivez) plus~
    (?:arretez|cessez|stop) (?:de|d'|vos|ces) ?~(?:ecrire|envoyer|contacter|mails?|emails?|harceler|spammer)
    (?:af|uit)(?:melden|schrijven)~
    (?:schrijf|meld|haal|verwijder) (?:me|mij|ons|mijn)~(?:uit|af|van|gegevens|adres|emailadres)
    (?:geen|niet) (?:verdere |meer )?(?:mails?|emails?|berichten) (?:meer)
    (?:mail|stuur|contacteer|benader|schrijf) (?:me|mij|ons) (?:niet|geen)~(?:meer|mails?)
    (?:cancell\w{{1,5}}|rimuov\w{{1,6}}|toglie\w{{1,5}}|eliminat\w{{1,4}}) ~(?:lista|iscrizione|mailing|newsletter|elenco|indirizzo|dati)
    disiscri\w{{1,6}}~
    non (?:scriv\w{{1,6}}|contatt\w{{1,6}}|invi\w{{1,6}}|mandat\w{{1,4}})~(?:piu)~
    (?:smett\w{{1,5}}) di (?:scriver\w{{1,3}}|inviar\w{{1,3}}|mandar\w{{1,3}}|contattar\w{{1,3}})~
    (?:remov\w{{1,5}}|retir\w{{1,5}}|tir\w{{1,4}}|exclu\w{{1,4}})(?:-me|-nos)? ~(?:lista|listas|base|mailing|cadastro|email)
    (?:descadastr\w{{1,5}}|desinscrev\w{{1,5}}|cancelar inscricao)~
    nao (?:me |nos )?(?:env\w{{1,5}}|mand\w{{1,5}}|escrev\w{{1,5}}|contact\w{{1,5}}|contat\w{{1,5}})~mais~
    nao (?:quero|desejo|queremos) (?:mais )?receber~
    (?:parem|pare) de (?:env\w{{1,5}}|mand\w{{1,5}}|escrev\w{{1,5}})~
""")

# What makes such words mean something else: "please don't take me off", "how do people unsubscribe".
NOT_MEANT = re.compile(
    r"(?:(?:^|[.!?\n]\s{0,3}|click |click here |you can |you may |if you (?:wish|want|like|would like) |here )to $"
    r"|(?:you can|you may|button and) $|\b(?:do not|did not|does not|will not|would not|not|never|nicht|no quiero|ne pas|instead of|rather than|how (?:do|does|can|many)|"
    r"why (?:did|would)|who|customers?|clients?|users|recipients|leads|prospects|people|(?:high|low|your|our|the) (?:rate of)?|"
    r"rate|helps?|prevent|avoid|reduce) (?:\w{1,15} ){0,3})$"
)

BARE = re.compile(
    r"(?:please |bitte |por favor |pls )?(?:unsubscribe|stop(?: it| this| now| please| all)?|remove(?: me)?|opt ?out|cancel|take me off|no more|"
    r"enough|abmelden|austragen|abbestellen|baja|desabonnement|desinscription|afmelden|uitschrijven|spam|basta|"
    r"退订|取消订阅|отписаться|отпишите меня)(?: please| bitte| por favor| me| now)?$"
)
