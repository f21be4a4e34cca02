import type { Case, CaseSource } from "../domain/case.ts";
import { DEFAULT_CONCURRENCY } from "../domain/config.ts";
import { allItems } from "../domain/pages.ts";
import { EvalsError } from "../domain/problem.ts";
import { suiteOf } from "../domain/project.ts";
import type { RunReport } from "../domain/report.ts";
import { resumeCommand } from "../domain/resume-command.ts";
import {
  type EndedStatus,
  isUnfinished,
  type Metrics,
  type RunHeader,
  type RunStatus,
} from "../domain/run.ts";
import { storedSummary } from "../domain/stored-summary.ts";
import type { Tally } from "../metrics/tally.ts";
import type { RescoredResult } from "../reports/json/rescore-json.ts";
import { measure } from "../run/assemble-report.ts";
import { errorReports } from "../run/error-reports.ts";
import { judgePool } from "../run/judge-pool.ts";
import type { JudgeTotals } from "../run/judge-session.ts";
import { closeScorers, openScorers, scorerHost } from "../run/open-scorers.ts";
import { besideScores, type PressureTotals, readFlips } from "../run/read-flips.ts";
import { rescoreRun } from "../run/rescore-run.ts";
import { speakerOf } from "../run/speaker-of.ts";
import type { Store, StoredRun } from "../store/store.ts";
import { withheldStore } from "../store/withheld-store.ts";
import type { Environment } from "./environment.ts";
import { suiteTrust } from "./gating/judge-trust.ts";
import { type JudgingConsent, judgingFor } from "./judging/judging-price.ts";
import { rescoreVariants, variantsToRescore } from "./pressing/rescore-variants.ts";
import { findRun } from "./project/find-run.ts";
import { locate, openProject } from "./project/open-project.ts";
import { restrictedRuns } from "./project/restricted-runs.ts";
import { openWrittenHistory } from "./project/stored-history.ts";
import { refuseCodeOf } from "./running/prepare-runs.ts";
import { replayOf } from "./running/replay-model.ts";

export interface RescoreInput {
  readonly directory: string | undefined;
  /** Run id, a prefix of it, or `latest`. */
  readonly run: string;
  /** What judges may cost. They are asked only about answers that they have not judged yet. */
  readonly consent: JudgingConsent;
  /** Whether judges take their replies from recordings, so that no judge's model is asked. */
  readonly replay: boolean;
}

/** The result of scoring a run's answers with the current scorers. */
export interface Rescored {
  /** The header of the new run. */
  readonly header: RunHeader;
  readonly result: RescoredResult;
  /** The pass rate of the same answers with their earlier scores; null when it is unknown. */
  readonly passRateBefore: number | null;
  /** The calls and the cost of judges; null without judges. */
  readonly judged: JudgeTotals | null;
  /** Number of answers without a judge's verdict: no judge was asked, or none replied. */
  readonly unjudged: number;
  /** Why a judge's model could not be reached; null when each one could. */
  readonly unreachable: string | null;
}

/**
 * Scores the stored answers of a run again with the current scorers, as a new run.
 *
 * @throws {EvalsError} EVALS_RESCORE_COSTS with the price when judges would have to be paid without consent
 */
export async function rescore(environment: Environment, input: RescoreInput): Promise<Rescored> {
  const { directory } = input;
  const store = await openWrittenHistory(locate(environment, directory).root, environment);
  try {
    const run = await findRun(store, input.run);
    if (!(await hasAnswer(store, run))) throw nothingToScore(run.header);
    const project = await openProject(environment, { directory, suites: [run.header.suite] });
    const suite = suiteOf(project, run.header);
    if (suite === undefined) throw gone(run.header.suite);
    await refuseCodeOf(project, [suite], () => []);
    const concurrency = suite.suite.concurrency ?? project.config.defaults.concurrency ?? DEFAULT_CONCURRENCY;
    const pool = judgePool(project, { concurrency, instead: input.replay ? await replayOf() : undefined });
    const host = scorerHost(project, { concurrency, judges: pool.host });
    const scorers = await openScorers(suite, host);
    if (project.redaction !== undefined && scorers.some((one) => one.raw === true)) {
      await closeScorers(scorers);
      throw notKept(suite.name, scorers.find((one) => one.raw === true)?.name ?? "");
    }
    const cases = await suite.openCases();
    try {
      const types = suite.scorers.map((one) => one.definition.type);
      const { believed } = suiteTrust(project.root, suite.name, suite.suite.gate, scorers);
      const scored = { run, scorers, types, believed, speaker: speakerOf(suite), today: casesById(cases) };
      const variants = await variantsToRescore(scored, store);
      const judging = await judgingFor([scored, ...variants], pool, {
        project,
        store,
        io: environment,
        consent: input.consent,
      });
      const { header, tally, writer, unjudged, unreachable } = await rescoreRun(
        scored,
        { id: environment.randomHex(4), started_at: environment.date().toISOString() },
        store,
        judging.start,
      );
      await rescoreVariants(variants, header, { store, io: environment, onStart: judging.start });
      const ids = (await allItems((page) => store.read.cases(writer.no, page))).map(({ id }) => id);
      const pressure = await readFlips({ no: writer.no, header, ids }, store);
      if (pressure !== null) tally.flips = pressure.flips;
      const judged = judging.totals();
      const { metrics } = measure(
        header,
        tally,
        new Map(),
        besideScores(await store.read.unscoredSpending(writer.no), pressure),
        judged,
      );
      const status = tally.totalErrored + unjudged > 0 ? "incomplete" : endedStatus(run.status);
      // A scorer's failure may quote the answer.
      const shown = restrictedRuns(project.root)(header) ? withheldStore(store) : store;
      const errors = await errorReports(tally, writer.no, shown);
      const result = resultOf({ run, header, tally, status, judged, metrics, pressure, errors });
      writer.end(status, result as never, environment.date().toISOString());
      return { header, result, passRateBefore: passRateOf(run), judged, unjudged, unreachable };
    } finally {
      await closeScorers(scorers);
      await pool.close();
      cases.close();
    }
  } finally {
    store.close();
  }
}

