import * as z from "zod";
import { ROUNDING } from "../domain/bound.ts";
import type { Case } from "../domain/case.ts";
import type { ExactJson } from "../domain/exact-json.ts";
import type { Fault } from "../domain/failure.ts";
import type { Json } from "../domain/json.ts";
import type { Score } from "../domain/score.ts";
import {
  type NamedTool,
  type OpenScorer,
  type ScoreInput,
  type ScorerDefinition,
  ScorerFailure,
  type ScorerHost,
} from "../domain/scorer.ts";
import { type Select, scorerFrame, type TextPlace } from "../domain/suite.ts";
import { TookTooLong, withinTimeLimit } from "../domain/time-limit.ts";
import { shorten } from "./frame/brief.ts";
import { namedTools } from "./frame/named-tools.ts";
import { Unselectable } from "./frame/parse-answer.ts";
import type { ScorerExample } from "./frame/scorer-example.ts";
import { identityOf } from "./frame/scorer-identity.ts";
import { missingThreshold } from "./frame/scorer-mistakes.ts";
import { operandOf } from "./frame/scorer-operand.ts";
import { compileSelect } from "./frame/select-part.ts";
import { textReader } from "./frame/text-place.ts";

/** The result of a scorer before the suite's threshold is applied. */
export interface Judgement {
  /** In [0, 1]; any other value, including NaN, is an error of the scorer. */
  readonly score: number;
  /** When absent, the threshold decides. */
  readonly pass?: boolean | undefined;
  readonly reason: string;
  /** A second verdict under another name, such as `success: false`; if it contradicts the score, the scorer errors. */
  readonly beside?: { readonly statement: string; readonly pass: boolean } | undefined;
  /** This member and the following ones mean the same as in `Score`. */
  readonly agreement?: number | undefined;
  readonly replies?: readonly number[] | undefined;
  readonly fault?: Fault | undefined;
}

/** A scorer prepared from its settings. */
export interface ScorerWork<O> {
  /**
   * @param actual the selected part of the answer: its text, or a JSON value under `select: {json}`
   * @param operand the value to compare with, from `readOperand`
   */
  score(actual: ExactJson, operand: O, input: ScoreInput): Judgement | Promise<Judgement>;
  /**
   * Replaces settings of the same name in the scorer's identity (what the fingerprint contains), for instance a
   * path by the file's content.
   */
  readonly identity?: { readonly [name: string]: Json };
  /** Paths that must exist in the case, besides the path of the value to compare with. */
  readonly reads?: readonly string[];
  /** Repository files that the scorer consists of, relative to the root. */
  readonly files?: readonly string[];
  /**
   * The tools that the scorer's options name when `golden` is null; otherwise the tools that files of this case name,
   * for instance its recorded trace.
   */
  tools?(golden: Case | null): readonly NamedTool[];
  /** How the score depends on a judge or on a model's opinion; absent when it does not. */
  readonly standing?: Partial<
    Pick<OpenScorer, "opinion" | "judge" | "judge_when" | "binary" | "relative" | "blames">
  >;
  /** Like `FramedScorer.refuses`, but only for reasons other than an unusable value to compare with. */
  refuses?(golden: Case): string | undefined;
  close?(): Promise<void>;
}

/** The scores that a scorer type can give, and whether it needs a threshold. */
export type Grades = "binary" | "full" | "graded" | "returned";

