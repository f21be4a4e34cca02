import { shorten } from "../frame/brief.ts";

type Members = Readonly<Record<string, unknown>>;

/** The verdict that a reply gives; everything else in the reply is checked against it. */
export interface Stated {
  /** Name of the member with the verdict. */
  readonly key: string;
  /**
   * For a verdict in words: the score that each possible word stands for; null for a numeric score or a list of
   * findings.
   */
  readonly worth: Readonly<Record<string, number>> | null;
  /** The resulting score, in [0, 1]. */
  readonly score: number;
  /** For a numeric score, the number as given; else null. */
  readonly given: number | null;
}

const FIRST = "(?:(?:final|overall|actual|real|true|revised|corrected|updated|new|my|judge|total)_)*";
const VERDICT = new RegExp(
  `^${FIRST}(?:verdicts?|decision|judge?ment|outcome|result|conclusion|ruling|label|grade|evaluation|assessment|correction|winner|better|preferred|preference|choice|final|overall)(?:_(?:final|overall|revised|corrected|\\d+))?$`,
);
const PASSES = new RegExp(
  `^${FIRST}(?:is_|does_|has_|it_|answer_)?(?:pass|passed|passes|passing|accept|accepted|acceptable|approved?|success|successful|satisf(?:y|ies|ied)|(?:satisfies|meets|fulfil+s)_(?:the_)?(?:criteri(?:on|a)|requirements?|standards?|rubric)|met|meets|criteri(?:on|a)_met|should_pass)$`,
);
const FAILS = new RegExp(
  `^${FIRST}(?:is_|does_|has_|it_|answer_)?(?:fail|failed|fails|failing|reject|rejected|unacceptable)$`,
);
const NUMBER = new RegExp(
  `^${FIRST}(?:score|rating|points|grade|level|mark)(?:_(?:final|overall|revised|corrected|\\d+))?$`,
);

/** Members that are a number beside a numeric score, and words beside a verdict in words. */
const OVERALL = new RegExp(`^${FIRST}(?:overall|final|stars)$`);

const AMBIGUOUS = new Set(["status", "state", "answer", "response", "output", "value"]);

const YES = new Set([
  ...[
    "pass",
    "passed",
    "passes",
    "passing",
    "yes",
    "y",
    "true",
    "ok",
    "okay",
    "accept",
    "accepted",
    "acceptable",
  ],
  ...["approve", "approved", "success", "met", "good", "correct"],
]);
const NO = new Set([
  ...[
    "fail",
    "failed",
    "fails",
    "failing",
    "no",
    "n",
    "false",
    "reject",
    "rejected",
    "unacceptable",
    "failure",
  ],
  ...[
    "not pass",
    "not passed",
    "does not pass",
    "not accepted",
    "not acceptable",
    "not ok",
    "unmet",
    "not met",
  ],
  ...["bad", "incorrect", "wrong", "did not pass"],
]);

