import * as z from "zod";
import { type ExplainingEntry, explainsOnly } from "../../domain/explaining-judge.ts";
import { FAILURE_CLASSES } from "../../domain/failure.ts";
import type { Json } from "../../domain/json.ts";
import { SettingMistake } from "../../domain/problem.ts";
import type { OpenScorer, ScoreInput } from "../../domain/scorer.ts";
import { Select, TextPlace } from "../../domain/suite.ts";
import { defineScorer, type Judgement } from "../define-scorer.ts";
import { BASELINE, type JudgeEntry, openSuiteJudge, withFileMistakes } from "../suite-judge.ts";
import { judgeExamples } from "./judge-examples.ts";
import { DEFAULT_CONTEXT } from "./open-judge-file.ts";

export const judgeScorer = defineScorer({
  type: "judge",
  asks: "judge",
  about:
    "A model's verdict. The judge's file `judges/<name>/<version>.md` says what the model is asked, what its verdict looks like, and how several opinions become one. [judges.md](judges.md) tells how to write one. Until a judge is calibrated against people's labels, it is advisory only: it cannot fail the gate.",
  options: {
    judge: z.string().min(1).describe("name, name@1.2.0 or name@^1 of a judge"),
    judge_when: z
      .enum(["always", "passed"])
      .default("always")
      .describe(
        "passed: only trials that pass every required scorer which asks no model are judged; other trials get no score from this judge",
      ),
    blames: z
      .enum(FAILURE_CLASSES)
      .exclude(["unknown", "user"])
      .optional()
      .describe(
        "The failure class of a trial that fails, that no rule explains, and whose answer this judge fails. It is used only when the judge is calibrated. With `required: false`, the judge is asked only about failed trials that no rule explains; other trials get no score from it",
      ),
    model: z.string().min(1).optional().describe("Alias of the model to ask instead of the judge's own"),
    context: z.string().min(1).default(DEFAULT_CONTEXT).describe("Where in the case the retrieved texts are"),
    select: Select.optional().describe("Which part of the answer is judged; default the whole text"),
    on: TextPlace.optional().describe(
      "Which text is judged: answer (default), assistant, conversation, {turn: N} or {tool: NAME}",
    ),
    against: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Where in the case the reference is; default `expected`. `baseline` takes the answer of the baseline instead, which only a judge of kind `pairwise` may, in an entry with `required: false`",
      ),
    value: z.unknown().optional().describe("A literal reference, instead of `against`"),
  },
  // `blames` changes no score. The judge's own identity contains the other settings.
  notDefining: ["blames", "threshold", "model", "context", "select", "on", "against", "value"],
  traits:
    "Operand: optional, the reference in place of `expected`. Scores 0 or 1, or between them, depending on the judge's kind. `threshold` and `model` override those of the judge's file. `select` says which part of the answer is judged.",
  reads: "whole",
  scope: "turn",
  operand: "none",
  grades: "returned",
  async compile(settings, host) {
    if (host.judges === undefined) throw new Error("the host that opens this scorer has no judges");
    const { judges } = host;
    const instead = settings as JudgeEntry;
    const file = await judges.file(settings.judge).catch(async (error: unknown) => {
      throw await withFileMistakes(error, instead, judges);
    });
    const relative = settings.against === BASELINE;
    if (relative && (settings as { readonly scope?: string }).scope === "turn") throw noTurns();
    if (relative && (settings as { readonly required?: boolean }).required !== false)
      throw mayNotBeRequired();
    const judge_when = judgedWhen(settings as ExplainingEntry);
    const judge = await openSuiteJudge(file, instead, judges);
    return {
      reads: judge.reads,
      files: [judge.path],
      refuses: (golden) => judge.refuses(golden),
      // The identity has no name and version, because the same judge under another name gives the same scores.
      identity: { judge: judge.identity, ...(judge_when === "unexplained" ? { judge_when } : {}) },
      standing: {
        opinion: true,
        judge: { name: judge.name, version: judge.version, hash: judge.hash },
        judge_when,
        ...(settings.blames === undefined ? {} : { blames: settings.blames }),
        ...(relative ? { relative } : {}),
        binary: judge.binary,
      },
      async score(_actual: Json, _operand: undefined, input: ScoreInput): Promise<Judgement> {
        const { verdict, orders: _, ...judged } = await judge.judge(input, input.opinion ?? 1);
        return { ...judged, pass: verdict === "pass" };
      },
      close: () => judge.close(),
    };
  },
  examples: judgeExamples,
});

/** @throws {SettingMistake} for a judge with `blames` that would never be asked about a failed trial */
function judgedWhen(entry: ExplainingEntry): NonNullable<OpenScorer["judge_when"]> {
  if (!explainsOnly(entry)) return entry.judge_when ?? "always";
  if (entry.judge_when !== "passed") return "unexplained";
  throw new SettingMistake(["judge_when"], {
    code: "EVALS_JUDGE_BLAMES",
    what: "A judge with `blames` and `required: false` cannot have `judge_when: passed`.",
    why: "`blames` gives failed trials a failure class, and this judge would be asked only about trials that pass.",
    fix: "Delete `judge_when: passed`, or write `required: true`: then a trial fails when this judge fails its answer.",
  });
}

function mayNotBeRequired(): SettingMistake {
  return new SettingMistake(["against"], {
    code: "EVALS_JUDGE_BASELINE",
    what: "A judge that compares with the baseline cannot be required.",
    why: "The baseline's own answers passed or failed against an earlier baseline, so its pass rate could not be compared with that of a run.",
    fix: 'Write `required: false`, and a rule on its score: `gate: { require: { score.<name>: ">= 0.45" } }`.',
  });
}

function noTurns(): SettingMistake {
  return new SettingMistake(["scope"], {
    code: "EVALS_JUDGE_BASELINE",
    what: "A judge that compares with the baseline cannot judge single turns.",
    why: "A baseline keeps answers, and not the turns that led to them.",
    fix: "Delete `scope: turn`, or delete `against: baseline`, so that each turn is compared with its own `expect`.",
  });
}
