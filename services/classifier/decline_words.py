"""The words of people who decline, in seven languages."""

# ruff: noqa: E501 - a family of phrases stands on one line

from services.classifier.words import one_of

_VENDOR = r"(?:vendors?|providers?|suppliers?|solutions?|partners?|tools?|agency|agencies|systems?|platforms?|software|products?|services?|contracts?|in-?house|team|someone|somebody|company|people|guy|process|covered|sorted|crm|one|setup|this|that|it)"

NO = one_of(rf"""
    (?:am|are|is|was|be|we|i|really|definitely|currently|just|also) (?:really |just |currently |at all |all that |that |particularly )?not ~(?:interested|looking|keen|convinced|sold|in the market|in need|considering|buying|hiring|up for|shopping|taking on)~
    not (?:very |really |at all |that |currently |particularly |even |all that )?(?:interested|interesting|keen|convinced|impressed|in the market|in need of|relevant|applicable|suitable|needed|required|necessary|worth|compelling|buying|for us|for me|my thing|our thing)
    (?:no|zero|little|lost|without) (?:\w{{1,15}} )?interest
    uninterested
    please no(?= ?[.,!]|$)
    not (?:a|the|an|quite|really|exactly) ~(?:fit|match|need|option|something)
    not something (?:we|i|that|our)~
    (?:do not|never) (?:send|bother|waste|sell)~
    have (?:this|that|it|everything|all that) ~(?:covered|handled|sorted|taken care of|in place|under control)
    already (?!sent|spoke|spoken|interested|talked|booked|looking)[a-z]{{3,12}}ed~
    can not (?:help|assist)~
    (?:no|nope|nah)[ ,.!]{{1,3}}(?:but )?(?:thanks?|thank you|thx|ty)
    thanks?(?: you)?,? but no(?: thanks?)?
    (?:there is |have |i have |we have |see )?no (?:need|use|budget|requirement|demand|appetite|intention|plans?|money|funds?|funding|value|time for) ?~
    (?:do|does|did|would|will|can) not ~(?:need|want|require|see (?:the|a|any)|fit|apply|align|make sense|care|use|think (?:it|this|we|so)|believe|match|suit|plan|have (?:a |the |any )?(?:need|budget|use|money|funds?|funding|interest|bandwidth|capacity|resources)|seem|outsource|work with|meet our|afford|feel)~
    (?:will|would|going to|have to|am|are|gonna|must|rather) ~(?:pass|decline|passing|declining|skip|sit this one out)
    (?:hard|i'?ll|we'?ll|a) pass
    pass(?:ing)? on (?:this|that|it|your)
    (?:respectfully|politely|kindly) ~declin\w{{1,3}}
    (?:already|currently|now|recently|just) (?:have|has|use|using|work|working|got|with|partner|partnered|contracted|do|doing|signed|bought|covered|invested|engaged|committed|chose|picked|went|implemented|selected)~{_VENDOR}?
    (?:have|use|using|got|with|have got|work with|working with|we do) (?:already )?(?:a |an |our |our own |another |existing |current |long[- ]?term |internal |in-?house |good |great |preferred |trusted )+~(?:vendors?|providers?|suppliers?|solutions?|partners?|tools?|agency|agencies|in-?house|team|contracts?|platforms?|system)
    (?:all set|all good|we are good|i am good|we are set|we are covered|am covered)
    (?:happy|satisfied|content|pleased|fine|good) with (?:our|what|the|my|how|who|them|it)~
    (?:locked|tied) in(?:to)?~
    (?:handle|handled|do|doing|done|manage|managed|build|built|developed) ~(?:this |it |that |everything |all )?(?:in[ -]?house|internally|ourselves)
    (?:went|gone|going|decided to go|chose to go|moving forward|signed) ~(?:with )?(?:another|someone else|somebody else|a competitor|a different|your competitor|other)~
    decided (?:not to|against|to stay|to stick|to keep)~
    (?:too|very|so|way too|a bit|bit|quite|pretty) (?:expensive|pricey|costly|high for|much for|steep)
    (?:out of|over|beyond|outside|above|exceeds?|not in|not within|no room in) (?:of )?(?:our|my|the|this year's) (?:current )?(?:budget|price range|price)
    (?:can|could) not (?:justify|afford)~
    (?:budget|price|cost|pricing) ~(?:frozen|freeze|does not work|too high|cut|cuts|is tight|has been)~
    (?:waste of|wasting|do not waste) (?:my |our |your |everyone's )?~time
    (?:nope|no way|not a chance|never in|absolutely not|certainly not|definitely not|hell no|no chance|not happening|not going to happen|not gonna happen|over my dead body)
    (?:rubbish|bullshit|garbage|terrible pitch|worst ~email|ridiculous|scam|scammers?|idiots?|pathetic|screw you|get a life|nobody cares|do not care|stupid)
    (?:going|moving|go|move|gone) (?:in )?(?:another|a different|in a different) direction
    not (?:going|able|planning|looking|willing|ready|prepared) to (?:move forward|proceed|go ahead|invest|buy|change|switch|continue|commit|purchase|pursue|participate)~
    (?:will|would|do) not be (?:moving|going|proceeding|needing|pursuing|able|taking|interested|requiring)~
    (?:canceling|cancelling|cancel) (?:my|our|the|this)~
    we will be in touch if~
    kein(?:e|en|erlei)? ~(?:interesse|bedarf|budget|verwendung|zeit|danke|geld)
    (?:nicht|nich) ~(?:interessiert|interessant|relevant|notig|benotigt|das richtige|von interesse|in frage)
    interessiert (?:mich|uns) nicht
    nichts fur (?:uns|mich)
    (?:nein|ne|nee),? (?:vielen |besten )?dank\w?
    danke?,? (?:aber )?nein
    (?:bereits|schon) ~(?:einen|eine|ein|versorgt|anbieter|losung|dienstleister|partner|lieferanten|gut aufgestellt|im einsatz|zufrieden|bedient)
    (?:zufrieden|versorgt|gut aufgestellt)
    (?:zu|viel zu) teuer
    passt (?:leider )?(?:fur uns |bei uns |zu uns )?nicht
    (?:brauchen|benotigen|brauche|benotige|wollen|wunschen|mochten)~(?:das |es |wir |ich |so etwas )?(?:nicht|keine\w?|kein)
    (?:leider nicht|lieber nicht|auf keinen fall|sehen (?:wir )?davon ab|verzichten|absagen|ablehnen|lehne ~ab)
    no (?:me|nos|le|les) ~?(?:interesa|interesan|interesaria|hace falta|convence|encaja|sirve|llama)
    no (?:estoy|estamos|esta|seria|es|sera) ~(?:interesad\w{{1,2}}|interesante|de (?:mi|nuestro) interes|para (?:mi|nosotros)|lo que|necesario|buscando|relevante|viable|posible)
    no,? (?:muchas )?gracias
    (?:gracias|agradezco)[, ]{{1,2}}pero (?:no|ya)
    (?:no (?:tenemos|tengo|hay|contamos con|dispongo|disponemos)(?: de)?) ~(?:presupuesto|interes|necesidad|dinero|fondos|recursos)
    ya (?:tenemos|tengo|contamos|trabajamos|usamos|utilizamos|disponemos|cuento|trabajo|uso|hemos|estamos|lo tenemos)~
    no (?:lo |la |los )?(?:necesit\w{{1,5}}|queremos|quiero|deseo|deseamos|requerimos|usamos)~
    (?:muy|demasiado|bastante) car[oa]s?
    ya (?:compr\w{{1,5}}|contrat\w{{1,5}}|resolv\w{{1,5}}|consegu\w{{1,5}}|encontr\w{{1,5}}|elegi\w{{0,4}}|no)~
    (?:no|nop|nah|yo),? paso
    (?:mejor|prefiero|mas bien|creo|pero) (?:que )?no(?= ?[.,!]|$)
    ^(?:pues |mejor )?cancel(?:en|a|e|ar|o|amos)~
    fuera de (?:nuestro|mi) presupuesto
    (?:declin\w{{1,5}}|rechaz\w{{1,4}}|descart\w{{1,5}}) ~
    (?:de momento|por ahora|por el momento),? no ~(?:interes\w{{1,4}}|necesit\w{{1,5}})
    (?:pas|plus|aucun(?: \w{{1,12}})?|peu) (?:du tout |vraiment |tres )?(?:interess\w{{1,5}}|besoin|interet|de budget|pertinent|convaincu|pour nous)
    ne ~(?:m'|nous |vous )?interesse(?:nt)? pas~
    non,? merci~
    merci,? mais~non~
    (?:nous avons|j'ai|on a|avons|travaillons|disposons) deja~
    (?:trop|tres) (?:cher|chere|couteux)
    (?:ne )?(?:correspond|convient|donnerons|donnerai|souhaitons|souhaite)(?:ons)? pas~
    (?:geen|weinig) (?:interesse|behoefte|belangstelling|budget)~
    niet (?:geinteresseerd|interessant|nodig|van toepassing|relevant)
    (?:nee|neen),? ?(?:dank|bedankt|dankjewel|hoor)~
    (?:hebben|heb|gebruiken|werken) (?:al|reeds) ~
    te duur
    zijn (?:al )?(?:tevreden|voorzien)
    non (?:siamo|sono|ci|mi|e) ~?(?:interessat[oiae]|interessa|interessante|serve|necessario)
    (?:no|non),? grazie
    (?:nessun|alcun) interesse
    (?:abbiamo|ho|utilizziamo|usiamo|lavoriamo) gia~
    non (?:abbiamo|ho) ~(?:bisogno|budget|interesse|necessita)
    (?:troppo|molto) (?:caro|costoso)
    nao (?:tenho|temos|ha|existe) ~(?:interesse|orcamento|necessidade|verba)
    nao (?:estou|estamos|e|nos|me|seria) ~?(?:interessad[oa]s?|interessa|interessante|necessario)
    nao,? (?:muito )?obrigad[oa]
    ja (?:temos|tenho|usamos|trabalhamos|utilizamos|contamos)~
    nao (?:precis\w{{1,5}}|queremos|quero)~
    (?:muito|demasiado) caro
""")
