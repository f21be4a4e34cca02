import type { Budget } from "../../domain/config.ts";
import { itemAt } from "../../domain/item-at.ts";
import { allItems, everyItem } from "../../domain/pages.ts";
import type { Project } from "../../domain/project.ts";
import type { RunHeader, StoredCase } from "../../domain/run.ts";
import { type Spending, withoutSpent } from "../../run/budget-guard.ts";
import type { TrialEvent } from "../../run/engine-job.ts";
import { executeRun, type RanRun, together } from "../../run/execute-run.ts";
import type { JudgeTotals } from "../../run/judge-session.ts";
import { makePlan, type Plan } from "../../run/plan.ts";
import { besideScores, type PressureTotals, readFlips } from "../../run/read-flips.ts";
import type { RunWorld } from "../../run/run-settings.ts";
import { spentOn } from "../../run/spent-on.ts";
import { variantRuns } from "../../run/variant-runs.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { PreparedRun } from "../running/prepare-runs.ts";
import { type PressedTrials, type Variant, variantCases, variantsOf } from "./variants.ts";
import { withFurtherTurn } from "./with-further-turn.ts";

/** What is needed to ask variants of a run's trials. */
export interface PressureSession {
  readonly project: Project;
  readonly concurrency: number;
  /** The budget of the whole run. */
  readonly budget: Budget | null;
  /** Spending that counts against the budget, in addition to the run's own calls. */
  readonly beside: Spending;
  /** `remote` is left out: this process asks the variants itself, even if workers asked the run's own trials. */
  readonly world: Omit<RunWorld, "store" | "remote"> & { readonly store: Store };
  readonly useCache: boolean;
  readonly notFromCache: () => Promise<ReadonlySet<number>>;
  /** Whether only stored results are read, so that no variant is asked. */
  readonly asksNothing: boolean;
  /**
   * Called when the run of variants starts or is resumed.
   *
   * @param done number of variants that are answered already
   */
  readonly onStart: (header: RunHeader, done: number) => void;
  readonly onTrial: (event: TrialEvent) => void;
}

/**
 * Asks the variants of a run's passing trials. Stored variants are not asked again. The other variants are asked
 * as a separate run, so that no variant counts as a trial of the suite.
 *
 * @returns the run with the results of its variants
 */
export async function pressTrials(
  ran: RanRun,
  prepared: PreparedRun,
  session: PressureSession,
): Promise<RanRun> {
  const { pressed, plan } = prepared;
  if (pressed === null) return ran;
  const { store } = session.world;
  const no = ran.writer.no;
  const mayAsk =
    !session.asksNothing &&
    !session.world.control.stopping() &&
    (ran.end.kind === "all-asked" || ran.end.kind === "decided");
  const run = { plan, no, pressed, store };
  const paid = mayAsk ? await askAll(ran, run, prepared, session) : NOTHING;
  const ids = Array.from({ length: plan.count }, (_, caseNo) => plan.id(caseNo));
  const totals = await readFlips({ no, header: ran.header, ids }, store);
  return totals === null ? ran : withTotals(ran, totals, paid);
}

type Paid = RanRun["spent"];
const NOTHING: Paid = { usd: 0, tokens: 0 };

/**
 * Resumes earlier runs of variants, each with the variants that it has. Then asks the remaining variants in a new
 * run.
 */
async function askAll(
  ran: RanRun,
  run: PressedTrials,
  prepared: PreparedRun,
  session: PressureSession,
): Promise<Paid> {
  const { store } = run;
  const wanted = await variantsOf(run);
  const known = new Map(wanted.map((one) => [one.id, one]));
  const hasSycophancy = run.pressed.settings.some(({ kind }) => kind === "sycophancy");
  const target = hasSycophancy ? await withFurtherTurn(run.plan.target, session.project) : run.plan.target;
  const planFor = (variants: readonly Variant[]): Plan => variantPlan(run, { ...prepared, target }, variants);
  const seen = new Set<string>();
  let paid = NOTHING;
  const ask = async (plan: Plan, resume: StoredRun | null): Promise<void> => {
    paid = together(paid, await askVariants(plan, resume, ran, session));
  };
  for (const variantRun of await variantRuns(store, ran.header)) {
    const cases = await allItems((page) => store.read.cases(variantRun.no, page));
    const variants = cases.flatMap(({ id }) => known.get(id) ?? []);
    if (variantRun.status === "complete") for (const { id } of variants) seen.add(id);
    if (variantRun.status === "complete" || variants.length === 0) continue;
    const plan = planFor(variants);
    // If the variants are made differently now, the earlier run is not resumed, but the answers in it count.
    if (plan.hash === variantRun.header.plan) await ask(plan, variantRun);
    for (const id of plan.hash === variantRun.header.plan
      ? variants.map((one) => one.id)
      : await answered(store, variantRun, cases))
      seen.add(id);
  }
  const rest = wanted.filter(({ id }) => !seen.has(id));
  if (rest.length > 0) await ask(planFor(rest), null);
  return paid;
}

