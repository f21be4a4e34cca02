import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type BaselineCase,
  type BaselineHeader,
  baselinePath,
  parseBaseline,
} from "../../baselines/baseline-file.ts";
import type { CaseBaseline, SideAnswer } from "../../domain/case-baseline.ts";
import { listedTarget } from "../../domain/listed-target.ts";
import { onFirstUse } from "../../domain/on-first-use.ts";
import { allItems } from "../../domain/pages.ts";
import type { Comparison } from "../../domain/report.ts";
import type { RunHeader, StoredCase } from "../../domain/run.ts";
import { storedReport } from "../../domain/stored-report.ts";
import { readNamedFile } from "../../project/named-file.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { baselineRoot } from "../sides/file-side.ts";

/** The cases of a run, as they are on the side (another run or a baseline) that the run was compared with. */
export interface CaseBaselines {
  /** One case with its answers; null when the run was not compared, or that side has no such case. */
  readonly of: (golden: StoredCase) => Promise<CaseBaseline | null>;
  /** Only the counts of one case; for a committed baseline, no answer is read. */
  readonly counts: (golden: StoredCase) => Promise<Pick<CaseBaseline, "passed" | "answered"> | null>;
}

/**
 * One case on the side that a run was compared with.
 *
 * @throws {EvalsError} for a damaged baseline file
 */
export async function caseBaseline(
  store: Store,
  root: string,
  run: StoredRun,
  golden: StoredCase,
): Promise<CaseBaseline | null> {
  const comparison = storedReport(run)?.comparison ?? null;
  return (await caseBaselines(store, root, run.header, comparison)).of(golden);
}

/**
 * The cases of a run, as they are on the side that the run was compared with. They come from a stored run if the side
 * is a stored run, otherwise from the committed baseline with its file of answers. What was read is cached.
 *
 * @throws {EvalsError} for a damaged baseline file
 */
export async function caseBaselines(
  store: Store,
  root: string,
  header: RunHeader,
  comparison: Comparison | null,
): Promise<CaseBaselines> {
  if (comparison === null) return { of: async () => null, counts: async () => null };
  const { baseline } = comparison;
  const runs = storedCases(store);
  const stored = baseline.run === null ? undefined : await runCalled(store, baseline.run);
  if (stored === undefined) return baselinesOfFile(runs, root, header, baseline);
  const of = (golden: StoredCase): Promise<CaseBaseline | null> =>
    caseOfRuns(runs, [stored], golden, baseline.side);
  return { of, counts: of };
}

async function runCalled({ read }: Store, id: string): Promise<StoredRun | undefined> {
  return (await read.runsByPrefix(id)).find((one) => one.header.id === id);
}

interface StoredCases {
  readonly store: Store;
  readonly caseOf: (run: StoredRun, golden: StoredCase) => Promise<StoredCase | undefined>;
}

/** Finds the case with the same id and content in stored runs. The cases of each run are read once. */
function storedCases(store: Store): StoredCases {
  const known = new Map<number, Promise<Map<string, StoredCase>>>();
  const casesOf = async (no: number): Promise<Map<string, StoredCase>> =>
    new Map((await allItems((page) => store.read.cases(no, page))).map((one) => [one.id, one]));
  return {
    store,
    caseOf: async ({ no }, { id, content_hash }) => {
      const cases = known.get(no) ?? casesOf(no);
      known.set(no, cases);
      const found = (await cases).get(id);
      return found?.content_hash === content_hash ? found : undefined;
    },
  };
}

async function caseOfRuns(
  { store: { read }, caseOf }: StoredCases,
  runs: readonly StoredRun[],
  golden: StoredCase,
  side: string,
): Promise<CaseBaseline | null> {
  const counted = new Map<string, { output: string; trials: number; pass: number }>();
  /** Ids of the answers counted so far. An answer that a later run took from the cache must not be counted twice. */
  const seen = new Set<number>();
  let found = false;
  for (const run of runs) {
    const same = await caseOf(run, golden);
    if (same === undefined) continue;
    found = true;
    for (const { answer, pass, trial } of await read.trialsOfCase(run.no, same.case_no)) {
      if (answer === null || pass === null) continue;
      const id = (await read.transcript(run.no, same.case_no, trial))?.answer_id;
      if (id !== undefined && seen.has(id)) continue;
      if (id !== undefined) seen.add(id);
      const one = counted.get(answer.output) ?? { output: answer.output, trials: 0, pass: 0 };
      one.trials++;
      if (pass) one.pass++;
      counted.set(answer.output, one);
    }
  }
  const answers = [...counted.values()].sort((a, b) => b.trials - a.trials);
  if (!found) return null;
  const prompt = promptOf(runs[0]?.header.prompt);
  return { side, prompt, passed: sum(answers, "pass"), answered: sum(answers, "trials"), answers };
}

