import { EvalsError } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import type { RunHeader } from "../../domain/run.ts";
import { dollars, plural } from "../../reports/format-numbers.ts";
import { openSharedBudget } from "../../run/budget-guard.ts";
import type { JudgePool } from "../../run/judge-pool.ts";
import { beginJudging, type JudgeTotals, type JudgingPrice, priceJudging } from "../../run/judge-session.ts";
import { type RescoreInput, rescore } from "../../run/rescore-run.ts";
import type { RunWriter, Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { unusableKeys } from "../running/unusable-keys.ts";

/** What the user allows judges to cost. */
export interface JudgingConsent {
  /** Whether any cost is allowed. */
  readonly yes: boolean;
  /** Maximum in US dollars; null without a limit. */
  readonly budget: number | null;
}

export interface JudgingContext {
  readonly project: Project;
  readonly store: Store;
  readonly io: Environment;
  readonly consent: JudgingConsent;
}

/** The judges of a rescoring, after the user has allowed their cost. */
export interface Judging {
  /** Called once for each run that the rescoring creates. */
  start(header: RunHeader, writer: RunWriter): void;
  /** The judges' calls and cost in all runs that the rescoring creates; null without judges. */
  totals(): JudgeTotals | null;
}

/**
 * Counts the questions that judges must be asked. If the user allows their cost, a notice says what it is.
 *
 * @throws {EvalsError} EVALS_RESCORE_COSTS with the cost when it is not allowed; EVALS_KEY_UNSET for a missing key
 */
export async function judgingFor(
  inputs: readonly [RescoreInput, ...RescoreInput[]],
  pool: JudgePool,
  { project, store, io, consent }: JudgingContext,
): Promise<Judging> {
  if (pool.asked().length === 0) return { start: () => {}, totals: () => null };
  const { budget } = consent;
  const priceSoFar = priceJudging(pool, store);
  for (const input of inputs) await rescore(input, store);
  const command = `evals rescore ${inputs[0].run.header.id}`;
  agreeToPrice(pool, priceSoFar(), { project, io, consent, command });
  const sharedBudget = openSharedBudget(budget === null ? null : { usd: budget });
  const begun: (() => JudgeTotals | null)[] = [];
  return {
    start: (header, writer) => {
      begun.push(
        beginJudging(pool, {
          header,
          writer,
          store,
          sharedBudget,
          signal: new AbortController().signal,
          useCache: true,
          trials: header.planned,
          calls: 0,
          dependencies: { sleep: io.sleep, random: io.random, now: io.now },
        }),
      );
    },
    totals: () => begun.map((one) => one()).reduce(judgedTogether, null),
  };
}

function judgedTogether(a: JudgeTotals | null, b: JudgeTotals | null): JudgeTotals | null {
  if (a === null || b === null) return a ?? b;
  const usd = a.cost_usd === null || b.cost_usd === null ? null : a.cost_usd + b.cost_usd;
  return { ...a, calls: a.calls + b.calls, cost_usd: usd };
}

/**
 * Checks that the user allows the cost of judges; a notice then says what it is.
 *
 * @param command the command as typed, for an error message
 * @throws {EvalsError} like `judgingFor`
 */
export function agreeToPrice(
  pool: JudgePool,
  price: JudgingPrice,
  {
    project,
    io,
    consent: { yes, budget },
    command,
  }: Pick<JudgingContext, "project" | "io" | "consent"> & { readonly command: string },
): void {
  if (price.calls === 0) return;
  if (price.usd !== 0 && !yes && budget === null) throw new EvalsError(costs(command, price));
  if (budget !== null && price.usd === null) throw new EvalsError(unpriced(command));
  const unset = pool.models().flatMap((model) => unusableKeys(project, model));
  if (unset.length > 0) throw new EvalsError(unset);
  io.notice(`Asking judges ${plural(price.calls, "time")}, ${about(price)}.`);
}

function about({ usd }: JudgingPrice): string {
  return usd === null ? "cost unknown" : `about ${dollars(usd)}`;
}

function costs(command: string, price: JudgingPrice) {
  const known = price.usd === null ? "" : `, or --budget ${(price.usd * 1.5).toPrecision(2)}`;
  return {
    code: "EVALS_RESCORE_COSTS",
    what: `Judges have not judged all of these answers yet. The missing verdicts take ${plural(price.calls, "call")}, ${about(price)}.`,
    why: "Stored verdicts are reused; the other verdicts have to be paid for.",
    fix: `${command} --yes${known}`,
  };
}

function unpriced(command: string) {
  return {
    code: "EVALS_BUDGET_UNPRICED",
    what: "The budget is in dollars, and the model of a judge has no price.",
    why: "An unknown cost is not zero, and spending could not be stopped at the budget.",
    fix: `Give the model a price in evalconfig.yaml, or: ${command} --yes`,
  };
}
