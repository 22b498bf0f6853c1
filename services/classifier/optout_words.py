"""The words in which people ask for no more mail, in seven languages."""

# ruff: noqa: E501 - a family of phrases stands on one line

import re

from services.classifier.words import one_of

_LIST = r"(?:mailing |email |distribution |contact |marketing |subscriber )?(?:lists?|databases?|newsletters?|mailings?|system|records|crm|campaigns?|sequences?|emails?|contacts|mail)"

STOP = one_of(rf"""
    un-?subscribe(?: me| us| this| my| from|d)?(?! (?:endpoint|page|button|rates?|form|feature|flow|header|function|process|workflow|option|handling))
    unsub(?:bed|bing)?
    opt(?:ing)?[ -]?(?:me |us )?out(?! of (?:the|an?|your|our) (?:annual|monthly|yearly|plan|trial|contract|auto\w{0, 10}|upsell|add))(?: of)?
    (?:take|remove|delete|drop|strike|erase|scrub|get(?! my)|exclude|wipe|cut|leave) (?:me|us|my (?:name|email|address|details|data|info|information|email address|contact)(?: address| details| information)?|our (?:company|address|email|domain|details)|this (?:email|address)(?: address)?|this email address)~(?:off|from|out of|please|permanently|immediately|now)
    (?:remove|delete|unlist|drop) (?:me|us|my (?:email|address|name))
    (?:take|get|keep) (?:me|us|our company|our domain) (?:off|out of|from)
    take my (?:name|email) (?:off|out of|from)
    (?:my|our) (?:email|address|data|details|number|contact|information)[?.!]?~(?:please )?(?:delete|remove|erase|forget) (?:it|them|this|that)
    (?:erase|delete|remove|destroy) (?:all |any |every )?(?:of )?(?:the |my |our )?(?:personal )?(?:data|information|details|records?) (?:that )?(?:you (?:hold|have|keep|store)|on me|about me|about us|relating to me)~
    (?:remove|delete|erase) ~(?:my|our) ~(?:email|address|data|details|information|contact|info|name|records?)
    (?:be |am |get )?(?:removed|taken off|deleted) from ~{_LIST}
    (?:stop|quit|cease|halt|end) (?:all |with |of )*(?:emailing|mailing|contacting|sending|writing|messaging|spamming|bothering|bugging|harassing|calling|pestering|soliciting|reaching out|following up|flooding|cold ?(?:calling|emailing))~(?:emails?|mails?|me|us|messages|spam|crap|garbage|communications?|outreach)?
    (?:stop|quit|cease|halt|end) (?:all |with |of )*(?:these|this|your|the) ~(?:emails?|mails?|mailings?|messages|spam|spamming|communications?|outreach|newsletters?|harassment|nonsense|crap|campaigns?|sequences?)
    (?:stop|quit|cease) (?:this|it|that|doing this|doing that)(?: now| please| immediately| at once| already)*(?= ?[.!,]|$|\n)
    (?:cut it out|knock it off|enough is enough|enough already|give it a rest)
    (?:please )?(?:do not|never|no longer)(?: ever| you)? (?:email|mail|contact|write|message|spam|bother|call|text|reach out|send|solicit)(?: to)?(?: me| us| this| my| any| anything| emails| more| here)~(?:again|any ?more|any ?longer|further|ever|email|emails|messages|mail|address|stuff|spam)
    (?:please )?(?:do not|never) (?:ever )?(?:contact|email|mail|message|spam|bother|write) (?:to )?(?:me|us)(?! (?:before|until|till|this|next|on|in|at|by|via|during|today|tomorrow))
    do not (?:follow up|reach out|contact) (?:any ?more|again|any further)
    (?:no|any) (?:more|further) (?:emails?|mails?|messages|contact|communications?|mailings?|newsletters?|correspondence|follow[- ]?ups?|outreach|spam)
    (?:do not|no longer) (?:want|wish|wanna|care|need) (?:to )?(?:receive|get|hear|be (?:contacted|emailed|on)) (?:any(?:thing)?|from|your|these|emails?|mails?|this|them|more|by|further|such|on your|messages|spam|newsletters?|marketing|sales)~
    (?:do not|no longer) (?:want|wish|care) to (?:be contacted|be emailed|hear from|receive)(?= ?(?:[.!,]|$|\n))
    (?:would |i'd |we'd )?(?:rather|prefer) not (?:to )?(?:receive|get|hear from|be (?:contacted|emailed))~
    not (?:want|wish|like) to (?:receive|get) ~(?:any|from|your|these|emails?|this|more|further)
    (?:would|want|prefer|like)~not to (?:receive|get|be contacted|hear|be emailed)
    do not want (?:your|these|any|this) (?:emails?|mails?|spam|messages|newsletter|crap|junk)
    (?:did|have) not ~(?:sign up|subscribe|opt in|consent|agree|ask(?:ed)? (?:for|to))~
    never (?:signed up|subscribed|opted in|consented|asked for (?:this|these|your)|gave ~(?:permission|consent))~
    cease and desist
    (?:cease|refrain from|desist from|discontinue) (?:all |any |your |further |these )*(?:communications?|contact(?:ing)?|emailing|emails?|mails?|mailings?|messages|messaging|correspondence|outreach|sending|solicit\w{1, 6})~
    (?:asked|told|asking|telling|begged) you ~to stop
    (?:no|not have|never gave you|not give you|without|not have my|without my) ~(?:permission|consent) to (?:email|contact|write|mail|message)~
    (?:last|final) warning
    (?:contact|contacting|complain to|complaint to|complaint with|report (?:you|this|it) to) the (?:ico|ftc|authorit(?:y|ies)|police|data protection|regulator)~
    in (?:violation|breach) of (?:the )?(?:gdpr|can-?spam|casl|pecr|law|data protection|dsgvo)
    (?:i|we) (?:will|shall|am going to|are going to|'ll) sue~
    (?:have you|you are|you have been|you're|your domain is|have been) (?:now )?blocked
    block(?:ed|ing)? and (?:deleted?|report(?:ed|ing)?|deleting)
    (?:kill|end|cancel|drop|stop) (?:this|your|the|these) (?:email )?(?:sequences?|drip|cadence|campaigns?|automation|spam|mailings?|emails?|follow[- ]?ups?)~
    (?:do not|not) (?:accept|want|take|welcome) ~(?:solicitations?|unsolicited|cold emails?)~
    (?:do not|never|no longer)(?: ever| you| please)* (?:send|forward|mail|email) (?:me |us |this address )?(?:anything|any|more|another|further|these|your)(?! (?:attach|link|file|contract|invoice|document|price|quote|question))~
    (?:do not|never)(?: ever| you| please)* (?:write|contact|email|mail|message|call|text|bother|approach|reach out|get in touch)~(?:again|any ?more|ever|any further)
    (?:do not|never|not) (?:get|receive|see) (?:any )?(?:more )?(?:of )?(?:these|your (?:emails?|mails?|messages)|such (?:emails?|mails?)|this (?:kind|spam|stuff))(?: emails?| mails?| messages)?(?= ?(?:[.!,]|$|\n)| from| any)
    (?:do|did|does) not (?:consent|agree) to (?:receiv\w{{1,4}}|get\w{{0,4}}|being|be|any|your|these|marketing|this|further)~
    report(?:ing|ed)? (?:this|it|you|that|your \w{{2,12}}) ~(?:as|to|for) ~(?:spam|spamming|abuse|provider|isp|google|microsoft|authorit\w{{1,3}}|phishing)
    (?:delete|remove|erase) (?:it|this|that|me|us|them) (?:at once|immediately|now|right away|asap|today|from)~
    cancel (?:my|this|our) (?:email |free |newsletter )?subscription(?! with)
    no (?:unsolicited|cold|sales) (?:emails?|mails?|messages|solicitations?)
    off (?:of )?(?:your|this|that|whatever) ~(?:list|lists|mailing list|database)
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
    (?:take legal action|legal action against|take you to court|(?:my|our) (?:lawyers?|attorneys?|solicitors?) will|hear(?:ing)? from (?:my|our) (?:lawyers?|attorneys?|solicitors?|legal)|(?:involve|involving) (?:my|our) (?:lawyers?|attorneys?|solicitors?)|sue you|file a complaint|ico complaint)~
    (?:do not|never) (?:contact|email|write to|approach) (?:anyone|anybody|any of us|my (?:team|staff|colleagues|company)|our (?:team|staff|company))~
    (?:my|our) (?:details|data|information|address|email|records?) (?:is |are |be |to be |should be |must be )*(?:deleted|removed|erased)
    (?:kindly|please) (?:desist|refrain)
    do not (?:call|write|reply|email)[, ]{{1,3}}(?:and |or )?do not (?:call|write|reply|email)
    (?:done|fed up|tired|sick|sick and tired) (?:with|of) (?:your|these|all these|all your|the constant) ~(?:emails?|mails?|messages|spam|follow[- ]?ups?)
    (?:refuse|decline) to (?:receive|get) ~(?:emails?|mails?|messages|these|this)
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
    (?:bitte|beantrage|verlange|fordere|bitten)~(?:um )?(?:die )?(?:sofortige )?loschung ~(?:daten|adresse)
    (?:bitte )?(?:nicht|nie) (?:mehr|wieder) melden
    verschonen sie~
    (?:nehmt|nimm|nehmen sie) (?:mich|uns)~raus
    lassen sie (?:mich|uns|das)(?: bitte)?(?: in ruhe| in frieden)?(?= ?[.!,]|$|\n)
    (?:keine|keinerlei) (?:werbung|werbemails?|newsletter)(?: bitte| mehr)?(?= ?(?:[.!,]|$|\n))
    (?:nie|niemals|nicht) ~(?:angemeldet|eingewilligt|zugestimmt|abonniert|newsletter bestellt)
    nichts mehr (?:von (?:ihnen|euch|eurer firma) ?)?(?:horen|bekommen|erhalten|lesen|wissen)~
    (?:horen sie|hor|hort)(?: bitte| endlich| jetzt)* (?:damit )?auf(?=,? ?(?:mi[rt]|uns|damit|mich|zu\b|[.!]|$))~
    widerspr(?:eche|echen|uch)~(?:verwendung|nutzung|verarbeitung|speicherung|zusendung|werbung|kontaktaufnahme|daten)~
    unterlassen sie~(?:kontaktaufnahmen?|mails?|emails?|werbung|zusendung\w{{0,2}}|nachrichten|schreiben|das)
    (?:das|dies) ist (?:reiner |purer |nur )?spam
    (?:anzeigen|abmahnen|abmahnung|strafanzeige|rechtliche schritte)~
    kein(?:e|en|erlei)? (?:weiteren? )?(?:kontakt|kontaktaufnahme|werbung|zusendung\w{{0,2}})~(?:mehr|gewunscht|erwunscht)
    (?:mochte|mochten|will|wollen|wunsche|wunschen) (?:keine|nicht mehr) ~(?:emails?|mails?|nachrichten|kontaktiert|angeschrieben|post|werbung)~
    lass mich in ruhe
    (?:unerwunschte|unverlangte) (?:werbung|emails?|mails?|nachrichten)~
    (?:den|dar|deme|denme|darme|darnos|darse|dad|dame|denos|dense|borr\w{{1,5}}|elimin\w{{1,6}}|quit\w{{1,5}}|sac\w{{1,5}}|remuev\w{{1,4}}|retir\w{{1,6}}) ~de (?:baja|(?:su|la|tu|esta|sus|vuestra|las|tus) (?:lista|base|listas|correos|envios|mailing|newsletter))~
    (?:desuscrib\w{{1,5}}|desuscripcion|cancelar (?:la |mi )?suscripcion)
    (?:dar\w{{0,4}}|solicit\w{{1,4}}|pid\w{{1,4}}|quier\w{{1,3}}|la|mi|tramit\w{{1,4}}) (?:de |la |una |mi )*baja(?! (?:maternal|paternal|medica|laboral|temporal|por |hasta|desde|calidad|demanda|prioridad))
    (?:borr|elimin|suprim)\w{{1,6}} ~(?:mis|mi|nuestros|nuestra) ~(?:datos|correo|direccion|email|informacion|contacto)~
    (?:sac|saqu|quit|borr|elimin|retir|excluy)\w{{1,6}}(?:me|nos)(?! (?:el|los|las|la|un|una) (?!lista|base|correo))~(?:lista|base|correo|datos|registros)
    no (?:autorizo|autorice|autorizamos|consiento)~
    no (?:he dado|di|doy|dimos) (?:mi |nuestro )?(?:consentimiento|permiso)~
    no (?:me|nos) (?:contact\w{{1,4}}|escrib\w{{1,4}}|envi\w{{1,4}}|mand\w{{1,4}}|llam\w{{1,4}}) (?:mas|nada|nunca|otra vez)~
    (?:borr|elimin|quit|saqu|retir)\w{{1,4}}(?:me|nos)(?= ?[.,!]|$|\n)
    no (?:insista|insistan|insistas|moleste|molesten|molestes)~
    cancel(?:e|en|ar|a) (?:la |mi |nuestra )?suscripcion
    basta (?:de|con) (?:spam|correos|mensajes|emails?|mails?|escribir|molestar|publicidad)
    (?:voy|vamos) a denunciar\w{{0,3}}~
    (?:los|les|le|te|os) denunci\w{{2,6}}~
    (?:no|dejen?|deja|deje|dejar|paren?|parar|basta)(?: de)?(?: me| nos)? (?:escrib\w{{1,5}}|envi\w{{1,6}}|mand\w{{1,6}}|contact\w{{1,6}}|molest\w{{1,5}})~(?:mas|correos|emails?|nada|mensajes|publicidad|spam)
    (?:dejen?|deja|deje|paren?) de (?:escrib\w{{1,6}}|envi\w{{1,6}}|mand\w{{1,6}}|contact\w{{1,6}}|molest\w{{1,5}})~
    no (?:quiero|queremos|deseo|deseamos) (?:recibir|mas correos|que me (?:escriban|contacten|envien))~
    no (?:me |nos )?(?:vuelva|vuelvan|vuelvas) a (?:escribir|contactar|enviar|molestar)\w{{0,4}}
    (?:me )?desinscri\w{{1,6}}~
    desabonn\w{{1,6}}~
    (?:me|nous) (?:retirer|supprimer|desinscrire|desabonner|enlever|rayer)~
    ne plus (?:me |nous |m'|jamais )*(?:contacter|ecrire|envoyer|recevoir|solliciter|deranger|etre (?:contacte|sollicite))~
    ne (?:souhaite|veux|desire|voulons|souhaitons) plus ~(?:recevoir|etre|vos|de|entendre)~
    (?:porter|porterai|deposer) plainte~
    c'est du (?:pur )?spam
    (?:d'|de )?(?:arreter|cesser) (?:vos|ces|de (?:m'|me |nous ))~(?:mails?|emails?|relances?|envois?|messages|ecrire|envoyer|contacter)?
    refuse (?:de|tout)~(?:recevoir|message|demarchage|sollicitation)~
    stop (?:aux|a vos|a ces|les|vos|ces|avec les) (?:mails?|emails?|messages|spams?|courriels?|pubs?)
    plus (?:aucun |de |d')(?:mails?|emails?|messages?|pub|publicites?|spams?|courriels?|sollicitations?|relances?)
    (?:desinscrivez|desabonnez|retirez|supprimez|enlevez|rayez|oubliez)[ -](?:moi|nous)~
    n'ai (?:jamais|pas) ~(?:demande|autorise|consenti|inscrite?|donne mon)~
    laissez[ -](?:moi|nous) tranquilles?
    (?:retirez|supprimez|enlevez|retirer|supprimer|rayez)[ -](?:moi|nous|mon (?:adresse|email)|mes (?:donnees|coordonnees))~
    (?:ne|n')~(?:m'|me |nous )?(?:plus (?:recevoir|ecrire|contacter|envoyer)|(?:ecrivez|contactez|envoyez|ecrire|envoyer) plus)~
    ne (?:m'ecrivez|me contactez|m'envoyez|nous contactez|nous ecrivez) plus~
    (?:arretez|cessez|stop) (?:de|d'|vos|ces) ?~(?:ecrire|envoyer|contacter|mails?|emails?|harceler|spammer)
    (?:af|uit)(?:melden|schrijven)~
    (?:schrijf|meld|haal|verwijder) (?:me|mij|ons|mijn)~(?:uit|af|van|gegevens|adres|emailadres)
    (?:stop hiermee|hou(?:d)? hier ?mee op|hou(?:d)? ermee op|laat (?:me|mij|ons) met rust)
    (?:mij|me|ons) (?:uit|van) (?:het|de|uw|jullie) ~(?:bestand|lijst|database|mailinglijst)
    nooit ~(?:om gevraagd|aangemeld|toestemming|ingeschreven|geabonneerd)
    geen (?:reclame|spam|mails?|emails?) (?:meer|aub|alstublieft|a\.u\.b)~
    stop(?:pen)? met (?:het )?(?:mailen|sturen|emailen|schrijven|spammen|contacteren|bellen|deze|die)~
    (?:niet|nooit) meer (?:te )?(?:contacteren|mailen|benaderen|schrijven|sturen|emailen|lastig)~
    geen (?:mails?|emails?|berichten|reclame|post) meer~
    (?:haal|verwijder|schrap|gooi|wis) ~(?:lijst|bestand|mailinglijst|database|gegevens)
    (?:geen|niet) (?:verdere |meer )?(?:mails?|emails?|berichten) (?:meer)
    (?:mail|stuur|contacteer|benader|schrijf) (?:me|mij|ons) (?:niet|geen)~(?:meer|mails?)
    (?:cancell\w{{1,5}}|rimuov\w{{1,6}}|toglie\w{{1,5}}|eliminat\w{{1,4}}) ~(?:lista|iscrizione|mailing|newsletter|elenco|indirizzo|dati)
    disiscri\w{{1,8}}~
    non (?:voglio|vogliamo|desidero|desideriamo|intendo) (?:piu )?(?:ricevere|essere contattat\w)~
    (?:cancell|rimuov|elimin|togli)\w{{1,6}} (?:i miei|il mio|la mia|il nostro|i nostri)~(?:dati|indirizzo|email|contatto)~
    non ho (?:mai )?(?:richiesto|autorizzato|dato (?:il )?consenso|chiesto)~
    (?:lasciatemi|lasciateci|mi lasci) in pace
    (?:toglie|rimuov|cancell|elimin)\w{{1,6}}(?:mi|ci) ~(?:lista|elenco|indirizzi|database|mailing)
    (?:essere|venire) (?:rimoss|cancellat|eliminat|tolt)\w~
    basta (?:con )?(?:queste |le )?(?:email|mail|spam|messaggi)
    non (?:scriv\w{{1,6}}|contatt\w{{1,6}}|invi\w{{1,6}}|mandat\w{{1,4}})~(?:piu)~
    (?:smett\w{{1,5}}) di (?:scriver\w{{1,3}}|inviar\w{{1,3}}|mandar\w{{1,3}}|contattar\w{{1,3}})~
    (?:remov\w{{1,5}}|retir\w{{1,5}}|tir\w{{1,4}}|exclu\w{{1,4}})(?:-me|-nos)? ~(?:lista|listas|base|mailing|cadastro|email)
    (?:descadastr\w{{1,5}}|desinscrev\w{{1,5}}|cancelar inscricao)~
    nao (?:me |nos )?(?:env\w{{1,5}}|mand\w{{1,5}}|escrev\w{{1,5}}|contact\w{{1,5}}|contat\w{{1,5}})~mais~
    nao (?:quero|desejo|queremos) (?:mais )?receber~
    (?:parem|pare|parar) de (?:me |nos )?(?:env\w{{1,5}}|mand\w{{1,5}}|escrev\w{{1,5}}|contat\w{{1,5}}|contact\w{{1,5}}|incomod\w{{1,4}})~
    (?:nao autorizei|nao autorizo|nunca pedi|nunca autorizei|nunca me inscrevi|nao dei (?:permissao|consentimento))~
    (?:deixe-me|deixem-me|me deixe|me deixem|deixa-me) em paz
    (?:remov|retir|tir|exclu|apag)\w{{1,4}}-(?:me|nos)~
    me (?:remova|retire|tire|exclua)m? ~(?:lista|base|mailing|cadastro|emails?)
    cancelar (?:a |minha |a minha )?(?:inscricao|assinatura|subscricao)
    (?:apaguem?|eliminem?|excluam?|removam?) (?:os meus|meus|o meu|meu|a minha|minha)~(?:dados|email|endereco|contato|contacto)~
    nao (?:quero|desejo|pretendo) (?:mais )?receber~
    nao (?:quero|queremos) mais (?:contato|contacto|emails?|mensagens)~
    (?:tir|retir|remov|exclu)\w{{1,4}}-(?:me|nos)~
""")

