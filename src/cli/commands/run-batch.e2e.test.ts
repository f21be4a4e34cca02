import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  type BatchServer,
  type BatchServerOptions,
  type Fate,
  startBatchServer,
} from "../../../fixtures/batches/batch-server.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function batched(
  fates: readonly Fate[] = [],
  suite = "",
  instead: BatchServerOptions["instead"] = new Map(),
): Promise<{ repo: Scenario; server: BatchServer; later: () => void }> {
  let now = Date.now();
  const server = await startBatchServer({ fates, takes: 1000, now: () => now, instead });
  const repo = scenario(null);
  const files = {
    "evalconfig.yaml": `models:\n  m: { provider: openai, model: m-2024-01-01, base_url: "${server.origin}/v1", params: { max_tokens: 100 }, price: { input: 1000, output: 1000 } }\n  app: { provider: http, url: "${server.origin}/app" }\n`,
    "evals/s.yaml": `dataset: d\nprompt: q\nmodel: m\ntrials: 2\nscorers:\n  - { type: equals, value: "yes" }\n${suite}`,
    "prompts/q/1.0.0.md": "user:\n{{ input }}\n",
    "datasets/d.jsonl": '{"id":"a","input":"item a"}\n{"id":"b","input":"item b"}\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repo.root, path)), { recursive: true });
    repo.write(path, text);
  }
  open.push({ close: server.close }, { close: () => repo.remove() });
  const later = (): void => {
    now += 2000;
  };
  return { repo, server, later };
}

