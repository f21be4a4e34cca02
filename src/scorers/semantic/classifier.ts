import * as z from "zod";
import type { Json } from "../../domain/json.ts";
import { ownFailure } from "../../domain/stated-error.ts";
import { casePath } from "../case-path.ts";
import { defineScorer, type Judgement } from "../define-scorer.ts";
import { rounded, shorten } from "../frame/brief.ts";
import { Unselectable } from "../frame/parse-answer.ts";
import { nothingThatPasses, nothingToRead } from "../frame/scorer-mistakes.ts";
import { type CompiledJsonPath, compileJsonPath } from "../frame/select-part.ts";
import { asText } from "../frame/text-options.ts";
import { openTextModel, type TextModel, unusable } from "./ask-model.ts";

export const classifier = defineScorer({
  type: "classifier",
  asks: "model",
  about:
    "A label or a score that a service of yours gives the answer: sentiment, toxicity, entailment (NLI). `model` is an alias with `provider: http` (or command, module) whose body uses `input.output`, `input.reference`, `input.question` and `input.context`; `label` and `score` are JSONPaths into its reply. It depends on a model, so it is advisory only: it cannot fail the gate.",
  options: {
    model: z.string().min(1).describe("An alias of evalconfig.yaml"),
    label: z
      .string()
      .min(1)
      .optional()
      .describe("JSONPath of the label; `$` when the whole reply is the label"),
    pass: z.array(z.string()).min(1).optional().describe("Labels that pass; needs `label`"),
    score: z.string().min(1).optional().describe("JSONPath of a number in [0, 1]"),
    context: z.string().min(1).default("metadata.context").describe("Where in the case `input.context` is"),
  },
  operand: "optional",
  grades: "returned",
  async compile(settings, host) {
    const { model: alias, label, pass, score } = settings;
    const { threshold } = settings as { readonly threshold?: number };
    if (label === undefined && score === undefined) throw nothingToRead();
    if (label !== undefined && pass === undefined && (score === undefined || threshold === undefined))
      throw nothingThatPasses();
    const model = await openTextModel(alias, host);
    const labelOf = label === undefined ? undefined : await compileJsonPath(label, ["label"]);
    const scoreOf = score === undefined ? undefined : await compileJsonPath(score, ["score"]);
    const contextOf = casePath(settings.context, ["context"]);
    const asked = new Set([label, score].flatMap((path) => firstMember(path) ?? []));
    return {
      identity: { model: model.identity },
      standing: { opinion: true },
      async score(actual, operand, about): Promise<Judgement> {
        const { golden } = about;
        const { value, reply } = await model.ask(
          {
            output: asText(actual),
            question: golden.input,
            reference: (operand as Json | undefined) ?? golden.expected ?? null,
            context: contextOf(golden) ?? null,
          },
          about,
        );
        const failure = ownFailure(value, asked);
        if (failure !== undefined) throw unusable(model, `says that it failed: ${shorten(failure, 200)}`);
        const found = labelOf && labelAt(labelOf, value, model);
        const number = scoreOf && numberAt(scoreOf, value, model);
        return { ...judgement(found, number, pass), replies: [reply] };
      },
    };
  },
  examples: [
    {
      title: "passes an answer that the reference entails",
      settings: { model: "nli", label: "$.label", pass: ["entailment"] },
      replies: ['{"label": "entailment", "score": 0.97}'],
      output: "Refunds take five days.",
      case: { expected: "Money is returned within five days." },
      expected: { pass: true, score: 1, reason: "entailment" },
    },
    {
      title: "fails an answer with another label",
      settings: { model: "nli", label: "$.label", pass: ["entailment", "neutral"] },
      replies: ['{"label": "contradiction", "score": 0.97}'],
      output: "Refunds take a year.",
      case: { expected: "Money is returned within five days." },
      expected: { pass: false, score: 0, reason: "contradiction" },
    },
    {
      title: "uses a score, with a threshold for pass or miss",
      settings: { model: "politeness", score: "$.scores.polite", threshold: 0.5 },
      replies: ['{"scores": {"polite": 0.82}}'],
      output: "Kindly wait.",
      expected: { pass: true, score: 0.82, reason: "0.82" },
    },
    {
      title: "accepts a reply that is itself the label",
      settings: { model: "tone", label: "$", pass: ["kind"] },
      replies: ["kind"],
      output: "Thank you!",
      expected: { pass: true, score: 1, reason: "kind" },
    },
    {
      title: "cannot score when the reply has nothing at the path",
      settings: { model: "nli", label: "$.label", pass: ["entailment"] },
      replies: ['{"labels": ["entailment"]}'],
      output: "a",
      expected: { failure: "gave no label" },
    },
    {
      title: "cannot score when the reply says that it failed, whatever label it gives",
      settings: { model: "nli", label: "$.label", pass: ["entailment"] },
      replies: ['{"label": "entailment", "status": "error", "message": "out of memory"}'],
      output: "a",
      expected: { failure: 'says that it failed: status: "error"' },
    },
    {
      title: "reads the member that the setting names",
      settings: { model: "nli", label: "$.status", pass: ["ok"] },
      replies: ['{"status": "failed"}'],
      output: "a",
      expected: { pass: false, reason: "failed" },
    },
    {
      title: "cannot score when the reply is an error page instead of a label",
      settings: { model: "tone", label: "$", pass: ["kind"] },
      replies: ["<html>502 Bad Gateway</html>"],
      output: "a",
      expected: { failure: "gave no label" },
    },
    {
      title: "cannot score when the score is not a number",
      settings: { model: "politeness", score: "$.score", threshold: 0.5 },
      replies: ['{"score": "high"}'],
      output: "a",
      expected: { failure: "gave no score between 0 and 1" },
    },
  ],
});

function judgement(
  label: string | undefined,
  score: number | undefined,
  pass: readonly string[] | undefined,
): Judgement {
  const words = [label, score === undefined ? undefined : rounded(score)].filter((one) => one !== undefined);
  const reason = words.join(" ");
  if (label === undefined || pass === undefined) return { score: score ?? 0, reason };
  const passes = pass.includes(label);
  return { score: passes ? 1 : 0, pass: passes, reason };
}

function labelAt({ find }: CompiledJsonPath, value: Json, model: TextModel): string {
  const found = find(value);
  if (found instanceof Unselectable || typeof found === "object" || !isLabel(String(found)))
    throw unusable(model, `gave no label${quoted(value)}`);
  return String(found);
}

/** The first member of a path: `status` of `$.status` and `$['status'][0]`. */
function firstMember(path: string | undefined): string | undefined {
  return /^\$(?:\.|\[["'])([\w-]+)/.exec(path ?? "")?.[1];
}

const LONGEST_LABEL = 200;

/** Whether a text is one short line without HTML: the error page of a proxy must not count as a label. */
function isLabel(text: string): boolean {
  return text.trim() !== "" && text.length <= LONGEST_LABEL && !/[\r\n]|^<[a-z!]/i.test(text.trim());
}

function numberAt({ find }: CompiledJsonPath, value: Json, model: TextModel): number {
  const found = find(value);
  if (typeof found === "number" && found >= 0 && found <= 1) return found;
  throw unusable(model, `gave no score between 0 and 1${quoted(value)}`);
}

function quoted(value: Json): string {
  return `; it said ${shorten(JSON.stringify(value), 200)}`;
}