interface ScoredAgain {
  readonly run: StoredRun;
  readonly header: RunHeader;
  readonly tally: Tally;
  readonly status: EndedStatus;
  readonly judged: JudgeTotals | null;
  readonly metrics: Metrics;
  readonly pressure: PressureTotals | null;
  readonly errors: RunReport["errors"];
}

function resultOf({
  run,
  header,
  tally,
  status,
  judged,
  metrics,
  pressure,
  errors,
}: ScoredAgain): RescoredResult {
  const left = header.planned - tally.totalAnswered - tally.totalErrored;
  return {
    id: header.id,
    rescored_from: run.header.id,
    suite: header.suite,
    fingerprint: header.fingerprint,
    counts: {
      cases: header.cases,
      trials: header.planned,
      answered: tally.totalAnswered,
      errored: tally.totalErrored,
      skipped: status === "stopped_early" ? 0 : left,
      not_needed: status === "stopped_early" ? left : 0,
      calls: 0,
      ...(judged === null ? {} : { judge_calls: judged.calls }),
      cached: tally.totalCached,
      ...(pressure === null ? {} : { variants: pressure.counts }),
    },
    metrics,
    error_examples: errors,
  };
}

/** Returns a function that finds a case of the current dataset by its id; undefined when there is none. */
function casesById(cases: CaseSource): (id: string) => Case | undefined {
  const places = new Map(Array.from({ length: cases.count }, (_, index) => [cases.id(index), index]));
  return (id) => {
    const at = places.get(id);
    return at === undefined ? undefined : cases.read(at);
  };
}

function passRateOf(run: StoredRun): number | null {
  return storedSummary(run).metrics?.pass_rate?.value ?? null;
}

/** Whether a run has at least one answer, scored or not. */
async function hasAnswer({ read }: Store, { no }: StoredRun): Promise<boolean> {
  const { items } = await read.answerIds(no, { limit: 1 });
  return items.length > 0;
}

function nothingToScore(header: RunHeader): EvalsError {
  const { id, suite } = header;
  return new EvalsError({
    code: "EVALS_RESCORE_NO_ANSWER",
    what: `Run ${id} (${suite}) has no answer, so there is nothing to score again.`,
    why: "Every trial errored or was skipped, so the new run would have no scores.",
    fix: resumeCommand(header),
  });
}

/** The status of the new run: that of the original run, or `incomplete` if the original run had not ended. */
function endedStatus(status: RunStatus): EndedStatus {
  return isUnfinished(status) ? "incomplete" : status;
}

function notKept(suite: string, scorer: string): EvalsError {
  return new EvalsError({
    code: "EVALS_RESCORE_RAW",
    what: `The scorer "${scorer}" of suite ${suite} has \`raw: true\`, and the text that it reads is not stored.`,
    why: "`redact` removed personal data from the answers before they were stored, and this scorer reads them unchanged.",
    fix: `\`evals run ${suite} --no-cache\` asks again, and scores each answer before it is redacted.`,
  });
}

function gone(suite: string): EvalsError {
  return new EvalsError({
    code: "EVALS_SUITE_UNKNOWN",
    what: `The run's suite "${suite}" is no longer in this project.`,
    why: "The answers would be scored with the scorers in the suite's file.",
    fix: `Restore evals/${suite}.yaml`,
  });
}
