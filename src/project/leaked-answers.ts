import type { Json } from "../domain/json.ts";
import type { PromptPart } from "../domain/prompt.ts";
import { LIQUID, textsBetweenTags } from "../domain/template-tags.ts";

/** An expected text that the prompt reveals. */
export interface LeakedText {
  /** Cases with the same key have the same text in the prompt. */
  readonly key: string;
  /** Path of the text in `expected`; list items share a path. */
  readonly path: string;
  readonly text: string;
  /** `prompt`: the prompt's own text contains the text. `case`: the template inserts it from the case. */
  readonly standing: "prompt" | "case";
}

/** An expected text of at least this many characters does not occur by chance. */
const SHORTEST = 8;
/** Matches characters of scripts with short words and without spaces between them, such as Chinese. */
const DENSE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const DENSE_LETTER_WEIGHT = 3;

/** Whether a text is long enough that its occurrence in a prompt is not by chance. */
export function isDistinctive(text: string): boolean {
  const dense = text.match(DENSE)?.length ?? 0;
  return text.trim().length + dense * (DENSE_LETTER_WEIGHT - 1) >= SHORTEST;
}

/** Words for "no answer", which a prompt must be able to ask for. */
const NO_ANSWER =
  /\b(?:cannot|can t|unable|do(?:es)? not|don t|doesn t|not (?:known|sure|found|available|applicable|mentioned|stated|specified|supported|enough|possible)|no (?:answer|information|context|match|result)|unknown|none of|insufficient|unanswerable|out of scope)\b/;

/** Words that introduce examples rather than allowed answers. */
const EXAMPLE = /\b(?:such as|for example|for instance|e g|examples?|sample)\b/;

/** Normalizes a text for comparison: only letters and digits, with single spaces between words. */
function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/**
 * The pieces of the prompt's own text between template tags, each as a list of lines that are normalized by `plain`.
 */
export function promptWords(parts: readonly PromptPart[]): readonly (readonly string[])[] {
  const messages = parts.flatMap((part) => (part.kind === "message" ? [part.template] : []));
  return messages.flatMap((template) =>
    textsBetweenTags(template, LIQUID).map((piece) =>
      piece
        .split("\n")
        .map(plain)
        .filter((line) => line !== ""),
    ),
  );
}

/** Every text of an expected value with its path. If a text is JSON, the texts in it are returned too. */
export function expectedTexts(value: Json | undefined, path = "$"): { path: string; text: string }[] {
  if (typeof value === "number") return [{ path, text: String(value) }];
  if (typeof value === "string") {
    const inner = jsonIn(value);
    if (inner === undefined) return [{ path, text: value }];
    const texts = expectedTexts(inner, `${path}#`);
    return texts.length < 2 ? texts : [{ path, text: value }, ...texts];
  }
  if (value === null || typeof value !== "object") return [];
  if (Array.isArray(value)) return value.flatMap((item) => expectedTexts(item, `${path}[]`));
  return Object.entries(value).flatMap(([key, item]) => expectedTexts(item, `${path}.${key}`));
}

function jsonIn(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * Maximum number of distinct texts that are remembered per path. With more texts, the path does not hold one of a few
 * allowed answers.
 */
const MAX_DIFFERENT = 10_000;

/** Maximum number of allowed answers that a prompt would list. */
const MAX_LISTED = 200;

/** The expected values at one path, over all cases. */
interface PathAnswers {
  cases: number;
  /** Each distinct text, and whether it is in the prompt. */
  readonly standing: Map<string, boolean>;
}

/** Compares the expected texts of a dataset with its prompt. */
export class ExpectedAnswers {
  /** The pieces of the prompt's own text between template tags, each as a list of lines. */
  readonly #pieces: readonly (readonly string[])[];
  /** Each piece as one line, surrounded by spaces. */
  readonly #texts: readonly string[];
  readonly #paths = new Map<string, PathAnswers>();

  constructor(pieces: readonly (readonly string[])[]) {
    this.#pieces = pieces;
    this.#texts = pieces.map((lines) => ` ${lines.join(" ")} `);
  }

  /** @returns the first text of a case's expected value that is in the prompt's own text */
  add(expected: Json): LeakedText | undefined {
    let leaked: LeakedText | undefined;
    for (const { path, text } of expectedTexts(expected)) {
      const words = plain(text);
      if (words === "") continue;
      const isPresent = this.#note(path, words);
      if (isPresent && leaked === undefined && isDistinctive(words) && !NO_ANSWER.test(words))
        leaked = { key: `${path}\n${words}`, path, text: words, standing: "prompt" };
    }
    return leaked;
  }

  #note(path: string, words: string): boolean {
    const answers = this.#paths.get(path) ?? { cases: 0, standing: new Map<string, boolean>() };
    this.#paths.set(path, answers);
    answers.cases++;
    const known = answers.standing.get(words);
    if (known !== undefined) return known;
    const isPresent = this.#texts.some((text) => holds(text, words));
    if (answers.standing.size < MAX_DIFFERENT) answers.standing.set(words, isPresent);
    return isPresent;
  }

  /**
   * Whether the prompt names an expected text as one of the allowed answers. It does when it lists the text
   * next to another expected text. It also does when each expected text occurs in two cases on average, and the
   * prompt names at least half of the distinct texts. A text that the prompt introduces as an example is not an
   * allowed answer.
   */
  isAllowed({ path, text }: LeakedText): boolean {
    const answers = this.#paths.get(path);
    if (answers === undefined) return false;
    const named = [...answers.standing].flatMap(([words, isPresent]) => (isPresent ? [words] : []));
    if (named.length < 2 || named.length > MAX_LISTED) return false;
    const lines = this.#pieces.map((piece) => piece.filter((line) => !isExample(line, text)));
    if (!lines.some((piece) => piece.some((line) => holds(` ${line} `, text)))) return false;
    const others = named.filter((one) => one !== text);
    if (lines.some((piece) => isListed(piece, text, others))) return true;
    const different = answers.standing.size;
    return named.length * 2 >= different && answers.cases >= different * 2;
  }
}

/** Whether a text occurs in another text as whole words, not within a longer word. */
export function holdsText(text: string, wanted: string): boolean {
  return text.includes(wanted) && holds(` ${plain(text)} `, plain(wanted));
}

/** Whether whole words occur in a text that is surrounded by spaces. */
function holds(text: string, words: string): boolean {
  return text.includes(` ${words} `) || (words.search(DENSE) !== -1 && text.includes(words));
}

function isExample(line: string, words: string): boolean {
  const at = line.indexOf(words);
  return at !== -1 && EXAMPLE.test(line.slice(0, at));
}

/**
 * Whether a text is listed with another answer: in one line (`a, b or c`), or at the start of consecutive
 * lines.
 */
function isListed(lines: readonly string[], text: string, others: readonly string[]): boolean {
  const begins = (line: string | undefined, words: string): boolean =>
    line !== undefined && ` ${line} `.replace(/^ \d+ /, " ").startsWith(` ${words} `);
  return lines.some((line, index) => {
    const beside = others.some((other) =>
      ["", "or ", "and ", "und ", "oder ", "ou ", "et "].some(
        (joint) =>
          holds(` ${line} `, `${text} ${joint}${other}`) || holds(` ${line} `, `${other} ${joint}${text}`),
      ),
    );
    if (beside) return true;
    const neighbours = [lines[index - 1], lines[index + 1]];
    return begins(line, text) && others.some((other) => neighbours.some((next) => begins(next, other)));
  });
}
