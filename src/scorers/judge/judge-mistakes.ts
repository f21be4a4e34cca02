import { didYouMean, nearest } from "../../domain/did-you-mean.ts";
import type { JudgeDraft, JudgeFile } from "../../domain/judge.ts";
import type { Problem } from "../../domain/problem.ts";
import { JUDGE_KINDS, judgeKind } from "./kinds/registry.ts";

const KINDS = JUDGE_KINDS.map((one) => one.kind);

/** A mistake without its location in the file. */
interface Mistake {
  /** Location in the front matter. */
  readonly at: readonly (string | number)[];
  readonly problem: Omit<Problem, "path" | "line" | "column">;
}

function mistake(
  at: Mistake["at"],
  what: string,
  why: string,
  fix: string,
  code = "EVALS_JUDGE_INVALID",
): Mistake {
  return { at, problem: { code, what, why, fix } };
}

/**
 * Finds what a judge file lacks for its kind, and settings that cannot be combined. What depends on a key that cannot
 * be read is not checked.
 */
export function judgeMistakes(file: JudgeDraft): Problem[] {
  const isRead = (...keys: readonly (keyof JudgeDraft["settings"])[]): boolean =>
    !keys.some((key) => file.unread.has(key));
  const found = [
    ...(isRead("kind") ? kindMistakes(file, isRead) : []),
    ...(isRead("model", "models", "samples", "combine") ? modelMistakes(file) : []),
    ...scaleMistakes(file),
    ...criteriaMistakes(file),
  ];
  return found.map(({ at, problem }) => inJudge(file, at, problem));
}

/** A problem with its location in a judge's front matter. */
export function inJudge(
  { path, places }: Pick<JudgeFile, "path" | "places">,
  at: Mistake["at"],
  problem: Mistake["problem"],
): Problem {
  return { ...problem, path, ...places.at(at) };
}

/** The mistake when neither the file nor the suite sets a threshold. */
export function missingThreshold(file: Pick<JudgeFile, "path" | "places">, kind: string): Problem {
  return inJudge(file, ["kind"], {
    code: "EVALS_JUDGE_THRESHOLD",
    what: `A judge of kind ${kind} needs a threshold.`,
    why: "The judge gives a score between 0 and 1; its file or the suite must say from which score on an answer passes.",
    fix: "threshold: 0.75        (here, or in the suite's entry)",
  });
}

function kindMistakes(
  { settings, parts, instructions, name }: JudgeDraft,
  isRead: (key: "criteria" | "scale") => boolean,
): Mistake[] {
  const { kind: asked = "" } = settings;
  const kind = judgeKind(asked);
  if (kind === undefined) return [unknownKind(asked)];
  const { needs } = kind;
  const found: Mistake[] = [];
  const lacks = (what: string, fix: string): void => {
    found.push(
      mistake(
        ["kind"],
        `A judge of kind ${kind.kind} needs ${what}.`,
        "Without this part, the file does not say how an answer is judged.",
        fix,
      ),
    );
  };
  const unused = (key: string): void => {
    found.push(
      mistake(
        [key],
        `A judge of kind ${kind.kind} does not use \`${key}\`.`,
        "The key would be ignored, so the judge would not do what its file says.",
        "Delete the key, or choose another kind.",
      ),
    );
  };
  if (needs.body === "prompt" && parts === null)
    lacks(
      "a prompt of its own, with role lines",
      "Below the front matter, write a line `user:`, and below it a message with {{ output }}.",
    );
  if (needs.body === "required" && parts === null && instructions === null)
    lacks("a body", "Below the front matter, write when an answer passes, and when it fails.");
  if (needs.criteria === "required" && isRead("criteria") && !settings.criteria?.length)
    lacks("criteria", 'criteria: [{ name: polite, text: "Greets, and never blames the customer." }]');
  if (needs.criteria === "none" && settings.criteria !== undefined) unused("criteria");
  if (needs.scale === "required" && isRead("scale") && settings.scale === undefined)
    lacks("a scale", "scale: [{ score: 1, means: … }, { score: 2, means: … }, { score: 3, means: … }]");
  if (needs.scale === "none" && settings.scale !== undefined) unused("scale");
  if (
    parts !== null &&
    !parts.some((one) => one.kind === "message" && mentionsAnswer(one.template)) &&
    needs.body !== "optional"
  )
    found.push(
      mistake(
        [],
        `The prompt of judge ${name} never shows the answer.`,
        "A judge that does not see the answer would judge every answer alike.",
        "Put {{ output }} where the answer should be shown.",
        "EVALS_JUDGE_NO_ANSWER",
      ),
    );
  return found;
}

