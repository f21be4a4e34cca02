import type { Side } from "../../baselines/side.ts";
import { sideOfRun } from "../../baselines/side.ts";
import type { Case } from "../../domain/case.ts";
import { scorerHash } from "../../run/fingerprint.ts";
import type { Plan } from "../../run/plan.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { storedSide } from "../sides/stored-side.ts";
import type { GateBaseline } from "./gate-baseline.ts";

/**
 * Scores the baseline's answers again if other scorers had scored them, because only sides with the same scorers can
 * be compared. The answers come from the store or from the file beside the baseline. Judges are not asked: only their
 * stored verdicts are used. Without answers the side is unchanged, and the comparison then reports `incomparable`.
 */
export async function scoredAlike(baseline: GateBaseline, plan: Plan, store: Store): Promise<GateBaseline> {
  const { side } = baseline;
  if (side === null || isScoredAlike(side, plan)) return baseline;
  const run = await runBehind(baseline, store);
  if (run === null) return keptAlike(baseline, side, plan);
  const [{ rememberOnly }, { rescore }] = await Promise.all([
    import("../../run/judge-session.ts"),
    import("../../run/rescore-run.ts"),
  ]);
  const places = new Map(Array.from({ length: plan.count }, (_, caseNo) => [plan.id(caseNo), caseNo]));
  const today = (id: string): Case | undefined => {
    const caseNo = places.get(id);
    return caseNo === undefined ? undefined : plan.kept(caseNo);
  };
  const types = plan.suite.scorers.map((one) => one.definition.type);
  rememberOnly(plan.judges, store);
  const input = { run, scorers: plan.scorers, types, speaker: plan.speaker, today };
  const { header, cases, tally, unjudged } = await rescore(input, store);
  if (unjudged > 0) return { ...baseline, note: joined(baseline.note, notRescored(run, unjudged)) };
  const again = sideOfRun(header, cases, tally);
  return {
    ...baseline,
    side: { ...again, label: `${side.label}, scored again`, run: side.run, fingerprint: side.fingerprint },
    note: joined(
      baseline.note,
      "The scorers have changed since the baseline was made; its stored answers were scored again.",
    ),
  };
}

function notRescored({ header }: StoredRun, unjudged: number): string {
  return `A judge has changed since the baseline was made, and has not judged ${unjudged} of the baseline's answers: these answers cannot be compared. To judge them (the price is shown first): evals rescore ${header.id}`;
}

function isScoredAlike(side: Side, plan: Plan): boolean {
  return plan.scorers.every((scorer) => {
    const before = side.scores.get(scorer.name);
    return before !== undefined && before.hash === scorerHash(scorer) && before.required === scorer.required;
  });
}

/**
 * Scores the texts of the baseline's answers again: a fresh clone has only those in the file beside the baseline, and
 * of a baseline made of several runs no single run has all answers.
 */
async function keptAlike(baseline: GateBaseline, side: Side, plan: Plan): Promise<GateBaseline> {
  const answers = await baseline.answers();
  if (answers === null) return baseline;
  const { rescoreKept } = await import("./rescore-kept.ts");
  const again = await rescoreKept(side, answers, plan);
  if (again === null) return baseline;
  return {
    ...baseline,
    side: { ...again, label: `${side.label}, scored again` },
    note: joined(
      baseline.note,
      "The scorers have changed since the baseline was made; its stored answers were scored again.",
    ),
  };
}

/**
 * The stored run that has all answers of a side; null when no single run has them, for instance when a baseline was
 * extended by later runs.
 */
export async function runBehind(
  { run, runs, side }: Pick<GateBaseline, "run" | "runs" | "side">,
  store: Store,
): Promise<StoredRun | null> {
  if (run !== null) return run;
  for (const id of runs) {
    const found = await store.read.runsByPrefix(id);
    const stored = found.find((one) => one.header.id === id);
    if (stored === undefined) continue;
    if (runs.length === 1 || (side !== null && (await holdsAll(store, stored, side)))) return stored;
  }
  return null;
}

/** Whether a run has all answers of a side. The side may name other runs too, from which answers were reused. */
async function holdsAll(store: Store, run: StoredRun, side: Side): Promise<boolean> {
  const own = await storedSide(store, run);
  const places = new Map(own.ids.map((id, index) => [id, index]));
  return side.ids.every((id, at) => {
    const index = places.get(id);
    return (
      index !== undefined &&
      own.answered[index] === side.answered[at] &&
      own.passed[index] === side.passed[at]
    );
  });
}

const joined = (a: string | null, b: string): string => (a === null ? b : `${a} ${b}`);
