import { EvalsError, type Problem, SettingMistake } from "../domain/problem.ts";
import type { LoadedSuite, Project } from "../domain/project.ts";
import type { Score } from "../domain/score.ts";
import { type OpenScorer, ScorerFailure, type ScorerHost } from "../domain/scorer.ts";
import type { CheckingScorer } from "../project/check-cases.ts";
import { settingProblem } from "../project/setting-problem.ts";
import { scorerNames } from "../project/suite-scorers.ts";
import { declaredSecrets } from "./declared-secrets.ts";

/** The host of a project's scorers, which gives them everything that they need from the project. */
export function scorerHost(
  project: Pick<Project, "root" | "env" | "models" | "modules" | "redaction">,
  { concurrency, judges }: Pick<ScorerHost, "concurrency" | "judges">,
): ScorerHost {
  return {
    root: project.root,
    env: project.env,
    concurrency,
    judges,
    clean: declaredSecrets(project) ?? undefined,
    redaction: project.redaction,
    modules: project.modules,
  };
}

/** The scorers that could be opened, and every impossible setting of the others. */
export interface OpenedScorers {
  readonly open: readonly OpenScorer[];
  readonly problems: readonly Problem[];
}

/** Opens the suite's scorers. @throws {EvalsError} with every impossible setting of them */
export async function openScorers(suite: LoadedSuite, host: ScorerHost): Promise<readonly OpenScorer[]> {
  const { open, problems } = await openEachScorer(suite, host);
  if (problems.length === 0) return open;
  await closeScorers(open);
  throw new EvalsError(problems);
}

/** Opens the scorers that can be opened; the caller must close them. */
export async function openEachScorer(suite: LoadedSuite, project: ScorerHost): Promise<OpenedScorers> {
  const turns = suite.suite.user?.turns;
  const host = turns === undefined ? project : { ...project, turns };
  const open: OpenScorer[] = [];
  const problems: Problem[] = [];
  for (const { definition, settings, index } of suite.scorers) {
    try {
      const { clean, redaction } = host;
      open.push(withoutSecrets(redacting(await definition.open(settings, host), redaction), clean));
    } catch (error) {
      if (error instanceof SettingMistake) {
        problems.push(settingProblem(suite.places, ["scorers", index], error));
      } else if (error instanceof EvalsError) {
        // Problems in a file named by the entry have their own locations, unless the file was not found.
        const here = { path: suite.path, ...suite.places.at(["scorers", index, "judge"]) };
        problems.push(...error.problems.map((one) => (one.path === undefined ? { ...one, ...here } : one)));
      } else throw error;
    }
  }
  return { open, problems };
}

/**
 * All of the suite's scorers. For a scorer that could not be opened, only its name and whether it is required are
 * known.
 */
export function withUnopened({ suite }: LoadedSuite, { open }: OpenedScorers): CheckingScorer[] {
  const names = scorerNames(suite.scorers);
  return suite.scorers.map(
    ({ required = true }, index) =>
      open.find(({ name }) => name === names[index]) ?? { name: names[index] ?? "", required, reads: [] },
  );
}

/** Redacts what a scorer says, because its reason is stored, too, and may quote the answer before redaction. */
function redacting(scorer: OpenScorer, redaction: ScorerHost["redaction"]): OpenScorer {
  if (redaction === undefined) return scorer;
  const seeing: OpenScorer = {
    ...scorer,
    score: (input) => {
      if (scorer.raw !== true) return scorer.score(input);
      if (input.unredacted === undefined) throw notKept();
      const { unredacted, ...rest } = input;
      return scorer.score({ ...rest, ...unredacted });
    },
  };
  return withoutSecrets(seeing, redaction.text);
}

function notKept(): ScorerFailure {
  return new ScorerFailure(
    "tool",
    "`raw: true` needs the answer as it was before `redact`, which is not stored",
  );
}

/**
 * Removes secrets from what a scorer says, because a program that scores receives the environment and may print
 * any of it.
 */
function withoutSecrets(scorer: OpenScorer, clean: ScorerHost["clean"]): OpenScorer {
  if (clean === undefined) return scorer;
  const cleaned = (score: Score): Score => ({ ...score, reason: clean(score.reason) });
  const failed = (error: unknown): never => {
    if (!(error instanceof ScorerFailure)) throw error;
    throw new ScorerFailure(error.kind, clean(error.message), { cause: error.cause });
  };
  return {
    ...scorer,
    score(input) {
      try {
        const score = scorer.score(input);
        return score instanceof Promise ? score.then(cleaned, failed) : cleaned(score);
      } catch (error) {
        return failed(error);
      }
    },
  };
}

export async function closeScorers(scorers: readonly OpenScorer[]): Promise<void> {
  await Promise.all(scorers.map((one) => one.close?.()));
}