function mentionsAnswer(template: string): boolean {
  return /\{[{%][^}]*\b(output|material|first|second|conversation)\b/.test(template);
}

function unknownKind(kind: string): Mistake {
  return mistake(
    ["kind"],
    `Unknown kind of judge "${kind}".${didYouMean(kind, KINDS)}`,
    "The kind says how an answer is judged and what a verdict looks like.",
    `kind: ${nearest(kind, KINDS) ?? "binary"}        (all kinds: ${KINDS.join(", ")})`,
    "EVALS_JUDGE_KIND",
  );
}

function modelMistakes({ settings }: JudgeDraft): Mistake[] {
  const { model, models, samples = 1, combine } = settings;
  if (model !== undefined && models !== undefined) {
    return [
      mistake(
        ["models"],
        'This judge has both "model" and "models".',
        "It is unclear whether one model or several models judge.",
        `models: [${[...new Set([model, ...models])].join(", ")}], and delete \`model\``,
      ),
    ];
  }
  if (model === undefined && models === undefined) {
    return [
      mistake(
        [],
        "This judge does not say which model it asks.",
        "With a default model, the judge's verdicts would change when the config changes.",
        "model: <an alias of evalconfig.yaml>",
      ),
    ];
  }
  const twice = models?.findIndex((one, index) => models.indexOf(one) < index) ?? -1;
  if (twice !== -1) {
    return [
      mistake(
        ["models", twice],
        `\`models\` lists "${models?.[twice]}" twice.`,
        "A model that is listed twice gives the same opinion twice, which is no second opinion.",
        "Delete one of the two; for several opinions of one model, increase `samples`.",
      ),
    ];
  }
  const members = (models?.length ?? 1) * samples;
  if (combine === "majority" && members % 2 === 0) {
    return [
      mistake(
        samples % 2 === 0 ? ["samples"] : ["models"],
        `A majority of ${members} opinions can be a draw.`,
        "A draw is neither a pass nor a fail.",
        "Ask for an odd number of opinions, or set `combine: mean` or `combine: unanimous`.",
        "EVALS_JUDGE_EVEN",
      ),
    ];
  }
  return [];
}

function scaleMistakes({ settings: { scale } }: JudgeDraft): Mistake[] {
  if (scale === undefined) return [];
  if (!Array.isArray(scale)) {
    if (scale.min < scale.max) return [];
    return [
      mistake(
        ["scale"],
        `The scale ends at ${scale.max}, which is not above its start at ${scale.min}.`,
        "No score could be on this scale.",
        `scale: { min: ${scale.max}, max: ${scale.min} }`,
      ),
    ];
  }
  const scores = scale.map((level) => level.score);
  const twice = scores.findIndex((one, index) => scores.indexOf(one) < index);
  if (twice === -1) return [];
  return [
    mistake(
      ["scale", twice, "score"],
      `Two levels of the scale have the score ${scores[twice]}.`,
      "A verdict with that score could mean either level.",
      "Give each level a score of its own.",
    ),
  ];
}

function criteriaMistakes({ settings: { criteria, kind } }: JudgeDraft): Mistake[] {
  if (criteria === undefined || criteria.length === 0 || judgeKind(kind ?? "")?.needs.criteria === "none")
    return [];
  const found: Mistake[] = [];
  const names = criteria.map((one) => one.name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index)
      found.push(
        mistake(
          ["criteria", index, "name"],
          `Two criteria are named "${name}".`,
          "The verdicts of criteria with the same name could not be distinguished.",
          `name: ${name}-${index + 1}`,
        ),
      );
  }
  if (criteria.every((one) => one.weight === 0))
    found.push(
      mistake(
        ["criteria"],
        "The weights of the criteria sum to 0.",
        "The weighted mean of the criteria would be 0 divided by 0.",
        "Give at least one criterion a weight above 0, or leave the weights out.",
      ),
    );
  return found;
}
