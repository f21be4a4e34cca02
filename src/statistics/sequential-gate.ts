import { requireCount, requirePart } from "./argument-checks.ts";
import { clusterDifferenceOfValues } from "./cluster-difference.ts";
import type { Look } from "./look-schedule.ts";
import { nonInferiorityZ } from "./non-inferiority.ts";
import { normalUpperTail } from "./normal-distribution.ts";
import { type SequentialSettings, sequentialPlan } from "./sequential-plan.ts";
import { exactStratifiedTest } from "./stratified-exact-test.ts";

/** The input of the decision at one look. */
export type LookEvidence = {
  /** One-sided p-value for a drop. */
  readonly p: number;
  /** Bound on z for harm at this look. */
  readonly harmBound: number;
  /**
   * The z value of the claim "the drop is smaller than delta", and the bound that it must reach at this look. Null at
   * a look that must not decide that the test passes.
   */
  readonly pass: { readonly z: number; readonly bound: number } | null;
};

/** Stop with a verdict, or go on. */
export type LookDecision = "regressed" | "small_drop" | "no_regression" | "continue";

/**
 * Decides at one look. Harm is shown if p <= P(Z > harmBound). A pass is shown if the z of `pass` reaches its
 * bound. Harm and pass together mean a real drop smaller than delta.
 */
export function decideLook({ p, harmBound, pass }: LookEvidence): LookDecision {
  const harmed = p <= normalUpperTail(harmBound);
  const passed = pass !== null && pass.z >= pass.bound;
  if (harmed) return passed ? "small_drop" : "regressed";
  return passed ? "no_regression" : "continue";
}

/** One look of a finished test. `look`: its index from 0; `calls`: number of candidate trials up to that look. */
export type GateTraceEntry = {
  readonly look: number;
  readonly calls: number;
  readonly p: number;
  readonly passZ: number | null;
  readonly harmBound: number;
  readonly passBound: number | null;
};

/** How a sequential test ended, with all its looks. */
export type SequentialGateResult = {
  readonly verdict: Exclude<LookDecision, "continue"> | "inconclusive";
  /** Number of candidate trials used. */
  readonly calls: number;
  /** Index of the look at which the test ended, from 0. */
  readonly look: number;
  readonly trace: readonly GateTraceEntry[];
};

/** `delta`: tolerated drop, in (0, 1); `midP`: whether to use mid-p values, default true. */
export type SequentialGateSettings = SequentialSettings & { readonly delta: number; readonly midP?: boolean };

/**
 * Runs the sequential test of 0/1 values on complete data, for a replay or for planning.
 *
 * @param base per cluster at least one stored value, in the order clusters are run
 * @param candidate values of each cluster in the order they were observed, equally many in all clusters
 * @throws {RangeError} unless both sides have equally many clusters, all values are 0 or 1, and all clusters of the
 * candidate have equally many values
 */
export function sequentialGate(
  base: readonly (readonly number[])[],
  candidate: readonly (readonly number[])[],
  settings: SequentialGateSettings,
): SequentialGateResult {
  const rounds = requireRows(base, candidate);
  const plan = sequentialPlan(
    base.map((values) => values.length),
    rounds,
    settings,
  );
  const trace: GateTraceEntry[] = [];
  for (const [look, planned] of plan.looks.entries()) {
    const seen = clustersAt(planned, base, candidate);
    const passBound = plan.pass[look] ?? null;
    const entry: GateTraceEntry = {
      look,
      calls: seen.reduce((sum, cluster) => sum + cluster.candidate.length, 0),
      p: dropP(seen, settings.midP ?? true),
      passZ: passBound === null ? null : nonInferiorityZ(clusterDifferenceOfValues(seen), settings.delta),
      harmBound: plan.harm[look] ?? Number.POSITIVE_INFINITY,
      passBound,
    };
    trace.push(entry);
    const verdict = decideLook({ ...entry, pass: passOf(entry) });
    if (verdict !== "continue") return { verdict, calls: entry.calls, look, trace };
  }
  const last = trace[trace.length - 1];
  return { verdict: "inconclusive", calls: last?.calls ?? 0, look: last?.look ?? 0, trace };
}

function passOf({ passZ, passBound }: GateTraceEntry): LookEvidence["pass"] {
  return passZ === null || passBound === null ? null : { z: passZ, bound: passBound };
}

type SeenCluster = { readonly base: readonly number[]; readonly candidate: readonly number[] };

function clustersAt(
  look: Look,
  base: readonly (readonly number[])[],
  candidate: readonly (readonly number[])[],
): SeenCluster[] {
  const clusters = look.kind === "partial" ? look.clusters : base.length;
  const trials = look.kind === "partial" ? 1 : look.round;
  return base.slice(0, clusters).map((values, i) => ({
    base: values,
    candidate: (candidate[i] ?? []).slice(0, trials),
  }));
}

function dropP(seen: readonly SeenCluster[], midP: boolean): number {
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const result = exactStratifiedTest(
    seen.map(({ base, candidate }) => ({
      m: base.length,
      b: total(base),
      k: candidate.length,
      x: total(candidate),
    })),
  );
  return midP ? result.dropMidP : result.drop;
}

function requireRows(
  base: readonly (readonly number[])[],
  candidate: readonly (readonly number[])[],
): number {
  requireCount("number of clusters", base.length, 1);
  if (candidate.length !== base.length) {
    throw new RangeError(
      `${base.length} clusters on the base side, ${candidate.length} on the candidate side`,
    );
  }
  const rounds = candidate[0]?.length ?? 0;
  if (candidate.some((row) => row.length !== rounds)) {
    throw new RangeError("every cluster must have the same number of candidate values");
  }
  for (const row of [...base, ...candidate]) {
    requireCount("values in a cluster", row.length, 1);
    for (const value of row) requirePart("value", value, 1);
  }
  return rounds;
}
