import { hostname } from "node:os";
import { EvalsError } from "../domain/problem.ts";
import { type FleetDatabase, LEASE_S } from "../fleet/database.ts";
import type { FleetPlan, LeasedBlock, PlanHalt } from "../fleet/fleet.ts";
import type { RunControl } from "../run/engine-job.ts";
import { sharedPace } from "../run/shared-pace.ts";
import { sharedSlots } from "../run/shared-slots.ts";
import type { Environment } from "./environment.ts";
import { openFleet } from "./fleet/open-fleet.ts";
import { type OpenedPlan, openPlan } from "./fleet/open-plan.ts";
import { workBlock } from "./fleet/work-block.ts";
import { locate } from "./project/open-project.ts";

declare const EVALS_VERSION: string;

export interface WorkerRequest {
  /** Address of the shared database. */
  readonly address: string;
  readonly directory?: string | undefined;
  /** Aliases of the models that this worker can call; empty for all models. */
  readonly models: readonly string[];
  /** Maximum concurrent calls; default each suite's own limit. */
  readonly concurrency?: number | undefined;
  /** Port on 127.0.0.1 on which the worker reports its health; default none. */
  readonly health_port?: number | undefined;
  /** Time without work after which the worker ends, in milliseconds; default never. */
  readonly idle_ms?: number | undefined;
}

/** How many blocks a worker has finished, and how many trials they had. */
export interface WorkerTotals {
  readonly blocks: number;
  readonly trials: number;
}

/**
 * Number of lanes of a worker. Each lane works on one block at a time. With a second lane, the worker has a block to
 * work on while the first lane waits for the last trials of another block.
 */
const LANES = 2;
const POLL_MS = 200;
const IDLE_POLL_MS = 500;
/** Interval at which the worker looks for runs that were planned with another version of evals, in milliseconds. */
const FOREIGN_MS = 30_000;
/** After this time, in milliseconds, a rejected plan is tried again: its commit may have been fetched meanwhile. */
const REFUSED_MS = 30_000;

/**
 * Works on the blocks of all plans of this repository until it is stopped. It leases a block, asks and scores the
 * block's trials, and stores the results.
 *
 * @throws {EvalsError} for anything that prevents the worker from working
 */
export async function runWorker(
  io: Environment,
  request: WorkerRequest,
  control: RunControl,
): Promise<WorkerTotals> {
  const { root } = locate(io, request.directory);
  const fleet = await openFleet(request.address, root, io);
  const { bench } = fleet;
  const totals = { blocks: 0, trials: 0 };
  const gone = new AbortController();
  const me = {
    name: `${hostname()}/${process.pid}`,
    program: EVALS_VERSION,
    models: request.models.length === 0 ? null : request.models,
  };
  const worker = await fleet.patiently(() => bench.arrive(me), control.stopped ?? control.signal);
  const shift = openShift({ io, request, root, control, fleet, worker, totals, gone: gone.signal });
  let health: { close(): Promise<void> } | undefined;
  try {
    if (request.health_port !== undefined)
      health = await (await import("./fleet/worker-health.ts")).openHealth(
        request.health_port,
        shift.isHealthy,
      );
    const beating = shift.beats();
    await Promise.all(Array.from({ length: LANES }, (_, lane) => shift.lane(lane)));
    gone.abort();
    await beating;
    await Promise.race([bench.leave(worker).catch(() => {}), io.sleep(1000, new AbortController().signal)]);
    return totals;
  } finally {
    gone.abort();
    await health?.close();
    await shift.close();
    await fleet.close();
  }
}

interface ShiftOptions {
  readonly io: Environment;
  readonly request: WorkerRequest;
  readonly root: string;
  readonly control: RunControl;
  readonly fleet: FleetDatabase;
  readonly worker: string;
  readonly totals: { blocks: number; trials: number };
  /** Aborts when the last lane has ended. */
  readonly gone: AbortSignal;
}

