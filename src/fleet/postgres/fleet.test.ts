import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { breakableNetwork } from "../../postgres/testing/breakable-network.ts";
import {
  type PrivatePostgres,
  skippedWithoutPostgres,
  startPostgres,
} from "../../postgres/testing/private-postgres.ts";
import type { FleetDatabase, NewPlan } from "../database.ts";
import type { ClosedCall, FleetPlan, LeasedBlock, OpenedCall, TrialPlace, WorkedBlock } from "../fleet.ts";
import { openPostgresFleet } from "./open-postgres.ts";

const LONG = 60_000;
const PLAN: NewPlan = {
  ...{ run: "aaaa0001", plan_hash: "h", commit: "c", suite: "s", alias: "m", request: {}, asks_again: true },
  ...{ program: "1.0.0", header: {}, budget: null },
};

describe.skipIf(skippedWithoutPostgres())(
  "the PostgreSQL database shared by workers and planners",
  { timeout: LONG },
  () => {
    let postgres: PrivatePostgres;
    let url: string;
    let fleet: FleetDatabase;
    let ids = 0;
    const never = new AbortController().signal;

    beforeAll(async () => {
      postgres = await startPostgres();
    }, LONG);
    afterAll(() => postgres?.stop());
    beforeEach(async () => {
      url = postgres.database();
      fleet = await openPostgresFleet(url, () => {}, 0);
      return () => fleet.close();
    });

    const trials = (from: number, count: number): TrialPlace[] =>
      Array.from({ length: count }, (_, at) => ({ case_no: from + at, trial: 1 }));
    const worker = (models: readonly string[] | null = null): Promise<string> =>
      fleet.bench.arrive({ name: "w", program: "1.0.0", models });
    const planned = async (more: Partial<NewPlan> = {}, ...blocks: TrialPlace[][]): Promise<FleetPlan> => {
      const plan = { ...PLAN, ...more };
      const { no } = await fleet.plans.open(plan);
      if (blocks.length > 0) await fleet.plans.publish(no, blocks);
      return { ...plan, no, bounded: plan.budget !== null };
    };
    const leased = async (plan: FleetPlan, who: string): Promise<LeasedBlock> => {
      const block = await fleet.bench.lease(plan, who);
      if (block === undefined) throw new Error("no block to take");
      return block;
    };
    const call = (block: LeasedBlock, more: Partial<OpenedCall> = {}): OpenedCall => ({
      ...{ plan: block.plan, bounded: block.bounded, block: block.no, fence: block.fence },
      ...{ id: String(++ids), key: `k${ids}` },
      ...{ judge: null, case_id: "c", most_usd: 0.5, most_tokens: 100 },
      ...more,
    });
    const answer = ({ plan, id }: OpenedCall, usd = 0.25): ClosedCall => ({
      ...{ plan, id, state: "answered", billed: true, usage: null, usd, reply: '{"kind":"answered"}' },
    });
    const worked = (block: LeasedBlock, more: Partial<WorkedBlock> = {}): WorkedBlock => ({
      trials: block.trials.map((one) => ({ ...one, call: null, reply: "{}", scoring: null })),
      ...{ rest: [], judgements: null, used: [], passed: 0, errored: 0 },
      pace: { limited_by: null, waited_ms: 0, refused: 0 },
      ...more,
    });
    /** Lets all leases expire, as if their workers had been silent for so long. */
    const expire = (): void =>
      void postgres.sql(
        url,
        "UPDATE evals.blocks SET lease_until = now() - interval '1 second' WHERE state = 'leased'",
      );
    /** Changes a setting of the database, for new connections, and ends the present ones. */
    const setReadOnly = (where: string, setting: string): void => {
      const database = where.split("/").at(-1);
      const other = where.replace(`/${database}`, "/postgres");
      postgres.sql(other, `ALTER DATABASE ${database} ${setting}`);
      postgres.sql(
        other,
        `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '${database}'`,
      );
    };
    const states = (): string =>
      postgres.sql(url, "SELECT string_agg(state, ',' ORDER BY id) FROM evals.calls");

    it("is set up once, even if several processes are the first at the same moment", async () => {
      const fresh = postgres.database();
      const opened = await Promise.all(Array.from({ length: 4 }, () => openPostgresFleet(fresh, () => {})));
      for (const one of opened) await one.close();
      expect(postgres.sql(fresh, "SELECT count(*) FROM evals.schema_version")).toBe("1");
    });

    it("is refused when a newer program has changed it", async () => {
      postgres.sql(url, "UPDATE evals.schema_version SET version = 99");
      await expect(openPostgresFleet(url, () => {})).rejects.toMatchObject({
        problems: [{ code: "EVALS_POSTGRES_SCHEMA", what: expect.stringContaining("version 99") }],
      });
    });

    it("is migrated if an older program set it up", async () => {
      await planned({}, trials(0, 1));
      postgres.sql(
        url,
        "ALTER TABLE evals.blocks DROP COLUMN lost; ALTER TABLE evals.plans DROP COLUMN planner; UPDATE evals.schema_version SET version = 1",
      );
      await (await openPostgresFleet(url, () => {})).close();
      expect(postgres.sql(url, "SELECT sum(lost) FROM evals.blocks")).toBe("0");
    });

    it("lets one process plan a run: who resumed it last hands out each trial once, the other is told", async () => {
      const other = await openPostgresFleet(url, () => {});
      const { no } = await fleet.plans.open(PLAN);
      await fleet.plans.publish(no, [trials(0, 2)]);
      expect(await other.plans.open(PLAN)).toEqual({ no, trials: trials(0, 2) });
      await other.plans.publish(no, [trials(2, 1)]);
      const told = {
        problems: [{ code: "EVALS_WORKERS_TAKEN_OVER", fix: expect.stringContaining("evals pull") }],
      };
      await expect(fleet.plans.publish(no, [trials(2, 1)])).rejects.toMatchObject(told);
      await expect(fleet.plans.progress(no, [])).rejects.toMatchObject(told);
      await expect(fleet.plans.end(no, "complete", {})).rejects.toMatchObject(told);
      await fleet.plans.halt(no, { kind: "skipped", because: "cancelled" });
      expect(await other.plans.progress(no, [])).toMatchObject({ halt: null, waiting: 2 });
      expect(postgres.sql(url, "SELECT string_agg(cases::text, '' ORDER BY no) FROM evals.blocks")).toBe(
        "{0,1}{2}",
      );
      await other.close();
    });

    it("opens a plan for several processes at the same moment", async () => {
      const others = await Promise.all([1, 2, 3].map(() => openPostgresFleet(url, () => {})));
      const opened = await Promise.all(others.map((one) => one.plans.open(PLAN)));
      expect(new Set(opened.map(({ no }) => no)).size).toBe(1);
      const progress = await Promise.allSettled(
        others.map((one, at) => one.plans.progress(opened[at]?.no ?? "", [])),
      );
      expect(progress.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const one of others) await one.close();
    });

    it("tells a worker which runs need another version, and the planner which workers are there", async () => {
      const { no } = await planned({ program: "2.0.0" }, trials(0, 1));
      const small = await worker(["small"]);
      const all = await worker();
      expect(await fleet.bench.foreign(all)).toEqual([{ run: PLAN.run, program: "2.0.0" }]);
      expect(await fleet.bench.foreign(small)).toEqual([]);
      const { workers, kinds } = await fleet.plans.progress(no, []);
      expect(workers).toBe(0);
      expect(kinds).toHaveLength(2);
      expect(kinds).toEqual(
        expect.arrayContaining([
          { program: "1.0.0", models: ["small"] },
          { program: "1.0.0", models: null },
        ]),
      );
    });

    it("cannot be set up by a role without the right to, and reports the missing right", async () => {
      postgres.sql(
        url,
        "DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
      );
      const guest = postgres.database().replace("evals@", "guest@");
      await expect(openPostgresFleet(guest, () => {})).rejects.toMatchObject({
        problems: [{ code: "EVALS_POSTGRES_SCHEMA", what: expect.stringContaining("permission denied") }],
      });
    });

    it("is refused if it is read-only, does not exist or cannot be reached", async () => {
      postgres.sql(url, `ALTER DATABASE ${url.split("/").at(-1)} SET default_transaction_read_only = on`);
      const codes = await Promise.all(
        [url, `${url}_no`, "postgres://evals@127.0.0.1:1/x"].map((one) =>
          openPostgresFleet(one, () => {}).then(
            () => "opened",
            (error) => error.problems[0].code,
          ),
        ),
      );
      expect(codes).toEqual([
        "EVALS_POSTGRES_READ_ONLY",
        "EVALS_POSTGRES_REFUSED",
        "EVALS_POSTGRES_UNREACHABLE",
      ]);
    });

    it("gives each block to one worker", async () => {
      const plan = await planned({}, trials(0, 3), trials(3, 3), trials(6, 2));
      const hands = await Promise.all([worker(), worker(), worker()]);
      const taken = await Promise.all(hands.map((one) => leased(plan, one)));
      expect(taken.flatMap((one) => one.trials.map(({ case_no }) => case_no)).sort()).toEqual([
        0, 1, 2, 3, 4, 5, 6, 7,
      ]);
      expect(await fleet.bench.lease(plan, hands[0] as string)).toBeUndefined();
    });

    it("offers a plan to workers of its version that serve its model", async () => {
      await planned({}, trials(0, 1));
      const [all, right, wrong] = await Promise.all([worker(), worker(["m"]), worker(["other"])]);
      const newer = await fleet.bench.arrive({ name: "w", program: "2.0.0", models: null });
      const seen = await Promise.all([all, right, wrong, newer].map((one) => fleet.bench.plans(one)));
      expect(seen.map((one) => one.length)).toEqual([1, 1, 0, 0]);
    });

    it("gives a block with its answers to another worker when its lease has expired; other calls become uncertain", async () => {
      const plan = await planned({}, trials(0, 4));
      const [first, second] = await Promise.all([worker(), worker()]);
      const book = fleet.book(never);
      const block = await leased(plan, first);
      const calls = [call(block), call(block), call(block)] as const;
      expect(await Promise.all(calls.map(book.opened))).toEqual(["go", "go", "go"]);
      await book.closed(answer(calls[0]));
      expire();
      const again = await leased(plan, second);
      expect(again).toMatchObject({ no: block.no, fence: 2 });
      expect([...again.before].sort((a, b) => Number(a.id) - Number(b.id))).toEqual([
        { id: calls[0].id, key: calls[0].key, reply: '{"kind":"answered"}' },
        { id: calls[1].id, key: calls[1].key, reply: null },
        { id: calls[2].id, key: calls[2].key, reply: null },
      ]);
      expect(states()).toBe("answered,uncertain,uncertain");
    });

    it("accepts from a worker that has lost its lease only the answers to earlier calls", async () => {
      const plan = await planned({}, trials(0, 2));
      const [first, second] = await Promise.all([worker(), worker()]);
      const book = fleet.book(never);
      const block = await leased(plan, first);
      const sent = call(block);
      await book.opened(sent);
      expire();
      await leased(plan, second);
      expect(await book.opened(call(block))).toBe("lost");
      await book.closed(answer(sent));
      expect(states()).toBe("answered");
      expect(await fleet.bench.finish(plan, block, first, worked(block))).toBe(false);
      expect(postgres.sql(url, "SELECT count(*) FROM evals.trials")).toBe("0");
    });

    it("refuses what a worker does under an old lease after it took the same block again", async () => {
      const plan = await planned({}, trials(0, 2));
      const first = await worker();
      const book = fleet.book(never);
      const block = await leased(plan, first);
      expire();
      const again = await leased(plan, first);
      expect(await Promise.all([call(block), call(again)].map(book.opened))).toEqual(["lost", "go"]);
      expect(await fleet.bench.finish(plan, block, first, worked(block))).toBe(false);
      expect(await fleet.bench.finish(plan, again, first, worked(again))).toBe(true);
    });

    it("renews leases with each beat", async () => {
      const plan = await planned({}, trials(0, 1));
      const [first, second] = await Promise.all([worker(), worker()]);
      const block = await leased(plan, first);
      expire();
      await fleet.bench.beat(first, [block]);
      expect(await fleet.bench.lease(plan, second)).toBeUndefined();
    });

    it("gives a block to another worker if the first never learned that it had it", async () => {
      const plan = await planned({}, trials(0, 1));
      const [first, second] = await Promise.all([worker(), worker()]);
      await leased(plan, first);
      expire();
      await fleet.bench.beat(first, []);
      expect(await leased(plan, second)).toMatchObject({ no: 0, fence: 2 });
    });

    it("halts a plan whose block was lost with five workers, and gives it out again when the plan is resumed", async () => {
      const plan = await planned({}, trials(0, 2));
      const book = fleet.book(never);
      for (let lost = 1; lost <= 5; lost++) {
        const block = await leased(plan, await worker());
        await book.opened(call(block, { case_id: "c7" }));
        expire();
      }
      const last = await worker();
      expect(await fleet.bench.lease(plan, last)).toBeUndefined();
      const { halt, leased: held } = await fleet.plans.progress(plan.no, []);
      expect(halt).toMatchObject({
        kind: "unreachable",
        because: "workers-lost",
        message: expect.stringMatching(
          /5 workers died while they worked on block 0 \(cases in it: 2\); .*: c7\./,
        ),
      });
      expect(held).toBe(0);
      expect(await fleet.kept.status()).toMatchObject({
        runs: [{ state: "halted", reason: expect.stringContaining("c7"), blocks: { dead: 1, waiting: 0 } }],
      });
      await fleet.plans.open(PLAN);
      expect(await leased(plan, last)).toMatchObject({ no: 0, fence: 6 });
    });

    it("leaves a block to a worker whose lease ran out while nobody could renew it", async () => {
      const plan = await planned({}, trials(0, 1));
      const patient = await openPostgresFleet(url, () => {}, 1000);
      const [first, second] = await Promise.all([worker(), worker()]);
      const block = await leased(plan, first);
      const tries = async (): Promise<number | undefined> => (await patient.bench.lease(plan, second))?.fence;
      expire();
      expect(await tries()).toBeUndefined();
      await fleet.bench.beat(first, [block]);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect(await tries()).toBeUndefined();
      expire();
      expect(await tries()).toBeUndefined();
      await expect.poll(tries, { timeout: LONG }).toBe(2);
      await patient.close();
    });

    it("stores a finished block once, and gives its unasked trials to another worker", async () => {
      const plan = await planned({}, trials(0, 3));
      const [first, second] = await Promise.all([worker(), worker()]);
      const block = await leased(plan, first);
      const part = worked(block, { rest: block.trials.slice(1) });
      const done = { ...part, trials: part.trials.slice(0, 1) };
      expect(await fleet.bench.finish(plan, block, first, done)).toBe(true);
      expect(await fleet.bench.finish(plan, block, first, done)).toBe(true);
      expect((await leased(plan, second)).trials).toEqual(block.trials.slice(1));
      const { done: read } = await fleet.plans.progress(plan.no, []);
      expect(await fleet.plans.read(plan.no, read)).toMatchObject([
        { no: 0, trials: [{ case_no: 0, trial: 1 }] },
      ]);
    });

    it("gives out no block of a halted plan until it is opened again", async () => {
      const plan = await planned({}, trials(0, 2));
      const first = await worker();
      await fleet.plans.halt(plan.no, { kind: "skipped", because: "cancelled" });
      expect(await fleet.bench.plans(first)).toEqual([]);
      const again = await fleet.plans.open(PLAN);
      expect(again).toEqual({ no: plan.no, trials: trials(0, 2) });
      expect(await fleet.bench.plans(first)).toHaveLength(1);
    });

    it("reports each call once; one that is in no answer counts as lost, one without a reply with its reserved cost", async () => {
      const plan = await planned({}, trials(0, 2));
      const [first, second] = await Promise.all([worker(), worker()]);
      const book = fleet.book(never);
      const block = await leased(plan, first);
      const gone = call(block, { most_usd: 0.5 });
      await book.opened(gone);
      expire();
      const again = await leased(plan, second);
      const [used, wasted, judged] = [call(again), call(again), call(again, { judge: "j" })];
      for (const one of [used, wasted, judged]) {
        await book.opened(one);
        await book.closed(answer(one));
      }
      await fleet.bench.finish(plan, again, second, worked(again, { used: [used.id, judged.id] }));
      const sums = await fleet.plans.sums(plan.no);
      expect(sums).toMatchObject({
        ...{ blocks: [0], calls: 3, judge_calls: 1, uncertain: 1, lost: [{ usd: 0.5 }, { usd: 0.25 }] },
      });
      // The totals are the same when they are read again, as after a lost connection.
      expect(await fleet.plans.sums(plan.no)).toEqual(sums);
      await fleet.plans.reported(plan.no, sums.blocks);
      expect(await fleet.plans.sums(plan.no)).toMatchObject({
        ...{ blocks: [], calls: 0, judge_calls: 0, uncertain: 1, lost: [] },
      });
    });

    it("lets no more calls go than a budget has room for, however many workers ask", async () => {
      const plan = await planned({ budget: { usd: 1.75 } }, trials(0, 9));
      const block = await leased(plan, await worker());
      const book = fleet.book(never);
      const calls = Array.from({ length: 6 }, () => call(block));
      const waiting = calls.map((one) => book.opened(one).then((leave) => ({ ...one, leave })));
      const spent = { open: 0, most: 0, left: 0, refused: 0 };
      await Promise.all(
        waiting.map(async (one) => {
          const { leave, ...sent } = await one;
          if (leave !== "go") return spent.refused++;
          spent.open++;
          spent.most = Math.max(spent.most, spent.open);
          spent.left++;
          await new Promise((resolve) => setTimeout(resolve, 30));
          spent.open--;
          return book.closed(answer(sent, 0.5));
        }),
      );
      expect(spent).toMatchObject({ left: 3, refused: 3 });
      expect(spent.most).toBeLessThanOrEqual(3);
    });

    it("sends a call without a maximum cost alone", async () => {
      const plan = await planned({ budget: { usd: 1 } }, trials(0, 9));
      const block = await leased(plan, await worker());
      const book = fleet.book(never);
      const [one, other] = [call(block, { most_usd: null }), call(block, { most_usd: null })];
      expect(await book.opened(one)).toBe("go");
      const second = book.opened(other);
      expect(await Promise.race([second, new Promise((resolve) => setTimeout(resolve, 250, "waits"))])).toBe(
        "waits",
      );
      await book.closed(answer(one, 1));
      expect(await second).toBe("budget");
    });

    it("closes although its network broke", async () => {
      const network = await breakableNetwork(url);
      const remote = await openPostgresFleet(network.url, () => {});
      network.break();
      await remote.close();
      network.close();
    });

    it("stores an answer that came while the database was unavailable, and loses no earlier one", async () => {
      const plan = await planned({}, trials(0, 2));
      const first = await worker();
      const notices: string[] = [];
      const patient = await openPostgresFleet(url, (text) => notices.push(text));
      const book = patient.book(never);
      const block = await leased(plan, first);
      const calls = [call(block), call(block)] as const;
      await Promise.all(calls.map(book.opened));
      await book.closed(answer(calls[0]));
      const crashed = postgres.crash(600);
      await book.closed(answer(calls[1]));
      await crashed;
      expect(states()).toBe("answered,answered");
      expect(notices.join(" ")).toMatch(/does not answer.*answers again/s);
      await patient.close();
    });

    describe.each<[string, (url: string) => unknown, (url: string) => unknown]>([
      [
        "has no room on its disk",
        (where) =>
          // Not `sql`, which would block this thread while its own transactions hold the locks.
          postgres.sqlApart(
            where,
            `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
             CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON evals.calls FOR EACH ROW EXECUTE FUNCTION full_disk();
             CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON evals.trials FOR EACH ROW EXECUTE FUNCTION full_disk();
             CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT OR UPDATE ON evals.blocks DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION full_disk()`,
            0,
          ).done,
        (where) => postgres.sqlApart(where, "DROP FUNCTION full_disk CASCADE", 0).done,
      ],
      [
        "has become read-only",
        (where) => setReadOnly(where, "SET default_transaction_read_only = on"),
        (where) => setReadOnly(where, "RESET default_transaction_read_only"),
      ],
    ])("that %s in the middle of a run", (_, breakIt, mendIt) => {
      it("is waited for with a notice: calls are recorded once, answers and blocks are kept", async () => {
        const plan = await planned({}, trials(0, 2));
        const notices: string[] = [];
        const patient = await openPostgresFleet(url, (text) => notices.push(text));
        await patient.plans.open(PLAN);
        const first = await worker();
        const book = patient.book(never);
        const block = await leased(plan, first);
        const calls = [call(block), call(block), call(block)] as const;
        await Promise.all(calls.slice(0, 2).map(book.opened));
        await book.closed(answer(calls[0]));
        await breakIt(url);
        let waiting = 3;
        const done = <T>(work: Promise<T>): Promise<T> => work.finally(() => waiting--);
        const all = Promise.all([
          done(book.closed(answer(calls[1]))),
          done(book.opened(calls[2])),
          done(patient.plans.publish(plan.no, [trials(2, 1)])),
        ]);
        const results = worked(block, { used: [calls[0].id, calls[1].id] });
        const finished = patient.patiently(() => patient.bench.finish(plan, block, first, results));
        await expect.poll(() => notices.join(" "), { timeout: LONG }).toMatch(/takes no writes/);
        expect(waiting).toBe(3);
        await mendIt(url);
        expect((await all)[1]).toMatch(/go|lost/);
        expect(await finished).toBe(true);
        expect(notices.join(" ")).toMatch(/answers again/);
        expect(states().split(",").slice(0, 2)).toEqual(["answered", "answered"]);
        expect(postgres.sql(url, "SELECT count(*) FROM evals.trials")).toBe("2");
        expect(postgres.sql(url, "SELECT count(*) FROM evals.blocks")).toBe("2");
        await patient.close();
      });
    });

    describe("a schedule", () => {
      const EVERY_MINUTE = "* * * * *";
      const queued = (): string =>
        postgres.sql(url, "SELECT count(*) FROM evals_queue.job WHERE name = 'evals-cron-n'");

      it("gives each time to one of the processes that share it, also one that passed while none waited", async () => {
        const other = await openPostgresFleet(url, () => {});
        const hands = [await fleet.cadence("n", EVERY_MINUTE), await other.cadence("n", EVERY_MINUTE)];
        const stop = new AbortController();
        await expect.poll(queued, { timeout: 2 * LONG }).toBe("1");
        const taken = hands.map((one) => one.next(stop.signal));
        expect(await Promise.race(taken)).toBe(true);
        stop.abort();
        expect((await Promise.all(taken)).sort()).toEqual([false, true]);
        await Promise.all(hands.map((one) => one.close()));
        await other.close();
      });

      it.each(["every night", "61 * * * *", ""])("is refused if its fields make none: %j", async (fields) => {
        await expect(fleet.cadence("n", fields)).rejects.toMatchObject({
          problems: [{ code: "EVALS_CRON", what: expect.stringContaining(`"${fields}" is not a schedule`) }],
        });
      });
    });

    it("reports that it has no room when it cannot be set up for that reason", async () => {
      postgres.sql(
        url,
        "DO $$ BEGIN CREATE ROLE crowded LOGIN CONNECTION LIMIT 0; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
      );
      await expect(openPostgresFleet(url.replace("evals@", "crowded@"), () => {})).rejects.toMatchObject({
        problems: [{ code: "EVALS_POSTGRES_FULL", fix: expect.stringContaining("Free disk space") }],
      });
    });

    it("goes by its own clock alone: a worker's clock that jumps changes neither leases nor the pace", async () => {
      const plan = await planned({}, trials(0, 1));
      const [first, second] = await Promise.all([worker(), worker()]);
      const block = await leased(plan, first);
      const granted = () => ({ requests: 1, tokens: 0, wait_ms: 0 });
      await fleet.pace.lease("m", 60_000, granted);
      vi.useFakeTimers({ toFake: ["Date"] });
      try {
        for (const date of ["1999-01-01", "2099-01-01"]) {
          vi.setSystemTime(new Date(date));
          expect(await fleet.bench.lease(plan, second)).toBeUndefined();
          await fleet.bench.beat(first, [block]);
          expect(await fleet.plans.progress(plan.no, [])).toMatchObject({ leased: 1, workers: 2 });
          await fleet.pace.lease("m", 60_000, (before) => {
            expect(before).toHaveLength(1);
            expect(before[0]?.age_ms).toBeLessThan(60_000);
            return { requests: 0, tokens: 0, wait_ms: 1 };
          });
        }
        expect(await fleet.bench.finish(plan, block, first, worked(block))).toBe(true);
      } finally {
        vi.useRealTimers();
      }
    });

    it("gives a dead worker's block away, and lets calls go, after its own clock was set back", async () => {
      const plan = await planned({}, trials(0, 1));
      const [first, second] = await Promise.all([worker(), worker()]);
      await leased(plan, first);
      await fleet.pace.lease("m", 60_000, () => ({ requests: 1, tokens: 0, wait_ms: 0 }));
      // What was written an hour before the clock was set back by an hour.
      postgres.sql(
        url,
        `UPDATE evals.blocks SET lease_until = lease_until + interval '1 hour'; UPDATE evals.departures SET at = at + interval '1 hour';
         UPDATE evals.workers SET seen_at = seen_at + interval '1 hour' WHERE no = ${first}`,
      );
      expect(await fleet.plans.progress(plan.no, [])).toMatchObject({ leased: 0, waiting: 1, workers: 1 });
      expect(await fleet.bench.plans(second)).toHaveLength(1);
      expect(await leased(plan, second)).toMatchObject({ no: 0, fence: 2 });
      const ages = async (): Promise<number[]> => {
        let found: number[] = [];
        await fleet.pace.lease("m", 60_000, (before) => {
          found = before.map(({ age_ms }) => age_ms);
          return { requests: 0, tokens: 0, wait_ms: 1 };
        });
        return found;
      };
      await ages();
      const [age = -1] = await ages();
      expect(age).toBeGreaterThanOrEqual(0);
      expect(age).toBeLessThan(60_000);
    });

    it("is not migrated by a role without the right to, which reports who can do it", async () => {
      postgres.sql(
        url,
        `DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
         GRANT USAGE ON SCHEMA evals TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA evals TO reader;
         UPDATE evals.schema_version SET version = 1`,
      );
      await expect(openPostgresFleet(url.replace("evals@", "reader@"), () => {})).rejects.toMatchObject({
        problems: [{ code: "EVALS_POSTGRES_SCHEMA", fix: expect.stringContaining("owns the schema") }],
      });
    });

    it("gives a judge's answer to every worker that asks the same question in the same plan", async () => {
      const plan = await planned({}, trials(0, 2));
      const block = await leased(plan, await worker());
      const book = fleet.book(never);
      const one = call(block, { judge: "j", key: "same" });
      await book.opened(one);
      expect(await book.answered(plan.no, "same")).toBeUndefined();
      await book.closed(answer(one));
      expect(await book.answered(plan.no, "same")).toEqual({ id: one.id, reply: '{"kind":"answered"}' });
    });

    it("lets a worker do its work with the rights that docs/workers.md gives it, and no more", async () => {
      const [, block = ""] = /```sql\n(.*?)```/s.exec(readFileSync("docs/workers.md", "utf8")) ?? [];
      const database = url.split("/").at(-1) ?? "";
      postgres.sql(url, block.replace("DATABASE evals", `DATABASE ${database}`));
      const plan = await planned({ budget: { usd: 5 } }, trials(0, 4), trials(4, 1));
      const bounded = await openPostgresFleet(url.replace("evals@", "evals_worker@"), () => {});
      const { bench } = bounded;
      const book = bounded.book(never);
      const first = await bench.arrive({ name: "w", program: "1.0.0", models: null });
      const [taken] = await bench.plans(first);
      const one = (await bench.lease(taken as FleetPlan, first)) as LeasedBlock;
      const sent = call(one);
      expect(await book.opened(sent)).toBe("go");
      await book.closed(answer(sent));
      await bench.beat(first, [one]);
      await bounded.pace.lease("m", 61_000, () => ({ requests: 1, tokens: 0, wait_ms: 0 }));
      const half = { ...worked(one, { rest: one.trials.slice(1), used: [sent.id] }) };
      expect(await bench.finish(plan, one, first, { ...half, trials: half.trials.slice(0, 1) })).toBe(true);
      await bench.halt(plan.no, { kind: "skipped", because: "budget" });
      await bench.leave(first);
      await expect(bounded.plans.open({ ...PLAN, run: "bbbb0002" })).rejects.toThrow(/permission denied/);
      await bounded.close();
    });

    it("shows the progress of runs, and deletes a run with all of its answers", async () => {
      const plan = await planned({}, trials(0, 2), trials(2, 2));
      const first = await worker();
      const block = await leased(plan, first);
      await fleet.bench.finish(plan, block, first, worked(block));
      expect(await fleet.kept.status()).toMatchObject({
        runs: [
          {
            run: PLAN.run,
            state: "open",
            blocks: { done: 1, leased: 0, waiting: 1 },
            trials: { all: 4, done: 2 },
          },
        ],
        workers: [{ name: "w", blocks: 0 }],
      });
      const [kept] = await fleet.kept.find("aaaa");
      await fleet.kept.drop(kept as NonNullable<typeof kept>);
      expect(await fleet.kept.status()).toMatchObject({ runs: [] });
      expect(postgres.sql(url, "SELECT count(*) FROM evals.trials")).toBe("0");
    });
  },
);
