import { answerEnd } from "../../domain/finish-reason.ts";

/**
 * What models say when they refuse, lower case with straight apostrophes. A refusal is said early, so only the start
 * of an answer is searched: "I'm sorry you were charged twice" in a helpful answer is none.
 */
export const REFUSAL_PHRASES: readonly string[] = [
  "i can't assist",
  "i can't help",
  "i can't comply",
  "i can't do that",
  "i can't provide",
  "i can't fulfill",
  "i can't answer",
  "i can't discuss",
  "i can't engage",
  "i can't create",
  "i can't generate",
  "i can't support",
  "i cannot assist",
  "i cannot help",
  "i cannot comply",
  "i cannot do that",
  "i cannot provide",
  "i cannot fulfill",
  "i cannot answer",
  "i cannot discuss",
  "i cannot engage",
  "i cannot create",
  "i cannot generate",
  "i cannot support",
  "i can not assist",
  "i can not help",
  "i'm not able to",
  "i am not able to",
  "i'm unable to",
  "i am unable to",
  "i won't be able to",
  "i will not be able to",
  "i won't help",
  "i won't provide",
  "i will not provide",
  "i must decline",
  "i have to decline",
  "i need to decline",
  "i must refuse",
  "i'm not comfortable",
  "i'm sorry, but i can't",
  "i'm sorry, but i cannot",
  "i'm sorry, i can't",
  "i'm sorry, i cannot",
  "sorry, but i can't",
  "sorry, but i cannot",
  "sorry, i can't",
  "sorry, i cannot",
  "as an ai language model",
  "as a language model",
  "against my guidelines",
  "against my programming",
  "violates my guidelines",
  "not appropriate for me to",
];

const SEARCHED = 300;

export interface RefusalEvidence {
  readonly output: string;
  readonly refusal: string | null;
  readonly finish_reason: string | null;
}

/**
 * What shows that an answer is a refusal, as words; undefined when nothing does.
 * @param phrases lower case, straight apostrophes
 */
export function refusalIn(
  { output, refusal, finish_reason }: RefusalEvidence,
  phrases: readonly string[],
): string | undefined {
  if (refusal !== null && refusal !== "") return "the provider says so";
  if (answerEnd(finish_reason) === "refused") return `finish reason ${finish_reason}`;
  const start = asPhrase(output.slice(0, SEARCHED));
  const said = phrases.find((phrase) => start.includes(phrase));
  return said === undefined ? undefined : `it says "${said}"`;
}

/** A text in the form that phrases are kept in. */
export function asPhrase(text: string): string {
  return text
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/\s+/g, " ")
    .toLowerCase();
}
