import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { baselinePath, parseBaseline } from "../../baselines/baseline-file.ts";
import type { Comparison } from "../../domain/report.ts";
import type { StoredCase } from "../../domain/run.ts";
import { storedReport } from "../../domain/stored-report.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { baselineRoot } from "../sides/file-side.ts";

/** One distinct answer of a case, and how many trials gave it. */
export interface SideAnswer {
  readonly output: string;
  readonly trials: number;
  readonly pass: number;
}

/** A case as the baseline of a run has it. */
export interface CaseBaseline {
  /** `run 3f9c21aa`, `evals/baselines/triage.jsonl at main`. */
  readonly side: string;
  readonly passed: number;
  readonly answered: number;
  /** Commonest first; null when they are not at hand. */
  readonly answers: readonly SideAnswer[] | null;
}

/**
 * The same case on the side that a run was compared with: from the stored run, or from the committed baseline with the
 * answers beside it. Null when the run was not compared, or that side does not have the case as it is here.
 *
 * @throws {EvalsError} for a broken baseline file
 */
export function caseBaseline(
  store: Store,
  root: string,
  run: StoredRun,
  golden: StoredCase,
): CaseBaseline | null {
  const baseline = storedReport(run)?.comparison?.baseline;
  if (baseline === undefined) return null;
  const stored = baseline.run === null ? undefined : runCalled(store, baseline.run);
  if (stored !== undefined) return caseOfRuns(store, [stored], golden, baseline.side);
  return caseOfFile(store, root, run, golden, baseline);
}

const runCalled = (store: Store, id: string): StoredRun | undefined =>
  store.runsByPrefix(id).find((one) => one.header.id === id);

function caseOfRuns(
  store: Store,
  runs: readonly StoredRun[],
  { id, content_hash }: StoredCase,
  side: string,
): CaseBaseline | null {
  const counted = new Map<string, { output: string; trials: number; pass: number }>();
  /** An answer that a later run took from the cache is the same trial. */
  const seen = new Set<number>();
  let found = false;
  for (const { no } of runs) {
    const same = store.cases(no).find((one) => one.id === id && one.content_hash === content_hash);
    if (same === undefined) continue;
    found = true;
    for (const { answer, pass, trial } of store.trials(no, same.case_no)) {
      if (answer === null || pass === null) continue;
      const id = store.transcript(no, same.case_no, trial)?.answer_id;
      if (id !== undefined && seen.has(id)) continue;
      if (id !== undefined) seen.add(id);
      const one = counted.get(answer.output) ?? { output: answer.output, trials: 0, pass: 0 };
      one.trials++;
      if (pass) one.pass++;
      counted.set(answer.output, one);
    }
  }
  const answers = [...counted.values()].sort((a, b) => b.trials - a.trials);
  return found ? { side, passed: sum(answers, "pass"), answered: sum(answers, "trials"), answers } : null;
}

const sum = (answers: readonly SideAnswer[], of: "pass" | "trials"): number =>
  answers.reduce((total, one) => total + one[of], 0);

/** The committed baseline, if it still is the one that the run was compared with. */
function caseOfFile(
  store: Store,
  root: string,
  { header }: StoredRun,
  golden: StoredCase,
  { side, fingerprint }: Comparison["baseline"],
): CaseBaseline | null {
  const path = baselinePath(header.suite, header.one_of_several ? header.alias : null);
  if (!existsSync(join(root, path))) return null;
  const baseline = parseBaseline(readFileSync(join(root, path)), path);
  if (baselineRoot(baseline) !== fingerprint) return null;
  const line = baseline.cases.find((one) => one.case === golden.id);
  if (line === undefined || line.content !== golden.content_hash) return null;
  const runs = line.runs.flatMap((id) => runCalled(store, id) ?? []);
  const counts = { side, passed: line.pass, answered: line.trials };
  // Scorers may have changed between the run and the promotion: the answers are taken, the counts are the file's.
  const known = runs.length === line.runs.length ? caseOfRuns(store, runs, golden, side) : null;
  return { ...counts, answers: known?.answers ?? answersBeside(root, path, golden.id) };
}

/** The answers that `promote --with-answers` put beside a baseline; null where it did not, or the line cannot be read. */
function answersBeside(root: string, path: string, id: string): readonly SideAnswer[] | null {
  const file = join(root, path.replace(/\.jsonl$/, ".answers.jsonl"));
  if (!existsSync(file)) return null;
  for (const text of readFileSync(file, "utf8").split("\n")) {
    const line = readLine(text);
    if (line?.case === id) return line.answers;
  }
  return null;
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
