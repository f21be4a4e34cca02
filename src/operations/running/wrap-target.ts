import { join } from "node:path";
import type { AroundCalls } from "../../domain/around-calls.ts";
import type { Project } from "../../domain/project.ts";
import type { Client, OpenTarget, PreparedRequest } from "../../domain/provider.ts";
import { recordingClient } from "../../providers/recording-client.ts";
import type { RetryBudget } from "../../providers/retry-budget.ts";
import { wrapClient } from "../../providers/wrap-client.ts";
import type { CallHooks } from "../../run/call-hooks.ts";
import type { RunControl } from "../../run/engine-job.ts";
import { lineOf } from "../../run/model-lines.ts";
import { timeoutOf } from "../../run/open-target.ts";
import type { Plan } from "../../run/plan.ts";
import type { Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import type { PreparedRun } from "./prepare-runs.ts";

/** What the wrappers of a client need from the run that uses it. */
export interface Asking {
  readonly onRetry: () => void;
  readonly control: Pick<RunControl, "stopped">;
  /** Shares rate limits with other processes; absent when they apply to this process only. */
  readonly store?: Pick<Store, "departures"> | undefined;
  readonly around?: AroundCalls | undefined;
  /** The retry budget of the whole run. */
  readonly retryBudget?: RetryBudget | undefined;
}

/** Returns a function that wraps a run's client in its deadline, rate limits, retries and fallback. */
export function wrapperFor(
  { plan }: PreparedRun,
  project: Project,
  io: Environment,
  { onRetry, control, store, around, retryBudget }: Asking,
): (client: Client, hooks: CallHooks) => Client {
  const { model } = plan;
  const alias = model.entry.fallback;
  const other = alias === undefined ? undefined : project.models.get(alias);
  const dependencies = {
    sleep: io.sleep,
    random: io.random,
    now: io.now,
    onRetry,
    retryBudget,
    stopped: control.stopped,
    departures: store?.departures,
  };
  const fallback = other === undefined ? undefined : plan.target.fallback?.target;
  return (client, { onCall, onFailed, mayAsk }) =>
    wrapClient(client, {
      ...dependencies,
      onCall,
      onFailed: (failure, question) => onFailed(failure, question, plan.target.price),
      around: aroundTarget(around, plan.target),
      timeout_ms: timeoutOf(model),
      line: lineOf(project, model, dependencies),
      ...(fallback === undefined || other === undefined
        ? {}
        : {
            fallback: {
              alias: other.alias,
              price: fallback.price,
              label: fallback.label,
              mayAsk,
              client: wrapClient(fallback.client, {
                ...dependencies,
                onCall,
                onFailed: (failure, question) => onFailed(failure, question, fallback.price),
                around: aroundTarget(around, fallback),
                timeout_ms: timeoutOf(other),
                line: lineOf(project, other, dependencies),
              }),
            },
          }),
    });
}

function aroundTarget(around: AroundCalls | undefined, target: OpenTarget) {
  return around === undefined ? undefined : (client: Client) => around(client, { judge: null, target });
}

/** Like `wrapperFor`, for the client of the simulated user and without fallback; undefined without such a user. */
export function personWrapperFor(
  { plan }: PreparedRun,
  project: Project,
  io: Environment,
  { onRetry, control, store, around, retryBudget }: Asking,
): ((hooks: CallHooks) => Client) | undefined {
  const person = plan.target.conversing?.person ?? null;
  const model = person === null ? undefined : project.models.get(person.alias);
  if (person === null || model === undefined) return undefined;
  const dependencies = {
    sleep: io.sleep,
    random: io.random,
    now: io.now,
    onRetry,
    retryBudget,
    stopped: control.stopped,
    departures: store?.departures,
  };
  return ({ onCall, onFailed }) =>
    wrapClient(person.target.client, {
      ...dependencies,
      onCall,
      onFailed: (failure, question) => onFailed(failure, question, person.target.price),
      around: aroundTarget(around, person.target),
      timeout_ms: timeoutOf(model),
      line: lineOf(project, model, dependencies),
    });
}

/**
 * `--record`: every answer of the run, including those of earlier sessions and the cache, becomes a line of
 * `fixtures/<alias>.jsonl`.
 *
 * @returns path of the recording, relative to `root`
 */
export async function recordRun(plan: Plan, runNo: number, store: Store, root: string): Promise<string> {
  const path = `fixtures/${plan.model.alias}.jsonl`;
  const recording = recordingClient(plan.target.client, join(root, path));
  for (let caseNo = 0; caseNo < plan.count; caseNo++) {
    for (let trial = 1; trial <= plan.trials; trial++) {
      const answer = await store.read.transcript(runNo, caseNo, trial);
      if (answer === undefined) continue;
      const { fallback, ...transcript } = answer.transcript;
      recording.record(plan.request(caseNo), plan.question(caseNo), trial, {
        kind: "answered",
        ...transcript,
        ...(fallback === undefined ? {} : { fallback: { alias: fallback, price: null } }),
      });
    }
  }
  await recording.flush();
  return path;
}

/**
 * `--record` for judges: every reply behind the run's scores becomes a line of its model's recording.
 *
 * @returns path and number of replies of each recording that has a reply
 */
export async function recordJudges(
  plan: Plan,
  runNo: number,
  store: Store,
  root: string,
): Promise<readonly { readonly path: string; readonly replies: number }[]> {
  const recordings = (plan.judges?.asked() ?? [])
    .filter((one) => one.target.client.immediate !== true)
    .map((model) => {
      const path = `fixtures/${model.alias}.jsonl`;
      return { model, path, client: recordingClient(model.target.client, join(root, path)), replies: 0 };
    });
  if (recordings.length === 0) return [];
  for (let caseNo = 0; caseNo < plan.count; caseNo++) {
    const trials = await store.read.trialsOfCase(runNo, caseNo);
    const ids = trials.flatMap(({ scores }) => scores.flatMap((one) => one?.replies ?? []));
    for (const one of await store.read.judgements([...new Set(ids)])) {
      const request = (await store.read.judgementRequest(one.id)) as PreparedRequest;
      const recording = recordings.find(({ model }) => model.answers(one.asked, request));
      if (recording === undefined) continue;
      recording.replies++;
      const { output, model, finish_reason, refusal, latency_ms, cost_usd, usage } = one;
      const question = { case_id: one.case_id, input: null, messages: null };
      const reply = { output, model, finish_reason, refusal, latency_ms, cost_usd, usage };
      recording.client.record(request, question, one.draw, { kind: "answered", ...reply });
    }
  }
  for (const { client } of recordings) await client.flush();
  return recordings.filter(({ replies }) => replies > 0).map(({ path, replies }) => ({ path, replies }));
}