export interface ScorerSpec<Shape extends z.ZodRawShape, O> {
  readonly type: string;
  readonly about: string;
  /** Set when the scores are a model's opinion: `judge` or `model`, as in `ScorerDefinition`. */
  readonly asks?: ScorerDefinition["asks"];
  /**
   * Increase when a change of the code gives other scores for the same settings. Existing baselines then count as
   * scored differently. Absent until the first such change.
   */
  readonly version?: number;
  /**
   * Options that do not affect scores, such as a timeout; they are left out of the scorer's identity, which the
   * fingerprint contains.
   */
  readonly notDefining?: readonly string[];
  /** Text for docs/scorers.md that replaces the text made from `operand`, `reads` and `grades`. */
  readonly traits?: string;
  /** Zod fields of the options specific to this type. */
  readonly options: Shape;
  /** `whole`: the scorer reads the whole transcript, so `select` is not allowed. Default `part`. */
  readonly reads?: "part" | "whole";
  /** `turn`: the scorer can score each turn of a conversation. Default: `turn` when it reads a part of the answer. */
  readonly scope?: "turn" | "whole";
  /**
   * `own`: the scorer runs user code or other scorers, and limits its time itself. Default: for large answers a
   * time limit of a few seconds.
   */
  readonly pace?: "own";
  /** `optional`: without `value` and `against` the scorer compares with nothing, and `expected` is not read. */
  readonly operand: "required" | "optional" | "none";
  /** Where the value to compare with is in the case unless the suite sets `against`; default `expected`. */
  readonly at?: string;
  /**
   * binary: 0 or 1, no threshold needed. full: any score, passes at 1 unless a threshold is set. graded: needs a
   * threshold. returned: user code returns `pass`, or only a number, which needs a threshold.
   */
  readonly grades: Grades;
  /**
   * Checks and compiles the value to compare with: once for a literal, per trial for a value from the case.
   *
   * @throws {OperandMistake | SettingMistake}
   */
  readOperand?(value: Json, settings: z.output<z.ZodObject<Shape>>): O;
  /** The tools that the value to compare with names, in the order in which it names them. */
  toolsIn?(operand: O): readonly Omit<NamedTool, "at" | "place">[];
  /** @throws {SettingMistake} */
  compile(settings: z.output<z.ZodObject<Shape>>, host: ScorerHost): ScorerWork<O> | Promise<ScorerWork<O>>;
  readonly examples: readonly ScorerExample[];
}

/** An opened scorer that can also tell why a case cannot be scored. */
export interface FramedScorer extends OpenScorer {
  /**
   * Why this case cannot be scored, found without an answer: the value to compare with is unusable, for
   * instance "expected is not a list". Undefined when it can be scored.
   */
  refuses(golden: Case): string | undefined;
}

/** A scorer type with its table of examples. */
export interface DocumentedScorer extends ScorerDefinition {
  readonly settings: z.ZodObject;
  readonly operand: "required" | "optional" | "none";
  readonly grades: Grades;
  readonly at?: string;
  readonly examples: readonly ScorerExample[];
  readonly traits?: string;
  open(settings: unknown, host: ScorerHost): Promise<FramedScorer>;
}

/** The parsed settings that all scorers share. */
interface Frame {
  readonly name?: string;
  readonly required?: boolean;
  readonly threshold?: number;
  readonly raw?: boolean;
  readonly select?: Select;
  readonly on?: TextPlace;
  readonly scope?: "turn";
  readonly against?: string;
  readonly value?: Json;
}

/** A pass with score 1, for scorers that only give 0 or 1. */
export function hit(reason: string): Score {
  return { score: 1, pass: true, reason };
}
/** A miss with score 0. */
export function miss(reason: string, fault?: Fault): Score {
  return fault === undefined ? { score: 0, pass: false, reason } : { score: 0, pass: false, reason, fault };
}

/**
 * Creates a scorer type from its specific parts. Adds what all scorers share: name, required, threshold, select,
 * operand and identity. It also makes sure that a score is in [0, 1] and not NaN, and that pass and score agree.
 */
export function defineScorer<Shape extends z.ZodRawShape, O = undefined>(
  spec: ScorerSpec<Shape, O>,
): DocumentedScorer {
  const settings = settingsOf(spec);
  return {
    type: spec.type,
    about: spec.about,
    ...(spec.asks === undefined ? {} : { asks: spec.asks }),
    settings,
    operand: spec.operand,
    grades: spec.grades,
    ...(spec.at === undefined ? {} : { at: spec.at }),
    examples: spec.examples,
    ...(spec.traits === undefined ? {} : { traits: spec.traits }),
    open: (parsed, host) => open(spec, settings, parsed as z.output<z.ZodObject<Shape>>, host),
  };
}

function settingsOf<Shape extends z.ZodRawShape, O>(spec: ScorerSpec<Shape, O>): z.ZodObject {
  const { type: _, select, on, scope, against, value, ...common } = scorerFrame;
  const isOfTurns = (spec.scope ?? (spec.reads === "whole" ? "whole" : "turn")) === "turn";
  return z.strictObject({
    type: z.literal(spec.type),
    ...common,
    ...(spec.reads === "whole" ? {} : { select, on }),
    ...(isOfTurns ? { scope } : {}),
    ...(spec.operand === "none" ? {} : { against, value }),
    ...spec.options,
  });
}