/** Normalizes a name: `finalVerdict`, `Final Verdict` and `final-verdict` become `final_verdict`. */
function nameOf(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Reads yes or no in any form; undefined for anything else. */
function yesOrNo(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (value === 0 || value === 1) return value === 1;
  if (typeof value !== "string") return undefined;
  const word = plain(value);
  if (word === "0" || word === "1") return word === "1";
  if (YES.has(word)) return true;
  if (NO.has(word)) return false;
  // "FAIL: it is rude" starts with its verdict.
  const [start = ""] = word.split(" ");
  return /^(?:pass|passed|passes)$/.test(start)
    ? true
    : /^(?:fail|failed|fails)$/.test(start)
      ? false
      : undefined;
}

/**
 * The verdict in a member whose name suggests one (`passed`, `isAccepted`, `verdict`); undefined for any other
 * member.
 */
export function statedVerdict(key: string, value: unknown): boolean | undefined {
  const name = nameOf(key);
  // `status: ok` may only mean that the request worked, so it is no verdict. A `status` that says no is one.
  if (name === "status") return yesOrNo(value) === false ? false : undefined;
  const verdict = PASSES.test(name) || FAILS.test(name) || name === "verdict" ? yesOrNo(value) : undefined;
  return verdict !== undefined && FAILS.test(name) ? !verdict : verdict;
}

/** The verdict word with which a text starts, or the only one in a text of at most four words. */
function wordIn(value: unknown, words: readonly string[]): string | undefined {
  if (typeof value !== "string") return undefined;
  const wordList = plain(value).split(" ");
  if (wordList.includes("not")) return undefined;
  if (words.includes(wordList[0] ?? "")) return wordList[0];
  const held = words.filter((word) => wordList.includes(word));
  return held.length === 1 && wordList.length <= 4 ? held[0] : undefined;
}

/** A clear extreme of a scale: 0, 1, "0/5", "5/5", "100 %"; undefined for a number on an unknown scale. */
function extreme(value: unknown): boolean | undefined {
  if (value === 0 || value === 1) return value === 1;
  if (typeof value !== "string") return undefined;
  const [, part, whole] = /^\s*(\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)\s*$/.exec(value) ?? [];
  if (part !== undefined && Number(whole) > 0)
    return Number(part) === 0 ? false : Number(part) === Number(whole) ? true : undefined;
  const [, percent] = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(value) ?? [];
  if (percent !== undefined)
    return Number(percent) === 0 ? false : Number(percent) === 100 ? true : undefined;
  return value.trim() !== "" && (Number(value) === 0 || Number(value) === 1)
    ? Number(value) === 1
    : undefined;
}

/**
 * Whether a yes or no contradicts the stated verdict. A score between the extremes contradicts neither yes nor no,
 * because only the threshold decides whether such a score passes.
 */
function opposes(verdict: boolean | undefined, { worth, score }: Stated): boolean {
  if (verdict === undefined) return false;
  if (worth !== null && !("pass" in worth && "fail" in worth)) return false;
  return score === (verdict ? 0 : 1);
}

function isOther(name: string, value: unknown, stated: Stated): boolean {
  const { key, worth, score, given } = stated;
  if (worth !== null && typeof value === "boolean" && Object.hasOwn(worth, name))
    return value !== (worth[name] === score);
  if (name === "ok" || name === "okay") return value === false && opposes(false, stated);
  if (PASSES.test(name)) return opposes(yesOrNo(value), stated);
  if (FAILS.test(name)) {
    const verdict = yesOrNo(value);
    return opposes(verdict === undefined ? undefined : !verdict, stated);
  }
  // `status` may mean the status of the request, and `answer` the judged answer. In members with these names, only
  // one of the form's verdict words counts as a verdict.
  if (AMBIGUOUS.has(name) && worth !== null) {
    const word = wordIn(value, Object.keys(worth));
    return word !== undefined && worth[word] !== score;
  }
  const isNumber = NUMBER.test(name);
  if (given !== null && (isNumber || OVERALL.test(name))) {
    const text = typeof value === "string" ? value.trim() : "";
    // "2/5": the part before the slash is on the scale.
    const [, part] = /^(-?\d+(?:\.\d+)?)\s*(?:\/|out of)\s*\d+(?:\.\d+)?$/i.exec(text) ?? [];
    const number = text !== "" ? Number(part ?? text) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number !== given;
  }
  if (isNumber && given === null && opposes(extreme(value), stated)) return true;
  if (name === nameOf(key) || VERDICT.test(name) || isNumber) {
    const word = worth === null ? undefined : wordIn(value, Object.keys(worth));
    if (word !== undefined) return worth?.[word] !== score;
    if (
      typeof value === "number" ||
      (given !== null && typeof value === "string" && value.trim() === String(given))
    )
      return false;
    return opposes(yesOrNo(value), stated);
  }
  return false;
}

const DEEPEST = 4;

/**
 * The key of a judge's JSON reply that contradicts the verdict stated in it, with the value; undefined when none does.
 *
 * Checks the keys whose name suggests a verdict, in any spelling, and the keys inside their values. A judgement of one
 * aspect under another name (`"tone": {"pass": false}`) does not contradict the verdict on the whole answer.
 */
export function otherMember(members: Members, stated: Stated, depth = 0): string | undefined {
  for (const [key, value] of Object.entries(members)) {
    if (key === stated.key && depth === 0) continue;
    const name = nameOf(key);
    const values = Array.isArray(value) && value.length <= 10 ? value : [value];
    for (const one of values) {
      if (isOther(name, one, stated)) return `"${shorten(key, 40)}": ${shorten(JSON.stringify(one), 40)}`;
      const looksInto = one !== null && typeof one === "object" && !Array.isArray(one) && depth < DEEPEST;
      if (
        looksInto &&
        (VERDICT.test(name) || NUMBER.test(name) || PASSES.test(name) || name === nameOf(stated.key))
      ) {
        const inner = otherMember(one as Members, stated, depth + 1);
        if (inner !== undefined) return inner;
      }
    }
  }
  return undefined;
}

const LABELS = "(?:verdict|decision|judge?ment|conclusion|ruling|correction|result)";
const IS = "[^\\p{L}\\p{N}]{0,6}(?:is|was|should be|must be|to|of)?[^\\p{L}\\p{N}-]{0,6}";

/** Matches statements of a verdict in text outside of the JSON; undefined for a list of findings. */
function sayings({ worth, given }: Stated): RegExp | undefined {
  if (worth !== null) {
    const words = Object.keys(worth).map((word) => word.replace(/[^\p{L}\p{N}]+/gu, "\\$&"));
    return new RegExp(`${LABELS}${IS}(${words.join("|")})(?:ed|s)?(?![\\p{L}\\p{N}])`, "giu");
  }
  return given === null
    ? undefined
    : new RegExp(`(?:score|rating|grade)${IS}(-?\\d+(?:\\.\\d+)?)(?![\\p{L}\\p{N}/])`, "giu");
}

function isOtherWord(word: string, { worth, score, given }: Stated): boolean {
  return worth === null ? Number(word) !== given : worth[word.toLowerCase()] !== score;
}

/** The words in a text that name a different verdict; undefined when there are none. */
export function otherWords(text: string, stated: Stated): string | undefined {
  const pattern = sayings(stated);
  if (pattern === undefined) return undefined;
  for (const [whole, word = ""] of text.matchAll(pattern))
    if (isOtherWord(word, stated)) return shorten(whole, 60);
  return undefined;
}

/**
 * Like `otherWords`, but for a text that is also about other things: only a short sentence that begins with the
 * verdict counts.
 */
export function otherLine(text: string, stated: Stated): string | undefined {
  const sentences = text.split(/\n|(?<=[.!?])\s/).filter((one) => one.trim() !== "");
  const own = sentences.filter((one) =>
    /^\P{L}*(?:(?:so|thus|hence|therefore|my|the|final|overall)\P{L}+)*(?:verdict|decision|ruling|score|rating)\b/iu.test(
      one,
    ),
  );
  return own.flatMap((one) => (one.length > 80 ? [] : (otherWords(one, stated) ?? [])))[0];
}

/** The pass or fail with which a sentence concludes; the words between may only carry the conclusion. */
const CONCLUDED =
  /(?:^|\b(?:so|thus|hence|therefore|overall|consequently|accordingly|reflection|conclusion|actually|wait)\s)((?:(?:it|this|the|an?|my|answer|response|reply|output|assistant|judge?ment|verdict|grade|final|overall|i|say|would|must|should|does|did|do|is|be|to|as|has|clearly|still|therefore|thus|mark|marked|rate|rated|judged|not|cannot)\s)*)(pass|passes|passed|fail|fails|failed)$/;

/**
 * The last sentence of a text, when it concludes with the other one of pass and fail ("So the answer fails.");
 * undefined when it does not, or the verdict is no pass or fail. Sentences before it may judge one aspect each.
 */
export function otherConclusion(text: string, stated: Stated): string | undefined {
  const { worth, score } = stated;
  if (worth === null || !("pass" in worth && "fail" in worth)) return undefined;
  const last = text
    .split(/\n|(?<=[.!?])\s/)
    .filter((one) => plain(one) !== "")
    .at(-1);
  if (last === undefined || last.length > 300) return undefined;
  const [, between = "", word] = CONCLUDED.exec(plain(last)) ?? [];
  if (word === undefined) return undefined;
  const passes = word.startsWith("pass") !== /\b(?:not|cannot)\b/.test(between);
  return worth[passes ? "pass" : "fail"] === score ? undefined : shorten(last.trim(), 60);
}

/** Names of members with the judge's own words about its verdict. */
const PROSE =
  /^(?:reasons?|reasoning|rationale|explanation|justification|thoughts?|analysis|summary|conclusion|comments?|notes?)$/;

/** What a member with the judge's own words says against the verdict; undefined when none does. */
export function otherProse(members: Members, stated: Stated): string | undefined {
  for (const [key, value] of Object.entries(members)) {
    if (typeof value !== "string" || !PROSE.test(nameOf(key))) continue;
    const other = otherLine(value, stated) ?? otherConclusion(value, stated);
    if (other !== undefined) return other;
  }
  return undefined;
}
