import { contractSoFar } from "../../baselines/contract.ts";
import { gateResult } from "../../baselines/gate.ts";
import type { GateInput } from "../../baselines/gate-input.ts";
import { gateRun } from "../../baselines/gate-run.ts";
import { reportedOnly, splitGate, type Unbelieved } from "../../baselines/informing-rules.ts";
import { regressionRules } from "../../baselines/regression-results.ts";
import { rulesSoFar } from "../../baselines/rules-so-far.ts";
import type { SequentialStop } from "../../baselines/sequential-stop.ts";
import { type Side, sideOfRun } from "../../baselines/side.ts";
import { itemAt } from "../../domain/item-at.ts";
import { sha256 } from "../../domain/json.ts";
import { isBetterLow } from "../../domain/metric-unit.ts";
import type { DeclaredChange } from "../../domain/prompt-change.ts";
import { isRecording } from "../../domain/recorded-provider.ts";
import type { CanaryResult, RunEnd } from "../../domain/report.ts";
import type { Metrics, RunCounts, RunHeader, StoredCase } from "../../domain/run.ts";
import type { Gate, RegressionRule } from "../../domain/suite.ts";
import type { RuleResult } from "../../domain/verdict.ts";
import type { Tally } from "../../metrics/tally.ts";
import type { RanRun } from "../../run/execute-run.ts";
import { scorerHash } from "../../run/fingerprint.ts";
import type { Plan } from "../../run/plan.ts";
import type { EarlyStop } from "../../run/run-settings.ts";
import type { GateBaseline } from "./gate-baseline.ts";

/** What the gate needs to know of a run that has ended. */
export interface GatedRun extends Pick<RanRun, "header" | "plan" | "tally"> {
  readonly counts: Pick<RunCounts, "answered" | "errored" | "skipped">;
  readonly end: Pick<RunEnd, "kind">;
}

/** The gate of one run, from its first trial to its outcome. */
export interface RunGate {
  /** The rule by which the run may stop early; null when all trials are asked, as with `--all-trials`. */
  readonly early: EarlyStop | null;
  start(header: RunHeader, tally: Tally): void;
  /** Sets the canaries' result before the first trial. */
  useCanary(canary: CanaryResult | null): void;
  conclude(ran: GatedRun, metrics: Metrics): ReturnType<typeof gateRun>;
  /** The run as a side of its comparison. */
  side(ran: GatedRun): Side;
}

export interface GateOptions {
  readonly allTrials: boolean;
  readonly unbelieved: Unbelieved;
  readonly declared: DeclaredChange | null;
  /** Failed rules: one for each baseline of the base branch that no suite of this change is compared with. */
  readonly takenAway: readonly RuleResult[];
}

/**
 * Prepares the gate of one run. A run may stop early, at a look: a moment at which the gate asks whether its verdict
 * is settled already.
 *
 * A rule on a metric where low is better needs all trials, because a look uses only passes and scores. So does a rule
 * with `mode: point`, because it makes no statistical test that a look could settle. A run with
 * recorded answers never stops early: its other trials cost nothing and give more evidence. A rule that depends on a
 * scorer in `unbelieved` is advisory only, so it does not stop a run either.
 */
export async function gateFor(
  plan: Plan,
  { side: baseline, accepted, behind }: Pick<GateBaseline, "side" | "accepted" | "behind">,
  { allTrials, unbelieved, declared, takenAway }: GateOptions,
): Promise<RunGate> {
  const { enforced: gate, informing } = splitGate(plan.suite.suite.gate, plan.scorers, unbelieved);
  const rules = regressionRules(gate);
  const started: { header?: RunHeader; tally?: Tally; canary?: CanaryResult | null } = {};
  const sequential: SequentialStop | null =
    baseline === null ||
    rules.length === 0 ||
    allTrials ||
    plan.target.client.immediate === true ||
    rules.some((rule) => rule.mode === "point" || isBetterLow(rule.metric))
      ? null
      : await stopFor(plan, baseline, rules, (bound) => {
          const { header, tally } = started;
          if (header === undefined || tally === undefined) return ["undecided"];
          const left = (caseNo: number): number => plan.planned(caseNo) - itemAt(tally.answered, caseNo);
          const soFar = {
            gate,
            header,
            tally,
            casesOf: (selector: string) => selectedBy(plan, selector),
            idOf: plan.id,
          };
          const held = gate.contract
            ? contractSoFar(declared, sequential?.latest()?.compared.findings ?? [])
            : [];
          return [...rulesSoFar(soFar, left, bound), ...held];
        });
  return {
    early: sequential === null ? null : earlyStop(sequential, () => started.canary?.stale === true),
    start: (header, tally) => {
      started.header = header;
      started.tally = tally;
    },
    useCanary: (canary) => {
      started.canary = canary;
    },
    side: (ran) => sideOfRun(ran.header, casesOf(plan), ran.tally),
    conclude: (ran, metrics) => {
      const totalMissing = ran.counts.errored + ran.counts.skipped;
      const trials = { missing: totalMissing, answered: ran.counts.answered };
      const conclude = (part: Gate, look: GateInput["look"]) =>
        gateRun({
          gate: part,
          header: ran.header,
          tally: ran.tally,
          metrics,
          missing: missingTrials(ran),
          left: (caseNo) => plan.planned(caseNo) - itemAt(ran.tally.answered, caseNo),
          totalMissing,
          casesOf: (selector) => selectedBy(plan, selector),
          idOf: plan.id,
          baseline,
          accepted,
          behind: behind ?? null,
          recorded: isRecording(plan.model.provider.kind),
          candidate: (tally) => sideOfRun(ran.header, casesOf(plan), tally),
          look,
          canary: started.canary ?? null,
          declared,
        });
      // A run that was cut short has no final look (a check whether the verdict is settled), so its answers are
      // compared as if no look had been planned.
      const whole = ran.end.kind === "decided" || ran.end.kind === "all-asked";
      const ruled = conclude(gate, whole ? (sequential?.latest() ?? null) : null);
      const { rules: own, verdict } = ruled.gate;
      const decided = { ...ruled, gate: gateResult([...own, ...takenAway], verdict, trials) };
      if (informing === null) return decided;
      const aside = conclude(informing, null);
      const reported = reportedOnly(aside.gate.rules, plan.scorers, unbelieved);
      const shown = rules.length === 0 && regressionRules(informing).length > 0 ? aside : decided;
      return {
        ...decided,
        gate: gateResult([...decided.gate.rules, ...reported], shown.gate.verdict, trials),
        comparison: shown.comparison,
      };
    },
  };
}

