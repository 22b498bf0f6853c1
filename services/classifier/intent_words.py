"""The words of people who say yes, ask, defer, refer to others or do not know us, in seven languages."""

# ruff: noqa: E501 - a family of phrases stands on one line

from services.classifier.words import one_of

_MEET = r"(?:call|meeting|demo|chat|time|zoom|slot|appointment|conversation|walkthrough|session|discussion|presentation|trial|something|meet|visit|catch up|catchup|intro)"
_DAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tomorrow|this week|next week|this afternoon|this morning|morning|afternoon|\d{1,2}(?::\d\d)? ?(?:am|pm|o'clock))"
_LATER = r"(?:q[1-4]|quarter|year|month|months|weeks|spring|summer|autumn|fall|winter|january|february|march|april|june|july|august|september|october|november|december|new year|fiscal|20\d\d|future|later|few|budget)"

YES = one_of(rf"""
    ^\W{{0,3}}(?:please |just |ok |okay |yes |sure |and |do |then |go ahead and ){{0,2}}(?:send|share|email|call|forward|text|quote|ring|phone)(?! (?:me )?(?:no|nothing))
    (?:please|just|sure|ok|okay|yes)[, ]{{1,2}}(?:send|share|email|call|forward|quote|text|phone|ring)
    go for it
    (?:booked|scheduled|accepted|confirmed|sent|picked|reserved) (?:a |an |the |your |my |you )*(?:slot|time|call|meeting|invite|invitation|demo|appointment)
    (?:invite|invitation|meeting|call|slot) (?:is |was )?(?:sent|accepted|booked|confirmed|scheduled)
    (?:prefer|better|easier|rather|best|reach me) ~(?:by|via|over|on|through|to) (?:email|text|sms|whatsapp|phone|chat|message|telegram|slack|teams|zoom|linkedin|signal)
    (?:prefiero|mejor|solo|todo)~(?:por|en|via) (?:este |el |un )?(?:chat|mensajes?|whatsapp|correo|escrito|telefono|medio|aqui|email)
    (?:por|via) (?:chat|mensaje|whatsapp|correo|escrito|este medio|este chat|aqui)~(?:mejor|esta bien|por favor|prefiero|puedo)
    (?:escrib\w{{1,5}}(?:me|nos)|pregunt\w{{1,4}}(?:me|nos)|llam\w{{1,4}}(?:me|nos)|mand\w{{1,4}}(?:me|nos)|envi\w{{1,4}}(?:me|nos))~
    (?:prefiero|mejor) (?:que )?(?:me )?(?:escrib\w{{1,5}}|llam\w{{1,5}}|mand\w{{1,4}}|el (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)|manana|hoy|a las?)~
    (?:me|nos) (?:queda|viene|va|conviene) (?:muy |mejor |mas )?(?:bien|perfecto|mejor|facil)
    (?:puedo|podemos) (?:atender|hablar|reunir\w{{0,3}}|recibir\w{{0,3}}|conectar\w{{0,3}})~
    (?:lieber|besser|bitte) (?:per|uber|telefonisch|am telefon)~
    (?:ik|we|wij) (?:zoek|zoeken) ~
    (?:suchen|suche|brauchen|brauche) (?:derzeit |gerade |aktuell )?(?:einen?|eine|ein|genau|so etwas)~
    (?:busco|buscamos|necesito|necesitamos) ~
    (?:very |quite |really |definitely |potentially |certainly |always |might be |could be |would be |am |are )?interested
    (?:have|has|some|great|strong|my|our|of|keen|got|caught|piqued|with) ~interest
    (?:sounds?|looks?|seems?|this is|that is|it is|is) (?:really |very |quite |like |like a |super |pretty |a )?(?:good|great|interesting|amazing|excellent|fantastic|perfect|promising|awesome|fine|exactly|something (?:we|i)|relevant|intriguing|useful|cool|wonderful|fun|timely|impressive|perfect timing)
    (?:good|great|perfect|excellent) timing
    (?:yes|yep|yeah|yup|sure|absolutely|of course|ok let us|okay let us)(?: please| thing| let| send| do)
    ^\W{{0,3}}(?:yes|yep|yeah|yup|sure|absolutely|definitely|certainly|perfect|deal)
    (?:yes|yep|yeah|sure|absolutely|definitely|perfect|deal|certainly)(?= ?[.,!]| ?$)
    (?:happy|glad|open|keen|excited|delighted|willing|available|pleased|eager|ready|up|down|game|free) (?:to|for) ~(?:chat|talk|meet|meeting|connect|connecting|hop|jump|discuss|learn|learning|hear|hearing|speak|take|explore|exploring|see|try|have|schedule|call|proceed|move|a|it|this|get|join|set|consider|start)~
    (?:would|i'd|we'd|do) (?:really |very much |definitely |certainly |absolutely )?(?:love|like|be happy|be glad|be great|be interested|be keen|be open|be good|be nice|be helpful|welcome|appreciate|be delighted|be perfect|be ideal|be useful) ~(?:to|a|more|if|some|that|this|your|the)?
    (?:i am|we are) (?:all )?in(?= ?[.,!]|$)
    (?:i am|we are|are|am) (?:all )?(?:game|keen|up for|open to|on board|sold|ready|intrigued|excited)~
    (?:would|might|may|could) (?:actually |really |definitely |totally )?(?:be (?:useful|helpful|valuable|of interest|worth)|work|help us|benefit)~
    let us (?:talk|chat|meet|set|schedule|book|connect|do|discuss|go|get|arrange|speak|have|hop|jump|find|try|move|start|make|plan|explore|proceed|grab|catch|see|sync)~
    (?:tell|show|teach|walk|run|fill|brief) (?:me|us)~(?:more|about|how|through|in)
    (?:can|could|would|will|please|kindly|just|do|feel free to|go ahead and|yes|sure|and|ok|also|then)? ?(?:you )?(?:please |kindly |also |just )?(?:send|share|forward|provide|give|shoot|email|drop|mail|ping)(?: it)?(?: me| us| over| it| the| your| some| more| any| a| an| that| along| through| across| my way| details?| info| information| pricing| prices?| deck| proposals?| quotes?| through)~(?:over|details?|info|information|pricing|prices?|deck|link|invite|calendar|quotes?|proposals?|brochures?|case stud(?:y|ies)|examples?|times?|samples?|catalog\w{{0,3}}|contract|agreement|more|some|it|call|email|documentation|docs|options|availability|overview|slots?|portfolio|number|line|rates?|video|one-?pager)
    send (?:it|them|that|those|away|over|me|us)(?: over| along| through| please)?
    (?:more|further|additional|any|some) (?:info|information|details|about|detail)
    (?:give (?:me|us) a (?:call|ring|buzz|shout)|call me|ring me|phone me|reach me (?:at|on)|text me|my (?:number|cell|mobile|phone|direct line|calendar|calendly|availability) (?:is|link)|call (?:my|us|the))~
    (?:whatsapp|telegram|slack|teams|zoom|calendly|google meet|linkedin)(?: me| call| link| invite)?
    (?:does|would|how about|how is|what about|are you (?:free|available|around)|can you do|could we do|can we (?:do|meet|talk|speak|chat)|shall we|let us say|say)~(?:{_DAY})~(?:work|suit|good|ok|okay|for you)?
    (?:book|schedule|set ?up|arrange|organi[sz]e|jump on|hop on|get on|have|do|join|put|find|grab|plan|fix|make|take|attend|see|get|confirm|want|like|for|pencil in) (?:me |us |a |an |the |some |you |another |in )*(?:quick |short |brief |live |introductory |intro |15[- ]min\w{{0,4}} |30[- ]min\w{{0,4}} |20[- ]min\w{{0,4}} |phone |video |free |product |follow[- ]?up |discovery )*{_MEET}
    (?:i am|we are|am|are) (?:also |usually |generally |pretty |totally |completely )?(?:free|available|around) ~(?:on|at|this|next|after|before|between|any|all|most|for|from|tomorrow|today|to)~
    (?:free|available) (?:on |at |this |next |after |before |between )?{_DAY}
    (?:{_DAY})(?: at)?~(?:works?|is good|is fine|suits?|is great|is perfect|would work|would be (?:good|great|fine|ideal|perfect)|sounds)~
    works? (?:great |well |perfectly |fine |best |better )?(?:for|with) (?:me|us|my)~
    (?:what|which) ~(?:times?|days?|dates?|slots?)~(?:work|suit|are you|do you|is|are|would)
    (?:when|what time) (?:can|could|are|is|would|works?|shall|do|will) ~(?:we|you|i)~
    (?:calendar|meeting|booking|zoom|calendly) (?:link|invite|invitation)
    looking forward to ~(?:it|hearing|meeting|the|our|talking|chatting|learning|speaking|seeing|your|connecting|working|discussing)
    look forward to ~(?:it|hearing|meeting|the|our|talking|chatting|learning|speaking|seeing|your|connecting|discussing)
    (?:count me in|sign (?:me|us) up|go ahead|let us go|add me|where do (?:i|we) sign|how do (?:i|we) (?:start|sign|get started|proceed|order|buy|book)|next steps?|get started|move forward|moving forward|proceed with)~
    (?:want|wanted|like|love|eager|keen|need|curious|dying) to (?:know|learn|see|hear|talk|understand|discuss|explore|try|meet|find out|chat|speak|get|buy|order|purchase|proceed|start|book|schedule|test|have a)~
    (?:curious|intrigued)~
    (?:need|looking for|in the market for|could use|been (?:looking|searching|thinking)|searching for|evaluating|considering|exploring) (?:some|something|a|an|exactly|this|just|such|new|better|help|into|for|about|options|solutions|tools|alternatives)~
    (?:struggling|having (?:trouble|problems|issues)|pain point|challenge|problem we)~
    (?:i|we) (?:really )?(?:like|love|liked|loved|enjoyed|appreciate) (?:the|your|this|what|that|it)~(?:idea|product|approach|concept|offer|proposal|pitch|work|website|demo|see|sound|doing|email)?
    (?:worth|deserves) (?:a|exploring|discussing|the|talking|another|looking)~
    (?:please )?(?:quote|price|estimate|bid|invoice)(?: me| us| for| list)
    (?:like|need|want|get|request|requesting|send|provide|require|have|give) (?:me |us |a |an |your |the |some |to get |to have )*(?:quote|quotation|proposal|estimate|pricing|price list|rate card|bid|sample|samples|trial|brochure|catalog\w{{0,3}}|references)
    (?:thanks|thank you) for (?:reaching out|following up)[.! ]{{1,3}}(?:yes|we are|i am|sure|let us|can|could|this|when)~
    (?:i will|we will) (?:take it|buy|order|sign|join|be there|attend|call you|give you a call|book)~
    (?:klingt|hort sich|ist|ware|sieht) ~(?:gut|interessant|spannend|super|toll|vielversprechend|prima|perfekt)~
    (?:sehr |grundsatzlich |durchaus )?(?:interessiert|interesse|gerne|gern)
    (?:interessiert (?:mich|uns)|habe interesse|haben interesse)
    (?:ja|jawohl|klar|sicher|einverstanden)(?:,| bitte| gerne?|!|\.)
    (?:konnen|wollen|sollen|konnten) (?:wir|sie)~(?:telefonieren|sprechen|treffen|termin|anrufen|schicken|senden|zusenden|zuschicken|zeigen|reden|austauschen|unterhalten)
    (?:schicken|senden|rufen|schick|zeigen|mailen|ruf|sende) (?:sie )?(?:mir|uns|mich|doch|bitte|gerne|mal)~(?:an|zu|informationen|infos?|unterlagen|angebot|details|mehr|preise|preisliste|link|beispiele)?
    (?:mehr|weitere|nahere|zusatzliche) (?:informationen|infos?|details|uber|unterlagen|einzelheiten)
    (?:termin|terminvorschlag|telefonat|gesprach|vorfuhrung|angebot|preisliste)~(?:vereinbaren|machen|ausmachen|vorschlagen|freuen|schicken|senden|moglich|passt)?
    passt(?= ?[.,!]|$)
    (?:passt mir|passt uns|wurde passen|passt gut|freue mich|freuen uns)~
    (?:wie viel|wieviel|was) kostet~
    (?:me|nos) (?:interesa|interesaria|gustaria|encanta|encantaria|parece (?:bien|interesante|genial|perfecto)|viene bien|vendria bien|encaja|cuadra|sirve|funciona)~
    (?:estoy|estamos|estaria|estariamos) ~(?:interesad[oa]s?|dispuest[oa]s?|disponibles?|encantad[oa]s?|abiert[oa]s?)
    (?:si|claro|vale|perfecto|genial|por supuesto|de acuerdo|adelante|estupendo|encantad[oa])(?:,| por favor|!|\.| que| me| nos| quiero| podemos)
    (?:suena|parece|se ve|tiene|seria) (?:muy |bastante )?(?:bien|interesante|genial|perfecto|buena pinta|ideal|excelente)
    (?:podemos|podriamos|puedes|puede|podrias|podria|pueden) ~(?:hablar|agendar|llamar\w{{0,4}}|reunir\w{{0,3}}|quedar|ver|enviar\w{{0,3}}|mandar\w{{0,3}}|pasar\w{{0,3}}|concretar|coordinar|conversar|contar\w{{0,3}}|explicar\w{{0,3}}|dar\w{{0,3}}|compartir\w{{0,3}}|tener|hacer)~
    (?:envie\w{{0,4}}|envia\w{{0,4}}|mande\w{{0,4}}|manda\w{{0,4}}|pase\w{{0,4}}|pasa(?:me|nos)\w{{0,2}}|cuente\w{{0,4}}|cuenta\w{{0,4}}|comparte\w{{0,4}}|comparta\w{{0,4}}|digame|dime|expliqu\w{{1,5}}|agend\w{{1,5}}|reserv\w{{1,5}}) ?~(?:informacion|info|detalles|propuesta|precios?|presupuesto|catalogo|enlace|link|mas|demo|llamada|reunion|cita|horarios?)?
    (?:mas|mayor) (?:informacion|info|detalles|datos)
    (?:una|la|tener una|agendar una|hacer una) (?:llamada|reunion|demo|demostracion|videollamada|cita|prueba)
    (?:quiero|queremos|quisiera|quisieramos|querria|queria|necesito|necesitamos|deseo|deseamos|busco|buscamos|me gustaria) ~(?:saber|mas|ver|una?|conocer|informacion|probar|agendar|hablar|contratar|comprar|empezar|cotiza\w{{0,5}}|presupuesto|precio|tener|recibir|reunir\w{{0,3}}|entender|avanzar|que|algo|este|esto)
    (?:cuanto|que precio|cual es el (?:precio|coste|costo)|que coste|precios?|cotizacion|tarifas?)~(?:cuesta|vale|tiene|sale|seria|por)?
    (?:interesse|interessee|interesses)(?! pas)
    (?:ca|cela|c'est) ~(?:m'interesse|nous interesse|interessant|parfait|super)
    (?:oui|volontiers|avec plaisir|d'accord|bien sur|parfait)(?:,|\.|!| je| nous| envoyez| s'il| c'est)?
    (?:pouvez|pourriez|pourrions|pouvons|peut|peux|pourrait)[ -](?:vous|nous|on|tu) ~
    (?:envoyez|appelez|rappelez|contactez|telephonez)[ -](?:moi|nous)~
    (?:plus d'informations?|en savoir plus|davantage d'informations?|un rendez-vous|une demo|un appel|combien (?:ca )?coute)~
    (?:klinkt|lijkt) ~(?:goed|interessant|leuk|prima)
    (?:ja,?|graag|zeker|prima|akkoord|interesse in|geinteresseerd|interessant)
    (?:kunnen we|kunt u|kan je|kun je|zullen we|stuur (?:me|maar|mij|ons)|bel me|meer informatie|afspraak|wat kost|hoeveel kost)~
    (?:sembra|suona|molto) (?:molto )?(?:interessante|bene|buono)
    (?:si,|volentieri|certo|va bene|d'accordo|perfetto|mi interessa|ci interessa|sono interessat[oa]|siamo interessati|possiamo (?:sentirci|parlare|vederci|fissare)|mi (?:mandi|invii|chiami)|maggiori informazioni|piu informazioni|quanto costa|potete (?:inviar\w{{1,3}}|mandar\w{{1,3}})|un appuntamento|fissare)~
    (?:parece|soa) (?:muito )?(?:interessante|bom|otimo)
    (?:sim,|claro|com certeza|tenho interesse|temos interesse|estou interessad[oa]|estamos interessados|podemos (?:falar|marcar|conversar|agendar)|pode(?:m|ria)? (?:me )?(?:enviar|mandar|ligar)|me (?:envie|mande|ligue|liga)|envie-me|mais (?:informacoes|detalhes)|quanto custa|uma reuniao|uma demonstracao|vamos (?:conversar|falar|marcar))~
""")

ASK = one_of(r"""
    how (?:much|does|do|would|can|long|many|is|are|did|will|quickly|soon|could)~
    (?:what|which) (?:is|are|does|do|would|kind|type|about|sort|plans?|features?|crm|platforms?|languages?|makes|else|exactly|countries|regions|sizes?|colou?rs?|pricing|price|integrations?|industries|services?|results?)~
    (?:do|does|is|are|can|could|will|would|have|has) (?:you|it|this|your|that|the|there|these|they|we|i)~
    (?:cost|costs|price|prices|pricing|rates?|fees?|quote|discount|trial|demo|integrat\w{1,5}|onboarding|contract|availability|in stock|delivery time|turnaround|roi|setup|warranty|guarantee|specs?|specifications?|case stud(?:y|ies)|references?|features?|compatible|available)~
    (?:was|wie|welche\w?|konnen|kann|gibt|haben|ist|bieten|lasst|lauft|funktioniert)~
    (?:como|que|cual|cuales|cuando|cuanto|tienen|tienes|ofrecen|incluye|funciona|es posible|hay|donde|hacen|trabajan|puedo)~
    (?:combien|comment|quel\w{0,3}|est-ce|avez|hoe|wat|welke|heeft|quanto|come|quali|quale|avete|qual|quais|voces)~
""")

LATER = one_of(rf"""
    (?:not|no) (?:right )?now(?! interested)
    not (?:at|for) (?:the|this|a) (?:moment|time|point|stage|present|while|now)
    not (?:just )?(?:yet|currently|this (?:year|quarter|month)|until|till|before|for (?:a|another|the next)|in the (?:near|immediate)|a (?:good|great|priority (?:right now|at the moment|this)))~
    (?:not|no|low|lower) ~priority~(?:now|moment|year|quarter)?
    (?:i|we) (?:will|am going to|are going to) (?:send|share|forward|pass|show|present|run|bring|take) (?:it|this|that|them)~(?:to|by|with|past|up)~
    and (?:will )?(?:get back|come back|revert|let you know|circle back)~
    (?:bad|wrong|poor|terrible|not (?:the|a) (?:right|good|best|great)|not great) (?:timing|time|moment)
    (?:timing|time) (?:is not|is just not|isn't|is off|is bad|is wrong|does not)~
    (?:reach|reaching|circle|check|checking|get|getting|come|follow|following|touch|ping|contact|write|try|talk|connect|loop|remind|message|email|call|ask|catch|speak|revisit|look|discuss|reconnect|chat|get in touch|drop me a line|hit me up|bring this up|regroup)(?: to)?(?: me| us| it| this| with me| with us)? ?(?:back|base|again|out|up|in|at this|into this|this|it|in touch|then)? ~(?:again )?(?:in|after|next|later|around|towards?|at the (?:end|beginning|start)|by|during|early|sometime|once|when|closer to|before|end of|mid|late|down the|on) ~{_LATER}
    (?:in|after|next|later|until|till|around|by|early|mid|late|beginning of|end of|start of) ~(?:the |this )?(?:q[1-4]|quarter|fiscal year|financial year|new year|spring|summer|autumn|fall|winter)
    (?:in|after) (?:a few|a couple of|several|some|two|three|four|six|[2-9]|1\d|another) (?:weeks|months|years)
    next (?:quarter|year|month|fiscal|season|budget|spring|summer|fall|autumn|winter)
    later (?:this|in the|on|down)~(?:year|month|quarter|line|road)?
    (?:revisit|reconsider|re-?evaluate|reassess|circle back|check back|touch base|keep (?:it|this|you|your|in touch)|file this|hold off|park this|back burner|shelve|shelved|postpone\w{{0,2}}|put (?:this|it|everything) on hold|on hold|paused|freeze)~
    (?:maybe|perhaps|possibly|might)[, ]{{1,2}}(?:be )?(?:later|next|in (?:the|a)|another time|some day|someday|some time|down the|one day|sometime|at some point)~
    (?:another|some other|a better|a later) (?:time|day|date|stage)
    (?:in|for) the (?:near |distant |foreseeable )?future
    (?:let me|need to|have to|will|going to|want to|would like to|must|i will have to|should) (?:first )?(?:think|check with|consult|discuss (?:this |it )?(?:with|internally)|review|look (?:into|at|over)|consider|run (?:this|it) (?:by|past)|talk (?:to|with) (?:my|our|the)|speak (?:to|with) (?:my|our|the)|take a look|get back to you|let you know|be in touch|come back to you|keep (?:you|it|this)|read|digest|go through|evaluate|reach out (?:if|when|once)|circle back|sleep on|decide|have a look|pass (?:this|it) )~
    (?:i|we) (?:will|shall) (?:get back|let you know|be in touch|reach out|come back|contact you|revert|think about)~
    (?:thinking|think) (?:about it|it over)
    (?:still|currently) ~(?:deciding|evaluating internally|reviewing|discussing|considering|in discussion|thinking)
    (?:too|very|really|quite|super|extremely|so|pretty|bit|swamped|a little) (?:busy|swamped|slammed|hectic|early)~
    (?:busy|swamped|slammed|tied up|snowed under|underwater|heads down|bandwidth)~(?:right now|at the moment|until|this|with|currently)?
    in the (?:middle|midst) of~
    (?:after|once|when|until) (?:the |we |our |my |i )~(?:holidays?|vacation|merger|migration|move|launch|budget|funding|round|approval|summer|christmas|new year|project|raise|hire|renewal|contract|audit|release|easter|review|season|expires?|ends?|is over|are done|finish\w{{0,3}}|settled)~
    (?:derzeit|momentan|aktuell|zurzeit|zur zeit|im moment|jetzt|gerade|im augenblick) (?:leider )?(?:nicht|kein\w{{0,2}}|schlecht|zu)~
    (?:spater|nachstes (?:jahr|quartal)|nachsten monat|im (?:herbst|fruhjahr|sommer|winter|neuen jahr|nachsten|januar|februar|marz|april|mai|juni|juli|august|september|oktober|november|dezember)|in (?:ein paar|einigen|zwei|drei|sechs) (?:wochen|monaten)|in q[1-4]|ab (?:januar|september|q[1-4])|noch einmal|nochmal|zu einem spateren|melden uns|melde mich|komme ~zuruck|kommen ~zuruck|muss (?:das )?intern)~
    (?:ahora|de momento|por el momento|por ahora|actualmente|en este momento|en estos momentos) (?:mismo )?(?:no|estamos|estoy|tenemos)~
    (?:ahora|de momento|por el momento|por ahora|en este momento) no
    (?:mas adelante|mas tarde|el (?:proximo|siguiente) (?:ano|trimestre|mes|semestre)|proximo (?:ano|trimestre|mes)|dentro de (?:unos|un par|dos|tres|seis|varios)|en (?:unos|un par de|dos|tres|seis) (?:meses|semanas)|despues de(?! las?\b)|en (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|otono|primavera|verano)|otro momento|no es (?:el|un) (?:buen )?momento|mal momento|dejame (?:pensar|consultar|revisar)|lo (?:consulto|reviso|comento|pensare|vemos|valoro|hablo|consultare|revisare|voy a)|te (?:aviso|digo algo|confirmo)|le (?:aviso|confirmo)|os (?:aviso|digo)|tengo que (?:consultar|pensar|hablar|verlo|revisar)|muy ocupad[oa]s?|a final(?:es)? de|a principios de|vuelv\w{{1,3}} a (?:escribir|contactar|hablar|preguntar))~
    (?:plus tard|pas maintenant|pas pour le moment|l'annee prochaine|le mois prochain|trimestre prochain|dans (?:quelques|deux|trois|six) (?:mois|semaines)|recontactez|reviendrai|reviendrons|a la rentree|en (?:septembre|octobre|novembre|janvier))~
    (?:later|volgend (?:jaar|kwartaal)|volgende maand|niet nu|nu niet|op dit moment (?:niet|geen)|over (?:een paar|enkele|drie|zes) (?:weken|maanden)|kom er op terug|na de zomer)~
    (?:piu avanti|in futuro|non ora|al momento (?:no|non)|per ora (?:no|non)|l'anno prossimo|il mese prossimo|prossimo trimestre|tra (?:qualche|due|tre|sei) (?:mesi|settimane)|ci penso|le faccio sapere|ti faccio sapere)~
    (?:mais tarde|mais para a frente|agora nao|no momento nao|neste momento nao|proximo (?:ano|trimestre|mes)|ano que vem|mes que vem|daqui a (?:alguns|dois|tres|seis)|vou pensar|vou analisar|retorno em breve)~
""")

REFER = one_of(r"""
    not (?:the|a|really the|quite the) (?:right|best|correct|appropriate|relevant|decision) ?~(?:person|contact|one|department|team|maker|fit to|point of contact|guy)~
    (?:wrong|incorrect) (?:person|contact|department|number|email|guy|team|address|company|individual|office)~
    (?:right|best|better|correct|appropriate|proper|relevant) (?:person|contact|point of contact|one to|people|team|department)~
    (?:do|am|is|does|are) not (?:longer )?~(?:handle|deal with|make (?:those|these|the|that|this)|responsible|involved|in charge|decide|the decision)~
    no longer (?:responsible|handle|handling|in charge|in that|in this role|involved|the right|manage|my)~
    (?:contact|reach out to|speak (?:to|with)|talk (?:to|with)|get in touch with|email|try|write to|connect with|check with|ask|refer to|call|direct (?:this|it|your \w{1,15}) to|forward (?:this|it|your \w{1,15}) to|liaise with|follow up with|address (?:this|it) to|cc|copy|loop in) (?:my|our|the|your|a|his|her|mr|mrs|ms|dr)\.? ~(?:colleagues?|manager|team|head|director|boss|cto|ceo|cfo|cmo|coo|cio|vp|lead|department|partner|office|assistant|purchasing|procurement|marketing|sales|hr|it|operations|owner|founder|supervisor|buyer|engineering|counterpart)~
    (?:contact|reach out to|speak (?:to|with)|talk to|get in touch with|please (?:email|try|ask|connect with|write to|contact|call)|you (?:should|could|may|might|need to|can|would (?:need|have) to|will (?:need|want) to|want to|better) (?:contact|reach|speak|talk|try|email|ask|write|check|connect|get|discuss))(?: out)?(?: to| with)? (?!me\b|us\b|you\b|again\b|i\b|in\b|back\b|more\b|about\b|soon\b|later\b|that\b|this\b|it\b|on\b|at\b|when\b|the (?:phone|team)\b)[a-z][\w.'-]{1,30}~
    (?:forwarded|forwarding|passed|passing|pass|redirected|sent|shared|forward|routed|handed|referred|referring|handing) (?:this|your|it|on|along|you|the)(?: \w{1,15}){0,3} (?:to|with|on to|onto|along to|over to)~
    (?:cc'?e?d|copied|copying|looped?|looping|adding|added|ccing|cc'ing|introducing)(?: in)? (?!me\b|us\b|you\b)~(?:here|on this|in|who|colleague|above)~
    (?:(?<!\bwe[ ])(?<!\bi[ ])handles?|looks after|takes care of|oversees|manages|is in charge|is responsible|runs|makes (?:the|those|these|all)|leads|deals with|heads|owns) (?:of |for )?(?:this|that|these|all|our|the|such|those|it|purchasing|procurement|marketing|it decisions|everything|sales|hr|vendor)~
    (?:is not|not|isn't) (?:really |actually )?(?:my|our) (?:area|department|responsibility|decision|role|field|remit|job|division|call|domain|expertise|purview|function)~
    (?:in charge of|responsible for|head of (?:purchasing|procurement|marketing|sales|operations|it)) ~
    (?:changed|moved|switched|new) (?:roles?|jobs?|positions?|departments?|teams?)~
    (?:above|outside|beyond) my (?:pay ?grade|remit|role|area)~
    (?:decisions?|purchasing) ~(?:made|handled|done) (?:by|at|in|through)~
    (?:via|through|to|by) (?:our |the )?(?:procurement|purchasing|head ?office|headquarters|corporate|parent company|main office|hq)~
    nicht (?:der|die|das) (?:richtige|zustandige)\w?~
    (?:falsche\w?|richtige\w?|zustandige\w?|passende\w?) (?:ansprechpartner\w{0,3}|person|adresse|kontakt|abteilung|stelle|kollegen?|kollegin|mann|frau)~
    (?:bin |ist )?(?:dafur |hierfur |fur das thema )?(?:nicht|nicht mehr) (?:dafur |hierfur )?(?:zustandig|verantwortlich)~
    (?:zustandig|verantwortlich) (?:ist|sind|ware|fur)~
    wenden sie sich (?:bitte )?(?:direkt )?(?:an|bitte)~
    (?:weitergeleitet|leite ~weiter|weiterleiten|gebe ~weiter|weitergegeben|kollegin? |kontaktieren sie (?:bitte )?(?!mich|uns))~
    no soy (?:la|el|yo)~(?:persona|responsable|indicad[oa]|adecuad[oa]|encargad[oa]|quien)?
    (?:persona|contacto|departamento) (?:equivocad[oa]|incorrect[oa]|adecuad[oa]|correct[oa]|indicad[oa]|encargad[oa]|responsable)~
    (?:la persona que|quien) (?:lleva|gestiona|se encarga|decide|maneja|ve|toma)~
    (?:contact[ae]\w{0,4}|habl[ae]\w{0,4}|escrib[ae]\w{0,4}|dirij\w{1,5}|comuni\w{1,8}|puede[ns]? (?:contactar|hablar|escribir)|deberias? (?:contactar|hablar|escribir)) (?:con|a|al)(?: mi| nuestr[oa]| el| la)? (?!conmigo|nosotros)~
    (?:te|le|lo|he|les) ~(?:paso|reenvio|reenviado|pasado|derivo|remito|redirijo|pongo en copia|pongo en contacto|copio)~(?:con|a|al)?
    (?:en copia|reenvio|ya no (?:me encargo|llevo|estoy en))~
    (?:pas la bonne personne|mauvaise personne|bon interlocuteur|bonne personne|adressez[ -]vous|veuillez contacter|contactez (?:mon|notre|ma|plutot)|transmis a|je transmets|responsable de)~
    (?:niet de juiste persoon|verkeerde persoon|juiste persoon|contactpersoon|neem contact op met|doorgestuurd|verantwoordelijk voor)~
    (?:non sono la persona|persona giusta|persona sbagliata|contatti (?:il|la)|si rivolga|ho inoltrato|responsabile (?:di|del))~
    (?:nao sou a pessoa|pessoa (?:certa|errada|responsavel)|fale com|contate (?:o|a)|encaminhei|responsavel (?:por|pel[oa]))~
""")

WHO = one_of(r"""
    why (?:are|do|did|would) (?:you|i|we)~
    did (?:i|we) (?:ever )?(?:sign|ask|request|agree|subscribe|contact|order)~
    who (?:said|told|asked|gave|signed)~
    who (?:are you|is this|are u|r u|am i|gave you|is it|the hell|do you (?:work|represent))~
    (?:how|where|from where) (?:did|have|do) you (?:get|find|got|come by|obtain|have|know|source)~
    (?:do|have|did) (?:i|we) (?:know|met|meet|spoken|talked|ever)~
    (?:what|which) company ~(?:is|are|do|you|this)~
    (?:are you|is this|am i (?:talking|speaking) to) (?:a |an )?(?:bot|robot|real|human|automated|ai|spam|legit|scam|phishing)~
    what is (?:this|it)(?: all)? (?:about|regarding|for|exactly)?~
    (?:not sure|unsure|do not (?:know|understand|get|follow|recall|remember)|confused) (?:what|if|why|whether|who|how|about|this|which|you)~
    (?:what do you|what is it (?:that )?you) (?:do|want|sell)~
    (?:wer sind sie|wer ist das|woher haben sie|woher kennen|worum geht|was ist das|kennen wir)~
    que (?:es lo que )?(?:venden|vende|vendes)~
    (?:quien (?:es|eres|sois|son)|de (?:donde|que) (?:empresa|sacaste|saco|han|me)|como (?:consiguio|conseguiste|han conseguido|obtuvo|obtuviste)|de que se trata|que es esto|nos conocemos|te conozco)~
    (?:qui etes|d'ou (?:avez|tenez)|de quoi s'agit|wie bent u|wie ben je|waar gaat|chi (?:e|sei|siete)|di cosa si tratta|quem (?:e|sao)|do que se trata)~
""")

ACKNOWLEDGED = one_of(r"""
    (?:ok|okay|k|noted|got it|received|thanks|thank you|thx|ty|understood|fine|alright|copy|cool|great|will do|roger|acknowledged|danke|vielen dank|verstanden|gracias|muchas gracias|recibido|entendido|vale|merci|bien recu|bedankt|dank je|grazie|ricevuto|obrigad[oa]|recebido)(?: very much| so much| a lot| for (?:the|your|this|letting|sending|sharing|reaching|getting)[^.!?]{0,60}| for reaching out| noted| received| thanks)?
""")
