import type { Json } from "../../domain/json.ts";
import type { Entry } from "./provider-spec.ts";

/** The judge that a model-graded assertion becomes. */
export interface Drafted {
  readonly settings: Entry;
  /** The judge's instructions; may contain templates. */
  readonly body: string;
  /** The reference that the answer is compared with. */
  readonly reference?: string | undefined;
}

export interface JudgeKind {
  /** Whether the judge uses retrieved texts, which promptfoo takes from the variable `context`. */
  readonly context?: boolean;
  /** Makes the judge. @returns the judge, or a text with the reason when the assertion cannot be converted */
  readonly draft: (words: readonly Json[], threshold: number | undefined) => Drafted | string;
}

/**
 * The levels of the scale. promptfoo's graders return a number from 0 to 1; a user gets a better judge by
 * describing these levels in words of the task.
 */
const SCALE: Json = [
  { score: 0, means: "Meets it in no respect." },
  { score: 1, means: "Meets a little of it." },
  { score: 2, means: "Meets about half of it." },
  { score: 3, means: "Meets most of it." },
  { score: 4, means: "Meets all of it." },
];

const texts = (words: readonly Json[]): string[] =>
  words.filter((one): one is string => typeof one === "string" && one.trim() !== "");
const NO_WORDS = "The assertion's value must be a text that says what to judge by.";

/**
 * A rubric becomes a judge that says pass or fail. With a threshold it becomes a judge that chooses a level on a
 * scale.
 */
const rubric = (words: readonly Json[], threshold: number | undefined): Drafted | string => {
  const body = texts(words).join("\n");
  if (body === "") return NO_WORDS;
  return threshold === undefined
    ? { settings: { kind: "binary" }, body }
    : { settings: { kind: "ordinal", scale: SCALE, threshold }, body };
};

const G_EVAL_THRESHOLD = 0.7;

const gEval = (words: readonly Json[], threshold = G_EVAL_THRESHOLD): Drafted | string => {
  const criteria = texts(words);
  if (criteria.length < 2) return rubric(words, threshold);
  const list = criteria.map((text, index) => ({ name: `criterion-${index + 1}`, text }));
  return { settings: { kind: "rubric", criteria: list, threshold }, body: "" };
};

const factuality = (words: readonly Json[]): Drafted | string => {
  const [reference] = texts(words);
  return reference === undefined
    ? "The assertion's value must be the facts that the answer is compared with."
    : { settings: { kind: "factuality" }, body: "", reference };
};

const KINDS: Readonly<Record<string, JudgeKind>> = {
  "llm-rubric": { draft: rubric },
  "g-eval": { draft: gEval },
  "trajectory:goal-success": {
    draft: (words, threshold) =>
      rubric(
        texts(words).map(
          (goal) => `The conversation and its tool calls show that this goal was reached: ${goal}`,
        ),
        threshold,
      ),
  },
  factuality: { draft: factuality },
  "model-graded-factuality": { draft: factuality },
  "model-graded-closedqa": {
    draft: (words) => {
      const body = texts(words).join("\n");
      return body === "" ? NO_WORDS : { settings: { kind: "closed-qa" }, body };
    },
  },
  "answer-relevance": {
    draft: (_, threshold = 0.75) => ({ settings: { kind: "answer-relevance", threshold }, body: "" }),
  },
  "context-faithfulness": { context: true, draft: () => ({ settings: { kind: "faithfulness" }, body: "" }) },
  "context-relevance": {
    context: true,
    draft: (_, threshold = 0.75) => ({ settings: { kind: "context-relevance", threshold }, body: "" }),
  },
  "context-recall": {
    context: true,
    draft: (words) => {
      const [reference] = texts(words);
      return reference === undefined
        ? "The assertion's value must be the text that the context should contain."
        : { settings: { kind: "context-recall" }, body: "", reference };
    },
  },
};

/** How a type of assertion is judged by a model; undefined for a type that is not judged by a model. */
export function judgeKindOf(base: string): JudgeKind | undefined {
  return Object.hasOwn(KINDS, base) ? KINDS[base] : undefined;
}
