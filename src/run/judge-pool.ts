import type { AroundCalls } from "../domain/around-calls.ts";
import { hashJson, type Json } from "../domain/json.ts";
import type { BaselineAnswer, JudgeFile, JudgeHost, JudgeModel } from "../domain/judge.ts";
import { SettingMistake } from "../domain/problem.ts";
import { type LoadedModel, type Project, recordedModel } from "../domain/project.ts";
import type { Client, FailedReply, OpenTarget, Question } from "../domain/provider.ts";
import { compileJudge } from "../project/compile-judge.ts";
import { reservedParams } from "../providers/chat-settings.ts";
import type { RetryDependencies } from "../providers/retrying-client.ts";
import { wrapClient } from "../providers/wrap-client.ts";
import type { CallHooks } from "./call-hooks.ts";
import { type AskedModel, type JudgeSession, judgeModel } from "./judge-model.ts";
import { identityOf } from "./model-identity.ts";
import { type LineDependencies, lineOf } from "./model-lines.ts";
import { openTarget, timeoutOf, unknownAlias } from "./open-target.ts";

/** What a call to a judge needs from outside, besides the network. */
export interface JudgeDependencies extends Omit<RetryDependencies, "onCall" | "onFailed">, LineDependencies {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly around?: AroundCalls | undefined;
}

export interface JudgePoolOptions {
  /** Maximum concurrent calls if the model has no limit of its own. */
  readonly concurrency: number;
  /** Replaces a model by its recording. */
  readonly instead?: ((model: LoadedModel) => LoadedModel) | undefined;
}

/**
 * The models behind the judges of one run: each is opened once for all judges, with its own limits. Nothing is asked
 * before `begin`.
 */
export interface JudgePool {
  readonly host: JudgeHost;
  /** The models that judges use, as the config has them. */
  readonly models: () => readonly LoadedModel[];
  /** Every model as it is called. A model that judges call with different parameters is listed once for each. */
  readonly asked: () => readonly AskedModel[];
  begin(session: JudgeSession, dependencies: JudgeDependencies | null): void;
  /** Sets the baseline's answers for judges that compare with them. */
  compareWith(baseline: BaselineAnswer): void;
  close(): Promise<void>;
}

