import type { Project } from "../../domain/project.ts";
import { judgeOutsideRun } from "../../run/judge-outside-run.ts";
import type { JudgePool } from "../../run/judge-pool.ts";
import { priceJudging } from "../../run/judge-session.ts";
import type { Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { agreeToPrice, type JudgingConsent } from "../judging/judging-price.ts";

export interface TrafficJudging {
  readonly project: Project;
  readonly store: Store;
  readonly io: Environment;
  readonly consent: JudgingConsent;
  /** The command as typed, for an error message. */
  readonly command: string;
  /** Aborts the calls in flight. */
  readonly signal?: AbortSignal | undefined;
}

/** The judge calls that were made for traffic so far, and so belong to no run. */
export interface JudgedSoFar {
  readonly calls: number;
  /** US dollars; null when any reply's cost is unknown. */
  readonly usd: number | null;
}

/**
 * Lets the judges of a pool score traffic, after the user has allowed their cost. Stored verdicts are reused.
 *
 * @param priced passes every answer to its judges once. This only counts the calls that are needed; no call is made
 * @returns a function that gives the totals so far; it gives null without judges
 * @throws {EvalsError} EVALS_RESCORE_COSTS with the price, if the user has not allowed it; EVALS_KEY_UNSET for a
 * missing key
 */
export async function judgingTraffic(
  pool: JudgePool,
  { project, store, io, consent, command, signal = new AbortController().signal }: TrafficJudging,
  priced: () => Promise<void>,
): Promise<() => JudgedSoFar | null> {
  if (pool.asked().length === 0) return () => null;
  const priceSoFar = priceJudging(pool, store);
  await priced();
  agreeToPrice(pool, priceSoFar(), { project, io, consent, command });
  const { budget } = consent;
  const costSoFar = judgeOutsideRun(pool, {
    store,
    budget: budget === null ? null : { usd: budget },
    signal,
    dependencies: { sleep: io.sleep, random: io.random, now: io.now },
  });
  return () => {
    const { calls, usd, unpriced } = costSoFar();
    return { calls, usd: unpriced === 0 ? usd : null };
  };
}
