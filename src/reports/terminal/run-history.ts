import { promptWord } from "../../domain/listed-target.ts";
import type { HistoryRun, RunHistory } from "../../metrics/run-history.ts";
import { stabilitySentence } from "../../metrics/stability.ts";
import { runName } from "../headline.ts";
import { goOnCommand } from "../unfinished.ts";
import { flakyListing, historyCsv, historyListing, type PastRun, type StabilityView } from "./history.ts";
import { suiteHistory } from "./suite-history.ts";

/** The listing of `evals history`. @param flaky lists the flaky cases of one suite instead of its runs */
export function historyText(
  history: RunHistory,
  { flaky, width }: { readonly flaky: boolean; readonly width: number },
): string {
  const { suite, runs, stability } = history;
  const past = runs.map(pastRun);
  if (suite === null) return historyListing(past, width);
  const view = stabilityView(history);
  return flaky
    ? flakyListing(suite, view, stability?.runs.length ?? 0, width)
    : suiteHistory(suite, past, view, width);
}

/** The runs as CSV, one line per run. */
export function historyTable({ runs }: RunHistory): string {
  return historyCsv(runs.map(pastRun));
}

function stabilityView({ stability }: RunHistory): StabilityView {
  if (stability === null)
    return { said: "stability unknown: no complete run yet", flaky: [], measured: 0, cases: null };
  const { flaky, measured, cases } = stability;
  return { said: stabilitySentence(stability.stability), flaky, measured, cases };
}

function pastRun({ header, status, metrics, gate }: HistoryRun): PastRun {
  const { id, started_at, suite, target, fingerprint, trials, cases, prompt, alias, commit, branch, dirty } =
    header;
  const rate = metrics.pass_rate;
  return {
    ...{ id, started_at, suite, target, fingerprint, trials, cases },
    narrowed: header.narrowing !== null,
    name: runName(header),
    prompt: prompt === null ? null : promptWord(prompt),
    model: alias,
    ...{ commit, branch: branch ?? null, dirty },
    pass_rate: rate?.value ?? null,
    low: rate?.low ?? null,
    high: rate?.high ?? null,
    cost_usd: metrics.cost_usd?.value ?? null,
    outcome: gate?.outcome ?? status,
    go_on: status === "interrupted" ? goOnCommand(header) : null,
    verdict: gate?.verdict ?? "none",
  };
}
