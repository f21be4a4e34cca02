import { answerEnd } from "../../domain/finish-reason.ts";
import { sourceOf } from "../../domain/source-text.ts";
import { DECLINED, GOES_ON, HELP, OFFER, REQUEST_ITSELF, UNABLE } from "./refusal-words.ts";

/**
 * Number of characters at the start of an answer in which a refusal is searched. Models refuse at the start; a helpful
 * answer may contain "I'm sorry you were charged twice".
 */
const SEARCHED = 300;
/**
 * Number of characters at the start of an answer that are read to tell whether a phrase in it declines the request.
 */
const CONTEXT = 600;

export interface RefusalEvidence {
  readonly output: string;
  readonly refusal: string | null;
  readonly finish_reason: string | null;
}

/**
 * The text that shows that an answer is a refusal; undefined when no text shows it.
 *
 * @param own the suite's phrases, in lower case with straight apostrophes; an answer with one of them always counts
 * as a refusal
 */
export function refusalIn(
  { output, refusal, finish_reason }: RefusalEvidence,
  own: readonly string[] = [],
): string | undefined {
  if (refusal !== null && refusal !== "") return "the provider says so";
  if (answerEnd(finish_reason) === "refused") return `finish reason ${finish_reason}`;
  const start = asPhrase(output.slice(0, SEARCHED));
  const ours = own.find((phrase) => start.includes(phrase));
  if (ours !== undefined) return said(output, ours, asPhrase);
  const words = declinedIn(plain(output.slice(0, CONTEXT)), start.length);
  return words === undefined ? undefined : said(output, words, plain);
}

/** What an answer says, as it is written there. @param words as they were found in the folded answer */
const said = (output: string, words: string, fold: (text: string) => string): string =>
  `it says "${sourceOf(output.slice(0, CONTEXT), words, fold)}"`;

const plain = (text: string): string => withoutAccents(asPhrase(text));

/** The words at the start of a text that decline the request; undefined when none do. */
function declinedIn(text: string, searched: number): string | undefined {
  for (const [pattern, declines] of [
    [DECLINED, declinesRequest],
    [UNABLE, declinesStep],
  ] as const) {
    for (const { 0: words, index } of text.matchAll(pattern)) {
      if (index >= searched) break;
      if (!isMention(text.slice(0, index), text) && declines(text.slice(index + words.length), words))
        return words.trim();
    }
  }
  return undefined;
}

/** Whether a phrase is quoted or hypothetical: `if I can't help`. @param before the text before it */
function isMention(before: string, text: string): boolean {
  if (
    /\b(?:if|when|whenever|whether|unless|in case|why|not that|nothing)(?: that)?(?:,? (?:for some reason|ever),?)? $/.test(
      before,
    )
  )
    return true;
  const quotes = before.match(QUOTES)?.length ?? 0;
  // An answer that is as a whole in quotes is nobody else's words.
  return quotes % 2 === 1 && !(/^[\s"\u201c\u00ab]+$/.test(before) && /["\u201d\u00bb]\s*$/.test(text));
}

const QUOTES = /["\u201c\u201d\u00ab\u00bb\u201e]/g;

/** `can't help but notice`: an idiom that is not a refusal. */
const IDIOM =
  /^ (?:but (?!only\b)|myself\b|it if\b|(?:notic|wonder|feel|think|smil|laugh|admir|ask|lov|see|remark|mention|not|imagin|comment|point)ing\b)/;
/** After "I cannot": the model looked for something, and says what it found. */
const SOUGHT = /^ (?:find|see|detect|identify|spot|notice|locate|discover|reproduce|reach|think of|name)\b/;
/** After "I cannot": the model names something unrelated to the request, or uses a figure of speech. */
const BESIDE_THE_POINT =
  /^ (?:join|attend|come to|make (?:it|the (?:call|meeting))|be (?:there|at|in)|wait to|stress|overstate|emphasi[sz]e|thank|agree more|believe how|say enough|imagine a better|recommend (?:it|this|them) (?:enough|highly))\b/;
const DONE =
  /\bi(?:'ve| have)? (?:already |just |also |now )?(?:refunded|sent|merged|fixed|created|updated|cancell?ed|booked|added|included|corrected|prepared|processed|scheduled|summari[sz]ed|resolved|reset|changed|credited|replaced|shipped|attached|forwarded|escalated|opened|arranged|transferred)\b/;
const HERE_IT_IS =
  /\b(?:here(?:'s| is| are| you)|below (?:is|are)|attached is)\b|[;:.\u2014-] ?(?:your|the) [^.]*\b(?:is|are|was|were|went|has|have|looks?)\b/;

/** Something that is asked for first: the request is not declined, it waits. */
const WAITS =
  /^[^.!?]*?(?:\b(?:yet|until|unless)\b|\bwithout (?:the|your|more|an?) [^.!?]*\b(?:number|name|address|id|details?|information|data|date|code|e-?mail|link|file)\b)/;

const NOT_YET =
  /\b(?:noch (?:nicht|keine?)|pas encore|todavia|ancora|ainda|nog (?:niet|geen))\b|まだ|还没|還沒/;
/** A promise, or a comparison: `I won't share your address`, `I can't write it any shorter than this`. */
const PROMISE = /\bi (?:won't|will not) (?:share|disclose|reveal|give) your\b/;
const COMPARED =
  /^[^.!?]*\b(?:any|more) \w+ than\b|^ (?:any (?:faster|sooner|better|more)|mieux|di meglio|meglio|mejor|nada mejor|melhor)\b/;

/** Whether words with which requests are declined do so here. @param after the text that follows them */
function declinesRequest(after: string, words: string): boolean {
  if (words.endsWith("help") && IDIOM.test(after)) return false;
  if (NOT_YET.test(words) || PROMISE.test(`${words}${after}`) || COMPARED.test(after)) return false;
  return !DONE.test(after) && !WAITS.test(after) && !goesOn(after, words);
}

/** Whether words that decline some step decline the request. @param after the text that follows them */
function declinesStep(after: string): boolean {
  if (SOUGHT.test(after) || BESIDE_THE_POINT.test(after)) return false;
  return declinesRequest(after, "") && !HERE_IT_IS.test(after);
}

/**
 * Whether the answer goes on with what was asked, after saying what it cannot do: `I can't X, but here is …`. After
 * `I can't help with that` nothing does: what follows is something else.
 */
function goesOn(after: string, words: string): boolean {
  const more = GOES_ON.exec(after);
  if (more === null || (words !== "" && (HELP.test(words) || REQUEST_ITSELF.test(after)))) return false;
  return !OFFER.test(after.slice(more[0].length));
}

/** Converts a text to the form in which phrases are stored. */
export function asPhrase(text: string): string {
  return text
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/\s+/g, " ")
    .toLowerCase();
}

/** Removes the accents of Latin letters. */
function withoutAccents(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .replaceAll("ß", "ss");
}
