/**
 * How requests are declined, by language. The texts that are searched are in lower case, with straight apostrophes, and
 * with Latin letters without their accents: `mochte` for `möchte`, `aussern` for `äußern`.
 */

/** What a model says that it will not do for whoever asks. Other verbs are no refusal: `I can't find order 12`. */
const VERBS =
  "(?:help|assist|comply|provide|fulfill?|answer|discuss|engage|create|generate|support|share|give|respond|continue|write|produce|disclose|reveal|participate|take part|be (?:a )?part|advise|offer|speculate|proceed|draft|tell you|look (?:this|that|it) up|go along with|recommend (?:a|any) (?:dose|dosage|medication|treatment)|do (?:that|this|so|it)|(?:process|complete) (?:that|this|your request))\\b";
const ADVERBS =
  "(?:(?:directly|really|currently|legally|ethically|simply|personally|possibly|knowingly|in good conscience) )?";
const NOT_ABLE =
  "(?:unable|not able|not allowed|not permitted|not authori[sz]ed|not willing|not going|not in a position) to";

/** A request is declined whatever follows, unless the answer goes on with what was asked. */
const ENGLISH = [
  `\\b(?:i|we|and) (?:can't|cannot|can not|won't|will not|shouldn't|should not|must not)(?: and (?:will not|won't))?(?: be able to)? ${ADVERBS}${VERBS}`,
  `\\b(?:i'm|i am|we're|we are) ${NOT_ABLE} ${ADVERBS}${VERBS}`,
  `\\bi (?:can't|cannot|won't|will not)(?=[.!,;]|$)`,
  `\\bi (?:don't|do not) (?:(?:provide|give|offer|express) (?:\\w+ ){0,2}(?:advice|opinions?)|(?:help|assist) with|think i should)\\b`,
  `\\b(?:i|and) (?:don't|do not) answer questions\\b`,
  `\\b(?:don't|doesn't|do not|does not) (?:allow|permit) me\\b`,
  `\\b(?:i (?:refuse|decline) to|(?:i(?:'ll| will)? (?:have to|need to|respectfully|politely)|must|to have to) (?:decline|refuse|say no))\\b|\\ba no from me\\b`,
  `\\bi(?:'m not| am not|(?: don't| do not) feel) comfortable\\b`,
  `\\bi(?:'d| would) (?:rather|prefer) not\\b(?! (?:to )?(?:keep you|guess|wait|say no|bother))`,
  `(?:n't|\\bnot) (?:something|one) (?:that )?i(?:'m able| am able| can| will)\\b`,
  `\\b(?:outside|beyond)(?: of)? (?:the scope of )?what i can\\b`,
  `\\b(?:i can only|i'm only able to|i am only able to) (?:help|assist|answer|discuss)\\b`,
  `\\b(?:against|violates?) my (?:guidelines|programming|principles)\\b`,
  `\\bnot (?:appropriate|possible) for me to\\b`,
  `\\bnot doing that\\b`,
];

