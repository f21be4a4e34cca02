import type { Arm } from "../../baselines/arm.ts";
import { armOfRun } from "../../baselines/arm.ts";
import type { Case } from "../../domain/case.ts";
import { scorerHash } from "../../run/fingerprint.ts";
import { rememberOnly } from "../../run/judge-sitting.ts";
import type { Plan } from "../../run/plan.ts";
import { rescore } from "../../run/rescore-run.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { storedArm } from "../sides/stored-arm.ts";
import type { BaselineSide } from "./baseline-side.ts";
import { rescoreKept } from "./rescore-kept.ts";

/**
 * A baseline that was scored by other scorers than this run's says nothing of it. Where its answers are at hand, in the
 * store or beside the baseline, they are scored again, so that both sides are judged alike; a judge is not asked for that,
 * only what it has said counts. Otherwise the side is left as it is, and the comparison says that it cannot be made.
 */
export async function scoredAlike(side: BaselineSide, plan: Plan, store: Store): Promise<BaselineSide> {
  const { arm } = side;
  if (arm === null || isScoredAlike(arm, plan)) return side;
  const run = runBehind(side, store);
  if (run === null) return keptAlike(side, arm, plan);
  const places = new Map(Array.from({ length: plan.count }, (_, caseNo) => [plan.id(caseNo), caseNo]));
  const today = (id: string): Case | undefined => {
    const caseNo = places.get(id);
    return caseNo === undefined ? undefined : plan.golden(caseNo);
  };
  const types = plan.suite.scorers.map((one) => one.definition.type);
  rememberOnly(plan.judges, store);
  const input = { run, scorers: plan.scorers, types, today };
  const { header, cases, tally, unjudged } = await rescore(input, store);
  if (unjudged > 0) return { ...side, note: joined(side.note, notRescored(run, unjudged)) };
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

function notRescored({ header }: StoredRun, unjudged: number): string {
  return `A judge has changed since the baseline was made, and has not judged ${unjudged} of its answers: they cannot be compared. To judge them, price first: evals rescore ${header.id}`;
}

function isScoredAlike(arm: Arm, plan: Plan): boolean {
  return plan.scorers.every((scorer) => {
    const before = arm.scores.get(scorer.name);
    return before !== undefined && before.hash === scorerHash(scorer) && before.required === scorer.required;
  });
}

/** A fresh clone has no stored answers; those that were kept beside the baseline are scored again. */
async function keptAlike(side: BaselineSide, arm: Arm, plan: Plan): Promise<BaselineSide> {
  const answers = await side.answers();
  const again = answers === null ? null : await rescoreKept(arm, answers, plan);
  if (again === null) return side;
  return {
    ...side,
    arm: { ...again, side: `${arm.side}, scored again` },
    note: joined(
      side.note,
      "The scorers have changed since the baseline was made; the answers that it keeps were scored again.",
    ),
  };
}

/** The stored run that holds every answer of a side; a baseline that grew is behind none. */
export function runBehind(
  { run, runs, arm }: Pick<BaselineSide, "run" | "runs" | "arm">,
  store: Store,
): StoredRun | null {
  if (run !== null) return run;
  const stored = runs.flatMap((id) => store.runsByPrefix(id).filter((one) => one.header.id === id));
  if (runs.length === 1) return stored[0] ?? null;
  return stored.find((one) => arm !== null && holdsAll(store, one, arm)) ?? null;
}

/** With answers from the cache a baseline names the runs that paid for them too, and one run still has them all. */
function holdsAll(store: Store, run: StoredRun, arm: Arm): boolean {
  const own = storedArm(store, run);
  const places = new Map(own.ids.map((id, place) => [id, place]));
  return arm.ids.every((id, at) => {
    const place = places.get(id);
    return (
      place !== undefined && own.answered[place] === arm.answered[at] && own.passed[place] === arm.passed[at]
    );
  });
}

const joined = (a: string | null, b: string): string => (a === null ? b : `${a} ${b}`);
