import type { BatchHost } from "../domain/batch.ts";
import type { Price } from "../domain/config.ts";
import { hashJson } from "../domain/json.ts";
import { NotJudged } from "../domain/judge.ts";
import { onFirstUse } from "../domain/on-first-use.ts";
import type { AnsweredReply, Client, FailedReply } from "../domain/provider.ts";
import type { RunHeader } from "../domain/run.ts";
import { tokensOf, UNKNOWN_USAGE } from "../domain/transcript.ts";
import { clientWithSend } from "../providers/client-with-send.ts";
import type { BatchElsewhere, BatchRow } from "../store/batches.ts";
import type { LostReply, RunWriter, Store } from "../store/store.ts";
import { type BatchQueue, openBatchQueue } from "./batch-queue.ts";
import { type Most, NOTHING_BESIDE, openSharedBudget } from "./budget-guard.ts";
import { type CallHooks, ratesOf } from "./call-hooks.ts";
import type { EngineEnd, RunControl } from "./engine-job.ts";
import type { AskedModel, JudgeBatches } from "./judge-model.ts";
import type { Plan } from "./plan.ts";
import { batchPrice } from "./price-usage.ts";

/** Batch settings of a run. */
export interface BatchSettings {
  /** Whether requests that a batch left unanswered are sent as single calls, at the full price. */
  readonly thenLive: boolean;
}

/** The parts of a store that batches use. */
export type BatchStore = Pick<Store, "batches" | "cases" | "read" | "transcript" | "judgement">;

export interface BatchedRun {
  readonly plan: Plan;
  readonly id: string;
  readonly writer: RunWriter;
  readonly store: BatchStore;
  readonly control: RunControl;
  readonly settings: BatchSettings;
  /**
   * Whether answers to the same requests are taken from batches of other runs, instead of sending the requests again.
   */
  readonly shares: boolean;
  /** Reports the number of requests sent to the target. */
  readonly onCalls: (count: number) => void;
  /** Reports the number of requests sent to judges. */
  readonly onJudgeCalls: (count: number) => void;
  readonly keepLost: (reply: LostReply) => void;
  /** What a budget counts for an answer of the target to a case while its cost or tokens are unknown. */
  readonly mostOf: (caseNo: number) => Most;
  /**
   * Whether judges are asked in batches too. Their replies may then come in a later session, which scores the answers as
   * they are stored: redacted. So this is false if a scorer needs answers as they were before redaction.
   */
  readonly judgesToo: boolean;
  readonly host: BatchHost;
  /** Milliseconds since 1970, UTC. */
  readonly clock: () => number;
}

