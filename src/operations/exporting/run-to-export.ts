import { basename, extname } from "node:path";
import { everyItem } from "../../domain/pages.ts";
import type { RunReport } from "../../domain/report.ts";
import type { RunHeader, StoredTrial } from "../../domain/run.ts";
import { withheldNote, withheldReport } from "../../domain/withheld-report.ts";
import type { ExportedCase, RunToExport, TracedTrial } from "../../interchange/exported.ts";
import type { ExportedTrial } from "../../interchange/run-table.ts";
import { documentText, runDocument } from "../../reports/json/documents.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { withheldStore } from "../../store/withheld-store.ts";
import type { Environment } from "../environment.ts";
import { restrictedRuns } from "../project/restricted-runs.ts";
import { wholeTranscript } from "../project/whole-transcript.ts";

/** A stored run as exporters read it. The texts of a restricted dataset are left out, and a notice says so. */
export function runToExport(
  whole: Store,
  root: string,
  run: StoredRun,
  given: RunReport,
  { notice, env }: Pick<Environment, "notice" | "env">,
): RunToExport {
  const { header, status, ended_at } = run;
  const isRestricted = restrictedRuns(root)(header);
  const store = isRestricted ? withheldStore(whole) : whole;
  if (isRestricted) notice(withheldNote(header));
  const report = isRestricted ? withheldReport(given) : given;
  return {
    ...{ header, status, ended_at, notice, env },
    dataset: datasetName(header),
    metrics: report.metrics,
    counts: report.counts,
    report: () => documentText(runDocument(0, [report])),
    cases: () => casesOf(store, run),
    trials: () => trialsOf(store, run),
    traced: () => tracedTrials(store, run),
  };
}

/** The name of the run's dataset; the suite's name when the cases are in the suite itself. */
function datasetName({ parts, suite }: RunHeader): string {
  if (parts === undefined || !parts.dataset.startsWith("datasets/")) return suite;
  return basename(parts.dataset, extname(parts.dataset));
}

async function* casesOf(store: Store, run: StoredRun): AsyncGenerator<ExportedCase> {
  for await (const { case_no, id, tags } of everyItem((page) => store.read.cases(run.no, page))) {
    const content = await store.read.content(run.no, case_no);
    yield { id, input: content?.input, expected: content?.expected, tags };
  }
}

async function* trialsOf(store: Store, run: StoredRun): AsyncGenerator<ExportedTrial> {
  for await (const { case_no } of everyItem((page) => store.read.cases(run.no, page))) {
    const content = await store.read.content(run.no, case_no);
    for (const trial of await store.read.trialsOfCase(run.no, case_no))
      yield exportedTrial(run, content, trial);
  }
}

type Content = Awaited<ReturnType<Store["read"]["content"]>>;

function exportedTrial({ header }: StoredRun, content: Content, trial: StoredTrial): ExportedTrial {
  const { id, suite, model, scorers } = header;
  const { answer } = trial;
  const scored = scorers.map(({ name }, at) => {
    const score = trial.scores[at];
    return [
      name,
      score == null ? null : { score: score.score, pass: score.pass, reason: score.reason },
    ] as const;
  });
  return {
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

async function* tracedTrials(store: Store, run: StoredRun): AsyncGenerator<TracedTrial> {
  for await (const { case_no, tags } of everyItem((page) => store.read.cases(run.no, page))) {
    const content = await store.read.content(run.no, case_no);
    const request = await store.read.request(run.no, case_no);
    for (const trial of await store.read.trialsOfCase(run.no, case_no)) {
      const { answer, void_reasons: voids = [] } = trial;
      const known = run.header.scorers.flatMap(({ name }, at) => {
        const why = voids[at];
        return typeof why === "string" ? [[name, why] as const] : [];
      });
      yield {
        ...exportedTrial(run, content, trial),
        tags,
        transcript: wholeTranscript(answer, request),
        finish_reason: answer?.finish_reason ?? null,
        at: answer?.at ?? null,
        voids: Object.fromEntries(known),
      };
    }
  }
}