describe("evals run --batch", () => {
  it("sends the batch, prints the command that fetches it, and is undecided until then", async () => {
    const { repo, server, later } = await batched();
    const sent = await repo.evals("run --batch");
    expect(sent.exit).toBe(3);
    expect(sent.stdout).toContain("0 of 4 answered, 4 come with a batch, mostly within a day.");
    expect(sent.stdout).toMatch(
      /To fetch the answers that are ready: {2}evals run s --resume --run [0-9a-f]{8}/,
    );
    expect((await repo.evals("run s --resume")).exit).toBe(3);
    expect(server.batches.length).toBe(1);
    later();
    const back = await repo.evals("run s --resume --json");
    expect(back.exit).toBe(0);
    expect(JSON.parse(back.stdout).runs[0]).toMatchObject({
      ...{ counts: { answered: 4, calls: 4 }, end: { kind: "all-asked" } },
      metrics: { latency_p50: { value: null }, cost_usd: { value: 4 * 0.5 * 0.03 } },
    });
  });

  it("reports the same to a program in its document", async () => {
    const { repo } = await batched();
    const { exit, stdout } = await repo.evals("run --batch --json --quiet");
    const [run] = JSON.parse(stdout).runs;
    const go_on = `evals run s --resume --run ${run.id}`;
    expect([exit, run.end]).toEqual([3, { kind: "skipped", because: "batch", go_on }]);
    // The run can be shown like every other run.
    expect((await repo.evals(`show ${run.id}`)).stdout).toContain("come with a batch");
  });

  it("when repeated waits for the batch under way, and pays for nothing twice", async () => {
    const { repo, server, later } = await batched();
    const id = (ran: { readonly stdout: string }): string => JSON.parse(ran.stdout).runs[0].id;
    const first = await repo.evals("run --batch --json");
    const again = await repo.evals("run --batch --json");
    expect(again.stderr).toContain(
      `run ${id(first)}, which asks the same questions, waits for a batch and is resumed`,
    );
    expect([again.exit, id(again), server.batches.length]).toEqual([3, id(first), 1]);
    later();
    const back = await repo.evals("run --batch --json");
    expect([back.exit, id(back), server.batches.length]).toEqual([0, id(first), 1]);
    // No batch is under way now, so the next run uses the cached answers.
    const next = await repo.evals("run --batch --json");
    expect([next.exit, id(next) === id(first), server.batches.length]).toEqual([0, false, 1]);
  });

  it.each<{ how: string; fates: Fate[] }>([
    { how: "was answered", fates: [] },
    { how: "got lost", fates: ["lost-create"] },
  ])("does not pay again for what waits in the batch of another run, whose reply $how", async ({ fates }) => {
    const { repo, server, later } = await batched(fates);
    const first = JSON.parse((await repo.evals("run --batch --json")).stdout).runs[0].id;
    // A run with fewer trials sends nothing: it waits for answers of the first batch. The run after it, with a
    // new case and more trials, sends only what is new.
    const fewer = await repo.evals("run --batch --trials 1 --json");
    expect([fewer.exit, server.batches.length]).toEqual([3, 1]);
    repo.write("datasets/d.jsonl", '{"id":"b","input":"item b"}\n{"id":"new","input":"item c"}\n');
    const other = JSON.parse((await repo.evals("run --batch --trials 3 --json")).stdout).runs[0];
    expect(other.end).toMatchObject({ because: "batch", go_on: `evals run s --resume --run ${other.id}` });
    expect(server.batches.map(({ rows }) => rows.length)).toEqual([4, 4]);
    later();
    // The first run cannot be resumed, because a case is gone. The answers that it paid for are used by the
    // other run.
    const back = JSON.parse((await repo.evals("run --resume --trials 3 --json")).stdout).runs[0];
    expect(back).toMatchObject({ counts: { answered: 6, skipped: 0, calls: 4 }, end: { kind: "all-asked" } });
    expect([back.id === first, server.live, server.batches.length]).toEqual([false, 0, 2]);
    expect([...server.paid.values()].reduce((sum, n) => sum + n, 0)).toBe(8);
  });

  it.each(["--trials 3", "--case a", "--tag t -t item --trials 1", "--shard 1/2"])(
    "is resumed by the command that it printed, with any options: %s",
    async (options) => {
      const { repo, later } = await batched();
      repo.write(
        "datasets/d.jsonl",
        '{"id":"a","input":"item a","tags":["t"]}\n{"id":"b","input":"item b"}\n',
      );
      const sent = JSON.parse((await repo.evals(`run --batch ${options} --json`)).stdout).runs[0];
      later();
      const back = await repo.evals(`${sent.end.go_on.replace("evals ", "")} --json`);
      const [run] = JSON.parse(back.stdout).runs;
      expect([back.exit, run?.id, run?.counts.answered]).toEqual([0, sent.id, sent.counts.trials]);
    },
  );

  it("pays for another batch on request, and reports a waiting batch to a run that asks call by call", async () => {
    const { repo, server } = await batched();
    const first = JSON.parse((await repo.evals("run --batch --json")).stdout).runs[0].id;
    const live = await repo.evals("run --json");
    expect(live.stderr).toContain(
      `to fetch the batch's answers instead: evals run s --resume --run ${first}`,
    );
    expect([live.exit, server.live, server.batches.length]).toEqual([0, 4, 1]);
    const anew = await repo.evals("run --batch --no-cache --json");
    expect([JSON.parse(anew.stdout).runs[0].id === first, server.batches.length]).toEqual([false, 2]);
  });

  it.each(["", "--trials 1", "--case a"])(
    "names the batch that waits to a run that is asked call by call, at once and in its document: %s",
    async (options) => {
      const { repo, server, later } = await batched();
      const sent = JSON.parse((await repo.evals("run --batch --json")).stdout).runs[0].id;
      const live = await repo.evals(`run ${options} --json`);
      const asks = options === "" ? "the same" : "other cases or trials of the same suite and target";
      const note = `Run ${sent}, which asks ${asks}, waits for a batch. This run pays for its own answers; to fetch the batch's answers instead: evals run s --resume --run ${sent}`;
      expect(live.stderr.split("\n").filter((line) => line.includes(note))).toEqual([`s: ${note}`]);
      expect(JSON.parse(live.stdout).runs[0].notes).toContain(note);
      // A run that starts because there is none to go on with pays too.
      const anew = await repo.evals("run --resume --trials 3 --json");
      expect(anew.stderr).toContain(
        `s: Run ${sent}, which asks other cases or trials of the same suite and target, waits`,
      );
      later();
      const back = await repo.evals(`${note.split("evals ").at(-1)} --json`);
      expect([back.exit, server.batches.length]).toEqual([0, 1]);
      // It is read: nothing waits.
      const quiet = await repo.evals("run --trials 2 --case b --json");
      expect([quiet.stderr, JSON.parse(quiet.stdout).runs[0].notes].join()).not.toContain(
        "waits for a batch",
      );
    },
  );

  it.each([
    ["run --model other --json", "of another model"],
    ["run --model recorded --json", "of its recording"],
    ["run --prompt r --json", "of another prompt"],
    ["run --trials 1 --no-cache --json", "that is to ask anew"],
    ["run --batch --trials 1 --json", "in a batch, which takes those answers"],
  ])("says nothing of a batch to a run that would not use it: %s", async (command) => {
    const { repo } = await batched();
    repo.edit(
      "evalconfig.yaml",
      "  app:",
      '  recorded: { provider: replay, of: m, file: none.jsonl }\n  other: { provider: openai, model: n-2024-01-01, base_url: "http://127.0.0.1:9/v1" }\n  app:',
    );
    mkdirSync(join(repo.root, "prompts/r"));
    repo.write("prompts/r/1.0.0.md", "user:\nanother {{ input }}\n");
    repo.write("none.jsonl", "");
    await repo.evals("run --batch --json");
    const ran = await repo.evals(command);
    expect(ran.stderr + ran.stdout).not.toContain("waits for a batch. ");
  });

  it("returns the paid answers even if another run has asked the same meanwhile", async () => {
    const { repo, server, later } = await batched();
    const first = JSON.parse((await repo.evals("run --batch --json")).stdout).runs[0].id;
    await repo.evals("run --json");
    const early = JSON.parse((await repo.evals(`run --resume --run ${first} --json`)).stdout).runs[0];
    expect(early).toMatchObject({ counts: { answered: 0, cached: 0 }, end: { because: "batch" } });
    later();
    const back = JSON.parse((await repo.evals(`run --resume --run ${first} --json`)).stdout).runs[0];
    expect(back).toMatchObject({ counts: { answered: 4, cached: 0, calls: 4 }, end: { kind: "all-asked" } });
    expect([server.live, server.batches.length]).toEqual([4, 1]);
  });

  it.each([
    // LiteLLM 1.108 without `files_settings`, the same in front of a model's server that has no batches, and a llama.cpp.
    [
      500,
      '{"error":{"message":"files_settings is not set, set it on your config.yaml file.","type":"internal_server_error","param":null,"code":"500"}}',
    ],
    [404, '{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}'],
  ])("says that a server took no batch, loses nothing, and can go on both ways: %i", async (status, body) => {
    const instead = new Map([["POST /v1/files", { status, body }]]);
    const { repo, server, later } = await batched([], "", instead);
    const sent = await repo.evals("run --batch");
    const said = JSON.parse(body).error.message;
    expect(sent.exit).toBe(3);
    const shown = sent.stdout.replace(/\s+/g, " ");
    expect(shown).toContain("The server accepted no batch: nothing was asked or paid.");
    expect(shown).toMatch(new RegExp(`${status} from 127\\.0\\.0\\.1:\\d+: ${said}`));
    expect(shown).not.toContain("come with a batch");
    const again = /To send it again: evals (run s --resume --run [0-9a-f]{8})/.exec(shown)?.[1];
    const live = /To ask call by call: evals (.*? --batch-then-live)/.exec(shown)?.[1];
    expect(live).toBe(`${again} --batch-then-live`);
    const refused = await repo.evals(`${again} --json`);
    expect([refused.exit, JSON.parse(refused.stdout).runs[0].end.because]).toEqual([3, "no-batch"]);
    // Once the gateway is set up, the same command sends the batch.
    instead.clear();
    expect((await repo.evals(`${again}`)).stdout).toContain("4 come with a batch");
    later();
    expect((await repo.evals(`${again}`)).exit).toBe(0);
    expect([server.batches.length, server.live]).toEqual([1, 0]);
  });

  it("asks call by call, on request, what a server did not take as a batch", async () => {
    const instead = new Map([["POST /v1/files", { status: 500, body: "Internal Server Error" }]]);
    const { repo, server } = await batched([], "", instead);
    await repo.evals("run --batch");
    expect((await repo.evals("run s --resume --batch-then-live")).exit).toBe(0);
    expect([server.live, server.batches.length]).toEqual([4, 0]);
  });

  it("sends nothing twice while a gateway cannot tell whether it created the batch", async () => {
    const down = { status: 500, body: "Internal Server Error" };
    const instead = new Map([
      ["POST /v1/batches", down],
      ["GET /v1/batches", down],
    ]);
    const { repo, server } = await batched([], "", instead);
    expect((await repo.evals("run --batch")).exit).toBe(3);
    const waits = await repo.evals("run s --resume --json");
    expect([waits.exit, JSON.parse(waits.stdout).runs[0].end.because]).toEqual([3, "batch"]);
    expect(JSON.parse(waits.stdout).runs[0].notes.join(" ")).toMatch(
      /Whether a batch was created is not known yet: 500 from .*: Internal Server Error\. Until the list/,
    );
    expect(server.asked.filter((one) => one === "POST /v1/batches")).toHaveLength(1);
  });

  it("asks call by call for the rest on request", async () => {
    const { repo, server, later } = await batched(["expired"]);
    await repo.evals("run --batch");
    later();
    expect((await repo.evals("run --resume --batch-then-live")).exit).toBe(0);
    expect([server.live, server.batches.length]).toEqual([1, 1]);
  });

  it("reports what a batch would cost", async () => {
    const { repo } = await batched();
    const usd = async (options: string): Promise<number> =>
      JSON.parse((await repo.evals(`run --dry-run --json ${options}`)).stdout).runs[0].usd.most;
    expect(await usd("--batch")).toBeCloseTo((await usd("")) / 2, 10);
  });

  it.each([
    ["run --model app --batch", "EVALS_BATCH_UNSUPPORTED"],
    ["run --batch --replay", "EVALS_OPTION_CONFLICT"],
    ["run --batch-then-live", "EVALS_OPTION_CONFLICT"],
    ["run --batch --watch", "EVALS_OPTION_CONFLICT"],
  ])("refuses %s", async (typed, code) => {
    const { repo, server } = await batched();
    const { exit, stderr } = await repo.evals(typed);
    expect(exit).toBe(2);
    expect(stderr).toContain(code);
    expect(server.asked).toEqual([]);
  });

  it("refuses conversations", async () => {
    const { repo } = await batched([], "agent: {}\n");
    const { exit, stderr } = await repo.evals("run --batch");
    expect([exit, stderr.includes("EVALS_BATCH_UNSUPPORTED")]).toEqual([2, true]);
  });
});
