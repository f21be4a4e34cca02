import type { JudgeHost } from "../../domain/judge.ts";
import { forbidsCode } from "../../domain/no-exec.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { LoadedModel, LoadedSuite, Project } from "../../domain/project.ts";
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
import { openTarget } from "../../run/open-target.ts";

/**
 * Adds further mistakes to the error of a project whose files have mistakes, so that all are reported together. To
 * find them, scorers are opened and cases are read. Any other error is returned unchanged.
 */
export async function withFurtherMistakes(error: unknown): Promise<unknown> {
  return error instanceof UnreadProject ? new EvalsError(await furtherMistakes(error)) : error;
}

async function furtherMistakes(unread: UnreadProject): Promise<Problem[]> {
  const { project, unfinished, modelsMissing } = unread;
  // Opening scorers could run the project's code, which the environment forbids (EVALS_NO_EXEC).
  if (forbidsCode(project.env)) return [...unread.problems];
  const judges = judgePool(project, { concurrency: 1 });
  const host = modelsMissing ? filesOnly(judges.host) : judges.host;
  const problems: Problem[] = [];
  const suites = [...project.suites.map((suite) => ({ suite, whole: true })), ...unfinished];
  try {
    for (const { suite, whole } of suites) problems.push(...(await mistakesOf(project, suite, host, whole)));
  } finally {
    await judges.close();
  }
  const isKnown = ({ code }: Problem): boolean => !modelsMissing || code !== "EVALS_MODEL_UNKNOWN";
  return tidyProblems([...unread.problems, ...problems.filter(isKnown)]);
}

/**
 * The mistakes in the cases, prompt, scorers and models of a suite whose own file has none. A mistake in one of these
 * does not keep the others from being checked.
 */
export async function suiteMistakes(project: Project, suite: LoadedSuite): Promise<readonly Problem[]> {
  const judges = judgePool(project, { concurrency: 1 });
  try {
    return tidyProblems(await mistakesOf(project, suite, judges.host, true));
  } finally {
    await judges.close();
  }
}

async function mistakesOf(
  project: Project,
  suite: LoadedSuite,
  judges: JudgeHost,
  whole: boolean,
): Promise<Problem[]> {
  const scorers = await openEachScorer(suite, scorerHost(project, { concurrency: 1, judges }));
  const problems = [...scorers.problems];
  if (whole) await collectAsync(problems, async () => problems.push(...(await caseMistakes(suite, scorers))));
  await closeScorers(scorers.open);
  const person = suite.person === undefined ? [] : [suite.person.model];
  for (const model of new Set([...suite.models, ...person]))
    if (model.provider.prompt !== "required") problems.push(...(await targetMistakes(project, suite, model)));
  return problems;
}

/** The mistakes that show when a target is opened, for instance in the file of a recording. Nothing is asked. */
async function targetMistakes(project: Project, suite: LoadedSuite, model: LoadedModel): Promise<Problem[]> {
  const problems: Problem[] = [];
  const ids = await collectAsync([], () => idsOf(suite));
  const keys = model.provider.keys?.(model.settings) ?? [];
  const env = { ...Object.fromEntries(keys.map((name) => [name, "unset"])), ...project.env };
  const options = { concurrency: 1, caseIds: () => ids ?? [] };
  await collectAsync(problems, async () =>
    (await openTarget({ ...project, env }, model, options)).client.close(),
  );
  // Without the ids of the cases, every answer would be reported as the answer to an unknown case.
  return problems.filter(({ code }) => ids !== undefined || code !== "EVALS_OUTPUTS_UNKNOWN_CASE");
}

async function idsOf(suite: LoadedSuite): Promise<readonly string[]> {
  const cases = await suite.openCases();
  try {
    return Array.from({ length: cases.count }, (_, at) => cases.id(at));
  } finally {
    cases.close();
  }
}

/** What the cases lack for the suite's prompt and scorers. Scorers that could not be opened count as scorers too. */
async function caseMistakes(suite: LoadedSuite, scorers: OpenedScorers): Promise<Problem[]> {
  const cases = await suite.openCases();
  try {
    const rendering = suite.prompt === null ? [] : checkRendering(suite.prompt, cases, suite);
    return [...(await checkCases(suite, cases, withUnopened(suite, scorers))), ...rendering];
  } finally {
    cases.close();
  }
}

/** Lets judges' files be checked without their models. The check of the config reports mistakes in the models. */
function filesOnly(host: JudgeHost): JudgeHost {
  const unknown = (): Promise<never> => Promise.reject(new EvalsError([]));
  return { ...host, model: unknown };
}
