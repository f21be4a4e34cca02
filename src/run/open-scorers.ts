import { EvalsError, type Problem, SettingMistake } from "../domain/problem.ts";
import type { LoadedSuite, Project } from "../domain/project.ts";
import type { Score } from "../domain/score.ts";
import { type OpenScorer, ScorerFailure, type ScorerHost } from "../domain/scorer.ts";
import { settingProblem } from "../project/setting-problem.ts";
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

/** @throws {EvalsError} with every impossible setting of the suite's scorers */
export async function openScorers(suite: LoadedSuite, project: ScorerHost): Promise<OpenScorer[]> {
  const turns = suite.suite.user?.turns;
  const host = turns === undefined ? project : { ...project, turns };
  const open: OpenScorer[] = [];
  const problems: Problem[] = [];
  for (const [index, { definition, settings }] of suite.scorers.entries()) {
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
  if (problems.length === 0) return open;
  await closeScorers(open);
  throw new EvalsError(problems);
}

/** A scorer's reason is stored too and may quote the unredacted answer. */
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
  return new ScorerFailure("tool", "it has `raw: true`, and the answer before `redact` is not stored");
}

/** A program that scores receives the environment and may print any of it. */
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
