import {
  type BatchServer,
  type BatchServerOptions,
  startBatchServer,
} from "../../../fixtures/batches/batch-server.ts";
import type { BatchService } from "../../domain/batch.ts";
import type { Budget } from "../../domain/config.ts";
import type { Reply } from "../../domain/provider.ts";
import { computeMetrics } from "../../metrics/compute-metrics.ts";
import { clientWithSend } from "../../providers/client-with-send.ts";
import type { Batches } from "../../store/batches.ts";
import type { Store } from "../../store/store.ts";
import { memoryStore } from "../../store/testing/memory-store.ts";
import { executeRun, type RanRun } from "../execute-run.ts";
import type { Plan } from "../plan.ts";
import type { EarlyStop } from "../run-settings.ts";
import { planOf } from "./plan-of.ts";

export type Shape = "openai" | "anthropic";

/** Options of one session of a batched run. */
export interface SessionOptions {
  readonly thenLive?: boolean;
  /** Whether every trial is asked by a call of its own, as without `--batch`. */
  readonly live?: boolean;
  readonly budget?: Budget;
  readonly early?: EarlyStop;
  /** Where the session's process dies; absent if it does not die. */
  readonly dies?: Death;
}

/** Where a session's process dies: before or after the `nth` execution, counted from 1, of a step. */
export interface Death {
  readonly step: Step;
  readonly nth: number;
  readonly when: "before" | "after";
}
export const STEPS = [
  "plan",
  "upload",
  "asked",
  "create",
  "sent",
  "look",
  "files",
  "record",
  "read",
] as const;
export type Step = (typeof STEPS)[number];

class Died extends Error {}

/**
 * A run of one suite against a batch server, session by session. A session starts one minute after the last.
 */
export interface BatchedRunUnderTest {
  readonly server: BatchServer;
  readonly store: Store;
  /** Runs one session; null when its process died. */
  session(options?: SessionOptions): Promise<RanRun | null>;
  /** Runs sessions until no trial is missing. @throws when that takes too many sessions */
  toTheEnd(options?: SessionOptions): Promise<RanRun>;
  metric(ran: RanRun, name: string): number | null;
  close(): Promise<void>;
}