/** The early stop of a run. If its canaries show that the baseline is stale, no look decides: all trials are asked. */
function earlyStop(sequential: SequentialStop, isStale: () => boolean): EarlyStop {
  const { order, note } = sequential;
  const stop = { ...sequential, decide: (look: number) => !isStale() && sequential.decide(look) };
  return { stop, order, note };
}

async function stopFor(
  plan: Plan,
  baseline: Side,
  rules: readonly RegressionRule[],
  others: (bound: number | null) => ReturnType<typeof rulesSoFar>,
): Promise<SequentialStop> {
  const { sequentialStop } = await import("../../baselines/sequential-stop.ts");
  const cases = casesOf(plan);
  return sequentialStop({
    baseline,
    candidate: {
      label: "this run",
      run: null,
      suite: plan.suite.name,
      target: plan.target.label,
      prompt: plan.suite.prompt?.version ?? null,
      model: plan.target.label,
      fingerprint: plan.fingerprint,
      trials: plan.trials,
      ids: cases.map((one) => one.id),
      contents: cases.map((one) => one.content_hash),
      tagsOf: (index) => cases[index]?.tags ?? [],
      names: plan.scorers.map((one) => one.name),
      scorers: plan.scorers.map((one) => ({
        hash: scorerHash(one),
        required: one.required,
        binary: one.binary,
        exempt: exemptCases(plan, one.name),
      })),
    },
    trials: plan.trials,
    rules,
    narrowed: plan.narrowing !== null,
    seed: sha256(`${cases.map((one) => one.content_hash).join()}\n${plan.fingerprint}`),
    others,
  });
}

/** For each case number, 1 if the scorer does not apply to the case, else 0; null when it applies to every case. */
function exemptCases(plan: Plan, scorer: string): Uint8Array | null {
  const exempt = new Uint8Array(plan.count);
  let any = false;
  for (let caseNo = 0; caseNo < plan.count; caseNo++) {
    const own = plan.scorersOf(caseNo);
    if (own === undefined || own.includes(scorer)) continue;
    exempt[caseNo] = 1;
    any = true;
  }
  return any ? exempt : null;
}

function casesOf(plan: Plan): StoredCase[] {
  const tags = Array.from({ length: plan.count }, (): string[] => []);
  for (const [tag, cases] of plan.tags) for (const caseNo of cases) tags[caseNo]?.push(tag);
  return tags.map((own, caseNo) => ({
    case_no: caseNo,
    id: plan.id(caseNo),
    content_hash: plan.contentHash(caseNo),
    request_hash: plan.requestHash(caseNo),
    key: plan.key(caseNo),
    tags: own,
    planned: plan.planned(caseNo),
  }));
}

/**
 * The number of missing trials of a case: those that errored or were skipped. After an early stop, trials that were
 * not asked are not missing.
 */
function missingTrials(ran: GatedRun): (caseNo: number) => number {
  if (ran.end.kind === "decided") return (caseNo) => itemAt(ran.tally.errored, caseNo);
  return (caseNo) => ran.plan.planned(caseNo) - itemAt(ran.tally.answered, caseNo);
}

/** The cases that match a selector of the gate, `tag:…` or `case:…`. */
function* selectedBy(
  plan: Plan,
  selector: string,
): IterableIterator<{ readonly case_no: number; readonly id: string }> {
  if (selector.startsWith("tag:")) {
    for (const case_no of plan.tags.get(selector.slice(4)) ?? []) yield { case_no, id: plan.id(case_no) };
    return;
  }
  const wanted = selector.slice("case:".length);
  for (let case_no = 0; case_no < plan.count; case_no++) {
    if (plan.id(case_no) === wanted) yield { case_no, id: wanted };
  }
}
