import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { EvalsError } from "../domain/problem.ts";
import { withheldNote } from "../domain/withheld-report.ts";
import { type ExportedTrial, trialsCsv, trialsJson, trialsParquet } from "../interchange/run-table.ts";
import { unwritableReason } from "../project/unwritable-reason.ts";
import { everyItem } from "../store/reads.ts";
import type { Store, StoredRun } from "../store/store.ts";
import { withheldStore } from "../store/withheld-store.ts";
import type { Environment } from "./environment.ts";
import { findRun } from "./project/find-run.ts";
import { locate } from "./project/open-project.ts";
import { restrictedRuns } from "./project/restricted-runs.ts";
import { openStoredHistory } from "./project/stored-history.ts";

export const RUN_FORMATS = ["csv", "json", "parquet"] as const;
export type RunFormat = (typeof RUN_FORMATS)[number];

export interface ExportRunInput {
  readonly directory?: string | undefined;
  /** A run id, a prefix of it, or latest. */
  readonly run: string;
  readonly format: RunFormat;
  /** The file, relative to the working directory; `.evals/exports/` when left out. */
  readonly out?: string | undefined;
  /** Without a file of its own the text goes here, piece by piece; bytes of Parquet never do. */
  readonly print?: ((text: string) => void) | undefined;
}

/** What was exported. */
export interface RunExport {
  readonly run: string;
  readonly suite: string;
  readonly format: RunFormat;
  /** Trials. */
  readonly rows: number;
  /** The file as it is typed from here; null where the text was printed. */
  readonly file: string | null;
}

/** Writes every trial of a run for other programs. @throws {EvalsError} for an unknown run, and for a file that cannot be written */
export async function exportRun(io: Environment, input: ExportRunInput): Promise<RunExport> {
  const { format, out, directory, print } = input;
  const { root } = locate(io, directory);
  const cwd = resolve(io.cwd, directory ?? ".");
  const store = await openStoredHistory(root, io);
  try {
    const run = await findRun(store, input.run);
    const { id, suite } = run.header;
    const isRestricted = restrictedRuns(root)(run.header);
    const readable = isRestricted ? withheldStore(store) : store;
    if (isRestricted) io.notice(withheldNote(run.header));
    const scorers = run.header.scorers.map(({ name }) => name);
    let rows = 0;
    const counted = async function* (): AsyncGenerator<ExportedTrial> {
      for await (const trial of trialsOf(readable, run)) {
        rows++;
        yield trial;
      }
    };
    const toStdout = out === undefined && print !== undefined && format !== "parquet";
    const file = toStdout
      ? null
      : out === undefined
        ? resolve(root, ".evals/exports", `${suite}-${id}.${format}`)
        : resolve(cwd, out);
    if (format === "parquet") writeBytes(file ?? "", await trialsParquet(counted(), scorers));
    else {
      const pieces = format === "csv" ? trialsCsv(counted(), scorers) : trialsJson(counted());
      if (file === null) for await (const piece of pieces) print?.(piece);
      else await writePieces(file, pieces);
    }
    return { run: id, suite, format, rows, file: file === null ? null : shownFrom(cwd, file) };
  } finally {
    store.close();
  }
}

/** In plan order, trials of a case by number; one case is in memory at a time. */
async function* trialsOf(store: Store, run: StoredRun): AsyncGenerator<ExportedTrial> {
  const { id, suite, model, scorers } = run.header;
  for await (const { case_no } of everyItem((page) => store.read.cases(run.no, page))) {
    const content = await store.read.content(run.no, case_no);
    for (const trial of await store.read.trialsOfCase(run.no, case_no)) {
      const { answer } = trial;
      const scored = scorers.map(({ name }, at) => {
        const score = trial.scores[at];
        return [
          name,
          score == null ? null : { score: score.score, pass: score.pass, reason: score.reason },
        ] as const;
      });
      yield {
        ...{ run: id, suite, case: trial.case_id, trial: trial.trial },
        input: content?.input,
        expected: content?.expected,
        outcome: trial.kind,
        error: trial.error,
        message: trial.message,
        output: answer?.output ?? null,
        pass: trial.pass,
        model: answer === null ? null : (answer.model ?? model ?? null),
        usage: answer?.usage ?? null,
        latency_ms: answer?.latency_ms ?? null,
        cost_usd: answer?.cost_usd ?? null,
        scores: Object.fromEntries(scored),
      };
    }
  }
}

async function writePieces(file: string, pieces: AsyncIterable<string>): Promise<void> {
  const handle = attempt(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, "w");
  });
  try {
    for await (const piece of pieces) attempt(file, () => writeSync(handle, piece));
  } finally {
    closeSync(handle);
  }
}

function writeBytes(file: string, bytes: Uint8Array): void {
  attempt(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  });
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EvalsError(
      {
        code: "EVALS_EXPORT_UNWRITABLE",
        path: file,
        what: `This file cannot be written: ${unwritableReason(error)}.`,
        why: "The export would be lost.",
        fix: "Name another place: --out <file>",
      },
      { cause: error },
    );
  }
}

function shownFrom(cwd: string, file: string): string {
  const path = relative(cwd, file);
  return path.startsWith("..") ? file : path.split(sep).join("/");
}
