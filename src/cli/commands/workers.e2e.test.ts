import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type PrivatePostgres,
  skippedWithoutPostgres,
  startPostgres,
} from "../../postgres/testing/private-postgres.ts";
import { judgeServer } from "../../providers/testing/judge-server.ts";
import { type ModelServer, modelServer } from "../../providers/testing/model-server.ts";
import { main } from "../main.ts";
import { countedIds, type FakeIo, fakeIo } from "../testing/fake-io.ts";
import { type Checkout, type GitProject, gitProject, projectFiles } from "../testing/git-project.ts";
import { findsKind, JUDGE, POLITE, repliesPolitely, SUITE, TARGET } from "../testing/judged-suite.ts";

const LONG = 60_000;
const CASES = 12;
const TRIALS = 3;
/** Whether this Node is too old for the queue of workers. */
const tooOld = Number(process.versions.node.split(".")[0]) < 22;
if (tooOld) process.stderr.write("Not tested on this Node: workers, whose queue needs Node 22.\n");

describe.runIf(tooOld)("workers on an older Node", () => {
  it.each(["run --workers", "worker", "queue status"])(
    "are refused by %s with the version that is needed",
    async (words) => {
      const repo = gitProject(projectFiles(2, 1));
      const { exit, stderr } = await repo.evals([...words.split(" "), "postgres://nobody@127.0.0.1:1/none"]);
      expect({ exit, stderr }).toMatchObject({
        exit: 2,
        stderr: expect.stringMatching(/EVALS_WORKERS_NODE|Node 22\.12/),
      });
      repo.remove();
    },
  );
});

