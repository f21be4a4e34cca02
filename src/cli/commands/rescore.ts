import type { Case } from "../../domain/case.ts";
import { DEFAULT_CONCURRENCY } from "../../domain/config.ts";
import { EvalsError } from "../../domain/problem.ts";
import { type EndedStatus, isUnfinished, type RunHeader, type RunStatus } from "../../domain/run.ts";
import { judgingFor, priceText } from "../../operations/judging/judging-price.ts";
import { findRun } from "../../operations/project/find-run.ts";
import { locate, openProject } from "../../operations/project/open-project.ts";
import { openWrittenHistory } from "../../operations/project/open-written-history.ts";
import { replayOf } from "../../operations/running/replay-model.ts";
import { percent, plural } from "../../reports/format-numbers.ts";
import { runName } from "../../reports/headline.ts";
import { documentText } from "../../reports/json/documents.ts";
import { plainLine } from "../../reports/plain-text.ts";
import { measure } from "../../run/assemble-report.ts";
import { judgeDesk } from "../../run/judge-desk.ts";
import { closeScorers, openScorers, scorerHost } from "../../run/open-scorers.ts";
import { rescoreRun } from "../../run/rescore-run.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { keepHeapSmall } from "../small-heap.ts";

/** `evals rescore`: the same answers under today's scorers, as a run of its own. */
export async function rescoreCommand(
  options: Record<string, unknown>,
  word: string,
  io: Io,
): Promise<number> {
  keepHeapSmall();
  const directory = options.directory as string | undefined;
  const store = await openWrittenHistory(locate(io, directory).root, io);
  try {
    const run = findRun(store, word);
    if (!hasAnswer(store, run)) throw nothingToScore(run.header);
    const project = await openProject(io, { directory, suites: [run.header.suite] });
    const suite = project.suites[0];
    if (suite === undefined) throw gone(run.header.suite);
    const concurrency = suite.suite.concurrency ?? project.config.defaults.concurrency ?? DEFAULT_CONCURRENCY;
    const desk = judgeDesk(project, {
      concurrency,
      instead: options.replay === true ? await replayOf() : undefined,
    });
    const host = scorerHost(project, { concurrency, judges: desk.host });
    const scorers = await openScorers(suite, host);
    const cases = suite.openCases();
    try {
      const places = new Map(Array.from({ length: cases.count }, (_, index) => [cases.id(index), index]));
      const today = (id: string): Case | undefined => {
        const at = places.get(id);
        return at === undefined ? undefined : cases.read(at);
      };
      const input = { run, scorers, types: suite.scorers.map((one) => one.definition.type), today };
      const judging = await judgingFor(input, desk, { project, store, io, options });
      const { header, tally, writer, unjudged, unreachable } = await rescoreRun(
        input,
        { id: io.randomHex(4), started_at: io.date().toISOString() },
        store,
        judging.start,
      );
      const judged = judging.totals();
      const { metrics } = measure(header, tally, new Map(), store.unscoredSpending(writer.no), judged);
      const status = tally.totalErrored + unjudged > 0 ? "incomplete" : endedStatus(run.status);
      const counts = {
        cases: header.cases,
        trials: header.planned,
        answered: tally.totalAnswered,
        errored: tally.totalErrored,
        skipped: status === "stopped_early" ? 0 : header.planned - tally.totalAnswered - tally.totalErrored,
        not_needed:
          status === "stopped_early" ? header.planned - tally.totalAnswered - tally.totalErrored : 0,
        calls: 0,
        ...(judged === null ? {} : { judge_calls: judged.calls }),
        cached: tally.totalCached,
      };
      const document = {
        id: header.id,
        rescored_from: run.header.id,
        suite: header.suite,
        fingerprint: header.fingerprint,
        counts,
        metrics,
      };
      writer.end(status, document as never, io.date().toISOString());
      if (options.json === true)
        io.stdout(documentText({ schema: "evals.rescore/1", exit: EXIT.ok, run: document }));
      else {
        const rate = metrics.pass_rate?.value;
        const before = (run.report as { metrics?: typeof metrics } | null)?.metrics?.pass_rate?.value;
        io.stdout(
          `${header.id}  ${runName(header)}  ${plural(counts.answered, "answer")} of run ${run.header.id} scored again\n` +
            `  pass rate ${before === null || before === undefined ? "unknown" : percent(before)} → ${rate === null || rate === undefined ? "unknown" : percent(rate)}\n` +
            (judged === null
              ? ""
              : `  judges ${plural(judged.calls, "call")}, ${priceText(judged.cost_usd)}\n`) +
            (unjudged === 0
              ? ""
              : `  ${plural(unjudged, "answer")} not judged: ${unreachable === null ? "the budget is reached" : `nobody answered the judge (${plainLine(unreachable)})`}\n`) +
            `  its cases: evals show ${header.id} --failing\n`,
        );
      }
      return EXIT.ok;
    } finally {
      await closeScorers(scorers);
      await desk.close();
      cases.close();
    }
  } finally {
    store.close();
  }
}

/** An answer that a scorer could not score is one too. */
function hasAnswer(store: Store, run: StoredRun): boolean {
  return store
    .cases(run.no)
    .some(({ case_no }) => store.trials(run.no, case_no).some((one) => one.answer !== null));
}

function nothingToScore({ id, suite }: RunHeader): EvalsError {
  return new EvalsError({
    code: "EVALS_RESCORE_NO_ANSWER",
    what: `Run ${id} (${suite}) has no answer, so there is nothing to score again.`,
    why: "Every trial errored or was skipped, and a run of nothing would be the newest one.",
    fix: `evals run ${suite} --resume --run ${id}`,
  });
}

/** Scored again, a run that has not ended is one that lacks trials. */
function endedStatus(status: RunStatus): EndedStatus {
  return isUnfinished(status) ? "incomplete" : status;
}

function gone(suite: string): EvalsError {
  return new EvalsError({
    code: "EVALS_SUITE_UNKNOWN",
    what: `The suite "${suite}" of that run is not here any more.`,
    why: "Its scorers are read from its file.",
    fix: `Restore evals/${suite}.yaml`,
  });
}