const promptOf = (prompt: RunHeader["prompt"] | undefined): string | null =>
  prompt == null ? null : `${prompt.name}@${prompt.version}`;

const sum = (answers: readonly SideAnswer[], of: "pass" | "trials"): number =>
  answers.reduce((total, one) => total + one[of], 0);

/** The committed baseline, if it is still the one that the run was compared with. */
function baselinesOfFile(
  stored: StoredCases,
  root: string,
  header: RunHeader,
  { side, fingerprint }: Comparison["baseline"],
): CaseBaselines {
  const path = baselinePath(header.suite, listedTarget(header));
  const file = contentOfFile(root, path, { fingerprint, name: header.prompt?.name });
  const lineOf = (golden: StoredCase): BaselineCase | undefined => {
    const line = file().lines.get(golden.id);
    return line?.content === golden.content_hash ? line : undefined;
  };
  const beside = answersBeside(root, path);
  return {
    counts: async (golden) => {
      const line = lineOf(golden);
      return line === undefined ? null : { passed: line.pass, answered: line.trials };
    },
    of: async (golden) => {
      const line = lineOf(golden);
      if (line === undefined) return null;
      const found = await Promise.all(line.runs.map((id) => runCalled(stored.store, id)));
      const runs = found.filter((run) => run !== undefined);
      // Scorers may have changed between the run and the promotion. So the answers come from the stored run, but the
      // counts from the file.
      const known = runs.length === line.runs.length ? await caseOfRuns(stored, runs, golden, side) : null;
      const answers = known?.answers ?? beside().get(golden.id) ?? null;
      return { side, prompt: file().prompt, passed: line.pass, answered: line.trials, answers };
    },
  };
}

interface FileContent {
  /** `name@version`; null without a prompt file. */
  readonly prompt: string | null;
  readonly lines: ReadonlyMap<string, BaselineCase>;
}

/**
 * The prompt of a baseline as `name@version`; null when it has none. A baseline file of the first format names its
 * target only as a text, which has the version but not the name.
 */
function promptOfBaseline(header: BaselineHeader, name: string | undefined): string | null {
  if ("prompt" in header) return promptOf(header.prompt);
  const version = /^prompt (\S+) · /.exec(header.target)?.[1];
  return name === undefined || version === undefined ? null : `${name}@${version}`;
}

/** A baseline file with its lines by case; without lines when the file is gone or has changed. */
function contentOfFile(
  root: string,
  path: string,
  { fingerprint, name }: { readonly fingerprint: string | null; readonly name: string | undefined },
): () => FileContent {
  return onFirstUse((): FileContent => {
    if (!existsSync(join(root, path))) return { prompt: null, lines: new Map() };
    const baseline = parseBaseline(readNamedFile(join(root, path), path), path);
    if (baselineRoot(baseline) !== fingerprint) return { prompt: null, lines: new Map() };
    return {
      prompt: promptOfBaseline(baseline.header, name),
      lines: new Map(baseline.cases.map((one) => [one.case, one])),
    };
  });
}

/** The answers that `promote --with-answers` wrote beside a baseline, by case id; unreadable lines are skipped. */
function answersBeside(root: string, path: string): () => ReadonlyMap<string, readonly SideAnswer[]> {
  return onFirstUse(() => {
    const file = join(root, path.replace(/\.jsonl$/, ".answers.jsonl"));
    if (!existsSync(file)) return new Map();
    const lines = readFileSync(file, "utf8").split("\n").map(readLine);
    return new Map(lines.flatMap((line) => (line === null ? [] : [[line.case, line.answers] as const])));
  });
}

function readLine(text: string): { readonly case: string; readonly answers: SideAnswer[] } | null {
  try {
    const line = JSON.parse(text) as { case?: unknown; answers?: unknown };
    if (typeof line.case !== "string" || !Array.isArray(line.answers)) return null;
    const answers = (line.answers as Partial<SideAnswer>[]).flatMap(({ output, trials, pass }) =>
      typeof output === "string" && typeof trials === "number" && typeof pass === "number"
        ? [{ output, trials, pass }]
        : [],
    );
    return { case: line.case, answers };
  } catch {
    return null;
  }
}
