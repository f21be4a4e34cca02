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
  /** The command as it was given, for a mistake. */
  readonly command: string;
}

/** What judges were asked outside of a run. */
export interface JudgedSoFar {
  readonly calls: number;
  /** US dollars; null as soon as one reply's cost is unknown. */
  readonly usd: number | null;
}

/**
 * Lets the judges of a pool ask about traffic, once their price was agreed to. Their earlier verdicts are read back.
 * @param priced goes over all that is to be judged, without waiting for anybody
 * @returns what it came to; null without judges
 * @throws {EvalsError} EVALS_RESCORE_COSTS with the price when nobody agreed to it; EVALS_KEY_UNSET for a key that asking needs
 */
export async function judgingTraffic(
  pool: JudgePool,
  { project, store, io, consent, command }: TrafficJudging,
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
    signal: new AbortController().signal,
    dependencies: { sleep: io.sleep, random: io.random, now: io.now },
  });
  return () => {
    const { calls, usd, unpriced } = costSoFar();
    return { calls, usd: unpriced === 0 ? usd : null };
  };
}