# What makes such words mean something else: "please don't take me off", "how do people unsubscribe".
NOT_MEANT = re.compile(
    r"(?:(?:^|[.!?\n]\s{0,3}|click |click here |you can |you may |if you (?:wish|want|like|would like) |here )to $"
    r"|(?:you can|you may|button and) $|\b(?:do not|did not|does not|will not|would not|not|never|nicht|no quiero|ne pas|instead of|rather than|how (?:do|does|can|many)|"
    r"why (?:did|would)|who|customers?|clients?|users|recipients|leads|prospects|people|(?:high|low|your|our|the) (?:rate of)?|"
    r"rate|helps?|prevent|avoid|reduce|was about|were about|almost|nearly|tempted) (?:\w{1,15} ){0,3})$"
)

BARE = re.compile(
    r"(?:please |bitte |por favor |pls )?(?:unsubscribe|stop(?: it| this| now| please| all)?|remove(?: me)?|opt ?out|cancel|take me off|no more|"
    r"enough|abmelden|austragen|abbestellen|baja|desabonnement|desinscription|afmelden|uitschrijven|spam|basta|"
    r"退订|取消订阅|отписаться|отпишите меня)(?: please| bitte| por favor| me| now)?$"
)

# The commonest ones in languages whose words are not listed above.
ELSEWHERE = re.compile(
    r"(?:不要再|別再|别再|勿再|停止)(?:寄|发|發|联系|聯繫|联络|聯絡|打扰|打擾|来信|來信)|取消(?:订阅|訂閱)|退(?:订|訂)|配信停止|送らないて|登録を?解除|수신\s?거부|"
    r"не пишите|больше не пиш|отпишите|отписаться|удалите (?:меня|мои|мои|мой)|не присылаите|"
    r"(?:wypisz|usun|wykresl)\w{0,4} mnie|mnie usunac|prosze nie pisac|nie zycze sobie|rezygnuje z (?:newsletter|otrzymywania)|"
    r"avregistrera|avanmal|ta bort mig|(?:slett|fjern) (?:meg|mig)|(?:avmeld|afmeld)\w{0,3} (?:meg|mig)|stop med at|poista (?:minut|sahkoposti)|"
    r"odhlasit|nepiste mi|leiratkoz|dezabon|abonelikten|listeden cikar"
)
