"""The words of each concept, in seven languages; see concepts.py.

They are spelled as by `words.plain`; `*` stands for any ending. A word belongs to one concept, and no concept is
named like a letter of a word.
"""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    # stop
    "S": """
        stop* end ends finish terminate suspend lach* lacher schluss genoeg enden beenden einstell* termine* cesad*
        cese cesen ferm* laat finire zitto larg* encerr* quit quits quitting cease* halt desist* refrain* discontinu*
        unterlass* aufhor* aufzuhor* hort einstellen deje dejen dejad dejar pare paren parad parar basta bastan arret*
        cess* stopp* ophoud* ophou* hou houd houdt kap smett* smetter* piantat* finit* parem parei chega deixem deixe
        deixar enough genug assez
    """,
    # remove
    "R": """
        remov* deactivat* disabl* clear clean omit* suppress* release discard bin trash shred eras* tilg* vergiss
        vergesst scrap deregister elimin* dechet* vir* virez archivier* verdwijn* opheff* dimenticat* esquec* descart*
        delet* drop dropped strike struck scrub* purg* wipe* wiping exclud* unlist* unsub* unsubscrib* expung*
        destroy* forget dele take taken cross loschen losch* geloscht loeschen loesch* streich* entfern* austrag* trag
        tragen nehmen nehmt nimm herausnehm* vergessen abmeld* abbestell* borr* quit* saqu* sacar sacad* sacame retir*
        suprim* supresion desuscrib* excluy* tach* olvid* dad darme darnos dar den denme supprim* effac* enlev* ray*
        desinscri* desabonn* oubli* exclu* verwijder* schrap* haal halen wis wissen uitschrijv* schrijf afmeld*
        uitschrijf* rimuov* rimos* cancell* togli* tolgan* eliminat* elimini disiscri* depenn* scordat* remoc* apag*
        tir tira tire tirem tirar descadastr* exclua* desinscrev* risc* retire*
    """,
    # off, out
    "O": """
        off out raus heraus ab af uit fuera baja fora weg
    """,
    # turn to somebody: send, write, contact, sell
    "V": """
        send sell selling pitch pitching contactar contatar check checking follow following try trying verkauf* vender
        vendre verkopen vendere spamear vend* nachfass* nachzufass* relancer reecrire encher enche riscriv* recontact*
        ricontatt* sending mail mailing mailt email emailing emailed contact contacted contacting write writing text
        texting message messaging spam spamming bother* pester* harass* bug bugging annoy* disturb* solicit* approach*
        reach reaching chase chasing hassl* nag nagging bombard* ping pinging correspond* schreib* angeschrieb*
        anschreib* anzuschreib* kontaktier* mailen bemail* belastig* schick* zusend* zuschick* senden sende zuzusend*
        nerv* stor storen anruf* behellig* escrib* envi* mand* contact* molest* llam* insist* ecri* ecrive* envoy*
        sollicit* relanc* derang* harcel* importun* demarch* spamm* stuur* sturen mail* schrijf* schrijven contacteer*
        benader* lastig* lastiggevall* toezend* toesturen stoor scriv* invi* contatt* infastid* importunare escrev*
        contat* incomod* perturb* chat*
    """,
    # what is sent: mails, newsletters, offers
    "M": """
        emails updates reminder* offers nudges invitations sales envoi envois envio envios proposte propostas
        propuestas angebote aanbiedingen zusendungen zusendung invio invii solleciti lembretes recordatorios relance
        prospection mailbombing letter mails mailings messages newsletter newsletters communication communications
        correspondence outreach junk advert* ads marketing promotion* campaign* cadence sequence sequences drip
        solicitations crap garbage follow-ups followups followup nachricht* werbung werbe* post zuschrift*
        emailwerbung werbemail* reklame rundmail* belastigung correo correos mensaje* publicidad propaganda
        comunicacion* boletin* courriel* pub pubs publicite* pourriel* sollicitations relances demarchage berichten
        bericht reclame mailtjes mailtje nieuwsbrief* messaggi messaggio comunicazion* pubblicita mensage* publicidade
        comunicac* spams kaltakquise akquise reclameberichten
    """,
    # list, database
    "L": """
        list sheet spreadsheet pipeline book tool mailer adressbuch indirizzi adressbestand adresboek agenda
        directorio annuaire lists database databases crm records rolodex files register distribution mailinglist liste
        listen verteiler* mailverteiler datenbank* kartei system systemen lista listas base bases registro* fichero*
        listes fichier* diffusion lijst lijsten mailinglijst* bestand bestanden adressenbestand elenco elenchi
        archivi* rubrica cadastro* subscribers suppression blacklist blocklist sperrliste prospects prospectos
        contactos kontakte
    """,
    # data, address
    "D": """
        data address addresses details inbox mailbox name domain number record adresse* daten kontaktdaten
        emailadresse* mailadresse postfach datos direccion donnees coordonnees boite gegevens adres emailadres postvak
        indirizzo dati casella recapit* dados endereco domini* personalinformation
    """,
    # not, no, never, nobody
    "N": """
        not nobody nothing no-one niemand niks personne nadie nessuno ninguem useless pointless inutile inutil unnotig
        unless no never nor without neither nope nicht nich kein* nie niemals nichts nix ohne nunca jamas ni sin
        ningun* tampoco pas ne n jamais sans aucun* niet geen zonder non mai senza nessun* nao nem sem nenhum* nah nee
        nooit
    """,
    # again, more, further, last
    "A": """
        more another last letzte* zuletzt ultimo ultima dernier* laatste again further anymore longer ever additional
        future henceforth forward onwards mehr wieder weiter* kunftig* erneut nochmal* zukunft mas nuevamente otra
        otro futuro adelante plus davantage encore nouveau desormais meer verder* weer voortaan toekomst piu ulterior*
        ancora mais outra outro novamente futur* nochmals
    """,
    # want, wish
    "W": """
        want wants wish wishes desire like prefer rather wanna mochte* will willst wollen wunsch* quiero queremos
        deseo deseamos quisiera gustaria souhait* veux voulons voudr* desir* wil willen wens* wenst voglio vogliamo
        vorr* desider* gradis* quero desej* pretend* gostar* prefier* prefer*
    """,
    # get, receive
    "G": """
        receiv* get getting hear hearing erhalt* bekomm* krieg* horen gehort zugesandt recib* oir saber recev* recoi*
        entendre ontvang* krijg* vernemen ricev* sentire receb* ouvir
    """,
    # I, me, us
    "E": """
        me us my our i we mich mir uns unser* mein* ich wir nos mi mis nuestr* moi nous mon ma mes notre mij ons mijn
        onze ik wij ci miei mio mia nostr* meu minha meus nosso nossa eu
    """,
    # you, your, these
    "Y": """
        you your yours these this those that sie ihr ihre ihrer ihrem ihren euch euer* eure* diese* solche* ustedes
        usted su sus vuestr* tu tus vous votre vos cette ces uw u jullie je deze dit voi vostr* tuo tua sue suoi sua
        seu vossa vosso voces
    """,
    # please
    "P": """
        please kindly pls plz bitte por prego favor veuillez svp merci graag gelieve aub alstublieft pfv
    """,
    # rights, law, complaints
    "J": """
        gdpr gericht court escalat* breach rights privacy harcelement diritto droit derecho direito opposition oppongo
        opponga spammer* abuse watchdog dsgvo rgpd lgpd casl ccpa pecr avg cnil aepd garante ico ftc spamcop lawyer*
        attorney* solicitor* legal suing sued police illegal unlawful complain* reported reporting flag* regulator
        authorities authority erasure permission consent* harassment unsolicited unwanted opted anwalt* abmahn*
        anzeig* rechtlich* datenschutz* unverlangt* unerwunscht* unerlaubt* einwilligung zustimmung abogad* denunci*
        demand* ilegal consentimiento permiso avocat* plainte signal* illegal* consentement advocaat klacht* aangifte
        toestemming ongevraagd* ongewenst* avvocat* denunciar* segnal* consenso autorizzat* autoriz* advogad* queixa*
        consentimento recht widerspr* oppos* oposicion bezwaar opposizione oposicao artikel article articulo articolo
        artigo art object vergessenwerden
    """,
    # block
    "B": """
        block* blocked blacklisted blockier* gesperrt bloque* bloqu* blokk* blokkeer* bloccat* scam phishing
    """,
    # have, use, do
    "H": """
        have has use uses using got haben hat habe nutzen nutze verwend* setzen einsatz tenemos tengo usamos uso
        contamos utilizamos avons utilis* disposons hebben heb gebruik* abbiamo ho usiamo utilizziamo temos tenho
        utiliz* work works working worked arbeiten trabaj* travaill* werken lavor* trabalh* do does machen
    """,
    # already, own
    "K": """
        already current currently existing house inhouse internal* bereits schon jetzig* intern* eigen* selbst ya
        actual* propi* deja actuel* al reeds huidig* zelf gia attual* proprio interna* ja atual* own ourselves selber
    """,
    # vendor, tool, contract
    "U": """
        vendor* nephew accountant* freelancer steuerberater gestor comptable boekhouder commercialista contador
        accountants provider* supplier* partner* agency agencies tools solution* platform* software contract*
        competitor* anbieter* dienstleister* lieferant* agentur* losung* vertrag* proveedor* agencia* herramienta*
        solucion* contrato* prestataire* fournisseur* agence* outil* contrat* leverancier* bureau oplossing* fornitor*
        agenzi* soluzion* contratt* fornecedor* parceir* soluc* ferramenta*
    """,
    # interest
    "I": """
        interest* interes* interessier* interess* geinteresseerd* belangstelling uninterested desinteres*
    """,
    # need
    "Q": """
        need needs needed require* necessary bedarf brauch* benotig* notig necesit* falta necesari* besoin*
        necessaire* nodig behoefte bisogno serve servono necessari* precis* necessidad* demand appetite verwendung
    """,
    # money
    "$": """
        budget* quote* spend sum numbers damage portata bolsillo geldbeutel price* pricing pricey cost costs expensive
        money cheap* fund* afford* teuer preis* kosten kostet geld presupuest* caro cara caros precio* cuest* cher
        chere prix tarif* coute* cout duur prijs* tarieven kost costo costa costos* prezz* preco* orcament* custa
        custo verba rates quote dinero soldi dinheiro argent
    """,
    # fit, relevant, sense
    "F": """
        fit fits relevant irrelevant suitable match* applicable passt passend passen geeignet encaj* adecuad* convien*
        pertinent* past geschikt adatt* sentido sense sinn sens adequad* useful
    """,
    # decline, decide, against
    "X": """
        pass uninterest* uninteress* inintere* ininteress* voted disappoint* against dagegen contra contro contre
        tegen declin* reject* skip deny ablehn* lehne lehnen verzicht* absag* gebrauch rechaz* refus* weiger* afzien
        afwijz* rifiut* recus* rejeit* decided decid* entschied*
    """,
    # later, month, year
    "Z": """
        later quarter month* year* spring summer autumn winter january february march april june july august september
        october november december next spater quartal monat* jahr* fruhjahr herbst sommer trimestre* meses ano anos
        tarde septiembre enero mois annee rentree tard prochain* kwartaal maand* jaar volgend* zomer najaar mese anno
        settembre avanti prossim* proxim* setembro janeiro momentan moment momento
    """,
    # colleague, department
    "C": """
        colleague* manager* boss department* procurement purchasing team cfo ceo cto director person kolleg*
        abteilung* chef* einkauf* zustandig* companer* jefe* jefa departamento* responsable* persona encargad*
        collegue* service patron collega* afdeling* leidinggevende inkoop persoon uffici* reparto responsabil* capo
        colega* chefe* setor responsavel pessoa
    """,
    # forward
    "&": """
        forwarded forwarding weiterleit* weitergeleitet reenvi* pasar paso transmet* transmis* transfer* doorgestuurd
        doorstu* inoltr* encaminh* repass* passed passing
    """,
    # information, offer
    "+": """
        info infos information* brochure* deck presentation* proposal* case material* unterlagen broschure* angebot*
        prospekt folleto* propuesta* oferta* documentation plaquette* offre devis offerte folder proposta* brochura*
        informac* informaz* preventivo listino catalog* demo* trial
    """,
    # talk, meet
    "T": """
        call calls phone meeting meet talk speak discuss telefon* sprechen treffen termin* gesprach* hablar reunion*
        vernos quedar appel* rencontr* parler rendez bel bellen afspraak spreken praten chiam* incontr* parlar*
        sentiamoci ligar ligue reuniao conversar falar zoom teams calendar kalender
    """,
    # day
    "@": """
        monday tuesday wednesday thursday friday tomorrow today montag dienstag mittwoch donnerstag freitag morgen
        heute lunes martes miercoles jueves viernes manana hoy lundi mardi mercredi jeudi vendredi demain maandag
        dinsdag woensdag donderdag vrijdag lunedi martedi mercoledi giovedi venerdi domani segunda terca quarta quinta
        sexta amanha
    """,
    # question words
    "/": """
        what how when who where which why was wie wann wer woher wo welche* que como cuando quien donde cual cuanto
        combien comment quand qui quoi quel* hoe wanneer waar welke wat quanto come quando chi dove quale cosa onde
        quem qual
    """,
    # yes, good
    "%": """
        yes yeah yep sure great good perfect sounds happy gladly gerne gern klingt klar si claro suena encantad* bien
        oui volontiers bonne klinkt goed prima certo volentieri bene sim bom otimo interessant curious keen love
    """,
}