const OTHER_LANGUAGES = [
  // German
  `\\b(?:(?:ich|wir) (?:kann|konnen|darf|durfen|werde|mochte|bin)|(?:kann|konnen|darf|durfen|werde) (?:ich|wir))\\b[^.!?;:]{0,60}\\b(?:nicht(?! nur\\b)|keine?[nr]?)\\b[^.!?;:]{0,60}\\b(?:helfen|behilflich|unterstutzen|tun|machen|beantworten|geben|herausgeben|weitergeben|teilen|schreiben|erstellen|bereitstellen|aussern|erfullen|nachkommen|verraten|besprechen)\\b`,
  `\\b(?:mache|tue|helfe|antworte|beantworte|schreibe) ich (?:[a-z]+ ){0,3}nicht\\b|\\bdarf ich [^.!?;:]{0,30}nicht sagen\\b|\\bmuss ich [^.!?;:]{0,40}\\bablehnen\\b|\\bich (?:muss [^.!?;:]{0,60}\\bablehnen|lehne [^.!?;:]{0,60}\\bab|weigere mich)\\b`,
  // French
  `\\b(?:(?:je|nous) ne (?:peux|puis|pourrai|suis|souhaite|veux|vais|pouvons|sommes) (?:malheureusement |donc |helas )?pas |il m'est impossible de )(?:(?:en mesure|capable) de |(?:autorise|habilite)e? a )?(?:(?:vous|te|le|y|en) |t'|l'|m')?(?:aider|assister|repondre|faire|fournir|partager|donner|ecrire|creer|generer|discuter|satisfaire|divulguer|communiquer|engager)\\b`,
  `\\bje (?:refuse|me refuse|dois (?:refuser|decliner)|prefere ne pas|ne (?:ferai|l'ecrirai) pas)\\b`,
  // Spanish
  `\\bno (?:puedo|podemos|podre|voy a|me (?:es posible|esta permitido)|soy capaz de|estoy (?:autorizad[oa]|en condiciones) (?:a|de|para)) (?:(?:te|le|lo|la) )?(?:ayudar|asistir|hacer|responder|proporcionar|facilitar|compartir|dar|escribir|crear|generar|revelar|cumplir|opinar)(?:te|le|les|lo|la|los)?\\b`,
  `\\bme niego a\\b|\\bprefiero no\\b|\\b(?:debo|tengo que) (?:rechazar|declinar|negarme)\\b`,
  // Italian
  `\\bnon (?:posso|possiamo|potro|intendo|mi e possibile|sono (?:in grado di|autorizzat[oa] a)) (?:aiutar|assister|risponder|fornir|condivider|dar|scriver|crear|generar|soddisfar|rivelar|far)(?:e|la|lo|le|ti|vi|velo)?\\b`,
  `\\bmi rifiuto\\b|\\bpreferisco non\\b|\\bdevo (?:rifiutare|declinare|rifiutarmi)\\b`,
  // Portuguese
  `\\bnao (?:posso|podemos|poderei|consigo|vou|me e possivel|sou capaz de|estou autorizad[oa] a) (?:(?:te|lhe|o|a) )?(?:ajudar|auxiliar|fazer|responder|fornecer|partilhar|compartilhar|dar|escrever|criar|gerar|atender|revelar|discutir)(?:-[lt][oaeh]e?s?)?\\b`,
  `\\b(?:recuso-me|me recuso|prefiro nao)\\b|\\b(?:devo|tenho (?:de|que)) (?:recusar|declinar)\\b`,
  // Dutch
  `\\b(?:(?:ik|wij|we) (?:kan|kunnen|mag|mogen|ga|wil|zal)|(?:kan|kunnen|mag|mogen|ga|wil|zal) (?:ik|wij|we))\\b[^.!?;:]{0,60}\\b(?:niet|geen)\\b[^.!?;:]{0,40}\\b(?:helpen|doen|beantwoorden|geven|delen|schrijven|maken|verstrekken|bespreken)\\b`,
  `\\bdat ga ik niet doen\\b|\\bik ben niet (?:bevoegd|gemachtigd|in staat) om\\b|\\bik weiger\\b|\\b(?:ik moet|moet ik)\\b[^.!?;:]{0,40}\\b(?:weigeren|afwijzen)\\b`,
  // Japanese
  "(?:お応え|お答え|回答|応じる|お手伝い|手伝う|提供|対応|お教え|作成|お受け|開示|共有|協力|生成|支援|助ける)[^。]{0,12}(?:できません|できかねます|いたしかねます|致しかねます|しかねます)|お断り(?:し|いた|させ)|応じかねます|お力になれません|お伝えできません",
  // Chinese, simplified and traditional
  "(?:无法|無法|不能|不会|不會|不便|不方便|没办法|沒辦法)[^。！？，,]{0,8}(?:帮|幫|协助|協助|提供|回答|这样做|這樣做|这么做|讨论|討論|满足|滿足|分享|透露|编写|撰写|写|寫|生成|创作|发表|發表|参与|參與|评论|完成[这此该您])|(?:拒绝|拒絕)(?:回答|提供|协助|協助|[这這此您你])|恕(?:难|難|不)",
];