describe.skipIf(tooOld || skippedWithoutPostgres())("workers on PostgreSQL", { timeout: LONG }, () => {
  let postgres: PrivatePostgres;
  let server: ModelServer;
  let repo: GitProject;
  let url: string;
  let latency_ms: number;
  let isBroken: boolean;
  const env = { K: "secret-of-the-worker" };
  const ids = countedIds(1000);

  beforeAll(async () => {
    postgres = await startPostgres();
  }, LONG);
  afterAll(() => postgres?.stop());
  beforeEach(async () => {
    latency_ms = 5;
    isBroken = false;
    server = await modelServer(async (text) => {
      await wait(latency_ms);
      return isBroken || Number(text) % 3 === 0 ? "no" : `item ${text}`;
    });
    repo = gitProject(files());
    url = postgres.database();
  });
  afterEach(async () => {
    repo.remove();
    await server.close();
  });

  function files(model = "", suite = ""): Record<string, string> {
    return {
      ...projectFiles(CASES, TRIALS),
      "evalconfig.yaml": `models:\n  m: { provider: openai, model: mock-2024-01-01, base_url: "http://127.0.0.1:${server.port}/v1", api_key_env: K, params: { max_tokens: 12 }, price: { input: 1, output: 10 }${model} }\n`,
      "evals/s.yaml": `dataset: d\nprompt: q\nmodel: m\ntrials: ${TRIALS}\nscorers:\n  - { type: equals, name: exact }\n  - { type: length, name: short, max: 7, required: false }\n${suite}`,
      "prompts/q/1.0.0.md": "user:\n{{ input.n }}\n",
    };
  }
  const began = performance.now();
  const io = (root: string): FakeIo =>
    fakeIo(root, {
      env,
      randomHex: ids,
      now: () => performance.now() - began,
      date: () => new Date(),
      sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
    });
  const typed = async (root: string, ...args: string[]) => {
    const environment = io(root);
    const exit = await main(args, environment);
    return { exit, ...environment.printed };
  };
  const document = async (root: string, ...args: string[]) => {
    const { exit, stdout, stderr } = await typed(root, ...args, "--json");
    return { exit, stderr, document: JSON.parse(stdout) };
  };
  const planned = (...args: string[]) =>
    document(repo.root, "run", "s", "--no-cache", "--quiet", "--workers", url, ...args);

  /** A worker in a clone of its own, until it is stopped. */
  function worker(clone: Checkout = repo.clone("main"), ...args: string[]) {
    const environment = io(clone.root);
    const ended = main(["worker", url, ...args], environment);
    return {
      environment,
      ended,
      stop: async () => {
        environment.signal("SIGTERM");
        return ended;
      },
    };
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test looks where it likes
  const summary = ({ document }: { document: any }) => {
    const [{ suite, target, fingerprint, errors, gate, counts, metrics }] = document.runs;
    const { uncertain, ...rest } = counts;
    const values = Object.entries(metrics as Record<string, { value: number }>).filter(
      ([name]) => !name.startsWith("latency"),
    );
    return { suite, target, fingerprint, errors, gate, counts: rest, metrics: Object.fromEntries(values) };
  };

  it("ask the runs of a drift series, which find the same as one process", {
    timeout: 2 * LONG,
  }, async () => {
    expect((await typed(repo.root, "run", "s", "--trials", "10", "--baseline", "none", "--quiet")).exit).toBe(
      0,
    );
    expect((await typed(repo.root, "promote")).exit).toBe(0);
    repo.git("push", "-q", "origin", "main");
    const one = worker();
    const night = (...args: string[]) => document(repo.root, "drift", "s", ...args);
    const together = await night("--workers", url);
    expect(together).toMatchObject({ exit: 0, document: { verdict: "not_enough_evidence", series: [{}] } });
    const { runs } = (await document(repo.root, "queue", "status", url)).document;
    expect(runs).toMatchObject([
      { run: together.document.series[0].run, state: "ended", trials: { done: CASES * TRIALS } },
    ]);
    const alone = await night();
    const [first, second] = alone.document.series;
    expect(first.run).toBe(together.document.series[0].run);
    expect(second.delta).toBe(first.delta);
    isBroken = true;
    const fallen = await night("--workers", url);
    expect(fallen).toMatchObject({ exit: 1, document: { verdict: "drift", direction: "worse" } });
    await one.stop();
  });

  it("ask a drift series at the times of a schedule, until a signal", { timeout: 2 * LONG }, async () => {
    await typed(repo.root, "run", "s", "--trials", "10", "--baseline", "none", "--quiet");
    await typed(repo.root, "promote");
    repo.git("push", "-q", "origin", "main");
    const one = worker();
    const planner = io(repo.root);
    isBroken = true;
    const ended = main(["drift", "s", "--workers", url, "--cron", "* * * * *", "--json"], planner);
    await expect.poll(() => planner.printed.stdout, { timeout: LONG }).toContain('"verdict": "drift"');
    planner.signal("SIGTERM");
    expect(await ended).toBe(1);
    await one.stop();
    expect(await typed(repo.root, "drift", "s", "--cron", "* * * * *")).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("--cron needs --workers"),
    });
  });

  it("produce the document of a run in one process, which show, history and another clone then have", async () => {
    const alone = await document(repo.clone("main").root, "run", "s", "--no-cache", "--quiet");
    const hands = [worker(), worker()];
    const together = await planned();
    expect(together).toMatchObject({ exit: alone.exit, document: { runs: [{ counts: { uncertain: 0 } }] } });
    expect(summary(together)).toEqual(summary(alone));
    const { id } = together.document.runs[0];
    expect(await document(repo.root, "show", id)).toMatchObject({ exit: 0 });
    expect(await document(repo.root, "queue", "status", url)).toMatchObject({
      document: {
        runs: [
          {
            run: id,
            state: "ended",
            trials: { all: CASES * TRIALS, done: CASES * TRIALS },
            calls: { open: 0 },
          },
        ],
      },
    });
    const elsewhere = repo.clone("main");
    expect(await document(elsewhere.root, "pull", id.slice(0, 6), "--workers", url)).toMatchObject({
      document: { run: id, trials: CASES * TRIALS, was_here: false },
    });
    const [here, there] = await Promise.all(
      [repo.root, elsewhere.root].map((root) => document(root, "show", `${id}/c001`)),
    );
    // The time at which a trial was stored differs between histories.
    const answers = (one: typeof here) => JSON.stringify(one?.document.trials).replace(/"at":"[^"]+"/g, "");
    expect(answers(there)).toBe(answers(here));
    expect(await typed(elsewhere.root, "report", id, "--format", "markdown")).toEqual(
      await typed(repo.root, "report", id, "--format", "markdown"),
    );
    expect(await Promise.all(hands.map((one) => one.stop()))).toEqual([0, 0]);
    expect(postgres.sql(url, "SELECT string_agg(c::text, '') FROM evals.calls c")).not.toContain(env.K);
  });

  it("ask judges in the worker that asked for the answer, and once for each question", async () => {
    const [models, many] = [{ [TARGET]: repliesPolitely, [JUDGE]: findsKind }, 40];
    const judges = await judgeServer(models);
    const model = (name: string, price: string): string =>
      `{ provider: openai, model: ${name}, base_url: "http://127.0.0.1:${judges.port}/v1", api_key_env: K, params: { max_tokens: 20 }, price: ${price} }`;
    const judged = gitProject({
      ".gitignore": ".evals/\n",
      "evalconfig.yaml": `models:\n  target: ${model(TARGET, "{ input: 1, output: 2 }")}\n  judge: ${model(JUDGE, "{ input: 0, output: 40 }")}\n`,
      "evals/s.yaml": SUITE.replace("trials: 1", "trials: 2"),
      "datasets/reply.jsonl": Array.from(
        { length: many },
        (_, n) => `${JSON.stringify({ id: `c${n}`, input: `question ${n} ${"ab"[n % 2]}` })}\n`,
      ).join(""),
      "prompts/reply/1.0.0.md": "user:\n{{ input }}\n",
      "judges/polite/1.0.0.md": POLITE,
    });
    const alone = await document(judged.clone("main").root, "run", "s", "--no-cache", "--quiet");
    const before = judges.asked.length;
    const hands = [worker(judged.clone("main")), worker(judged.clone("main"))];
    const together = await document(judged.root, "run", "s", "--no-cache", "--quiet", "--workers", url);
    const { judge_calls: asked, ...counts } = together.document.runs[0].counts;
    expect(summary({ document: { runs: [{ ...together.document.runs[0], counts }] } }).metrics).toMatchObject(
      {
        pass_rate: summary(alone).metrics.pass_rate,
        cost_usd: summary(alone).metrics.cost_usd,
      },
    );
    expect(judges.asked.length - before).toBe(counts.calls + asked);
    const { id } = together.document.runs[0];
    const shown = await document(judged.root, "show", `${id}/c1/1`);
    expect(JSON.stringify(shown.document.trial.scores)).toContain("blames");
    await Promise.all(hands.map((one) => one.stop()));
    await judges.close();
    judged.remove();
  });

  it("continue the work of a stopped worker, and ask nothing twice", async () => {
    latency_ms = 120;
    const first = worker(undefined, "--concurrency", "3");
    const run = planned();
    await expect.poll(() => server.asked.length, { timeout: LONG }).toBeGreaterThan(4);
    expect(await first.stop()).toBe(0);
    const second = worker();
    expect(await run).toMatchObject({
      document: { runs: [{ counts: { answered: CASES * TRIALS, uncertain: 0 } }] },
    });
    expect(server.asked).toHaveLength(CASES * TRIALS);
    await second.stop();
  });

  it("stop at a common budget, and continue when it is raised", async () => {
    const hands = [worker(repo.clone("main")), worker(repo.clone("main"))];
    const poor = await planned("--budget", "0.0015");
    expect(poor).toMatchObject({ exit: 3, document: { runs: [{ status: "incomplete" }] } });
    const [{ counts, metrics }] = poor.document.runs;
    expect(counts.answered).toBeGreaterThan(0);
    expect(metrics.cost_usd.value).toBeLessThanOrEqual(0.0015);
    const rich = await planned("--resume", "--budget", "5");
    expect(rich.document.runs[0].counts).toMatchObject({ answered: CASES * TRIALS, calls: CASES * TRIALS });
    expect(server.asked).toHaveLength(CASES * TRIALS);
    await Promise.all(hands.map((one) => one.stop()));
  });

  it("wait while the database's disk is full, keep what was answered, and ask nothing twice", async () => {
    latency_ms = 60;
    const hands = [worker(undefined, "--concurrency", "4"), worker(undefined, "--concurrency", "4")];
    const run = planned();
    await expect.poll(() => server.asked.length, { timeout: LONG }).toBeGreaterThan(3);
    const tables = ["calls", "trials", "blocks"];
    // Not `sql`: the workers are in this process, and their transactions hold locks.
    const write = (text: string): Promise<void> => postgres.sqlApart(url, text, 0).done;
    await write(
      `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
       ${tables.map((table) => `CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON evals.${table} FOR EACH ROW EXECUTE FUNCTION full_disk()`).join(";")}`,
    );
    await expect
      .poll(() => hands.map((one) => one.environment.printed.stderr).join(""), { timeout: LONG })
      .toMatch(/takes no writes \(could not extend file/);
    await write("DROP FUNCTION full_disk CASCADE");
    expect(await run).toMatchObject({
      exit: 0,
      document: { runs: [{ counts: { answered: CASES * TRIALS, uncertain: 0 } }] },
    });
    expect(server.asked).toHaveLength(CASES * TRIALS);
    await Promise.all(hands.map((one) => one.stop()));
  });

  it("are refused for files that are not committed", async () => {
    repo.write("prompts/q/1.0.0.md", "user:\nanother {{ input.n }}\n");
    expect(await planned()).toMatchObject({
      exit: 2,
      document: { problems: [{ code: "EVALS_WORKERS_COMMIT" }] },
    });
    expect(await planned("--at", "HEAD", "--dry-run")).toMatchObject({ exit: 0 });
  });

  it("do not work on a run whose commit is not in their clone, and report it", async () => {
    const stale = repo.clone("main");
    repo.commit({ "prompts/q/1.0.1.md": "user:\n{{ input.n }}\n" });
    const old = worker(stale);
    const run = planned();
    await expect
      .poll(() => old.environment.printed.stderr, { timeout: LONG })
      .toMatch(/Not working on run .*git fetch/s);
    expect(server.asked).toEqual([]);
    repo.git("push", "-q", "origin", "main");
    const fresh = worker();
    expect(await run).toMatchObject({ exit: 0 });
    await Promise.all([old.stop(), fresh.stop()]);
  });

  it("leave a run of another version alone, and report both versions", async () => {
    const run = planned();
    const asked = (sql: string) => expect.poll(() => postgres.sql(url, sql), { timeout: LONG });
    await asked("SELECT to_regclass('evals_queue.version') IS NOT NULL").toBe("t");
    await asked("SELECT count(*) > 0 FROM evals.blocks").toBe("t");
    const own = postgres.sql(url, "SELECT program FROM evals.plans");
    await postgres.sqlApart(url, "UPDATE evals.plans SET program = '99.0.0'", 0).done;
    const hand = worker();
    await expect
      .poll(() => hand.environment.printed.stderr, { timeout: LONG })
      .toMatch(/Not working on run .*planned with evals 99\.0\.0, and this is /);
    expect(server.asked).toEqual([]);
    await postgres.sqlApart(url, `UPDATE evals.plans SET program = '${own}'`, 0).done;
    expect(await run).toMatchObject({
      exit: 0,
      document: { runs: [{ counts: { answered: CASES * TRIALS } }] },
    });
    await hand.stop();
  });

  it("share one rate limit", async () => {
    repo.commit(files(", limits: { requests_per_minute: 120 }"));
    repo.git("push", "-q", "origin", "main");
    const hands = [worker(), worker(), worker()];
    const start = performance.now();
    const run = planned("--trials", "1");
    await expect
      .poll(() => server.asked.length, { timeout: LONG, interval: 10 })
      .toBeGreaterThanOrEqual(CASES);
    // The first two calls are made at once, the others at two per second.
    expect(performance.now() - start).toBeGreaterThan(4500);
    await run;
    await Promise.all(hands.map((one) => one.stop()));
  });

  it("end by themselves after being idle for the given time", async () => {
    expect(await worker(undefined, "--idle", "300ms").ended).toBe(0);
  });
});
