import { type ExpectedCalls, expectedCalls, type PowerPlan, planPower } from "../../baselines/power-plan.ts";
import type { LoadedSuite, Project } from "../../domain/project.ts";
import { storedSummary } from "../../domain/stored-summary.ts";
import { type FingerprintRuns, fingerprintRuns } from "../../operations/project/fingerprint-runs.ts";
import { openProject } from "../../operations/project/open-project.ts";
import { assume, type Planned } from "../../operations/sizing/assume-size.ts";
import { readStated } from "../../operations/sizing/stated-size.ts";
import { documentText } from "../../reports/json/documents.ts";
import { powerReport } from "../../reports/terminal/power.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import { openStore } from "../../store/open-store.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";

/** `evals power <suite>`: how many cases × trials detect a given drop. */
export async function powerCommand(options: Record<string, unknown>, name: string, io: Io): Promise<number> {
  const stated = readStated(options);
  const project = await openProject(io, {
    directory: options.directory as string | undefined,
    suites: [name],
    overrides: { model: options.model as string | undefined },
  });
  const suite = project.suites[0];
  if (suite === undefined) throw new Error("a suite that was asked for by name is loaded");
  const history = await readHistory(project, name, options.model as string | undefined);
  const planned = await assume({ project, suite, history, stated });
  const plan = { ...planPower(planned.assumptions), calls: expectedCalls(planned.assumptions) };
  const price = costPerTrial(suite, history);
  if (options.json === true) {
    io.stdout(documentText(powerDocument(name, planned, plan, price)));
  } else {
    const style = styleFor(wantsColor(io, options.color));
    io.stdout(powerReport(reportOf(name, planned, plan, price), style, io.width));
  }
  return EXIT.ok;
}

async function readHistory(
  project: Project,
  name: string,
  alias: string | undefined,
): Promise<FingerprintRuns | null> {
  const store = await openStore(project.root);
  try {
    return fingerprintRuns(store, name, alias);
  } finally {
    store.close();
  }
}

/** US dollars: what trials cost in the newest run, else its tokens at today's price; null when neither is known. */
function costPerTrial(suite: LoadedSuite, history: FingerprintRuns | null): number | null {
  if (history === null) return null;
  const { header } = history.newest;
  const { metrics = {} } = storedSummary(history.newest);
  const known = metrics.cost_per_trial?.value;
  if (typeof known === "number") return known;
  const price = suite.models.find((one) => one.alias === header.alias)?.entry.price;
  const input = metrics.input_tokens?.value;
  const output = metrics.output_tokens?.value;
  if (price === undefined || typeof input !== "number" || typeof output !== "number") return null;
  return (input * price.input + output * price.output) / 1e6;
}

type PricedPlan = PowerPlan & { readonly calls: ExpectedCalls };

function powerDocument(
  suite: string,
  { assumptions, runs }: Planned,
  plan: PricedPlan,
  price: number | null,
) {
  const { detectable_drop, table, needed, larger_baseline, calls } = plan;
  const all = assumptions.cases * assumptions.trials;
  const usd = (calls: number): number | null => (price === null ? null : calls * price);
  return {
    schema: "evals.power/1",
    exit: EXIT.ok,
    suite,
    assumptions: { ...assumptions, runs },
    detectable_drop,
    table,
    needed,
    larger_baseline,
    expected_calls: { ...calls, all },
    expected_usd: {
      unchanged: usd(calls.unchanged),
      drop: usd(calls.drop),
      all: usd(all),
    },
  };
}

function reportOf(suite: string, { assumptions, from }: Planned, plan: PricedPlan, price: number | null) {
  const { cases, trials, pass_rate, correlation, drop, power, baseline_trials } = assumptions;
  return {
    ...{ suite, pass_rate, correlation, drop, power, baseline_trials, from },
    size: { cases, trials },
    ...plan,
    calls: { ...plan.calls, all: cases * trials },
    cost_per_trial: price,
  };
}
