import type { Problem } from "../../domain/problem.ts";
import { type LoadedModel, type LoadedSuite, type Project, recordedModel } from "../../domain/project.ts";

/**
 * Warns when a model judges its own answers. This is no mistake: calibration measures how far such a judge can be
 * trusted, and a user who has only one model must be able to start.
 */
export function selfJudging(
  project: Project,
  suite: LoadedSuite,
  targets: readonly LoadedModel[],
  judges: readonly LoadedModel[],
): Problem[] {
  const target = targets.find((one) => judges.some((judge) => isSame(one, judge, project)));
  if (target === undefined) return [];
  return [
    {
      code: "EVALS_JUDGE_SELF",
      path: suite.path,
      ...suite.places.at(["scorers"], "key"),
      what: `The model "${target.alias}" judges its own answers in this suite.`,
      why: "Models favour their own answers, so the scores may be too high, and another model may look worse only because it is another model.",
      fix: "Use a judge of another model family, or calibrate the judge against people: `evals calibrate` measures how far it can be trusted.",
    },
  ];
}

/**
 * Whether two models of the config are the same, as far as the config shows: they have the same alias, or the same
 * model name at the same address.
 */
function isSame(a: LoadedModel, b: LoadedModel, project: Project): boolean {
  const [x, y] = [recordedModel(a, project.models), recordedModel(b, project.models)];
  if (x.alias === y.alias) return true;
  const [own, other] = [x.settings as Named, y.settings as Named];
  return (
    x.provider.kind === y.provider.kind &&
    own.model !== undefined &&
    own.model === other.model &&
    own.base_url === other.base_url
  );
}

interface Named {
  readonly model?: string;
  readonly base_url?: string;
}
