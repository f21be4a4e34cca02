import { resolve } from "node:path";
import type { ArmsComparison } from "../domain/arms.ts";
import { EvalsError } from "../domain/problem.ts";
import { parseTrafficSide, type TrafficSide } from "../domain/traffic-filter.ts";
import { compareArms as compare } from "../metrics/compare-arms.ts";
import { plural } from "../reports/format-numbers.ts";
import type { Store } from "../store/store.ts";
import { judgePairs } from "./arms/judge-pairs.ts";
import { passBySuite } from "./arms/pass-by-suite.ts";
import { type ReadAnswer, readArmFile } from "./arms/read-arm.ts";
import { readTraffic, type ScoredBy } from "./arms/read-traffic.ts";
import type { Environment } from "./environment.ts";
import type { JudgingConsent } from "./judging/judging-price.ts";
import { locate } from "./project/open-project.ts";
import { openWrittenHistory } from "./project/stored-history.ts";
import { scoreTraffic } from "./score-traffic.ts";
import type { SideContext } from "./sides/outputs-side.ts";

export interface CompareArmsInput {
  readonly directory?: string | undefined;
  /** `file:a.jsonl`, or conditions on stored traffic: `prompt=1.1.0,service=shop-bot`. */
  readonly a: string;
  readonly b: string;
  /** The suite whose scorers decide what passes, instead of `pass` in the file's lines. */
  readonly suite?: string | undefined;
  /** The name of a pairwise judge, asked in both orders about answers to the same input. */
  readonly judge?: string | undefined;
  /** What judges may cost. */
  readonly consent: JudgingConsent;
  /** Aborts the calls in flight. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares two arms of traffic.
 *
 * @throws {EvalsError} for files with mistakes, and arms that cannot be compared as requested
 */
export async function compareArms(io: Environment, input: CompareArmsInput): Promise<ArmsComparison> {
  const { directory, suite, judge } = input;
  const named = { a: parseTrafficSide(input.a, "<a>"), b: parseTrafficSide(input.b, "<b>") };
  const isStored = named.a.kind === "traffic" || named.b.kind === "traffic";
  const by = suite !== undefined && isStored ? await scoreStored(io, input, named, suite) : null;
  const folder = resolve(io.cwd, directory ?? ".");
  const notes: string[] = [];
  if (suite === undefined && judge === undefined && !isStored)
    return described(
      input,
      {
        a: await readSide(named.a, { folder, store: null, by, notes, suite }),
        b: await readSide(named.b, { folder, store: null, by, notes, suite }),
      },
      notes,
    );
  const { root } = locate(io, directory);
  const store = await openWrittenHistory(root, io);
  try {
    const context: SideContext = { store, root, io, directory };
    const sideOf = async (side: TrafficSide): Promise<readonly ReadAnswer[]> => {
      const answers = await readSide(side, { folder, store, by, notes, suite });
      return suite === undefined || side.kind === "traffic"
        ? answers
        : passBySuite(answers, side.path, suite, context);
    };
    const sides = { a: await sideOf(named.a), b: await sideOf(named.b) };
    if (judge === undefined) return described(input, sides, notes);
    refuseUnfit(input, sides);
    const signal = input.signal ?? new AbortController().signal;
    const judged = await judgePairs(sides, judge, { ...context, signal, ...payment(input) });
    return described(input, sides, [...notes, ...judged.notes], judged.preferences);
  } finally {
    store.close();
  }
}

/** What judges may cost, and the command as typed, which an error message about the cost repeats. */
function payment({ consent, a, b, suite, judge }: CompareArmsInput) {
  const by = [suite && ` --suite ${suite}`, judge && ` --judge ${judge}`].filter(Boolean).join("");
  return { consent, command: `evals ab ${a} ${b}${by}` };
}

/** Scores the stored traffic of both arms with a suite. @returns which of its scorers decide what passes */
async function scoreStored(
  io: Environment,
  input: CompareArmsInput,
  named: { readonly a: TrafficSide; readonly b: TrafficSide },
  suite: string,
): Promise<ScoredBy> {
  const { directory, a, b } = input;
  let required: readonly string[] = [];
  for (const [side, where] of [
    [named.a, a],
    [named.b, b],
  ] as const) {
    if (side.kind === "file") continue;
    const { scorers } = await scoreTraffic(io, {
      ...{ directory, suite, where, seed: "ab", replay: false },
      ...payment(input),
    });
    required = scorers.filter((one) => one.required && one.left === null).map(({ name }) => name);
  }
  return { suite, required };
}

interface Reading {
  /** The folder to which relative paths refer. */
  readonly folder: string;
  readonly store: Store | null;
  readonly by: ScoredBy | null;
  /** Receives notes about the files. */
  readonly notes: string[];
  /** The suite whose scorers decide what passes. */
  readonly suite: string | undefined;
}

async function readSide(
  side: TrafficSide,
  { folder, store, by, notes, suite }: Reading,
): Promise<readonly ReadAnswer[]> {
  if (side.kind === "file") return readArmFile(folder, side.path, { notes, suite });
  if (store === null) throw new Error("the store must be open to read stored traffic");
  return readTraffic(store, side.where, by);
}

interface Sides {
  readonly a: readonly ReadAnswer[];
  readonly b: readonly ReadAnswer[];
}

function described(
  input: CompareArmsInput,
  { a, b }: Sides,
  notes: readonly string[],
  preferences?: Awaited<ReturnType<typeof judgePairs>>["preferences"],
): ArmsComparison {
  refuseUnfit(input, { a, b });
  const { sessions, leftOut, ...compared } = compare(a, b, preferences);
  return {
    ...compared,
    arms: {
      a: { source: input.a, sessions: sessions.a, answers: a.length },
      b: { source: input.b, sessions: sessions.b, answers: b.length },
    },
    notes: [...notes, ...notesOf(compared, [...a, ...b], leftOut)],
  };
}

function notesOf(
  { decided_by, design }: Pick<ArmsComparison, "decided_by" | "design">,
  answers: readonly ReadAnswer[],
  leftOut: number,
): string[] {
  return [
    ...(decided_by === null
      ? ['It is not known which answers are good: add "pass" to each line, or use --suite or --judge.']
      : []),
    ...(design === "rollout" && answers.some(({ at }) => at === null)
      ? ['Not every answer has a time ("at"), so sessions are paired in the order of the lines.']
      : []),
    ...(answers.every(({ session }) => session === null)
      ? [
          "No answer names its session, so each answer counts as a session of its own: several answers of one conversation would look like more evidence than they are.",
        ]
      : []),
    ...(leftOut > 0
      ? [
          `${plural(leftOut, "tag has", "tags have")} fewer than 10 sessions in an arm, so the answers with ${leftOut === 1 ? "this tag" : "these tags"} are not compared separately.`,
        ]
      : []),
  ];
}

/** Refuses an arm without answers, and arms that have answers in common. */
function refuseUnfit(input: CompareArmsInput, { a, b }: Sides): void {
  if (a.length === 0) throw noAnswers(input.a);
  if (b.length === 0) throw noAnswers(input.b);
  const folder = input.directory ?? ".";
  if (
    [input.a, input.b].every(isFile) &&
    resolve(folder, fileOf(input.a)) === resolve(folder, fileOf(input.b))
  )
    throw shared(`Both arms are the file "${fileOf(input.a)}".`, "evals ab file:today.jsonl file:new.jsonl");
  const traces = new Set(a.flatMap(({ trace }) => trace ?? []));
  const both = b.filter(({ trace }) => trace !== undefined && traces.has(trace)).length;
  if (both > 0)
    throw shared(
      `${plural(both, "trace is", "traces are")} in both arms.`,
      "Name conditions of which a trace meets only one: evals ab prompt=1.1.0 prompt=1.2.0",
    );
}

const FILE = "file:";
const isFile = (side: string): boolean => side.startsWith(FILE);
const fileOf = (side: string): string => side.slice(FILE.length);

function noAnswers(side: string): EvalsError {
  return new EvalsError({
    code: "EVALS_ARM_EMPTY",
    ...(isFile(side) ? { path: fileOf(side) } : {}),
    what: `The arm "${side}" has no answer.`,
    why: "A comparison needs answers of both arms.",
    fix: isFile(side)
      ? 'Write one JSON object per line into the file, each an answer: {"session":"s1","output":"…","pass":true}'
      : "`evals traffic` counts what is stored, with its prompts, models and tags; `evals import traces <file>` adds more traces",
  });
}

function shared(what: string, fix: string): EvalsError {
  return new EvalsError({
    code: "EVALS_ARM_SHARED",
    what,
    why: "An answer belongs to one arm: compared with itself it would count as evidence that the arms are alike.",
    fix,
  });
}