function openShift(options: ShiftOptions) {
  const { io, request, control, fleet, worker, totals } = options;
  const { bench } = fleet;
  const stopped = control.stopped ?? control.signal;
  const book = fleet.book(control.signal);
  const pace = sharedPace(fleet.pace, { ...io, stopped });
  const slots = new Map<number, ReturnType<typeof sharedSlots>>();
  const plans = openPlans(options);
  const refused = new Map<string, number>();
  /** For each plan, by its number, the functions that stop the blocks in progress. */
  const inHand = new Map<string, Set<(why: PlanHalt) => void>>();
  /** Blocks whose leases are renewed. */
  const leased = new Set<LeasedBlock>();
  /** Runs that were planned with another version of evals and were already reported. */
  const foreign = new Set<string>();
  let nextForeign = Number.NEGATIVE_INFINITY;
  let ids = 0;
  let lastWork = io.now();
  let busy = 0;
  let lastBeat = io.now();
  const newId = (): string => String((BigInt(worker) << 31n) + BigInt(++ids));

  const slotsOf = (limit: number) => {
    const known = slots.get(limit) ?? sharedSlots(limit);
    slots.set(limit, known);
    return known;
  };

  const work = async (plan: FleetPlan, block: LeasedBlock, opened: OpenedPlan): Promise<void> => {
    const stop = new AbortController();
    const stopThis = (): void => stop.abort();
    stopped.addEventListener("abort", stopThis, { once: true });
    if (stopped.aborted) stopThis();
    const hands = inHand.get(plan.no) ?? new Set();
    inHand.set(plan.no, hands.add(stopThis));
    const concurrency = request.concurrency ?? opened.prepared.concurrency;
    const slot = slotsOf(concurrency);
    const paced = pace(opened.prepared, opened.place.project);
    try {
      const { worked, halt } = await workBlock(block, {
        ...{ fleetPlan: plan, prepared: opened.prepared, place: opened.place, io, book, newId, concurrency },
        paced: (client, payer) => slot(paced(client, payer), payer),
        control: { stopping: () => stop.signal.aborted, stopped: stop.signal, signal: control.signal },
      });
      // An aborted block is not stored. Its lease expires, so another worker takes it, with the answers in the
      // ledger.
      if (control.signal.aborted) return;
      if (halt !== null) await fleet.patiently(() => bench.halt(plan.no, halt), control.signal);
      const isOurs = await fleet.patiently(() => bench.finish(plan, block, worker, worked), control.signal);
      if (isOurs) {
        totals.blocks++;
        totals.trials += worked.trials.length;
      }
    } finally {
      hands.delete(stopThis);
      stopped.removeEventListener("abort", stopThis);
    }
  };

  /** The next block of a plan that this clone can work on. */
  const next = async (): Promise<{ plan: FleetPlan; block: LeasedBlock; opened: OpenedPlan } | undefined> => {
    for (const plan of await bench.plans(worker)) {
      if ((refused.get(plan.no) ?? 0) > io.now()) continue;
      let opened: OpenedPlan;
      try {
        opened = await plans.open(plan);
      } catch (error) {
        if (!(error instanceof EvalsError)) throw error;
        if (!refused.has(plan.no))
          for (const { what, fix } of error.problems)
            io.notice(`Not working on run ${plan.run}: ${what} ${fix}`);
        refused.set(plan.no, io.now() + REFUSED_MS);
        continue;
      }
      if (stopped.aborted) return undefined;
      const block = await bench.lease(plan, worker);
      if (block !== undefined) return { plan, block, opened };
    }
    if (io.now() >= nextForeign) {
      nextForeign = io.now() + FOREIGN_MS;
      for (const { run, program } of await bench.foreign(worker)) {
        if (foreign.has(run)) continue;
        foreign.add(run);
        io.notice(
          `Not working on run ${run}: it was planned with evals ${program}, and this is ${EVALS_VERSION}. Install the same version of evals on the workers and on the machine that plans runs.`,
        );
      }
    }
    return undefined;
  };

  return {
    lane: async (lane: number): Promise<void> => {
      // The lanes start one after another: lanes that polled at the same time would find the same block.
      await io.sleep((POLL_MS / LANES) * lane, stopped).catch(() => {});
      while (!stopped.aborted) {
        const found = await fleet.patiently(next, stopped).catch((error: unknown) => {
          if (stopped.aborted) return undefined;
          throw error;
        });
        if (found === undefined) {
          const idle = io.now() - lastWork;
          if (busy === 0 && request.idle_ms !== undefined && idle >= request.idle_ms) return;
          await io.sleep(idle > 5000 ? IDLE_POLL_MS : POLL_MS, stopped).catch(() => {});
          continue;
        }
        busy++;
        leased.add(found.block);
        try {
          await work(found.plan, found.block, found.opened);
        } finally {
          busy--;
          leased.delete(found.block);
          lastWork = io.now();
        }
      }
    },
    /** Renews the leases of the blocks in progress, until the last lane has ended. */
    beats: async (): Promise<void> => {
      while (!options.gone.aborted) {
        try {
          for (const [plan, why] of await bench.beat(worker, [...leased]))
            for (const stop of inHand.get(plan) ?? []) stop(why);
          lastBeat = io.now();
        } catch (error) {
          // The database cannot be reached. The lease may expire meanwhile, but answers are written when the
          // database is back.
          if (!(error instanceof Error)) throw error;
        }
        await io.sleep((LEASE_S * 1000) / 4, options.gone).catch(() => {});
      }
    },
    /** Whether the database answered within the time of a lease. */
    isHealthy: (): boolean => io.now() - lastBeat < LEASE_S * 1000,
    close: () => plans.close(),
  };
}

/** Opens plans, and keeps those that this worker has opened. A plan that could not be opened is tried again. */
function openPlans({ io, request, root }: ShiftOptions) {
  const opened = new Map<string, Promise<OpenedPlan>>();
  return {
    open: (plan: FleetPlan): Promise<OpenedPlan> => {
      let known = opened.get(plan.no);
      if (known === undefined) {
        known = openPlan(plan, { directory: request.directory, root, concurrency: request.concurrency }, io);
        known.catch(() => opened.delete(plan.no));
        opened.set(plan.no, known);
      }
      return known;
    },
    close: async (): Promise<void> => {
      for (const one of opened.values()) await (await one.catch(() => undefined))?.close();
    },
  };
}
