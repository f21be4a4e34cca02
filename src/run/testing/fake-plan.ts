import type { Case, CaseSource } from "../../domain/case.ts";
import { ModelEntry } from "../../domain/config.ts";
import type { LoadedModel, LoadedSuite } from "../../domain/project.ts";
import type { Client, OpenTarget } from "../../domain/provider.ts";
import type { Narrowing } from "../../domain/run.ts";
import type { OpenScorer } from "../../domain/scorer.ts";
import { Suite } from "../../domain/suite.ts";
import { makePlan, type Plan } from "../plan.ts";

/** A scorer that passes only the answer "yes". */
export const yesScorer: OpenScorer = fakeScorer("says-yes", (output) => (output === "yes" ? 1 : 0));

/** A scorer whose score is the number that a function returns; 0.5 and above passes. */
export function fakeScorer(
  name: string,
  score: (output: string, trial: number) => number | Promise<number>,
  changes: Partial<OpenScorer> = {},
): OpenScorer {
  const scored = (value: number) => ({ score: value, pass: value >= 0.5, reason: `${value}` });
  return {
    name,
    required: true,
    identity: { name },
    reads: [],
    files: [],
    binary: false,
    score: ({ transcript, trial }) => {
      const value = score(transcript.output, trial);
      return value instanceof Promise ? value.then(scored) : scored(value);
    },
    ...changes,
  };
}

/** Cases in memory. */
export function caseSource(cases: readonly Case[]): CaseSource {
  const at = (index: number): Case => {
    const one = cases[index];
    if (one === undefined) throw new Error(`no case ${index}`);
    return one;
  };
  return {
    count: cases.length,
    id: (index) => at(index).id,
    read: at,
    line: (index) => index + 1,
    path: "datasets/fake.jsonl",
    close: () => {},
  };
}

export interface FakePlan {
  readonly client: Client;
  /** Number of cases. Their ids are c0, c1, … */
  readonly cases?: number;
  readonly trials?: number;
  readonly scorers?: readonly OpenScorer[];
  readonly target?: Partial<OpenTarget>;
  /** Default: all cases. Only its `cases` select any. */
  readonly narrowing?: Narrowing | null;
}

/** A plan whose cases have the ids c0, c1, …, each with a different input. */
export function fakePlan({
  client,
  cases = 3,
  trials = 2,
  scorers = [yesScorer],
  target = {},
  narrowing = null,
}: FakePlan): Plan {
  const golden = Array.from({ length: cases }, (_, index): Case => {
    return { id: `c${index}`, input: { n: index }, tags: [index % 2 === 0 ? "even" : "odd"], metadata: {} };
  });
  const model: LoadedModel = {
    alias: "fake",
    entry: ModelEntry.parse({ provider: "fake" }),
    provider: {
      kind: "fake",
      about: "",
      settings: ModelEntry,
      prompt: "optional",
      open: () => alreadyOpen(),
    },
    settings: {},
  };
  const source = caseSource(golden);
  const suite: LoadedSuite = {
    name: "fake",
    path: "evals/fake.yaml",
    suite: Suite.parse({ dataset: "fake", model: "fake", scorers: [{ type: "equals" }] }),
    places: { path: "evals/fake.yaml", at: () => ({ line: 1, column: 1 }) },
    models: [model],
    prompt: null,
    scorers: [],
    openCases: async () => source,
  };
  return makePlan({
    suite,
    model,
    target: {
      client,
      identity: { provider: "fake" },
      label: "fake-1",
      files: [],
      cacheable: true,
      price: { input: 1, output: 2 },
      ...target,
    },
    scorers,
    cases: source,
    selected: Uint32Array.from(
      [...golden.keys()].filter((at) => !narrowing?.cases.length || narrowing.cases.includes(`c${at}`)),
    ),
    narrowing,
    trials,
  });
}

function alreadyOpen(): never {
  throw new Error("the target of a fake plan is open already");
}