/** Declines what was asked. */
export const DECLINED = new RegExp([...ENGLISH, ...OTHER_LANGUAGES].join("|"), "g");

/** Declines some step, which is a refusal only where nothing else is offered: `I'm unable to access that file`. */
export const UNABLE =
  /\b(?:(?:i'm|i am) (?:unable|not able|not allowed|not permitted) to|i (?:won't|will not) be able to|sorry,(?: but)? i (?:can't|cannot))\b/g;

/** After a declined request: a word with which the answer goes on. It may begin the next sentence. */
export const GOES_ON =
  /^[^.!?。！？]*?(?:[,;:\u2014–] ?|[.!] )(?:but|however|although|so|instead|still|yet|aber|doch|sondern|mais|cependant|pero|sin embargo|ma|tuttavia|mas|porem|maar|但|不过|不過)(?:\b|(?=\p{sc=Han})),? ?/u;

/**
 * After words that decline: nothing but the request itself, as `with that`, `this request` or no words at all. Whatever
 * the answer then goes on with, it is not what was asked.
 */
export const REQUEST_ITSELF =
  /^(?: (?:help|assist))?(?: (?:you|to|with|in|on|of))*(?: (?:that|this|it|these|those|such))?(?: (?:an? |your |the )?(?:(?:kind|type|sort) of )?(?:request|question|task|topic|inquiry|matter|information|content|material|prompt|instruction)s?)?(?=[.,;:!?\u2014]| (?:but|as|because|however|since|though)\b|$)/;

/** Who in another language declines to help declines the request itself. */
export const HELP = /(?:helfen|behilflich|aider|assister|ayudar\w*|asistir\w*|aiutar\w*|ajudar\S*|helpen)$/;

const ELSEWHERE =
  "(?:an?|any|your|the|local|public|some)? ?(?:qualified |licensed |local |public |medical |mental health )*(?:doctors?|pharmacists?|physicians?|lawyers?|attorneys?|therapists?|professionals?|experts?|advis[eo]rs?|authorit(?:y|ies)|police|helplines?|hotlines?|resources?|records offices?)";

/** What is only offered, or who else may be asked: the request itself stays declined. */
export const OFFER = new RegExp(
  `^(?:${[
    "i(?:'d| would| could|'m| am|'ll| will| can(?! (?:tell|say|confirm)))|(?:i |we )?(?:can't|cannot|won't)|we (?:can|could)",
    "(?:i'm |we're |always )?(?:happy|glad|pleased|here) to|please|feel free|let me know|let's|let us|consider|sorry|thank",
    "you (?:can|could|may|might|should) (?:always )?(?:contact|ask|call|reach|consult|talk|speak)|is there",
    "if (?:you(?:'d like| would like| want| wish)|you have (?:any )?(?:other|more|further|another|questions)|you need (?:help|assistance|support)|there(?:'s| is) (?:any|some)thing|you(?:'re| are) (?:struggling|interested|in (?:crisis|danger)))",
    `there (?:are|is|may be|might be) (?:many |plenty of |a lot of |some |always )?(?:other|${ELSEWHERE})`,
    ELSEWHERE,
    `here (?:are|is) (?:some )?(?:other|helpful |useful |${ELSEWHERE})`,
    "ich (?:kann|konnte|helfe)|gern|wenn (?:sie|du|ihr) (?:andere|weitere|noch|mochte)",
    "je (?:peux|pourrais|serai)|si vous (?:avez|souhaitez|voulez)|puedo|si (?:tienes|tiene|quieres|necesitas)|posso|se (?:hai|vuoi|quiser|tiver|precisar)|ik kan|als (?:je|u) (?:andere|nog)",
    "(?:如果|若)?您?(?:有其他|有別的|有别的|还有|還有)|我(?:可以|很乐意|很樂意)",
  ].join("|")})`,
);
