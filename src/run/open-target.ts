import { didYouMean } from "../domain/did-you-mean.ts";
import { EvalsError, SettingMistake } from "../domain/problem.ts";
import type { LoadedModel, Project } from "../domain/project.ts";
import type { OpenTarget, ProviderHost } from "../domain/provider.ts";
import { settingProblem } from "../project/setting-problem.ts";
import { identityOf } from "./model-identity.ts";

export interface TargetOptions {
  readonly concurrency: number;
  readonly caseIds: () => Iterable<string>;
}

/**
 * Opens a model of the config. The model that may step in for it is part of its identity: who answers decides the answer.
 * @throws {EvalsError} for a setting that the provider finds impossible, at its place in evalconfig.yaml
 */
export async function openTarget(
  project: Project,
  model: LoadedModel,
  options: TargetOptions,
): Promise<OpenTarget> {
  const hostOf = (one: LoadedModel): ProviderHost => ({
    root: project.root,
    env: project.env,
    concurrency: options.concurrency,
    timeout_ms: timeoutOf(one),
    caseIds: options.caseIds,
    open: async (alias, at) => {
      const other = project.models.get(alias);
      if (other === undefined) throw unknownAlias(alias, at, project);
      return openAlone(other);
    },
  });
  const openAlone = async (one: LoadedModel): Promise<OpenTarget> => {
    const target = await one.provider.open(one.settings, hostOf(one));
    const fallback = one.entry.fallback === undefined ? undefined : project.models.get(one.entry.fallback);
    if (fallback === undefined || target.client.immediate === true) return target;
    try {
      const stepsIn = await placed(fallback, () =>
        fallback.provider.open(fallback.settings, hostOf(fallback)),
      );
      const identity = identityOf(project, fallback, stepsIn);
      await stepsIn.client.close();
      return { ...target, identity: { ...(target.identity as object), fallback: identity } };
    } catch (error) {
      await target.client.close();
      throw error;
    }
  };
  const placed = async (one: LoadedModel, open: () => Promise<OpenTarget>): Promise<OpenTarget> => {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof SettingMistake)) throw error;
      throw new EvalsError(settingProblem(project.configPlaces, ["models", one.alias], error), {
        cause: error,
      });
    }
  };
  return placed(model, () => openAlone(model));
}

export const DEFAULT_TIMEOUT_MS = 60_000;

export function timeoutOf(model: LoadedModel): number {
  return model.entry.timeout ?? DEFAULT_TIMEOUT_MS;
}

/** An alias that a setting names and the config does not have. */
export function unknownAlias(
  alias: string,
  at: readonly (string | number)[],
  project: Project,
): SettingMistake {
  return new SettingMistake(at, {
    code: "EVALS_MODEL_UNKNOWN",
    what: `Unknown model "${alias}".${didYouMean(alias, project.models.keys())}`,
    why: "It must be another alias under `models:`.",
    fix: `One of: ${[...project.models.keys()].join(", ")}`,
  });
}