export interface UnderTest extends BatchServerOptions {
  readonly shape: Shape;
  readonly cases?: number;
  readonly trials?: number;
  /** Further files of the project, or replacements for its files, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly price?: string;
}

/** The fixed time of a store in memory, in milliseconds since 1970, UTC. */
const START = Date.UTC(2025, 2, 1, 12);
const MANY = 30;

export async function batchedRun({
  shape,
  cases = 7,
  trials = 2,
  files = {},
  price = "{ input: 1, output: 10 }",
  ...options
}: UnderTest): Promise<BatchedRunUnderTest> {
  let now = START;
  const server = await startBatchServer({ ...options, now: () => now });
  const base = shape === "openai" ? `${server.origin}/v1` : server.origin;
  const model = (name: string): string =>
    `{ provider: ${shape}, model: ${name}-2024-01-01, base_url: "${base}", params: { max_tokens: 10 }, price: ${price} }`;
  const plan = await planOf({
    "evalconfig.yaml": `models:\n  m: ${model("m")}\n  judge: ${model("judge")}\n`,
    "evals/s.yaml": `dataset: d\nprompt: q\nmodel: m\ntrials: ${trials}\nscorers:\n  - { type: equals, value: "yes" }\n`,
    "prompts/q/1.0.0.md": "user:\n{{ input }}\n",
    "datasets/d.jsonl": Array.from(
      { length: cases },
      (_, n) => `${JSON.stringify({ id: `c${n}`, input: `item ${n}` })}\n`,
    ).join(""),
    ...files,
  });
  const store = memoryStore();

  const session: BatchedRunUnderTest["session"] = async ({
    thenLive = false,
    live = false,
    budget,
    early,
    dies,
  } = {}) => {
    now += 60_000;
    const dying = dies === undefined ? null : deathAt(dies);
    const open = plan.target.batch;
    if (open === undefined) throw new Error("the target has no batches");
    const mortal: Plan =
      dying === null
        ? plan
        : { ...plan, target: { ...plan.target, batch: async (host) => dying.service(await open(host)) } };
    const resume = store.runs({ limit: 1 })[0] ?? null;
    try {
      const ran = await executeRun(
        mortal,
        {
          ...{ concurrency: 4, budget: budget ?? null, useCache: false, resume, early: early ?? null },
          ...(!live && { batch: { thenLive } }),
        },
        {
          store: dying === null ? store : dying.store(store),
          wrap: (client) => clientWithSend(client, async (...call) => timed(await client.send(...call))),
          control: { stopping: () => false, signal: new AbortController().signal },
          judging: { sleep: async () => {}, random: () => 0, now: () => 0 },
          onStart: () => {},
          onTrial: () => {},
          now: () => 0,
          today: () => new Date(now).toISOString(),
          newId: () => "0a1b2c3d",
          ...{ commit: null, branch: null, dirty: null },
        },
      );
      ran.writer.end(ran.status, null, new Date(now).toISOString());
      return ran;
    } catch (error) {
      if (error instanceof Died) return null;
      throw error;
    }
  };

  return {
    server,
    store,
    session,
    toTheEnd: async (given) => {
      for (let n = 0; n < MANY; n++) {
        const ran = await session(given);
        if (ran !== null && ran.counts.answered + ran.counts.not_needed === ran.counts.trials) return ran;
      }
      throw new Error(`the run has not ended after ${MANY} sessions`);
    },
    metric: (ran, name) => {
      const scorers = ran.header.scorers.map((one) => one.name);
      const settings = { trials: ran.header.trials, scorers };
      return computeMetrics(ran.tally, settings)[name]?.value ?? null;
    },
    close: async () => {
      await plan.target.client.close();
      await plan.judges?.close();
      await server.close();
    },
  };
}

/** A reply to a call of its own, which is timed; one in a batch is not. */
const timed = (reply: Reply): Reply => (reply.kind === "answered" ? { ...reply, latency_ms: 5 } : reply);

/**
 * Wraps a batch service and a store so that they stop at a step: its call and every later call throw `Died`.
 */
function deathAt({ step, nth, when }: Death) {
  let count = 0;
  let dead = false;
  const mortal =
    <A extends unknown[], R>(at: Step, work: (...args: A) => R) =>
    (...args: A): R => {
      if (dead) throw new Died();
      const isIt = at === step && ++count === nth;
      if (isIt && when === "before") {
        dead = true;
        throw new Died();
      }
      const done = work(...args);
      if (!isIt) return done;
      dead = true;
      if (!(done instanceof Promise)) throw new Died();
      return done.then(() => {
        throw new Died();
      }) as R;
    };
  return {
    service: (service: BatchService): BatchService => ({
      ...service,
      ...(service.upload === undefined ? {} : { upload: mortal("upload", service.upload) }),
      create: mortal("create", service.create),
      look: mortal("look", async (...args) => {
        const look = await service.look(...args);
        return look.kind === "ended" ? { ...look, read: mortal("files", look.read) } : look;
      }),
    }),
    store: (store: Store): Store => {
      const { batches } = store;
      const own: Batches = {
        ...batches,
        plan: mortal("plan", batches.plan),
        asked: mortal("asked", batches.asked),
        sent: mortal("sent", batches.sent),
        read: mortal("read", batches.read),
      };
      const mortalWriter = (writer: ReturnType<Store["create"]>) => ({
        ...writer,
        record: mortal("record", writer.record),
      });
      return {
        ...store,
        batches: own,
        create: (...args) => mortalWriter(store.create(...args)),
        resume: (run) => mortalWriter(store.resume(run)),
      };
    },
  };
}
