import type { Case } from "../../domain/case.ts";
import { EvalsError } from "../../domain/problem.ts";
import { computeMetrics } from "../../metrics/compute-metrics.ts";
import { percent, plural } from "../../reports/format-numbers.ts";
import { documentText } from "../../reports/json/documents.ts";
import { closeScorers, openScorers } from "../../run/open-scorers.ts";
import { rescoreRun } from "../../run/rescore-run.ts";
import { openStore } from "../../store/open-store.ts";
import { EXIT } from "../exit-code.ts";
import { findRun } from "../find-run.ts";
import type { Io } from "../io.ts";
import { locate, openProject } from "../open-project.ts";

/** `evals rescore`: the same answers under today's scorers, as a run of its own. */
export async function rescoreCommand(
  options: Record<string, unknown>,
  word: string,
  io: Io,
): Promise<number> {
  const directory = options.directory as string | undefined;
  const store = await openStore(locate(io, directory).root);
  try {
    const run = findRun(store, word);
    const project = await openProject(io, { directory, suites: [run.header.suite] });
    const suite = project.suites[0];
    if (suite === undefined) throw gone(run.header.suite);
    const scorers = await openScorers(suite, { root: project.root, env: project.env, concurrency: 1 });
    const cases = suite.openCases();
    try {
      const places = new Map(Array.from({ length: cases.count }, (_, index) => [cases.id(index), index]));
      const today = (id: string): Case | undefined => {
        const at = places.get(id);
        return at === undefined ? undefined : cases.read(at);
      };
      const { header, tally, writer } = await rescoreRun(
        { run, scorers, types: suite.scorers.map((one) => one.definition.type), today },
        { id: io.randomHex(4), started_at: io.date().toISOString() },
        store,
      );
      const metrics = computeMetrics(tally, {
        trials: header.trials,
        scorers: header.scorers.map((one) => one.name),
      });
      const status = tally.totalErrored > 0 ? "incomplete" : run.status;
      const counts = {
        cases: header.cases,
        trials: header.planned,
        answered: tally.totalAnswered,
        errored: tally.totalErrored,
        skipped: status === "stopped_early" ? 0 : header.planned - tally.totalAnswered - tally.totalErrored,
        not_needed:
          status === "stopped_early" ? header.planned - tally.totalAnswered - tally.totalErrored : 0,
        calls: 0,
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
          `${header.id}  ${header.suite}  ${plural(counts.answered, "answer")} of run ${run.header.id} scored again\n` +
            `  pass rate ${before === null || before === undefined ? "unknown" : percent(before)} → ${rate === null || rate === undefined ? "unknown" : percent(rate)}\n` +
            `  its cases: evals show ${header.id} --failing\n`,
        );
      }
      return EXIT.ok;
    } finally {
      await closeScorers(scorers);
      cases.close();
    }
  } finally {
    store.close();
  }
}

function gone(suite: string): EvalsError {
  return new EvalsError({
    code: "EVALS_SUITE_UNKNOWN",
    what: `The suite "${suite}" of that run is not here any more.`,
    why: "Its scorers are read from its file.",
    fix: `Restore evals/${suite}.yaml`,
  });
}