/** One session of a run whose answers come in batches. */
export interface BatchSession {
  /** Checks the sent batches once, and reads those that have ended. */
  look(): Promise<void>;
  /** Whether this trial's answer comes, or came, with a batch. */
  isPaidFor(caseNo: number, trial: number): boolean;
  /**
   * A client that returns the answers received in batches, and adds the other questions to the next batch.
   *
   * @param live the client for single calls
   */
  client(live: Client, onFailed: CallHooks["onFailed"]): Client;
  readonly judges: JudgeBatches;
  /** The price for estimating the maximum cost: the price in batches, unless single calls may follow. */
  readonly price: Price | null;
  /**
   * Sends the next batches, after every answer is stored.
   *
   * @returns `end`, or another end when answers come later with a batch, or when no batch could be sent
   */
  finish(end: EngineEnd): Promise<EngineEnd>;
  /** Messages for the user. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** The reply to a question whose answer comes with a later session. It is not an error. */
const WAITS: FailedReply = {
  kind: "failed",
  error: "provider",
  message: "its answer comes with a batch",
  transient: false,
  unsent: true,
  waiting: true,
};

/** Opens a session of a run in batches. Undefined for a target that cannot be asked in batches. */
export async function openBatchSession(run: BatchedRun): Promise<BatchSession | undefined> {
  const { plan, settings, control } = run;
  if (plan.target.batch === undefined) return undefined;
  const notes: string[] = [];
  const common = {
    batches: run.store.batches,
    run: { no: run.writer.no, id: run.id },
    notice: (note: string) => notes.push(note),
    signal: control.signal,
    clock: run.clock,
  };
  const caseNos = new Map(Array.from({ length: plan.count }, (_, caseNo) => [plan.id(caseNo), caseNo]));
  /** Keeps the cost of a paid answer that nobody needs; `most` is what a budget counts while it is unknown. */
  const keepUnwanted = (
    { usage = UNKNOWN_USAGE, cost_usd = null }: AnsweredReply,
    of: Pick<LostReply, "judge" | "case_id">,
    most: () => Most,
  ): void => {
    const isTold = cost_usd !== null && tokensOf(usage) !== null;
    run.keepLost({ ...of, usage, cost_usd, ...(isTold ? NOTHING_BESIDE : most()) });
  };

  const target = openBatchQueue({
    ...common,
    service: await plan.target.batch(run.host),
    asker: "target",
    price: plan.target.price,
    customId: (what, attempt) => `${run.id}-${what.replace("/", "-")}-${attempt}`,
    onCalls: run.onCalls,
    onUnwanted: (what, reply) => {
      const [caseNo, trial] = what.split("/").map(Number) as [number, number];
      if (isFromBatch(run.store.transcript(run.writer.no, caseNo, trial)?.transcript)) return;
      keepUnwanted(reply, { judge: null, case_id: plan.id(caseNo) }, () => run.mostOf(caseNo));
    },
  });
  const judging = new Map<AskedModel, BatchQueue>();
  for (const model of run.judgesToo ? (plan.judges?.asked() ?? []) : []) {
    if (model.target.batch === undefined) continue;
    const asker = hashJson(model.identity);
    judging.set(
      model,
      openBatchQueue({
        ...common,
        service: await model.target.batch(run.host),
        asker,
        price: model.target.price,
        customId: (what, attempt) => {
          const [asked = "", draw] = what.split("#");
          return `${run.id}-j-${asked.slice(0, 32)}-${draw}-${attempt}`;
        },
        onCalls: run.onJudgeCalls,
        onUnwanted: (what, reply) => {
          const [asked = "", draw] = what.split("#");
          if (isFromBatch(run.store.judgement(asked, Number(draw), EVERY_REPLY))) return;
          keepUnwanted(reply, { judge: asker, case_id: "" }, () => mostOfJudge(model));
        },
      }),
    );
  }
  const queues = [target, ...judging.values()];

  return {
    look: async () => {
      for (const queue of queues) await queue.look();
      if (!run.shares) return;
      await lookElsewhere(run, target, "target", sameTrials(run));
      for (const [model, queue] of judging)
        await lookElsewhere(run, queue, hashJson(model.identity), (batch) =>
          run.store.batches.rows(batch.no),
        );
    },
    isPaidFor: (caseNo, trial) => target.isPaidFor(`${caseNo}/${trial}`),
    client: (live, onFailed) =>
      clientWithSend(live, (request, question, trial, signal) => {
        const caseNo = caseNos.get(question.case_id) as number;
        const what = `${caseNo}/${trial}`;
        const taken = target.take(what);
        if (taken.kind === "answered") return taken.reply;
        if (taken.kind === "failed") {
          onFailed(taken.failure, question, plan.target.price);
          if (!taken.again) return taken.failure;
        }
        const isLeft = taken.kind === "left" || taken.kind === "failed";
        if (isLeft && settings.thenLive) return live.send(request, question, trial, signal);
        if (taken.kind !== "waits") target.want(what, () => plan.request(caseNo));
        return WAITS;
      }),
    judges: {
      has: (model) => judging.has(model),
      reply: (model, { asked, draw, request }, { park, failed }) => {
        const queue = judging.get(model);
        if (queue === undefined) return null;
        const what = `${asked}#${draw}`;
        const taken = queue.take(what);
        if (taken.kind === "answered") return taken.reply;
        if (taken.kind === "failed") {
          failed(taken.failure);
          if (!taken.again) return taken.failure;
        }
        const isLeft = taken.kind === "left" || taken.kind === "failed";
        if (isLeft && settings.thenLive) return null;
        if (taken.kind !== "waits") queue.want(what, () => request);
        park();
        throw new NotJudged("batch");
      },
    },
    finish: async (end) => {
      const isOver = end.kind === "all-asked" || end.kind === "decided";
      for (const queue of queues) queue.settle(isOver);
      const goesOn = end.kind === "all-asked" || (end.kind === "skipped" && end.because === "budget");
      if (!goesOn || waitingIn(queues) === 0 || control.stopping()) return end;
      const failures: FailedReply[] = [];
      for (const queue of queues) {
        const failure = await queue.send();
        if (failure === null) continue;
        if (failure.fatal === true || failure.closed !== undefined || failure.unsent === true)
          return { kind: "unreachable", message: failure.message, because: whyLost(failure) };
        failures.push(failure);
      }
      const [first] = failures;
      if (first !== undefined && queues.every(({ underWay }) => underWay === 0))
        return { kind: "unreachable", message: first.message, because: "no-batch" };
      for (const { message } of failures) notes.push(`Not all requests could be sent: ${message}`);
      return { kind: "skipped", because: "batch" };
    },
    price: settings.thenLive ? plan.target.price : batchPrice(plan.target.price),
    notes,
    close: async () => {
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}

/** Replies without a verdict too. */
const EVERY_REPLY = { since: 0, discarded_after: 0 };

/**
 * Whether a stored answer came in a batch, and not by a call of its own. A session that ended before it could mark its
 * batch as read has stored the same answers that the batch gives again.
 */
function isFromBatch(stored: { readonly latency_ms: number | null } | undefined): boolean {
  return stored !== undefined && stored.latency_ms === null;
}

/** What a budget counts for a judge's reply whose cost is unknown. Of its request nothing is stored, so only the reply counts. */
function mostOfJudge({ target }: AskedModel): Most {
  const rates = ratesOf(target, batchPrice(target.price));
  return openSharedBudget(null)
    .guard(rates, { usd: 0, tokens: 0 })
    .likely(() => 0);
}

type RowsOf = (batch: BatchElsewhere, header: RunHeader) => readonly BatchRow[];

/**
 * Checks the batches that other runs have sent and not read yet, if they contain requests that this run needs
 * too.
 */
async function lookElsewhere(
  { store, writer }: BatchedRun,
  queue: BatchQueue,
  asker: string,
  rowsOf: RowsOf,
): Promise<void> {
  for (const batch of store.batches.elsewhere(writer.no, asker)) {
    const other = await store.read.run(batch.run_no);
    const rows = other === undefined ? [] : rowsOf(batch, other.header);
    if (other !== undefined && rows.length > 0) await queue.lookElsewhere(batch, other.header.id, rows);
  }
}

/** Finds, in a batch of another run, the requests to the same target that are also trials of this run. */
function sameTrials({ plan, store }: BatchedRun): RowsOf {
  const byRequest = onFirstUse(() => {
    const caseNos = new Map<string, number[]>();
    for (let caseNo = 0; caseNo < plan.count; caseNo++) {
      const same = caseNos.get(plan.requestHash(caseNo));
      if (same === undefined) caseNos.set(plan.requestHash(caseNo), [caseNo]);
      else same.push(caseNo);
    }
    return caseNos;
  });
  return (batch, header) => {
    if (header.target_hash !== plan.targetHash) return [];
    const requests = store.cases(batch.run_no).map(({ request_hash }) => request_hash);
    return store.batches.rows(batch.no).flatMap(({ custom_id, what }) => {
      const [caseNo, trial] = what.split("/").map(Number) as [number, number];
      const same = byRequest().get(requests[caseNo] ?? "") ?? [];
      return same
        .filter((one) => trial <= plan.planned(one))
        .map((one) => ({ custom_id, what: `${one}/${trial}` }));
    });
  };
}

const waitingIn = (queues: readonly BatchQueue[]): number =>
  queues.reduce((sum, { waiting }) => sum + waiting, 0);

const whyLost = ({ closed }: FailedReply) => (closed === "no-money" ? "no-money" : "none-answered");
