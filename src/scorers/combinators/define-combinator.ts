import * as z from "zod";
import type { Json } from "../../domain/json.ts";
import type { Score } from "../../domain/score.ts";
import { type ScoreInput, ScorerFailure } from "../../domain/scorer.ts";
import { ScorerEntry } from "../../domain/suite.ts";
import { type DocumentedScorer, defineScorer, type FramedScorer, type Judgement } from "../define-scorer.ts";
import type { ScorerExample } from "../frame/scorer-example.ts";
import { openNested, toolsWithin } from "./open-nested.ts";

/**
 * Decides whether the combinator passes, from the numbers of scorers that have passed and failed so far, out of
 * `total`. Undefined as long as the remaining scorers can change the decision.
 */
export type Rule = (passed: number, missed: number, total: number) => boolean | undefined;

/** Passes when at least `n` scorers pass. */
export function atLeastOf(n: number): Rule {
  return (passed, missed, total) => (passed >= n ? true : missed > total - n ? false : undefined);
}

interface CombinatorSpec<Shape extends z.ZodRawShape> {
  readonly type: string;
  readonly about: string;
  readonly options: Shape;
  /** @throws {SettingMistake} */
  rule(settings: z.output<z.ZodObject<Shape>>, total: number): Rule;
  readonly examples: readonly ScorerExample[];
}

/**
 * A scorer that combines other scorers. They run in order until the result is decided, so the cheap ones should
 * come first.
 */
export function defineCombinator<Shape extends z.ZodRawShape>(spec: CombinatorSpec<Shape>): DocumentedScorer {
  const of = z
    .union([z.array(ScorerEntry).min(1), ScorerEntry])
    .describe(
      "One scorer, or a list of scorers, each with its own `select`, value to compare with and threshold",
    );
  return defineScorer({
    type: spec.type,
    about: spec.about,
    options: { of, ...spec.options },
    pace: "own",
    reads: "whole",
    operand: "none",
    grades: "binary",
    async compile(settings, host) {
      const entries = [(settings as { of: ScorerEntry | ScorerEntry[] }).of].flat();
      const rule = spec.rule(settings as z.output<z.ZodObject<Shape>>, entries.length);
      const nested = await openNested(entries, host);
      return {
        score: (_: Json, __: undefined, input: ScoreInput) => ask(nested, rule, input),
        identity: { of: nested.map((scorer) => scorer.identity) },
        reads: [...new Set(nested.flatMap((scorer) => scorer.reads))],
        tools: (golden) => toolsWithin(nested, golden),
        files: [...new Set(nested.flatMap((scorer) => scorer.files))],
        standing: nested.some((scorer) => scorer.opinion === true) ? { opinion: true } : {},
        refuses: (golden) =>
          nested.map((scorer) => scorer.refuses(golden)).find((words) => words !== undefined),
        async close() {
          await Promise.all(nested.map((scorer) => scorer.close?.()));
        },
      };
    },
    examples: spec.examples,
  });
}

/** The results so far. A scorer that errored counts as neither passed nor failed. */
interface Tally {
  readonly passed: string[];
  readonly missed: string[];
  failure: ScorerFailure | undefined;
}

function ask(nested: readonly FramedScorer[], rule: Rule, input: ScoreInput): Judgement | Promise<Judgement> {
  const tally: Tally = { passed: [], missed: [], failure: undefined };
  for (let i = 0; i < nested.length; i++) {
    const scorer = nested[i] as FramedScorer;
    const answer = attempt(scorer, input);
    if (answer instanceof Promise) return askSlowly(nested, i, answer, rule, input, tally);
    note(tally, scorer, answer);
    const settled = rule(tally.passed.length, tally.missed.length, nested.length);
    if (settled !== undefined) return judgement(settled, tally);
  }
  return undecided(tally);
}

async function askSlowly(
  nested: readonly FramedScorer[],
  from: number,
  first: Promise<Score | ScorerFailure>,
  rule: Rule,
  input: ScoreInput,
  tally: Tally,
): Promise<Judgement> {
  for (let i = from; i < nested.length; i++) {
    const scorer = nested[i] as FramedScorer;
    note(tally, scorer, await (i === from ? first : attempt(scorer, input)));
    const settled = rule(tally.passed.length, tally.missed.length, nested.length);
    if (settled !== undefined) return judgement(settled, tally);
  }
  return undecided(tally);
}

function attempt(
  scorer: FramedScorer,
  input: ScoreInput,
): Score | ScorerFailure | Promise<Score | ScorerFailure> {
  try {
    const score = scorer.score(input);
    return score instanceof Promise ? score.catch(failureOrThrow) : score;
  } catch (error) {
    return failureOrThrow(error);
  }
}

function failureOrThrow(error: unknown): ScorerFailure {
  if (error instanceof ScorerFailure) return error;
  throw error;
}

function note(tally: Tally, scorer: FramedScorer, answer: Score | ScorerFailure): void {
  if (answer instanceof ScorerFailure) tally.failure ??= answer;
  else (answer.pass ? tally.passed : tally.missed).push(`${scorer.name}: ${answer.reason}`);
}

const SHOWN = 3;

function judgement(settled: boolean, { passed, missed }: Tally): Judgement {
  // The decisive results: the failed scorers of `all-of`, the passing ones of `not`.
  const [deciding, rest] = settled ? [passed, missed] : [missed, passed];
  const words = (deciding.length > 0 ? deciding : rest).slice(0, SHOWN).join("; ");
  return { score: settled ? 1 : 0, pass: settled, reason: words };
}

/**
 * Throws the error of a scorer that errored, after all scorers have run: the missing score could have decided the
 * result, and an error does not count as failed.
 */
function undecided(tally: Tally): never {
  throw tally.failure ?? new Error("a rule must settle when all scorers have answered");
}