async function open<Shape extends z.ZodRawShape, O>(
  spec: ScorerSpec<Shape, O>,
  schema: z.ZodObject,
  settings: z.output<z.ZodObject<Shape>>,
  host: ScorerHost,
): Promise<FramedScorer> {
  const frame = settings as Frame;
  if (spec.grades === "graded" && frame.threshold === undefined) throw missingThreshold(spec.type);
  const readOperand = spec.readOperand ?? ((value: Json) => value as O);
  const operand = operandOf(frame, spec, (value) => readOperand(value, settings));
  const select = await compileSelect(frame.select);
  const text = textReader(frame.on);
  const turns = frame.scope === "turn" ? await import("./frame/turn-scope.ts") : null;
  turns?.checkTurnScope(frame.on);
  const work = await spec.compile(settings, host);
  const settle = settler(spec.grades, frame.threshold);
  const limited = spec.pace === "own" ? unlimited : limitedWhenLarge;
  const scorer: FramedScorer = {
    name: frame.name ?? spec.type,
    type: spec.type,
    required: frame.required ?? true,
    identity: identityOf(settings, schema, spec, work.identity),
    reads: [...operand.reads, ...(work.reads ?? [])],
    ...namedTools(spec, frame, operand, work),
    files: work.files ?? [],
    binary: spec.grades === "binary",
    ...(frame.raw === true ? { raw: true } : {}),
    ...work.standing,
    refuses: (golden) => operand.refuses(golden) ?? work.refuses?.(golden),
    score: (input) =>
      limited(input, () => {
        const whole = text(input.transcript);
        const actual = whole instanceof Unselectable ? whole : select(whole);
        if (actual instanceof Unselectable) return miss(actual.reason);
        const judged = work.score(actual, operand.of(input.golden), input);
        return judged instanceof Promise ? judged.then(settle, tooLong) : settle(judged);
      }),
    ...(work.close === undefined ? {} : { close: () => work.close?.() ?? Promise.resolve() }),
  };
  return turns === null ? scorer : turns.eachTurn(scorer, host.turns);
}

/** From this number of characters on, an answer is scored under a time limit. */
const LARGE_ANSWER = 50_000;

type Limit = (input: ScoreInput, score: () => Score | Promise<Score>) => Score | Promise<Score>;

const unlimited: Limit = (_, score) => {
  try {
    return score();
  } catch (error) {
    return tooLong(error);
  }
};

const limitedWhenLarge: Limit = (input, score) =>
  input.transcript.output.length < LARGE_ANSWER
    ? unlimited(input, score)
    : unlimited(input, () => withinTimeLimit("scoring", score));

function tooLong(error: unknown): never {
  if (!(error instanceof TookTooLong)) throw error;
  throw new ScorerFailure("tool", `${error.message} on this answer`, { cause: error });
}

const LONGEST_REASON = 1000;

/**
 * Returns a function that turns a judgement into a score. It throws a `ScorerFailure` for a score outside [0, 1], and
 * when `pass` contradicts the score.
 */
function settler(grades: Grades, threshold: number | undefined) {
  return (judged: Judgement): Score => {
    const { score, beside } = judged;
    if (!(score >= 0 && score <= 1)) {
      throw new ScorerFailure("tool", `it returned the score ${score}, which is not between 0 and 1`);
    }
    const pass = passes(judged, grades, threshold);
    if (beside !== undefined && beside.pass !== pass) {
      throw new ScorerFailure(
        "tool",
        `it contradicts itself: ${beside.statement} and ${inWords(judged, threshold)}`,
      );
    }
    const fault = judged.fault === undefined ? {} : { fault: judged.fault };
    if (grades === "graded" && !pass)
      return { score, pass, reason: `${judged.reason}, needs ${threshold}`, ...fault };
    if (
      beside === undefined &&
      judged.pass === pass &&
      judged.reason.length <= LONGEST_REASON &&
      judged.reason.isWellFormed()
    )
      return judged as Score;
    const { beside: _, ...given } = judged;
    return { ...given, pass, reason: shorten(judged.reason.toWellFormed(), LONGEST_REASON) };
  };
}

function inWords({ score, pass }: Judgement, threshold: number | undefined): string {
  return threshold === undefined ? `pass: ${pass}` : `the score ${score} (threshold ${threshold})`;
}

function passes(judged: Judgement, grades: Grades, threshold: number | undefined): boolean {
  const { score, pass } = judged;
  if (threshold === undefined) {
    if (pass !== undefined) return pass;
    if (grades === "binary" || grades === "full") return score === 1;
    throw new ScorerFailure("tool", `it returned only the score ${score}, and the suite gives no threshold`);
  }
  const reached = score >= threshold - ROUNDING;
  if (grades === "returned" && pass !== undefined && pass !== reached) {
    throw new ScorerFailure(
      "tool",
      `it says pass: ${pass}, but its score ${score} says ${reached} (threshold ${threshold}); return no pass, or set no threshold`,
    );
  }
  return reached;
}