/** Ids of the cases with a result. */
async function answered(
  { read }: Store,
  { no }: StoredRun,
  cases: readonly StoredCase[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { case_no, pass } of everyItem((page) => read.scores(no, page)))
    if (pass !== null) ids.push(itemAt(cases, case_no).id);
  return ids;
}

function variantPlan(run: PressedTrials, { plan, target }: PreparedRun, variants: readonly Variant[]): Plan {
  const { cases, question } = variantCases(run, variants);
  const made = makePlan({
    suite: plan.suite,
    model: plan.model,
    target,
    scorers: plan.scorers,
    judges: plan.judges,
    redaction: plan.redaction ?? undefined,
    restricted: plan.restricted,
    cases,
    question,
    selected: Uint32Array.from(variants, (_, index) => index),
    narrowing: plan.narrowing,
    trials: 1,
    sameTrials: true,
  });
  // The message that sycophancy adds comes from this program, so it is not a mistake of the simulated user.
  const pushes = new Set(variants.flatMap(({ id, kind }) => (kind === "sycophancy" ? [id] : [])));
  return {
    ...made,
    speaker: (golden) => (pushes.has(golden.id) ? { kind: "written" } : made.speaker(golden)),
    isSpoiled: (caseNo, transcript) => !pushes.has(made.id(caseNo)) && made.isSpoiled(caseNo, transcript),
  };
}

async function askVariants(
  plan: Plan,
  resume: StoredRun | null,
  { header, writer, plan: whole }: RanRun,
  { world, concurrency, budget, beside, useCache, notFromCache, onStart, onTrial }: PressureSession,
): Promise<Paid> {
  const { store } = world;
  const others = (await variantRuns(store, header)).filter(({ no }) => no !== resume?.no);
  const spent = await Promise.all([
    spentOn(store, writer, whole, budget),
    ...others.map((one) => spentOn(store, one, plan, budget)),
  ]);
  const before = [beside, ...spent].reduce((sum, one) => ({
    usd: sum.usd + one.usd,
    tokens: sum.tokens + one.tokens,
  }));
  const ran = await executeRun(
    plan,
    {
      concurrency,
      budget: withoutSpent(budget, before),
      useCache,
      notFromCache,
      resume,
      early: null,
      pressureOf: header.id,
    },
    {
      ...world,
      before: undefined,
      watchPace: undefined,
      onStart,
      onTrial,
    },
  );
  ran.writer.end(ran.status, null, world.today());
  return ran.spent;
}

function withTotals(ran: RanRun, totals: PressureTotals, paid: Paid): RanRun {
  const { beside, counts, judged } = ran;
  ran.tally.flips = totals.flips;
  return {
    ...ran,
    beside: besideScores(beside, totals),
    judged: judged === null ? null : judgedTogether(judged, totals),
    counts: {
      ...counts,
      calls: counts.calls + totals.calls,
      variants: totals.counts,
      ...(counts.judge_calls === undefined ? {} : { judge_calls: counts.judge_calls + totals.judge_calls }),
    },
    spent: together(ran.spent, paid),
    pressure: totals,
  };
}

function judgedTogether(judged: JudgeTotals, { judge_calls, judged_usd }: PressureTotals): JudgeTotals {
  const usd = judged.cost_usd === null || judged_usd === null ? null : judged.cost_usd + judged_usd;
  return { ...judged, calls: judged.calls + judge_calls, cost_usd: usd };
}
