import { didYouMean } from "../domain/did-you-mean.ts";
import type { Json } from "../domain/json.ts";
import { EvalsError, type Problem, SettingMistake } from "../domain/problem.ts";
import type { LoadedModel, Project } from "../domain/project.ts";
import type { Client, OpenTarget, ProviderHost } from "../domain/provider.ts";
import { settingProblem } from "../project/setting-problem.ts";
import { cleanBatches, cleanClient } from "../providers/clean-reply.ts";
import { clientWithSend } from "../providers/client-with-send.ts";
import { declaredSecrets } from "./declared-secrets.ts";
import { identityOf } from "./model-identity.ts";
import { priced } from "./model-price.ts";

export interface TargetOptions {
  readonly concurrency: number;
  readonly caseIds: () => Iterable<string>;
  /** See `ProviderHost`. */
  readonly warns?: boolean | undefined;
}

/**
 * Opens a model of the config. Its fallback is part of its identity, because it may determine the answer.
 *
 * @throws {EvalsError} for an impossible setting, at its location in evalconfig.yaml
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
    clean: declaredSecrets(project) ?? undefined,
    modules: project.modules,
    caseIds: options.caseIds,
    warns: options.warns,
    open: async (alias, at) => {
      const other = project.models.get(alias);
      if (other === undefined) throw unknownAlias(alias, at, project);
      return openAlone(other);
    },
  });
  const openAlone = async (one: LoadedModel): Promise<OpenTarget> => {
    const target = await priced(one, await one.provider.open(one.settings, hostOf(one)));
    const fallback = one.entry.fallback === undefined ? undefined : project.models.get(one.entry.fallback);
    if (fallback === undefined || target.client.immediate === true) return target;
    try {
      const stepsIn = await placed(fallback, async () =>
        priced(fallback, await fallback.provider.open(fallback.settings, hostOf(fallback))),
      );
      const { client } = target;
      return {
        ...target,
        client: {
          ...clientWithSend(client, (...call) => client.send(...call)),
          close: async () => {
            await Promise.all([client.close(), stepsIn.client.close()]);
          },
        },
        fallback: { alias: fallback.alias, target: stepsIn },
        identity: {
          ...(target.identity as object),
          fallback: identityOf(project, fallback, stepsIn),
        },
      };
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
  const opened = await placed(model, () => openAlone(model));
  const target = redacting(withoutSecrets(opened, declaredSecrets(project)), project.redaction);
  // A chat model has no templates of its own, and recorded answers are only looked up.
  if (model.provider.prompt === "required" || target.client.immediate === true) return target;
  return withPlaces(target, (mistake) =>
    settingProblem(project.configPlaces, ["models", model.alias], mistake),
  );
}

/**
 * Removes every declared secret of the project from replies, except from recordings, which are files already.
 */
function withoutSecrets(target: OpenTarget, clean: ReturnType<typeof declaredSecrets>): OpenTarget {
  if (clean === null || target.client.immediate === true) return target;
  const { fallback, batch } = target;
  return {
    ...target,
    client: cleanClient(target.client, clean),
    ...(batch === undefined ? {} : { batch: async (host) => cleanBatches(await batch(host), clean) }),
    ...(fallback === undefined
      ? {}
      : { fallback: { ...fallback, target: withoutSecrets(fallback.target, clean) } }),
  };
}

/**
 * Adds the redaction to the target's identity, because it changes what is scored. The engine does the redaction.
 */
function redacting(target: OpenTarget, redaction: Project["redaction"]): OpenTarget {
  if (redaction === undefined) return target;
  return { ...target, identity: { ...(target.identity as object), redact: redaction.identity as Json } };
}

/** Reports a template that fails for a question as a mistake at the template's location in the config. */
function withPlaces(target: OpenTarget, placeOf: (mistake: SettingMistake) => Problem): OpenTarget {
  const { client } = target;
  const prepare: Client["prepare"] = (question) => {
    try {
      return client.prepare(question);
    } catch (error) {
      if (!(error instanceof SettingMistake) || error.at.length === 0) throw error;
      throw new EvalsError(placeOf(error), { cause: error });
    }
  };
  return { ...target, client: { ...clientWithSend(client, (...call) => client.send(...call)), prepare } };
}

export const DEFAULT_TIMEOUT_MS = 60_000;

export function timeoutOf(model: LoadedModel): number {
  return model.entry.timeout ?? DEFAULT_TIMEOUT_MS;
}

/** The problem of an alias that the config does not have. */
export function unknownAlias(
  alias: string,
  at: readonly (string | number)[],
  project: Project,
): SettingMistake {
  return new SettingMistake(at, {
    code: "EVALS_MODEL_UNKNOWN",
    what: `Unknown model "${alias}".${didYouMean(alias, project.models.keys())}`,
    why: "This setting takes the alias of a model under `models:` in evalconfig.yaml.",
    fix: `One of: ${[...project.models.keys()].join(", ")}`,
  });
}
