/**
 * Phrases of customers and support agents by language, for the checks of simulated users. For a language that is
 * not listed here, the checks use only what the conversation itself shows.
 */

/** A pattern of whole lower-case words; a space in it matches any whitespace and commas. */
function words(...patterns: readonly string[]): RegExp {
  const any = patterns.join("|").replaceAll(" ", "(?:[\\s,]+)");
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?:(?<![\\p{L}\\p{N}])|(?![\\p{L}\\p{N}]))`, "u");
}

/** Like `words`, but only at the start of a text. After a match of `unspaced` the text may go on without a space. */
function opening(spaced: readonly string[], unspaced: readonly string[]): RegExp {
  const any = spaced.join("|").replaceAll(" ", "(?:[\\s,]+)");
  return new RegExp(`^(?:(?:${any})(?![\\p{L}\\p{N}])|(?:${unspaced.join("|")}))`, "iu");
}

/** Matches consent at the start of a clause. */
const AGREES = opening(
  [
    "yes|yeah|yep|yup|aye|(?:da|ya|ano|k)(?=$)|sure(?: thing)?|ok(?:ay)?|k|please do|please go ahead|please proceed|go ahead|go for it|do it|do that|do so",
    "absolutely|of course|certainly|definitely|indeed|correct|that(?:'s| is) (?:right|correct|fine|ok(?:ay)?|perfect)|confirmed|(?:i|we) (?:do )?(?:confirm|agree|accept)|agreed|sounds (?:good|great|fine|perfect)|that (?:sounds (?:good|great|fine)|works|would be (?:great|good|fine|perfect|lovely))|works for me|fine by me|fine with me|all right|alright|proceed|by all means|you may|please (?:refund|cancel|book|send|change|pay|transfer|confirm|update|process|continue)",
    "ja|jawohl|jep|jo|gern(?:e)?|klar|natürlich|sicher|selbstverständlich|einverstanden|nur zu|in ordnung|genau|stimmt|passt|mach(?:en sie|t)? (?:das|es)|tun sie das|bitte (?:tun|machen|erstatten|stornieren|buchen|senden|überweisen)|bestätigt",
    "oui|ouais|d'accord|bien sûr|allez-y|allez y|vas-y|je (?:confirme|suis d'accord|veux bien)|volontiers|entendu|c'est (?:bon|parfait|d'accord)|tout à fait|exactement|faites(?:-le)?|certainement",
    "sí|si(?= por favor|$)|claro|vale|adelante|de acuerdo|por supuesto|h[aá]g[ao]lo|hazlo|confirmo|correcto|est[aá] bien|desde luego|procede|proceda",
    "sì|certo|certamente|va bene|d'accordo|procedi|proceda|faccia pure|fai pure|confermo|esatto|volentieri|perfetto(?= procedi)",
    "sim|com certeza|pode (?:ser|fazer|seguir|reembolsar|cancelar)|prossiga|est[aá] bem|tudo bem|concordo|isso mesmo|faça isso|quero sim",
    "jazeker|zeker|graag|prima|akkoord|doe (?:dat|het|maar)|ga (?:uw|je) gang|natuurlijk|oké|klopt|ga door",
    "japp|jadå|jo|gärna|absolut|visst|javisst|självklart|gör det|kör|ja tack|ja takk|ja tak|selvfølgelig|gjør det|gør det|gerne|gjerne|helt sikkert",
    "kyllä|joo|juu|totta kai|selvä|tee niin|sopii|jasne|oczywiście|zgoda|zgadzam się|dobrze|potwierdzam|proszę (?:tak|to) zrobić",
    "jistě|jasně|souhlasím|dobře|potvrzuji|áno|súhlasím|igen|rendben|persze|sigur|desigur|de acord|confirm",
    "да|конечно|хорошо|давайте|согласен|согласна|подтверждаю|ладно|верно|так|звичайно|добре|ναι|βεβαίως|εντάξει|σύμφωνοι|φυσικά",
    "evet|tabii(?: ki)?|tamam|olur|elbette|onaylıyorum|kabul|vâng|dạ|có|đồng ý|được|iya|baik|silakan|tentu(?: saja)?|setuju|oke",
    "نعم|أجل|حسنا|حسنًا|موافق|بالتأكيد|تمام|بله|باشه|כן|בטח|בסדר|מסכים|हाँ|हां|जी(?: हाँ| हां)?|ठीक है|ज़रूर",
  ],
  [
    "是的?|好的?|对的?|可以|行|当然|没问题|确认|同意|麻烦你?",
    "はい|ええ|お願いします|いいです|もちろん|了解|承知",
    "네|예|좋아요|그래요?|물론|부탁",
    "ใช่|ครับ|ค่ะ|ได้|ตกลง",
  ],
);

/** Matches a refusal or postponement at the start of a clause. */
const DECLINES = opening(
  [
    "no(?!,? (?:problem|worries|issue|doubt))|nope|nah|not (?:yet|now|really)|never ?mind|(?:i|we)(?:'d| would) rather not|rather not|(?:i|we) (?:don't|do not)|(?:please )?(?:don't|do not)|leave it|forget (?:it|about it)|on second thoughts?|wait|hold on|stop|actually no|but (?:first|before)",
    "nein|nee|nö|lieber nicht|nicht|lassen sie(?: es| das)?|lass es|doch nicht|warten sie|moment",
    "non|pas|plutôt pas|laissez|attendez|no(?: gracias)?|mejor no|espere|déjelo|non|meglio di no|aspetti|lasci|não|melhor não|espere|deixe",
    "nej|nei|niet|liever niet|wacht|laat maar|helst inte|vänta|ikke|ei|älä|nie|lepiej nie|proszę nie|ne|radši ne|nem|inkább nem|nu|mai bine nu",
    "нет|не|лучше не|подождите|ні|όχι|hayır|không|tidak|jangan|لا|לא|नहीं|نه",
  ],
  ["不|否|别|算了|等", "いいえ|いえ|やめ|結構です|待って", "아니|아뇨|잠깐", "ไม่"],
);

/** Matches a support agent's offer to do something that needs the user's consent. */
const PROPOSES = words(
  "(?:shall|should|may|can|could) (?:i|we)|(?:would you like|do you want|do you wish|want|like) (?:me|us) to|do you (?:agree|accept|approve|confirm|authori[sz]e|wish to|want to)|would you like to|are you sure|is (?:that|this|it) (?:ok|okay|all right|alright|correct|right|fine|acceptable)|ready to|(?:to|go) (?:proceed|ahead)|confirm|confirmation|(?:reply|answer|say) (?:with )?[\"'“‘]?yes",
  "soll(?:en)? (?:ich|wir)|darf ich|dürfen wir|möchten sie|wollen sie|sind sie (?:sicher|einverstanden)|einverstanden|in ordnung|bestätig\\p{L}*",
  "voulez-vous|souhaitez-vous|désirez-vous|dois-je|puis-je|je peux|êtes-vous (?:sûre?|d'accord)|d'accord|confirm\\p{L}*|je procède",
  "quiere(?:s)?(?: que)?|desea(?:s)?|procedo|puedo|está de acuerdo|de acuerdo|debo|vuole(?: che)?|vuoi(?: che)?|desidera|posso|devo|conferm\\p{L}*|quer(?: que)?|deseja|gostaria",
  "zal ik|zullen we|mag ik|wilt u|wil je|akkoord|bevestig\\p{L}*|ska jag|vill du|bekräfta\\p{L}*|skal jeg|vil du|bekreft\\p{L}*|bekræft\\p{L}*|haluatko|vahvista\\p{L}*",
  "czy (?:mam|chcesz|chce pan|chce pani|potwierdza\\p{L}*)|potwierd\\p{L}*|mám|chcete|přejete|potvr\\p{L}*|szeretné|erősítse|doriți|confirmați",
  "хотите|подтвер\\p{L}*|оформить|мне (?:вернуть|отменить|оформить)|бажаєте|θέλετε|να προχωρήσω|επιβεβαι\\p{L}*|onayl\\p{L}*|ister misiniz|istiyor musunuz|bạn có muốn|xác nhận|apakah (?:anda|saya)|konfirmasi",
  "هل (?:تريد|ترغب|أقوم)|تأكيد|تؤكد|האם|לאשר|क्या",
).source;

const PROPOSAL = new RegExp(
  `${PROPOSES}|要我|是否|确认|確認|吗|ますか|でしょうか|よろしい|할까요|드릴까요|확인|ไหม`,
  "iu",
);

/** Matches a request for confirmation that is not a question. */
const WANTS_WORD = words(
  "please (?:confirm|reply|say|answer|approve|let me know|tell me)|(?:once|if|when|as soon as|after) you (?:confirm|agree|approve|say|give)|let me know (?:if|whether) (?:you(?:'d| would) like (?:me|us) to|i (?:should|may|can)|that|this)|need your (?:confirmation|approval|consent|go-ahead|ok(?:ay)?)|awaiting your",
  "bitte bestätigen|bitte um (?:ihre )?bestätigung|(?:sobald|wenn) sie (?:bestätigen|zustimmen|einverstanden)|(?:veuillez|merci de|pouvez-vous) confirmer|dès que vous confirmez|si vous êtes d'accord|por favor,? confirm\\p{L}+|si (?:está de acuerdo|confirma)|(?:mi )?conferm[ai] (?:per favore|se)|per favore,? conferm\\p{L}+|bevestig(?:t u)? (?:dit )?(?:alstublieft|graag|even)|vänligen bekräfta|bekreft|bekræft|proszę potwierdzić|prosím potvrďte|подтвердите|lütfen onayla\\p{L}+|يرجى التأكيد",
);
const WANTS_WORD_UNSPACED = /请(?:您)?确认|ご確認ください|よろしければ|확인해 ?주/u;

const CLOSING = words(
  "(?:any|some)thing (?:else|more|further)|what else|any (?:other|more|further)(?: \\p{L}+)?|further (?:questions?|help|assistance)|other questions?|(?:is|was|will) that (?:be )?(?:all|everything)|that(?:'s| is) (?:all|everything)|all (?:set|good)|(?:did|does|has|was|is) (?:that|this|it|everything) (?:help|helpful|answer|solve|resolve|work|clear|make sense|sorted|settled|resolved|been resolved)\\p{L}*|(?:happy|satisfied|pleased) with|rate|feedback|survey|understood|make sense",
  "(?:sonst )?noch (?:etwas|was|fragen)|sonst noch|weitere(?:s|n)?|etwas anderes|war das alles|ist das alles|geholfen|zufrieden|beantwortet|alles klar",
  "autre chose|autres? questions?|d'autres|c'est tout|ce sera tout|satisfaite?|répondu|aidée?",
  "(?:algo|alguna cosa) m[aá]s|otra (?:cosa|pregunta|consulta)|m[aá]s (?:preguntas|ayuda)|eso es todo|es todo|satisfech[oa]|(?:altro|altre domande)|qualcos'altro|è tutto|soddisfatt[oa]|mais (?:alguma coisa|algo|alguma)|algo mais|outra (?:coisa|pergunta)|é tudo|satisfeit[oa]",
  "nog iets|(?:verder|anders) nog|iets anders|is dat alles|was dat alles|tevreden|geholpen|något (?:annat|mer)|noe (?:annet|mer)|noget andet|ellers|var det allt|jotain muuta|muuta",
  "coś (?:jeszcze|innego)|jeszcze (?:w czymś|coś)|w czymś jeszcze|czy to wszystko|ještě (?:něco|s něčím)|něco (?:dalšího|jiného)|valami más|segíthetek még|altceva|mai pot",
  "что-?(?:то|нибудь) ещ[её]|ещ[её] (?:что|вопрос|чем)|чем ещ[её]|это вс[её]|щось ще|чимось ще|κάτι άλλο|başka (?:bir|soru|yardım)|gì (?:khác|nữa)|ada (?:lagi|yang lain)|lain(?:nya)?",
  "شيء آخر|أي شيء|أسئلة أخرى|משהו נוסף|עוד משהו|כُछ और|कुछ और|और कुछ|چیز دیگری",
);
const CLOSING_UNSPACED = /还有|其他|别的|他に|ほかに|以上で|다른|더 (?:필요|도와)|อะไรอีก|เพิ่มเติม/u;

/** Whether a sentence only asks if there is anything else or if all is well, so that nothing depends on the answer. */
function closes(sentence: string): boolean {
  return CLOSING.test(sentence.toLowerCase()) || CLOSING_UNSPACED.test(sentence);
}

/** Splits a text into sentences with their punctuation. A dot in a number does not end a sentence. */
const sentencesOf = (text: string): readonly string[] =>
  text
    .split(/(?<=[.!?…؟])\s+|(?<=[。！？])|\n+/u)
    .map((one) => one.trim())
    .filter((one) => one !== "");

const clausesOf = (text: string): readonly string[] =>
  text
    .split(/[.,!?;:…؟،。！？，、\n]+|\s-+\s/u)
    .map((one) => one.trim().replace(/^(?:and|und|et|y|e|en|och|og|i|и|oh|ah|well|so|hm+)\s+/iu, ""))
    .filter((one) => one !== "");

const isQuestion = (sentence: string): boolean =>
  /[?？؟]/.test(sentence) || (/[;\u037e]$/.test(sentence) && /\p{Script=Greek}/u.test(sentence));

/**
 * Whether a support agent's message waits for the user's consent to do something.
 *
 * @param done whether something was already done in this conversation; then only a question that proposes more counts
 */
export function awaitsConsent(previous: string, done: boolean): boolean {
  const asking = sentencesOf(previous).filter(
    (one) => isQuestion(one) || WANTS_WORD.test(one.toLowerCase()) || WANTS_WORD_UNSPACED.test(one),
  );
  const last = asking.at(-1);
  if (last === undefined || closes(last)) return false;
  return !done || PROPOSAL.test(last) || !isQuestion(last);
}

/** Whether a clause of the text refuses or postpones something. */
export function declines(text: string): boolean {
  return clausesOf(text).some((one) => DECLINES.test(one));
}

/**
 * Whether a text agrees and refuses nothing.
 *
 * @param previous the message before it; it helps to find the language: "tak" means yes in Polish, thanks in Danish
 */
export function agrees(text: string, previous: string): boolean {
  const isPolish = /[ąćęłńśźż]/i.test(text + previous);
  const yes = clausesOf(text).some((one) => AGREES.test(one) || (isPolish && /^tak(?!\p{L})/iu.test(one)));
  return yes && !declines(text);
}

const WE_ACT =
  "(?:i|we)(?:'ve|'ll| have| will| can| am going to| are going to| shall| just)*(?: (?:now|just|already|gladly|also|successfully|therefore|immediately|gone ahead and|go ahead and))*";
const YOURS = "(?:up )?(?:(?:the|a|an|that|full|new|partial) )*your (?:\\p{L}+ ){0,2}?";
/** Things that customers call "my" and support agents call "your". */
const OWNED =
  "orders?|bookings?|reservations?|accounts?|cards?|payments?|requests?|tickets?|appointments?|claims?|cases?|refunds?|money|loans?|balance|transactions?|profile|records?";
const NOT_A_PAGE =
  "(?! (?:page|policy|policies|website|site|terms|email|e-mail|confirmation|message|form|number))";

/** Phrases that only support agents use: greetings, offers, questions and actions. */
const STAFF_PHRASES = [
  // English
  words(
    "how (?:can|may|could|might) (?:i|we) (?:(?:best )?(?:help|assist|support|serve)|be of)|what can (?:i|we) (?:do for|help|assist)(?: you)?|(?:is|was) there (?:any|some)thing (?:else )?(?:that )?(?:i|we) (?:can|could|may) (?:help|assist|do for) you|(?:is|was) there (?:any|some)thing else (?:that )?(?:i|we) (?:can|could|may) (?:help|assist)|anything else (?:i|we) (?:can|could|may) (?:help|assist|do for)|anything else (?:you need|you(?:'d| would) like) help with",
    "(?:i am|i'm|we are|we're) (?:here|available) to (?:help|assist|serve) you|(?:i|we)(?:'d| would|'ll| will) be (?:happy|glad|pleased) to (?:help|assist) you|how (?:can|may) (?:i|we) direct your call",
    "(?:thank you|thanks) for (?:contacting|calling|reaching out to|writing to|choosing|shopping (?:with|at)|visiting|banking with|flying with|staying with)(?: (?:us|our|customer|(?:\\p{L}+ ){1,3}(?:support|service|care|desk|team)))|(?:thank you|thanks) for contacting(?=[.!])|welcome to (?:our|the) (?:customer|support|service|help)",
    "(?:this is|you(?:'ve| have) reached|you(?:'re| are) (?:now )?(?:speaking|talking|chatting|connected) (?:to|with)|i am (?:with|from)|i'm (?:with|from)) (?:the |our |your )?(?:\\p{L}+ )?(?:customer (?:support|service|care)|support (?:team|desk|agent)|service (?:team|desk)|help ?desk|reservations? (?:desk|team)|booking (?:desk|team))",
    "as (?:the|an?|your) (?:(?:virtual|digital|ai|support|service|sales|booking|customer service|customer support) )*(?:assistant|agent|representative|clerk|operator|advis[oe]r)(?: (?:of|for|at|from|in|here at) (?:this|our|the (?:shop|store|company|bank|hotel|airline|desk|clinic|library|office|service))| (?:i|we) (?:can|could|will|must|need|have|am|are|should|would))",
    "(?:i am|i'm|i am just|i'm just) (?:your |the |an? )?(?:(?:virtual|digital|ai|automated|automatic) (?:assistant|agent|model)|ai|chat ?bot|bot|(?:large )?language model|assistant here|assistant(?= (?:of|for|at) (?:this|our|the (?:shop|store|company|bank|hotel|airline|desk)))|(?:customer (?:service|support)|support|booking) (?:agent|representative|assistant))(?! myself)|as an? (?:ai|(?:large )?language model|chat ?bot)",
    `${WE_ACT} (?:look(?:ed)? up|locate[d]?|pull(?:ed)? up|process(?:ed)?|issue[d]?|refund(?:ed)?|update[d]?|verif(?:y|ied)|initiate[d]?|submit(?:ted)?|credit(?:ed)?|transfer(?:red)?|reset|unlock(?:ed)?|escalate[d]?|block(?:ed)?|freeze|froze|frozen|approve[d]?|reactivate[d]?) ${YOURS}(?:${OWNED}|flights?|rooms?|subscriptions?|membership|deliver(?:y|ies)|parcels?|purchases?|stay|seats?|contract|trip)${NOT_A_PAGE}`,
    `${WE_ACT} (?:check(?:ed)?|found|find|cancel(?:l?ed)?|book(?:ed)?|rebook(?:ed)?|schedule[d]?|reschedule[d]?|open(?:ed)?|review(?:ed)?|renew(?:ed)?|extend(?:ed)?|reserve[d]?|arrange[d]?|close[d]?|move[d]?|change[d]?) ${YOURS}(?:${OWNED})${NOT_A_PAGE}`,
    "(?:i|we)(?:'ll| will)? (?:now )?(?:issue|process|send|arrange|initiate|make) (?:the|a|your)(?: \\p{L}+)? (?:refund|payment|transfer|replacement|booking|reservation|cancellation) (?:to|for|of|on) your",
    "(?:i|we)(?:'ll| will| would| do)?(?: first| also| just| still)* need(?: to (?:verify|have|know|see|check))?(?: first)? your (?:\\p{L}+ ){0,2}?(?:number|id|code|reference|name|details|e-?mail(?: address)?|date of birth|identity|passport)",
    "(?:could|can|would|will|may|might) (?:you|i|we)(?: please| kindly)? (?:provide|share|give|tell|confirm|verify|have|get|ask for|send|enter|state|spell)(?: (?:me|us))?(?: with)? your (?:\\p{L}+ )?(?:order|booking|reservation|customer|ticket|membership|account|case|confirmation|reference|policy|card|booking reference|flight|tracking|patient|invoice|full name|date of birth)(?: \\p{L}+)?|please (?:provide|share|give|tell|confirm|verify|enter|state)(?: (?:me|us))?(?: with)? your (?:\\p{L}+ )?(?:order|booking|reservation|customer|membership|account|ticket|confirmation|reference|policy|invoice|patient|full name|date of birth)",
    "your (?:refund|order|booking|reservation|request|cancellation|payment|transfer|appointment|account) (?:has been|is being|was|will be) (?:successfully )?(?:processed|issued|cancel(?:l?ed)|refunded|booked|updated|confirmed|credited|transferred|approved|submitted|sent|closed|scheduled)|i (?:apologi[sz]e|am sorry|'m sorry) for (?:the|any) (?:inconvenience|trouble|delay)(?: (?:this|that|it) (?:has|may have))?(?: \\p{L}+)*? (?:you|your)",
  ),
  // German
  words(
    "(?:wie|womit) (?:kann|darf|können|dürfen) (?:ich|wir) (?:ihnen|dir|euch) (?:\\p{L}+ )?(?:helfen|behilflich|weiterhelfen)|was (?:kann|darf|können) (?:ich|wir) für (?:sie|dich) tun|(?:kann|darf) ich (?:ihnen|dir) (?:sonst )?(?:noch )?(?:\\p{L}+ )?(?:helfen|behilflich)|sonst noch etwas für (?:sie|dich)",
    "(?:vielen dank|danke) für (?:ihre anfrage|ihren anruf|ihre kontaktaufnahme|ihre nachricht|ihre bestellung|ihren einkauf)|(?:danke|vielen dank) dass sie (?:uns|sich)|willkommen (?:beim|bei unserem) (?:kunden\\p{L}+|support)",
    "(?:hier (?:ist|spricht)|sie sprechen mit|sie sind verbunden mit) (?:der|dem|die|unser|unserem|ihr|ihrem)? ?(?:kundendienst|kundenservice|kundenbetreuung|support|service|kundensupport|assistent\\p{L}*)|als (?:ihr |ihre |virtuelle[r]? |ki-?)?(?:assistent|assistentin|mitarbeiter|mitarbeiterin|kundenberater|kundenberaterin|agent|sprachmodell)(?: (?:des|dieses|der|dieser|unseres|im|von) \\p{L}+| (?:kann|brauche|benötige|habe|werde|bin|muss|darf))|ich bin (?:ihr |ein |eine )?(?:virtuelle[r]? |ki-?|digitale[r]? )?(?:assistent|assistentin|sprachmodell|ki|chatbot)",
    "(?:ich|wir) (?:habe|haben|werde|werden) (?:nun |jetzt |gerade )?(?:ihre|ihren|ihr) (?:\\p{L}+ )?(?:bestellung|buchung|reservierung|konto|karte|zahlung|anfrage|ticket|rückerstattung|erstattung|termin|abo|vertrag|kundennummer)(?! (?:bestätigung|seite|mail))|(?:ich|wir) (?:benötige|brauche|benötigen|brauchen) (?:zuerst |zunächst |noch |dafür )*(?:ihre|deine) (?:\\p{L}+ )?(?:\\p{L}*(?:nummer|nr)|kundendaten|daten|adresse|geburtsdatum|namen)",
    "(?:nennen|geben|teilen|schicken) sie (?:mir|uns) (?:bitte )?ihre|bitte (?:nennen|geben|teilen) sie|ihre (?:bestellung|buchung|erstattung|rückerstattung|anfrage|reservierung) (?:wurde|wird|ist)(?: \\p{L}+)? (?:bearbeitet|storniert|erstattet|bestätigt|gebucht|veranlasst|aktualisiert)",
  ),
  // French
  words(
    "comment (?:puis-je|pouvons-nous|je peux) (?:vous|t')? ?(?:aider|être utile|assister)|(?:en quoi|que) (?:puis-je|pouvons-nous) (?:vous )?(?:aider|être utile|faire pour vous)|puis-je (?:vous )?(?:aider|faire) (?:pour vous )?(?:avec )?(?:autre chose|en quoi que ce soit|encore)|y a-t-il autre chose (?:que je|en quoi je|pour)",
    "merci (?:d'avoir|de nous avoir|de) (?:contacté|contacter|appelé|choisi)(?: notre| le| nous)?|merci de (?:votre appel|nous contacter)|bienvenue (?:au|à notre) (?:service|support)|(?:ici|c'est) le (?:service client\\p{L}*|support)|vous êtes (?:bien )?(?:au|en ligne avec) (?:le )?(?:service|support)",
    "en tant qu'(?:assistante?|agente?|ia|employée?|conseill\\p{L}+)|en tant que (?:conseill\\p{L}+|modèle de langage|service)|je suis (?:votre |l'|un |une )?(?:assistante? (?:virtuel\\p{L}*|de)|assistante?(?= ici)|modèle de langage|ia|chatbot)",
    "(?:j'ai|je vais|nous avons|nous allons) (?:bien |maintenant |donc )?(?:trouvé|vérifié|vérifier|consulté|annulé|annuler|remboursé|rembourser|traité|traiter|effectué|effectuer|réservé|réserver|modifié|modifier|émettre|émis|retrouvé) (?:votre|vos|le remboursement sur votre)|(?:j'ai|j'aurai|j'aurais|nous avons|nous aurons) (?:d'abord )?besoin (?:d'abord )?de votre|(?:pouvez|pourriez)-vous (?:me |nous )?(?:donner|fournir|indiquer|communiquer|confirmer) (?:votre|vos)|(?:veuillez|merci de) (?:me |nous )?(?:donner|fournir|indiquer|communiquer|confirmer) (?:votre|vos)",
  ),
  // Spanish, Italian, Portuguese
  words(
    "(?:en qué|cómo) (?:puedo|podemos|le puedo|te puedo) (?:ayudar\\p{L}*|servir\\p{L}*|asistir\\p{L}*)|hay algo más en lo que (?:pueda|le pueda|podamos)|gracias por (?:contactar\\p{L}*|ponerse en contacto|llamar|comunicarse|elegir|su (?:compra|llamada|consulta))(?: con| a)?(?: nosotros| nuestro)?|(?:le|te) (?:habla|atiende|saluda) (?:el |la |su )?(?:servicio|soporte|atención|asistente)|(?:este|aquí) es el (?:servicio|soporte)|(?:le|te) habla el|atención al cliente le",
    "como (?:asistente|agente|representante|modelo de lenguaje|empleado|empleada) (?:de|del|virtual|necesito|puedo)|soy (?:su |el |un |una )?(?:asistente|agente|modelo de lenguaje|ia|inteligencia artificial)(?: virtual| de)?|(?:he|hemos|voy a|vamos a) (?:encontrado|consultado|revisado|cancelado|cancelar|reembolsado|reembolsar|procesado|procesar|emitir|tramitar|reservado|verificado|localizado) (?:su|tu|el reembolso (?:a|en) su)|(?:necesito|necesitaré|necesitamos) (?:primero )?(?:su|tu) (?:número|correo|nombre|identificación|código)|(?:podría|puede|podrías) (?:darme|proporcionarme|indicarme|decirme|facilitarme|confirmarme) (?:su|tu)|por favor (?:indíqueme|proporcione|facilíteme|dígame) su",
    "come posso (?:aiutarla|aiutarti|aiutarvi|esserle utile|assisterla)|(?:in (?:che )?cosa|che cosa) posso (?:aiutarla|fare per lei)|posso (?:aiutarla|fare) (?:in |per lei )?(?:altro|qualcos'altro)|c'è altro in cui|grazie per (?:averci|aver) (?:contattat\\p{L}+|chiamat\\p{L}+|scelt\\p{L}+)|(?:qui|questo) è il (?:servizio|supporto)|parla (?:con )?il servizio|come (?:assistente|operatore|operatrice|modello linguistico) (?:di|del|della|virtuale|ho|avrò|posso)|sono (?:il suo |la sua |un |un')?(?:assistente|operatore|modello linguistico)(?: virtuale| di)|(?:ho|abbiamo|procedo a|sto per) (?:trovato|verificato|controllato|annullato|rimborsato|emesso|elaborato|prenotato) (?:il suo|la sua|i suoi|le sue)|(?:ho|avrò|avrei|abbiamo) bisogno (?:prima )?del (?:suo|tuo)|(?:può|potrebbe) (?:fornirmi|darmi|indicarmi|dirmi|confermarmi) (?:il|la) su",
    "(?:como|em que) (?:posso|podemos) (?:ajudar|ajudá-l[oa]|lhe ajudar|te ajudar|ser útil)|(?:há|existe) mais alguma coisa (?:em )?que (?:eu )?possa|obrigad[oa] por (?:entrar em contato|entrar em contacto|contactar|contatar|ligar|escolher)|(?:aqui é|aqui fala|fala) (?:d?o|a) (?:atendimento|suporte|serviço|assistente)|como (?:assistente|atendente|agente|modelo de linguagem) (?:de|da|do|desta|deste|virtual|preciso|posso)|sou (?:seu |o |a |um |uma )?(?:assistente|atendente|modelo de linguagem)(?: virtual| de| da)?|(?:encontrei|verifiquei|localizei|cancelei|reembolsei|processei|vou (?:emitir|processar|cancelar|reembolsar)|já processei) (?:o |a )?(?:seu|sua|reembolso no seu)|(?:preciso|precisarei|vou precisar) (?:primeiro )?d[oe] (?:seu|sua)|(?:poderia|pode) (?:me )?(?:informar|fornecer|dizer|confirmar|passar) (?:o |a )?(?:seu|sua)",
  ),
  // Dutch, Scandinavian, Finnish, Polish, Czech
  words(
    "(?:hoe|waarmee) kan ik (?:u|je) (?:\\p{L}+ )?(?:helpen|van dienst)|wat kan ik voor (?:u|je) (?:doen|betekenen)|kan ik (?:u|je) nog (?:ergens|met)|(?:bedankt|dank u) (?:voor het contact|dat u contact|voor uw (?:bericht|oproep|bestelling|telefoontje))|(?:u spreekt met|dit is) (?:de )?klantenservice|als (?:assistent|medewerker|taalmodel) (?:van|kan|heb|moet)|ik ben (?:uw |een |de )?(?:virtuele |digitale |ai-)?(?:assistent|taalmodel|chatbot)|ik (?:heb|ga|zal) (?:nu )?uw (?:bestelling|boeking|reservering|rekening|account|betaling|kaart)|ik heb (?:eerst )?uw \\p{L}*nummer nodig|(?:kunt|kan) u (?:mij|me) uw",
    "(?:hur|vad) kan jag (?:hjälpa|göra för) (?:dig|er)|hvordan kan jeg hjelpe|hvordan kan jeg hjælpe|hva kan jeg (?:hjelpe|gjøre)|hvad kan jeg (?:hjælpe|gøre)|(?:finns det|er det|er der) (?:något annat|noe annet|andet|noget andet) (?:som )?(?:jag|jeg) kan|(?:tack|takk|tak) for? (?:att du kontakt\\p{L}+|at du kontakt\\p{L}+|din henvendelse|din beställning)|tack för att du|(?:det här|dette|det) är kundtjänst|dette er kunde\\p{L}+|du pratar med kundtjänst|som (?:assistent|språkmodell) (?:för|på|hos|behöver|kan|trenger)|jag (?:har|ska) (?:nu )?(?:hittat|kontrollerat|avbokat|återbetal\\p{L}+|bokat) (?:din|ditt)|jeg (?:har|skal|vil) (?:nå |nu )?(?:funnet|fundet|sjekket|refunder\\p{L}+|kansellert|annulleret) (?:din|ditt|dit|bestillingen din)|jag behöver (?:först )?ditt|miten voin auttaa|kuinka voin auttaa|tässä on asiakaspalvelu",
    "(?:w czym|jak) (?:mogę|możemy) (?:panu |pani |państwu |ci |jeszcze )*(?:pomóc|służyć)|dziękuj\\p{L}+ za (?:kontakt|skontaktowanie|telefon|wybór)|(?:tu|mówi|tutaj) (?:biuro obsługi|obsługa klienta|dział obsługi|asystent)|jako (?:asystent\\p{L}*|pracownik|model językowy|konsultant\\p{L}*)|jestem (?:asystent\\p{L}+|wirtualn\\p{L}+|model\\p{L}* językow\\p{L}+)|(?:znalazłem|znalazłam|sprawdziłem|sprawdziłam|anulowałem|anulowałam|zwrócę|przetworzyłem) (?:pana |pani |twoj\\p{L} |państwa )|(?:potrzebuję|będę potrzebować|proszę podać|proszę o podanie) (?:najpierw )?(?:pana|pani|swój|numer\\p{L}* (?:pana|pani)|twojego|państwa)|(?:jak|s čím) (?:vám|ti) (?:mohu|můžu) pomoci|děkuji za kontaktování|zde (?:je )?zákaznick\\p{L}+|tady zákaznick\\p{L}+",
  ),
  // Russian, Ukrainian, Greek, Turkish, Arabic, Hebrew, Hindi, Vietnamese, Indonesian
  words(
    "(?:чем|как) (?:я )?(?:могу|можем|можу) (?:вам |я вам |ещ[её] )*(?:помочь|допомогти|быть полез\\p{L}+)|спасибо что (?:обратились|связались|позвонили|выбрали)|благодар\\p{L}+ за (?:обращение|звонок)|(?:это|вас приветствует|говорит) служба (?:поддержки|клиент\\p{L}+)|как (?:ассистент|помощник|сотрудник|языковая модель)|я (?:ваш |виртуальный )*(?:ассистент|помощник|языковая модель|чат-?бот)|я (?:нашёл|нашел|нашла|проверил|проверила|отменил|отменила|оформил|оформлю|верну|возвращаю) ваш\\p{L}*|мне (?:сначала )?(?:нужен|понадобится|нужно) ваш\\p{L}*|(?:назовите|сообщите|укажите|предоставьте) (?:пожалуйста )?(?:ваш|свой|номер вашего)|могу ли я (?:ещ[её] )?чем-то",
    "πώς μπορώ να (?:σας )?βοηθήσω|σε τι μπορώ να|(?:size|sana) nasıl yardımcı olabilirim|nasıl yardımcı olabilirim|başka nasıl|bizimle iletişime geçtiğiniz için|müşteri hizmetleri(?:nden)?(?= (?:buyurun|konuşuyorum))|(?:siparişinizi|rezervasyonunuzu|hesabınızı) (?:buldum|kontrol ettim|iptal ettim)|sipariş numaranızı|كيف (?:يمكنني|أستطيع|أقدر) (?:مساعدتك|أن أساعدك)|شكرا لتواصلك|شكرًا لتواصلك|איך (?:אוכל|אפשר) לעזור|תודה שפנית|मैं आपकी (?:कैसे|क्या) (?:मदद|सहायता)|(?:tôi|mình) có thể giúp (?:gì )?(?:cho )?(?:bạn|quý khách)|cảm ơn (?:bạn|quý khách) đã liên hệ|ada yang bisa (?:saya )?bantu|apa yang bisa saya bantu|terima kasih telah menghubungi",
  ),
  /(?:有什么|请问有什么|我能|我可以).{0,6}(?:可以|能)?(?:帮您|帮你|帮到您|为您(?:服务|做)|帮助您)|感谢(?:您的)?(?:来电|联系)|(?:这里|我)是(?:客服|人工智能|ai|智能助手|语言模型)|作为.{0,4}(?:客服|助手|ai|人工智能)|我已(?:经)?.{0,4}(?:查到|为您|取消了?您的|处理了?您的)|请(?:提供|告诉我)您的/u,
  /(?:ご用件|どのような|何か).{0,12}(?:お手伝い|承り|お困り)|お問い合わせ(?:いただき)?ありがとうございます|お電話ありがとうございます|カスタマー(?:サポート|サービス)(?:です|でございます)|(?:お客様の|ご)(?:注文|予約)(?:番号)?を(?:お教え|確認(?:し|いた)し)|ai(?:アシスタント|です)|言語モデル/u,
  /무엇을 도와드릴까요|어떻게 도와드릴까요|도와드릴 (?:것|일)이|문의해 주셔서 감사|고객 ?(?:센터|지원)입니다|고객님의 (?:주문|예약)을 (?:확인|취소)|(?:주문|예약) ?번호를 (?:알려|말씀해) ?주/u,
] as const;

/** A phrase of support agents in the user's message; undefined when there is none. */
export function staffPhrase(text: string): string | undefined {
  const lower = text.toLowerCase();
  for (const form of STAFF_PHRASES) {
    const [found] = form.exec(lower) ?? [];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Matches a line that begins with a name for the support agent, as in `Agent: …`. */
export const OTHER_SIDE =
  /(?:^|\n)\s*[*_[(]{0,2}(?:assistant|agent|support(?: agent)?|customer (?:service|support)|representative|clerk|operator|kundenservice|kundendienst|mitarbeiter(?:in)?|berater(?:in)?|assistent(?:in)?|service client|conseiller|agente|asistente|assistente|operatore|atendente|medewerker|kundtjänst|konsultant|оператор|агент|客服|店员|オペレーター|상담원)[*_\])]{0,2}\s*[:：]/iu;

/** Match words with which a simulated user reveals that it is simulated, or speaks of its instructions. */
const LEAKS = [
  // English
  words(
    "(?:according to|per|as per|following|based on|given|by) my (?:\\p{L}+ )?(?:instructions?|prompt|persona|briefing|role(?: description)?|scenario|system message|rubric|test case|task description|character(?: description)?)|(?:according to|per|as per|following|based on) (?:the|this|these) (?:prompt|persona|rubric|test case|role description|role-?play|system message|character description|task description)|my (?:\\p{L}+ )?(?:instructions?|prompt|persona|briefing|system message|scenario|rubric|character|hidden goal) (?:say|says|said|is to|are to|tell|tells|told|state|states|require|requires|do not|don't|does not|doesn't|read|reads)",
    "(?:i was|i am|i'm|i've been|i have been) (?:only |just |here )?(?:(?:instructed|told|asked|supposed|meant|programmed) to (?:act|play|pretend|simulate|role-?play|(?:only )?(?:say|answer|reply) (?:that|only|exactly|[\"“'‘«])|not (?:reveal|mention|tell|disclose))|playing (?:the|a) (?:role|part) of|playing (?:the|a) (?:customer|user|client|caller|guest|patient)|role-?playing|simulating (?:a|the)|a simulated|pretending to be (?:a|the) (?:customer|user|client|caller|guest|patient)|acting as (?:a|the) (?:customer|user|client|caller|guest|patient))",
    "(?:expected|intended|target|reference|golden|hidden|required) (?:outcome|answer|result|response|output|reply|end state)s?(?: here| of this (?:test|case|conversation))? (?:is|are|should be|would be|must be|has to be|will be)(?: for| that)? (?:you(?:r)?|the (?:agent|assistant|answer|reply|response|desk|shop|order|booking)|[\"“'‘«])|the (?:correct|right) answer (?:is|would be|should be)(?: that)? (?:you|[\"“'‘«])|the (?:expected|intended|golden|reference|target|hidden) (?:answer|output|reply|end state) (?:is|should|must|would)",
    "(?:to|in order to) (?:pass|succeed|get (?:a|full) (?:pass|marks?|score))(?: (?:this|the) (?:test|check|case|evaluation|eval))? (?:the|your|you|this|an?)(?: (?:final|last|next))?(?: (?:answer|reply|response|message|output|words?|text|conversation))? (?:must|has to|have to|should|needs? to) (?:contain|say|include|mention|be|answer|reply|respond|state|end|read)|you (?:are|'re) (?:expected|meant|scored|graded|evaluated|being tested|being evaluated)(?: (?:to (?:say|answer|reply|respond|output|mention|include)|on|by|for|if|when))|(?:you|this (?:test|trial|case|conversation)) (?:will )?(?:only )?pass(?:es)? (?:if|when|once) (?:you|your|the (?:answer|reply))|(?:this is|it's|it is) (?:only |just |all )?(?:a|an) (?:simulation|role-?play|test case|benchmark|simulated (?:chat|conversation|call)|test (?:conversation|scenario|dialogue))|the (?:grader|grading|rubric|evaluator|scorer|eval|benchmark|test case|evaluation) (?:expects?|requires?|checks?|wants?|says?|looks? for|is looking)|(?:stay|staying|remain|remaining|break|breaking) (?:in )?character|as (?:a|the) simulated (?:user|customer|person)",
    "my (?:persona|goal|task|role|character|instructions?|objective|scenario|hidden goal) ?(?:[:=]|is as follows)|(?:persona|goal|scenario) ?[:=]",
  ),
  // German
  words(
    "(?:laut|gemäß|gemäss|nach|entsprechend) meine[rnm]? (?:\\p{L}+ )?(?:anweisung(?:en)?|vorgaben?|rollenbeschreibung|persona|rolle|drehbuch|skript|aufgabe|aufgabenstellung|prompt|instruktion(?:en)?|briefing)|mein(?:e)? (?:anweisung(?:en)?|persona|rolle|vorgaben?|auftrag|aufgabe|prompt|ziel|drehbuch|instruktion(?:en)?)(?: (?:lautet|lauten|sagt|sagen|besagt|besagen)| ?[:=])",
    "(?:das|die) (?:erwartete|vorgesehene) (?:ergebnis|resultat|antwort|ausgang) (?:ist|lautet|wäre)|die richtige antwort (?:ist|lautet|wäre)|(?:um|damit)(?: (?:den test|diesen test|der test|sie|du))? (?:zu bestehen|besteh\\p{L}+)|zum bestehen|die antwort muss (?:\\S+ ){0,4}(?:enthalten|lauten)|ich (?:spiele|simuliere)(?: hier| nur)* (?:die rolle|eine[n]? (?:kund\\p{L}+|nutzer\\p{L}*|anrufer\\p{L}*|gast))|(?:dies|das) ist (?:nur )?(?:eine simulation|ein rollenspiel)",
  ),
  // French
  words(
    "(?:selon|d'après|conformément à|suivant) (?:mes|ma|mon) (?:instructions?|consignes?|persona|rôle|scénario|prompt|personnage)|mes (?:instructions?|consignes?) (?:disent|sont|indiquent|précisent|demandent)|(?:mon|ma|mes) (?:persona|objectif|but|rôle|personnage|tâche|scénario|instructions|consignes) ?[:=]",
    "(?:le|la|l') ?(?:résultat|réponse|issue) attendue?s? (?:est|serait|doit)|la (?:bonne réponse|réponse correcte) (?:est|serait)|pour (?:réussir|valider|passer)(?: le test| ce test)? (?:la réponse|votre réponse|vous devez)|(?:la|votre) réponse doit (?:contenir|être|inclure|mentionner)|je (?:joue|simule) (?:le rôle|un client|une cliente|un utilisateur)|c'est (?:seulement |juste )?(?:une simulation|un jeu de rôle)",
  ),
  // Spanish, Italian, Portuguese
  words(
    "(?:según|de acuerdo con|conforme a|siguiendo) mis? (?:instrucciones|indicaciones|guion|guión|personaje|persona|papel|rol|prompt|escenario)|mis instrucciones (?:dicen|son|indican)|mis? (?:persona|personaje|objetivo|meta|papel|rol|tarea|escenario|instrucciones) ?[:=]|(?:el|la) (?:resultado|respuesta) (?:esperad[oa]|previst[oa]) (?:es|sería|debe)|la respuesta correcta (?:es|sería)|para (?:aprobar|pasar|superar)(?: la prueba| el test| esta prueba)? (?:la respuesta|su respuesta|tu respuesta|debe|tiene)|la respuesta (?:debe|tiene que) (?:contener|incluir|ser|decir)|estoy (?:interpretando|simulando|haciendo el papel)|esto es (?:solo |sólo )?(?:una simulación|un juego de rol)",
    "(?:secondo|in base a|stando a|seguendo) (?:le mie|il mio|la mia|i miei) (?:istruzioni|copione|ruolo|persona|prompt|scenario|personaggio)|le mie istruzioni (?:dicono|sono|indicano)|(?:il mio|la mia|le mie) (?:persona|obiettivo|scopo|ruolo|personaggio|compito|scenario|istruzioni) ?[:=]|(?:il risultato|la risposta|l'esito) (?:attes[oa]|previst[oa]) (?:è|sarebbe|deve)|la risposta (?:giusta|corretta) (?:è|sarebbe)|per (?:superare|passare)(?: il test| la prova)? (?:la risposta|la sua risposta|deve)|la risposta deve (?:contenere|essere|includere)|sto (?:interpretando|simulando|recitando)|questa è (?:solo )?una simulazione",
    "(?:segundo|de acordo com|conforme|seguindo) (?:as minhas|o meu|a minha|minhas|meu|minha) (?:instruções|roteiro|papel|persona|prompt|cenário|personagem)|minhas instruções (?:dizem|são|indicam)|(?:meu|minha|minhas) (?:persona|objetivo|papel|personagem|tarefa|cenário|meta|instruções) ?[:=]|(?:o resultado|a resposta) (?:esperad[oa]|previst[oa]) (?:é|seria|deve)|a resposta correta (?:é|seria)|para passar(?: no teste)? (?:a resposta|a sua resposta|deve|é preciso)|a resposta (?:deve|tem que|precisa) (?:conter|incluir|ser)|estou (?:interpretando|simulando|fazendo o papel)|isto é (?:só |apenas )?uma simulação",
  ),
  // Dutch, Scandinavian, Polish, Czech, Russian, Turkish, Arabic
  words(
    "volgens mijn (?:instructies?|rol|script|persona|prompt|scenario|opdracht)|mijn (?:instructies?|persona|rol|doel|opdracht|scenario)(?: ?[:=]| (?:zegt|zeggen|luidt|luiden))|(?:het|de) (?:verwachte|beoogde) (?:resultaat|antwoord|uitkomst) is|het juiste antwoord is|om te slagen|(?:het|uw) antwoord moet|ik speel (?:de rol|een klant)|dit is (?:maar |slechts )?een (?:simulatie|rollenspel)",
    "(?:enligt|ifølge) (?:mina|min|mitt|mine) (?:instruktion\\p{L}*|instruks\\p{L}*|roll\\p{L}*|persona|manus|prompt)|(?:min|mitt|mine|mit|mina) (?:persona|mål|roll|rolle|uppgift|instruktion\\p{L}*) ?[:=]|(?:det|den) (?:förväntade|forventede|forventede) (?:resultat\\p{L}*|svar\\p{L}*|utfall\\p{L}*) (?:är|er)|för att (?:klara testet|bli godkänd)|for at bestå|svaret (?:måste|må|skal) (?:innehålla|inneholde|indeholde)|(?:jag|jeg) (?:spelar|spiller) (?:rollen|en kund)",
    "zgodnie z (?:moimi instrukcjami|moją rolą|moją personą|moim scenariuszem)|(?:moja|moje|mój) (?:persona|cel|rola|zadanie|instrukcje|scenariusz) ?[:=]|oczekiwan\\p{L}+ (?:wynik|odpowiedź|rezultat) (?:to|jest|brzmi)|(?:aby|żeby) (?:zdać|zaliczyć)|odpowiedź musi (?:zawierać|brzmieć)|(?:gram|odgrywam) rolę|podle mých (?:instrukcí|pokynů)|očekávan\\p{L}+ (?:výsledek|odpověď) je|odpověď musí obsahovat",
    "(?:согласно|по|следуя) (?:моим инструкци\\p{L}+|моей роли|моему сценарию|моим указаниям)|(?:моя|мой|мои) (?:персона|цель|роль|задача|инструкции|сценарий|персонаж) ?[:=]|ожидаем\\p{L}+ (?:результат|ответ|исход)|чтобы (?:пройти|сдать) тест|ответ должен (?:содержать|быть)|я (?:играю роль|изображаю клиента)|(?:talimatlarıma|rolüme) göre|beklenen (?:sonuç|cevap|yanıt)|(?:hedefim|görevim|rolüm) ?[:=]|حسب تعليماتي|وفقا لتعليماتي|وفقًا لتعليماتي|النتيجة المتوقعة|هدفي ?:",
  ),
  /(?:根据|按照)我的(?:指示|指令|提示|设定|剧本|角色)|我的(?:人设|目标|角色|任务|指令)[:：]|(?:预期|期望)的?(?:结果|答案|回答)(?:是|为)|(?:答案|回答)(?:必须|需要|应该)包含|我(?:正在)?扮演/u,
  /私の(?:指示|設定|プロンプト|シナリオ|ペルソナ)(?:によると|によれば|では)|私の(?:ペルソナ|目標|役割|ゴール)[:：]|(?:期待|想定)される(?:結果|回答|答え)は|回答には?.{0,20}含(?:ま|め)|役を演じ/u,
  /(?:제|내) ?(?:지시|지침|설정|프롬프트|페르소나|역할)에 따(?:르면|라)|(?:제|내|나의) ?(?:페르소나|목표|역할) ?[:：]|(?:예상|기대)(?:되는)? ?(?:결과|답변)(?:은|는)|답변에.{0,20}포함/u,
] as const;

/** Words of a simulated user that mention the simulation; undefined when there are none. */
export function leakingWords(text: string): string | undefined {
  const lower = text.toLowerCase();
  for (const form of LEAKS) {
    const [found] = form.exec(lower) ?? [];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Phrases with which people introduce themselves; a name follows. */
const NAMES_ITSELF =
  /(?<!\p{L})(?:my (?:full )?name is|my name's|the name is|i am called|(?:mein name ist|ich heiße|ich heisse)|je m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è|meu nome é|(?:mijn naam is|ik heet)|jag heter|mitt namn är|jeg heter|jeg hedder|mit navn er|nazywam się|mam na imię|jmenuji se|меня зовут|мене звати|adım|benim adım)\s+/iu;

/** The name with which the speaker introduces itself; undefined when there is none. */
export function statedName(text: string): string | undefined {
  const intro = NAMES_ITSELF.exec(text);
  if (intro === null) return undefined;
  const [name] =
    /^(?:\p{Lu}[\p{L}'’-]+(?:\s+|$|(?=[.,;!?]))){1,3}/u.exec(text.slice(intro.index + intro[0].length)) ?? [];
  return name?.trim();
}
