import { everyPage } from "../../domain/pages.ts";
import { EvalsError } from "../../domain/problem.ts";
import { storedReport } from "../../domain/stored-report.ts";
import { storedSummary } from "../../domain/stored-summary.ts";
import type { RuleResult } from "../../domain/verdict.ts";
import { makeTally } from "../../metrics/tally.ts";
import type { Plan } from "../../run/plan.ts";
import { readFlips } from "../../run/read-flips.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { heldAgainst } from "../gating/against-baseline.ts";
import { type GateBaseline, gateBaseline } from "../gating/gate-baseline.ts";
import { gateFor } from "../gating/gate-for.ts";
import { suiteTrust } from "../gating/judge-trust.ts";
import { scoredAlike } from "../gating/rescored-side.ts";
import type { PreparedRun } from "../running/prepare-runs.ts";

/** Where the run, its plan and its baseline are. */
export interface GatePlace {
  readonly root: string;
  readonly store: Store;
  readonly io: Environment;
  /** Which of the suite's several targets was run; null when it has only one. */
  readonly listed: string | null;
}

/**
 * The rules by which a run fails when it is compared with the baseline at HEAD. Empty when its own gate made that
 * comparison already. It did not when the run was compared with nothing (`--baseline none`) or with another side, or
 * when its answers were scored again: then it is still unknown whether the run is worse than what it would replace.
 * Removed cases are no such rule: the promotion lists them.
 */
export async function missedAtHead(
  run: StoredRun,
  { plan }: PreparedRun,
  { root, store, io, listed }: GatePlace,
): Promise<readonly RuleResult[]> {
  const { name, suite } = plan.suite;
  const found = await baselineAtHead(plan, { root, store, io, listed });
  const summary = storedSummary(run);
  if (summary.gate !== undefined && (found.side === null || isSameSide(run, found))) return [];
  const baseline = await scoredAlike(await heldAgainst(found, plan, store), plan, store);
  const { unbelieved } = suiteTrust(root, name, suite.gate, plan.scorers);
  const gating = await gateFor(plan, baseline, {
    ...{ allTrials: true, unbelieved, declared: null, takenAway: [] },
  });
  const { header, no } = run;
  const tally = makeTally(plan.count, plan.scorers.length);
  for await (const rows of everyPage((page) => store.read.scores(no, page)))
    for (const row of rows) tally.add(row);
  const ids = Array.from({ length: plan.count }, (_, caseNo) => plan.id(caseNo));
  const pressure = await readFlips({ no, header, ids }, store);
  if (pressure !== null) tally.flips = pressure.flips;
  // Only complete runs are promoted, so no trial is missing.
  const counts = { answered: tally.totalAnswered, errored: 0, skipped: 0 };
  const { gate } = gating.conclude(
    { header, plan, tally, counts, end: { kind: "all-asked" } },
    summary.metrics ?? {},
  );
  return gate.rules.filter(
    ({ kind, outcome, enforced }) => outcome === "failed" && enforced !== false && kind !== "removed_cases",
  );
}

/** The baseline that the promotion would replace; without a side when there is none, or when it is damaged. */
async function baselineAtHead(plan: Plan, { root, store, io, listed }: GatePlace): Promise<GateBaseline> {
  const question = { store, root, suite: plan.suite.name, listed, model: plan.model.alias };
  try {
    // Without the variables of a CI system, the file at HEAD is meant, and not that of the base branch.
    return await gateBaseline({
      ...question,
      io: { ...io, env: {} },
      directory: undefined,
      option: undefined,
    });
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    return gateBaseline({ ...question, io, directory: undefined, option: "none" });
  }
}

function isSameSide(run: StoredRun, { side }: GateBaseline): boolean {
  const compared = storedReport(run)?.comparison?.baseline;
  return compared !== undefined && compared.fingerprint === side?.fingerprint;
}