export function judgePool(project: Project, { concurrency, instead }: JudgePoolOptions): JudgePool {
  const opened = new Map<string, Promise<AskedModel>>();
  const ready: AskedModel[] = [];
  const state: {
    session: JudgeSession | null;
    dependencies: JudgeDependencies | null;
    baseline: BaselineAnswer;
  } = { session: null, dependencies: null, baseline: async () => undefined };

  const wrapped = (asked: AskedModel, fallback: Fallback | null): Client => {
    const { model, target } = asked;
    if (target.client.immediate === true) return target.client;
    if (state.dependencies === null) throw new Error("a judge was asked before its dependencies were given");
    const hooks = (): CallHooks | undefined => state.session?.hooks(asked);
    const { around, ...dependencies } = state.dependencies;
    const judge = hashJson(asked.identity);
    const options = (one: LoadedModel, target: OpenTarget) => ({
      ...dependencies,
      onCall: () => hooks()?.onCall(),
      onFailed: (failure: FailedReply, question: Question) =>
        hooks()?.onFailed(failure, question, target.price) ?? true,
      around: around === undefined ? undefined : (one: Client) => around(one, { judge, target }),
      timeout_ms: timeoutOf(one),
      line: lineOf(project, one, state.dependencies as JudgeDependencies),
      max_at_once: atOnce(one, concurrency),
    });
    return wrapClient(target.client, {
      ...options(model, target),
      ...(fallback === null
        ? {}
        : {
            fallback: {
              alias: fallback.model.alias,
              price: fallback.target.price,
              label: fallback.target.label,
              mayAsk: (question: Question) => hooks()?.mayAsk(question) ?? true,
              client: wrapClient(fallback.target.client, options(fallback.model, fallback.target)),
            },
          }),
    });
  };

  const open = async (alias: string, params: Params): Promise<AskedModel> => {
    const known = project.models.get(alias);
    if (known === undefined) throw unknownAlias(alias, ["model"], project);
    if (known.provider.answersFrom === "outputs") throw cannotJudge(alias);
    const chat = recordedModel(known, project.models).provider.prompt === "required";
    if (!chat && Object.keys(params).length > 0) throw noParams(alias);
    const [reserved] = reservedParams(params);
    if (reserved !== undefined) throw decidedParam(reserved);
    const own = withParams(project, params);
    const entry = own.models.get(alias) as LoadedModel;
    const model = instead?.(entry) ?? entry;
    const options = {
      concurrency: atOnce(model, concurrency),
      caseIds: () => [],
    };
    const target = await openTarget(own, model, options);
    const stepsIn = target.fallback;
    const other = stepsIn === undefined ? undefined : own.models.get(stepsIn.alias);
    const fallback =
      stepsIn === undefined || other === undefined ? null : { model: other, target: stepsIn.target };
    let client: Client | undefined;
    const asked: AskedModel = judgeModel({
      alias,
      model,
      target,
      identity: identityOf(own, model, target),
      client: () => {
        client ??= wrapped(asked, fallback);
        return client;
      },
      session: () => state.session,
      redaction: project.redaction,
      close: () => target.client.close(),
    });
    ready.push(asked);
    return asked;
  };

  return {
    host: {
      baseline: (caseId, trial) => state.baseline(caseId, trial),
      file: (spec): Promise<JudgeFile> => project.judges.find(spec),
      compile: compileJudge,
      model: async (alias, params): Promise<JudgeModel> => {
        const key = JSON.stringify([alias, hashJson(params)]);
        let opening = opened.get(key);
        if (opening === undefined) {
          opening = open(alias, params);
          opened.set(key, opening);
        }
        return opening;
      },
    },
    models: () => [...new Set(ready.map((one) => one.model))],
    asked: () => ready,
    begin: (session, dependencies) => {
      state.session = session;
      state.dependencies = dependencies ?? state.dependencies;
    },
    compareWith: (baseline) => {
      const { redaction } = project;
      state.baseline =
        redaction === undefined
          ? baseline
          : async (caseId, trial) => redaction.value(await baseline(caseId, trial));
    },
    close: async () => {
      await Promise.all(ready.map((one) => one.close()));
    },
  };
}

interface Fallback {
  readonly model: LoadedModel;
  readonly target: OpenTarget;
}

type Params = { readonly [name: string]: Json };

/**
 * Maximum number of concurrent calls to a judge's model: its own limit, else as many as there are concurrent
 * trials.
 */
function atOnce(model: LoadedModel, concurrency: number): number {
  return model.entry.limits?.concurrency ?? concurrency;
}

/** The project with a judge's parameters added to every model, so that a recording's model has them too. */
function withParams(project: Project, params: Params): Project {
  if (Object.keys(params).length === 0) return project;
  const models = [...project.models].map(([alias, model]): [string, LoadedModel] => {
    const settings = model.settings as { readonly params?: Params };
    if (settings.params === undefined) return [alias, model];
    return [alias, { ...model, settings: { ...settings, params: { ...settings.params, ...params } } }];
  });
  return { ...project, models: new Map(models) };
}

function noParams(alias: string): SettingMistake {
  return new SettingMistake(["model"], {
    code: "EVALS_JUDGE_PARAMS",
    what: `The judge has params, and the model "${alias}" takes none.`,
    why: "Only chat models take parameters: this model would ignore them without a message.",
    fix: "Move the params into the settings of that model, and delete them here.",
  });
}

function decidedParam(name: string): SettingMistake {
  return new SettingMistake(["params", name], {
    code: "EVALS_JUDGE_PARAM_DECIDED",
    what: `The judge's params must not contain "${name}".`,
    why: "evals sets this parameter itself; a second value would change what is asked, or how the reply comes back.",
    fix: `Delete ${name}.`,
  });
}

function cannotJudge(alias: string): SettingMistake {
  return new SettingMistake(["model"], {
    code: "EVALS_JUDGE_MODEL",
    what: `The model "${alias}" only has outputs that were made elsewhere.`,
    why: "A judge asks questions that nobody has answered yet.",
    fix: "model: <an alias that can be asked, or a replay of one>",
  });
}
