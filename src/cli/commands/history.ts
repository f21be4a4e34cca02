import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { MetricValue } from "../../domain/run.ts";
import { dollars, percent } from "../../reports/format-numbers.ts";
import { documentText } from "../../reports/json/documents.ts";
import { plainLine } from "../../reports/plain-text.ts";
import { columns } from "../../reports/terminal/style.ts";
import { openStore } from "../../store/open-store.ts";
import type { StoredRun } from "../../store/store.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { locate } from "../open-project.ts";

/** The stored report of a run, as `runJson` wrote it. */
interface StoredReport {
  readonly metrics?: { readonly [name: string]: MetricValue };
  readonly counts?: object;
  readonly gate?: { readonly outcome: string; readonly verdict: string };
}

/** `evals history`: past runs, newest first. */
export async function historyCommand(
  options: Record<string, unknown>,
  suite: string | undefined,
  io: Io,
): Promise<number> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new EvalsError({
      code: "EVALS_OPTION_INVALID",
      what: "--limit is not a whole number from 1.",
      why: "It says how many runs are listed.",
      fix: "--limit 20",
    });
  }
  const { root } = locate(io, options.directory as string | undefined);
  const store = await openStore(root);
  try {
    const runs = store.runs({ suite, limit });
    if (runs.length === 0 && suite !== undefined) refuseUnknown(suite, store.runs({}));
    io.stdout(options.json === true ? document(runs) : listing(runs));
    return EXIT.ok;
  } finally {
    store.close();
  }
}

function refuseUnknown(suite: string, all: readonly StoredRun[]): void {
  const known = new Set(all.map((run) => run.header.suite));
  if (known.size === 0) return;
  throw new EvalsError({
    code: "EVALS_SUITE_UNKNOWN",
    what: `No run of a suite "${suite}" is in the history.${didYouMean(suite, known)}`,
    why: "Runs are listed by the suite they were made of.",
    fix: `One of: ${[...known].join(", ")}`,
  });
}

function document(runs: readonly StoredRun[]): string {
  const listed = runs.map(({ header, status, ended_at, report, calls }) => {
    const { metrics = {}, counts = null, gate = null } = (report ?? {}) as StoredReport;
    return { ...header, status, ended_at, calls, counts, metrics, gate };
  });
  return documentText({ schema: "evals.history/1", exit: 0, runs: listed });
}

function listing(runs: readonly StoredRun[]): string {
  if (runs.length === 0) return "No runs yet: evals run\n";
  const rows = runs.map(({ header, status, report }) => {
    const { metrics, gate } = (report ?? {}) as StoredReport;
    const rate = metrics?.pass_rate;
    const cost = metrics?.cost_usd?.value;
    return [
      header.id,
      header.started_at.slice(0, 16).replace("T", " "),
      plainLine(header.suite),
      rate?.value === null || rate === undefined ? "unknown" : percent(rate.value),
      interval(rate),
      cost === null || cost === undefined ? "—" : dollars(cost),
      report === null ? status : (gate?.outcome ?? status).replace("_", " "),
      plainLine(header.target),
    ];
  });
  return `${columns([["run", "started (UTC)", "suite", "passed", "95 %", "cost", "outcome", "target"], ...rows], "  ").join("\n")}\n`;
}

function interval(metric: MetricValue | undefined): string {
  const { low, high } = metric ?? {};
  return typeof low === "number" && typeof high === "number"
    ? `${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)}`
    : "—";
}
