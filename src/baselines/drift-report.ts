import type { DriftEntry, DriftReport, DriftVerdict, JudgeDrift, JudgedAgain } from "../domain/drift.ts";
import {
  DRIFT_THRESHOLD,
  driftChart,
  falseAlarmProbability,
  SHIRYAEV_ROBERTS_THRESHOLD,
  shiryaevRobertsNow,
  valuesToFind,
} from "../statistics/drift-chart.ts";
import type { Night } from "./drift-night.ts";

/** One run of a drift series, with its comparison with the baseline. */
export interface SeriesRun {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The run's comparison with the baseline; null when too few cases were answered. */
  readonly night: Night | null;
  readonly judge: JudgedAgain | undefined;
  /**
   * Set when the run has the same recorded answers as another run of the series (its id), or as the baseline. Such a run
   * is no new evidence.
   */
  readonly repeats?: string | undefined;
}

/** In place of a run's id: the recorded answers are those of the baseline. */
export const BASELINE_ITSELF = "baseline";

/** The report gives the chance of a false alarm in this many runs. */
const RUNS = 30;

export interface DriftQuestion {
  /** The runs of the drift series, oldest first; at least one. */
  readonly runs: readonly SeriesRun[];
  /** Smallest change of the pass rate that must be detected, as a difference of values in [0, 1]: 0.05 is 5 points. */
  readonly change: number;
  /** The suite's judge; null for a suite without a judge. */
  readonly judge: { readonly calibrated: boolean } | null;
}

type Decided = Omit<DriftReport, "suite" | "target" | "retirements" | "notes">;

/** The result of the control chart for a drift series, and how reliable that result is. */
export function driftReport({ runs, change, judge }: DriftQuestion): Decided {
  const measured = runs.flatMap(({ id, night, repeats }) => (night === null ? [] : [{ id, night, repeats }]));
  const counted = measured.filter(({ repeats }) => repeats === undefined);
  const values = counted.map(({ night }) => night.z);
  const chart = driftChart(values);
  const [last, newest] = [chart.at(-1), (counted.at(-1) ?? measured.at(-1))?.night];
  const found =
    newest === undefined ? Number.POSITIVE_INFINITY : valuesToFind(change / floored(newest, change));
  const isAlarm = last?.alarm === true;
  const isKnown = runs.at(-1)?.night !== null && counted.length >= found;
  return {
    verdict: isAlarm ? "drift" : isKnown ? "no_drift" : "not_enough_evidence",
    direction: !isAlarm ? null : last.direction === "up" ? "better" : "worse",
    since: isAlarm ? (counted[last.since]?.id ?? null) : null,
    statistic: last?.statistic ?? 0,
    threshold: DRIFT_THRESHOLD,
    shiryaev_roberts: { value: shiryaevRobertsNow(values) ?? 0, threshold: SHIRYAEV_ROBERTS_THRESHOLD },
    false_alarm: {
      runs: RUNS,
      probability: newest === undefined ? null : falseAlarmProbability(RUNS, newest.shared),
    },
    finds: { change, runs: Number.isFinite(found) ? found : null },
    judge: judge === null ? null : judgeDrift(runs, change, judge.calibrated),
    series: entriesOf(runs, chart),
  };
}

/**
 * The standard error of a run, with a lower limit for few trials. Without the limit, the error of a run whose trials
 * all agree would be 0, although few trials cannot show a small change.
 */
function floored({ error, trials }: Night, change: number): number {
  return Math.max(error, Math.sqrt((change * (1 - change)) / trials));
}

function entriesOf(runs: readonly SeriesRun[], chart: ReturnType<typeof driftChart>): DriftEntry[] {
  let at = -1;
  return runs.map(({ id, at: when, night, repeats }) => {
    const isCounted = night !== null && repeats === undefined;
    if (isCounted) at++;
    const { delta = null, z = null } = night ?? {};
    return {
      ...{ run: id, at: when, delta, z: isCounted ? z : null, statistic: chart[at]?.statistic ?? 0 },
      ...(repeats === undefined ? {} : { same_answers_as: repeats }),
    };
  });
}

function judgeDrift(runs: readonly SeriesRun[], change: number, calibrated: boolean): JudgeDrift {
  const judged = runs.flatMap(({ judge }) => judge ?? []);
  const last = driftChart(judged.map(({ z }) => z)).at(-1);
  const newest = judged.at(-1) ?? null;
  return {
    verdict: judgeVerdict(last?.alarm === true, judged.length, newest, change),
    statistic: last?.statistic ?? 0,
    threshold: DRIFT_THRESHOLD,
    calibrated,
    newest,
  };
}

/**
 * The verdict about the judge's own drift. A judge that never changed a verdict has a standard error of 0, so a lower
 * limit is used: the error that the judge would have if a share `change` of its verdicts changed in one direction.
 */
function judgeVerdict(
  isAlarm: boolean,
  runs: number,
  newest: JudgedAgain | null,
  change: number,
): DriftVerdict {
  if (isAlarm) return "drift";
  if (newest === null) return "not_enough_evidence";
  const error = Math.max(newest.error, Math.sqrt(change / newest.answers));
  return runs >= valuesToFind(change / error) ? "no_drift" : "not_enough_evidence";
}
