import type { JudgeHost } from "../../domain/judge.ts";
import { forbidsCode } from "../../domain/no-exec.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { LoadedSuite } from "../../domain/project.ts";
import { checkCases } from "../../project/check-cases.ts";
import { checkRendering } from "../../project/check-leaks.ts";
import { collectAsync } from "../../project/file-problems.ts";
import { tidyProblems } from "../../project/tidy-problems.ts";
import { UnreadProject } from "../../project/unread-project.ts";
import { judgePool } from "../../run/judge-pool.ts";
import {
  closeScorers,
  type OpenedScorers,
  openEachScorer,
  scorerHost,
  withUnopened,
} from "../../run/open-scorers.ts";

/**
 * Adds further mistakes to the error of a project whose files have mistakes. It opens scorers and reads cases to find
 * them, so that all mistakes are reported together. Any other error is returned unchanged.
 */
export async function withFurtherMistakes(error: unknown): Promise<unknown> {
  return error instanceof UnreadProject ? new EvalsError(await furtherMistakes(error)) : error;
}

async function furtherMistakes(unread: UnreadProject): Promise<Problem[]> {
  const { project, unfinished, modelsMissing } = unread;
  // Opening scorers could run code, which is forbidden here.
  if (forbidsCode(project.env)) return [...unread.problems];
  const judges = judgePool(project, { concurrency: 1 });
  const host = modelsMissing ? filesOnly(judges.host) : judges.host;
  const problems: Problem[] = [...unread.problems];
  const suites = [...project.suites.map((suite) => ({ suite, whole: true })), ...unfinished];
  try {
    for (const { suite, whole } of suites) {
      const scorers = await openEachScorer(suite, scorerHost(project, { concurrency: 1, judges: host }));
      problems.push(...scorers.problems);
      if (whole)
        await collectAsync(problems, async () => problems.push(...(await caseMistakes(suite, scorers))));
      await closeScorers(scorers.open);
    }
  } finally {
    await judges.close();
  }
  return tidyProblems(problems);
}

/** What the cases lack for the suite's prompt and scorers. Scorers that cannot be opened are taken into account. */
async function caseMistakes(suite: LoadedSuite, scorers: OpenedScorers): Promise<Problem[]> {
  const cases = await suite.openCases();
  try {
    const rendering = suite.prompt === null ? [] : checkRendering(suite.prompt, cases, suite);
    return [...checkCases(suite, cases, withUnopened(suite, scorers)), ...rendering];
  } finally {
    cases.close();
  }
}

/** Lets judges' files be checked without their models. Mistakes in the models are reported elsewhere. */
function filesOnly(host: JudgeHost): JudgeHost {
  const unknown = (): Promise<never> => Promise.reject(new EvalsError([]));
  return { ...host, model: unknown };
}
