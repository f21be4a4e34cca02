import { resolve } from "node:path";
import type { ArmsComparison } from "../domain/arms.ts";
import { EvalsError } from "../domain/problem.ts";
import { compareArms as compare } from "../metrics/compare-arms.ts";
import { plural } from "../reports/format-numbers.ts";
import { judgePairs } from "./arms/judge-pairs.ts";
import { passBySuite } from "./arms/pass-by-suite.ts";
import { type ReadAnswer, readArmFile } from "./arms/read-arm.ts";
import type { Environment } from "./environment.ts";
import { locate } from "./project/open-project.ts";
import { openWrittenHistory } from "./project/stored-history.ts";
import type { SideContext } from "./sides/outputs-side.ts";

export interface CompareArmsInput {
  readonly directory?: string | undefined;
  /** `file:a.jsonl`. */
  readonly a: string;
  readonly b: string;
  /** Its scorers say what passes, in place of the lines. */
  readonly suite?: string | undefined;
  /** A pairwise judge, asked in both orders about answers to the same input. */
  readonly judge?: string | undefined;
  /** Cuts what is in flight. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Holds two arms of traffic against each other.
 * @throws {EvalsError} for files with mistakes, and arms that cannot be compared as was asked
 */
export async function compareArms(io: Environment, input: CompareArmsInput): Promise<ArmsComparison> {
  const { directory, suite, judge } = input;
  const sides = { a: readSide(io, input, input.a), b: readSide(io, input, input.b) };
  for (const side of ["a", "b"] as const) if (sides[side].length === 0) throw noAnswers(input[side]);
  if (suite === undefined && judge === undefined) return described(input, sides);
  const { root } = locate(io, directory);
  const store = await openWrittenHistory(root, io);
  try {
    const context: SideContext = { store, root, io, directory };
    const scored =
      suite === undefined
        ? sides
        : {
            a: await passBySuite(sides.a, pathOf(input.a) ?? "", suite, context),
            b: await passBySuite(sides.b, pathOf(input.b) ?? "", suite, context),
          };
    if (judge === undefined) return described(input, scored);
    const signal = input.signal ?? new AbortController().signal;
    const judged = await judgePairs(scored, judge, { ...context, signal });
    return described(input, scored, judged);
  } finally {
    store.close();
  }
}

interface Sides {
  readonly a: readonly ReadAnswer[];
  readonly b: readonly ReadAnswer[];
}

function described(
  input: CompareArmsInput,
  { a, b }: Sides,
  { preferences, notes }: Partial<Awaited<ReturnType<typeof judgePairs>>> = {},
): ArmsComparison {
  const { sessions, leftOut, ...compared } = compare(a, b, preferences);
  return {
    ...compared,
    arms: {
      a: { source: input.a, sessions: sessions.a, answers: a.length },
      b: { source: input.b, sessions: sessions.b, answers: b.length },
    },
    notes: [...(notes ?? []), ...notesOf(compared, [...a, ...b], leftOut)],
  };
}

function notesOf(
  { decided_by, design }: Pick<ArmsComparison, "decided_by" | "design">,
  answers: readonly ReadAnswer[],
  leftOut: number,
): string[] {
  return [
    ...(decided_by === null
      ? ['Nobody says which answers are good: lines need "pass", or --suite or --judge says it.']
      : []),
    ...(design === "rollout" && answers.some(({ at }) => at === null)
      ? ['Not every answer says when it was asked ("at"): sessions are paired in the order of the lines.']
      : []),
    ...(answers.every(({ session }) => session === null)
      ? [
          "No answer names its session: each counts as one of its own, so several of one conversation would look like more evidence than they are.",
        ]
      : []),
    ...(leftOut > 0 ? [`${plural(leftOut, "tag has", "tags have")} fewer than 10 sessions in an arm.`] : []),
  ];
}

const pathOf = (side: string): string | undefined => /^file:(.+)$/.exec(side)?.[1];

function readSide(io: Environment, { directory }: CompareArmsInput, side: string): ReadAnswer[] {
  const path = pathOf(side);
  if (path === undefined) throw noSide(side);
  return readArmFile(resolve(io.cwd, directory ?? "."), path);
}

function noSide(side: string): EvalsError {
  return new EvalsError({
    code: "EVALS_ARM_SIDE",
    what: `"${side}" is no arm.`,
    why: "An arm is a file of answers.",
    fix: "evals ab file:a.jsonl file:b.jsonl",
  });
}

function noAnswers(side: string): EvalsError {
  return new EvalsError({
    code: "EVALS_ARM_EMPTY",
    what: `The arm "${side}" has no answer.`,
    why: "There is nothing to compare.",
    fix: "Check what the side names; a file has one JSON object a line.",
  });
}
