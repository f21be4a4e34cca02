import type { Arm } from "../baselines/arm.ts";
import { armOfRun } from "../baselines/arm.ts";
import type { Case } from "../domain/case.ts";
import { scorerHash } from "../run/fingerprint.ts";
import type { Plan } from "../run/plan.ts";
import { rescore } from "../run/rescore-run.ts";
import type { Store, StoredRun } from "../store/store.ts";
import type { BaselineSide } from "./baseline-side.ts";

/**
 * A baseline that was scored by other scorers than this run's says nothing of it; where its answers are in the store they
 * are scored again, so that both sides are judged alike. Otherwise the side is left as it is, and the comparison says that
 * it cannot be made.
 */
export async function scoredAlike(side: BaselineSide, plan: Plan, store: Store): Promise<BaselineSide> {
  const { arm } = side;
  if (arm === null || isScoredAlike(arm, plan)) return side;
  const run = runBehind(side, store);
  if (run === null) return side;
  const places = new Map(Array.from({ length: plan.count }, (_, caseNo) => [plan.id(caseNo), caseNo]));
  const today = (id: string): Case | undefined => {
    const caseNo = places.get(id);
    return caseNo === undefined ? undefined : plan.golden(caseNo);
  };
  const types = plan.suite.scorers.map((one) => one.definition.type);
  const { header, cases, tally } = await rescore({ run, scorers: plan.scorers, types, today }, store);
  const again = armOfRun(header, cases, tally);
  return {
    ...side,
    arm: { ...again, side: `${arm.side}, scored again`, run: arm.run, fingerprint: arm.fingerprint },
    note: joined(
      side.note,
      "The scorers have changed since the baseline was made; its stored answers were scored again.",
    ),
  };
}

function isScoredAlike(arm: Arm, plan: Plan): boolean {
  return plan.scorers.every((scorer) => {
    const before = arm.scores.get(scorer.name);
    return before !== undefined && before.hash === scorerHash(scorer) && before.required === scorer.required;
  });
}

/** The one stored run that a side was made from, when its answers are here. */
export function runBehind({ run, runs }: BaselineSide, store: Store): StoredRun | null {
  if (run !== null) return run;
  const [only, second] = runs;
  if (only === undefined || second !== undefined) return null;
  return store.runsByPrefix(only).find((one) => one.header.id === only) ?? null;
}

const joined = (a: string | null, b: string): string => (a === null ? b : `${a} ${b}`);
