import { afterEach, describe, expect, it } from "vitest";
import { type ModelServer, modelServer } from "../../providers/testing/model-server.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

const open: Scenario[] = [];
const servers: ModelServer[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) one.remove();
  for (const one of servers.splice(0)) await one.close();
});
const at = (repository: string | null): Scenario => {
  const one = scenario(repository);
  open.push(one);
  return one;
};

describe("evals run", () => {
  it("passes when every requirement and critical case holds", async () => {
    const repo = at("every-case-passes");
    expect((await repo.evals("run")).exit).toBe(0);
    repo.matches("every-case-passes");
  });

  it("records nothing when the answers are from a recording", async () => {
    const repo = at("every-case-passes");
    const { exit, stderr } = await repo.evals("run --record");
    expect(exit).toBe(0);
    expect(stderr).toContain("so there is nothing to record");
    expect(() => repo.read("fixtures/recorded.jsonl")).toThrow();
  });

  it("fails when a requirement is missed, and shows the cases to look at", async () => {
    const repo = at("requirement-missed");
    expect((await repo.evals("run")).exit).toBe(1);
    repo.matches("requirement-missed");
  });

  it("fails when a critical case fails one trial, however good the rest is", async () => {
    const repo = at("critical-case-fails");
    expect((await repo.evals("run triage")).exit).toBe(1);
    repo.matches("critical-case-fails");
  });

  it("is incomplete when calls fail, reports no secret, and goes on where it stopped", async () => {
    const repo = at("some-calls-fail");
    const env = { BOT_BROKEN: "1", BOT_API_KEY: "sk-very-secret-0123456789" };
    const broken = await repo.evals("run", { env });
    expect(broken.exit).toBe(3);
    expect(broken.stdout).not.toContain("sk-very-secret");
    expect((await repo.evals("run --resume")).exit).toBe(0);
    expect((await repo.evals("run --resume")).exit).toBe(0);
    repo.matches("some-calls-fail");
  });

  it("stops before a budget is crossed, and goes on to the end with a larger one", async () => {
    const repo = at("budget-reached");
    expect((await repo.evals("run --budget 0.0035")).exit).toBe(3);
    expect((await repo.evals("run --budget 0.0035 --resume")).exit).toBe(3);
    expect((await repo.evals("run --budget 1 --resume")).exit).toBe(0);
    repo.matches("budget-reached");
  });

  it("ends after the first calls when the server does not answer", async () => {
    const repo = at("provider-down");
    expect((await repo.evals("run")).exit).toBe(3);
    repo.matches("provider-down");
  });

  it("is incomplete when answers were not recorded, and reports how many", async () => {
    const repo = at("answers-not-recorded");
    expect((await repo.evals("run")).exit).toBe(3);
    repo.matches("answers-not-recorded");
  });

  it("gates nothing when there is nothing to gate", async () => {
    const repo = at("nothing-to-gate");
    expect((await repo.evals("run")).exit).toBe(0);
    repo.matches("nothing-to-gate");
  });

  it("runs every suite, and a failed gate wins over an incomplete one", async () => {
    const repo = at("several-suites");
    expect((await repo.evals("run")).exit).toBe(1);
    expect((await repo.evals("run a-complete b-incomplete")).exit).toBe(3);
    expect((await repo.evals("run a-complete")).exit).toBe(0);
    repo.matches("several-suites");
  });

  it("runs only the chosen cases", async () => {
    const repo = at("requirement-missed");
    expect((await repo.evals("run --case charged-twice --case parcel-late --trials 1")).exit).toBe(0);
    expect((await repo.evals("run --tag account")).exit).toBe(1);
    expect((await repo.evals("run --shard 2/4")).exit).toBe(1);
    repo.matches("narrowed");
  });

  it("shows a hostile answer without letting it do anything", async () => {
    const repo = at("hostile-answer");
    expect((await repo.evals("run")).exit).toBe(1);
    await repo.evals("show latest --failing");
    for (const id of ["charged-twice", "invoice-copy", "parcel-late", "password-reset"]) {
      await repo.evals(`show latest/${id}`);
      await repo.evals(`show latest/${id}/1`);
    }
    repo.matches("hostile-answer");
  });

  it("as JSON has the documented members, and keeps progress on stderr", async () => {
    const repo = at("requirement-missed");
    let clock = 0;
    const { stdout, stderr, exit } = await repo.evals("run --json", { now: () => (clock += 60_000) });
    expect(stderr).toContain("triage");
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ schema: "evals.run/1", exit: 1 });
    expect(exit).toBe(1);
    const [run] = document.runs;
    expect(run).toMatchObject({
      id: "00000001",
      suite: "triage",
      target: "fixtures/answers.jsonl",
      commit: null,
      dirty: null,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      counts: {
        cases: 4,
        trials: 8,
        answered: 8,
        errored: 0,
        skipped: 0,
        not_needed: 0,
        calls: 0,
        cached: 0,
      },
      errors: {},
      comparison: null,
      gate: { outcome: "failed", verdict: "none" },
    });
    expect(run.gate.rules[0]).toEqual({
      rule: "require pass_rate",
      kind: "require",
      metric: "pass_rate",
      unit: "ratio",
      bound: { op: ">=", value: 0.8 },
      outcome: "failed",
      value: 0.625,
      required: ">= 0.8",
    });
    const values = Object.fromEntries(
      Object.entries<{ value: number | null }>(run.metrics).map(([name, metric]) => [name, metric.value]),
    );
    expect(values).toMatchObject({
      pass_rate: 0.625,
      "pass^1": 0.625,
      "pass^2": 0.5,
      "pass@2": 0.75,
      "score.queue": 0.625,
      flaky_rate: 0.25,
      error_rate: 0,
      latency_p50: 162.5,
      cost_usd: 0.008,
      cost_per_trial: 0.001,
      input_tokens: 40,
      output_tokens: 10,
    });
  });

  it("reports unmeasured values as unknown, as null with --json, never as 0", async () => {
    const repo = at("hostile-answer");
    const [run] = JSON.parse((await repo.evals("run --json")).stdout).runs;
    for (const name of ["cost_usd", "cost_per_trial", "input_tokens", "latency_p95"]) {
      expect(run.metrics[name].value, name).toBeNull();
    }
    expect((await repo.evals("show latest/invoice-copy/1 --json")).stdout).toContain("#\\u0023");
  });

  it("writes reports to files in addition to what it prints", async () => {
    const repo = at("requirement-missed");
    const { stdout } = await repo.evals(
      "run --reporter terminal --reporter json=out/run.json --reporter terminal=out/run.txt",
    );
    expect(repo.read("out/run.txt")).toBe(stdout);
    expect(JSON.parse(repo.read("out/run.json")).exit).toBe(1);
  });

  it("with --resume and no such run reports it and starts one; with other trials it is refused", async () => {
    const repo = at("requirement-missed");
    const started = await repo.evals("run --resume");
    expect(started.stderr).toContain("no earlier run of this plan");
    const other = await repo.evals("run --resume --run 00000001 --trials 1");
    expect([other.exit, other.stdout]).toEqual([2, ""]);
    expect(other.stderr).toContain("EVALS_RESUME_OPTION");
  });

  it("with --quiet prints the same report and no progress", async () => {
    const repo = at("requirement-missed");
    let clock = 0;
    const now = () => (clock += 60_000);
    const loud = await repo.evals("run", { now });
    const quiet = await repo.evals("run --quiet", { now });
    expect(loud.stderr).not.toBe("");
    expect(quiet.stderr).toBe("");
    expect(quiet.stdout.split("\n")[0]).toBe(loud.stdout.split("\n")[0]);
  });
});

describe("colour", () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is written with control characters
  const COLOUR = /\u001b\[/;
  const terminal = { stdoutIsTerminal: true };

  it("is on a terminal only", async () => {
    const repo = at("requirement-missed");
    expect((await repo.evals("run", terminal)).stdout).toMatch(COLOUR);
    expect((await repo.evals("run")).stdout).not.toMatch(COLOUR);
  });

  it("is off with NO_COLOR, on a dumb terminal and with --no-color, and the words stay", async () => {
    const repo = at("requirement-missed");
    const plain = await repo.evals("run");
    const off = [
      await repo.evals("run", { ...terminal, env: { NO_COLOR: "1" } }),
      await repo.evals("run", { ...terminal, env: { TERM: "dumb" } }),
      await repo.evals("run --no-color", terminal),
    ];
    const words = (text: string): string => text.replace(/[0-9a-f]{8}/g, "<id>");
    for (const { stdout } of off) expect(words(stdout)).toBe(words(plain.stdout));
  });

  it("only repeats what the words say", async () => {
    const repo = at("requirement-missed");
    const coloured = (await repo.evals("run", terminal)).stdout;
    const plain = (await repo.evals("run")).stdout;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is written with control characters
    const words = coloured.replace(/\u001b\[[0-9;]*m/g, "").replace("00000001", "00000002");
    expect(words).toBe(plain);
  });
});

describe("a run that asks a model", () => {
  const queues: Readonly<Record<string, string>> = {
    charged: "billing",
    invoice: "billing",
    parcel: "shipping",
    log: "account",
  };
  const route = (text: string): string => {
    const word = Object.keys(queues).find((one) => text.includes(one));
    return JSON.stringify({ queue: queues[word ?? ""] });
  };
  const withModel = async (answer: (text: string, before: number) => string | Promise<string>) => {
    const server = await modelServer(answer);
    servers.push(server);
    const repo = at("asks-a-model");
    repo.edit("evalconfig.yaml", "PORT", String(server.port));
    return { server, repo };
  };

  it("does not use an answer from another server", async () => {
    const { server, repo } = await withModel(route);
    await repo.evals("run");
    const other = await modelServer(() => "not what the first one said");
    servers.push(other);
    repo.edit("evalconfig.yaml", String(server.port), String(other.port));
    expect((await repo.evals("run")).exit).toBe(1);
    expect(other.asked).toHaveLength(8);
  });

  it("refuses --run without --resume instead of running nothing and passing", async () => {
    const { server, repo } = await withModel(route);
    await repo.evals("run");
    const { exit, stderr } = await repo.evals("run --run latest");
    expect([exit, server.asked.length]).toEqual([2, 8]);
    expect(stderr).toContain("evals run --resume --run latest");
  });

  it("asks each trial once, and a second run asks nothing", async () => {
    const { server, repo } = await withModel(route);
    expect((await repo.evals("run")).exit).toBe(0);
    expect(server.asked).toHaveLength(8);
    expect((await repo.evals("run")).exit).toBe(0);
    expect((await repo.evals("run --resume")).exit).toBe(0);
    expect(server.asked).toHaveLength(8);
    expect((await repo.evals("run --no-cache")).exit).toBe(0);
    expect(server.asked).toHaveLength(16);
    repo.matches("asks-a-model");
  });

  it("records what the model says, and replays it without the model", async () => {
    const { server, repo } = await withModel(route);
    await repo.evals("run --record");
    await server.close();
    const replayed = await repo.evals("run --replay --json");
    const { runs } = JSON.parse(replayed.stdout);
    expect(runs[0].counts).toMatchObject({ answered: 8, calls: 0 });
    expect(replayed.exit).toBe(0);
  });

  it("after the first Ctrl-C lets calls in flight finish, prints how to go on, and goes on", async () => {
    let interrupt: () => void = () => {};
    const { server, repo } = await withModel((text, before) => {
      if (before === 1) interrupt();
      return route(text);
    });
    const stopped = await repo.evals("run --concurrency 2", {
      before: (io) => {
        interrupt = () => io.signal("SIGINT");
      },
    });
    expect(stopped.exit).toBe(3);
    const asked = server.asked.length;
    expect(asked).toBeLessThan(8);
    interrupt = () => {};
    expect((await repo.evals("run --concurrency 2 --resume")).exit).toBe(0);
    expect(server.asked).toHaveLength(8);
    expect(stopped.stdout).toContain(`${asked} of 8 answered, ${8 - asked} not asked (stopped).`);
    expect(stopped.stdout).toContain("evals run triage --resume");
    expect(stopped.stderr).toContain("Ctrl-C again");
  });

  it.each([
    ["the second Ctrl-C", ["SIGINT", "SIGINT"], 130],
    ["SIGTERM", ["SIGTERM"], 143],
  ] as const)("is cut by %s at once, and keeps what was answered", async (_what, signals, code) => {
    let io: Parameters<NonNullable<NonNullable<Parameters<Scenario["evals"]>[1]>["before"]>>[0] | undefined;
    const { repo } = await withModel((text, before) => {
      if (before < 3) return route(text);
      for (const name of signals) io?.signal(name);
      return new Promise(() => {});
    });
    const cut = await repo.evals("run --concurrency 1", {
      before: (one) => {
        io = one;
      },
    });
    expect(cut.exit).toBe(code);
    const history = JSON.parse((await repo.evals("history --json")).stdout);
    expect(history.runs).toMatchObject([
      { status: "incomplete", counts: { answered: 3, errored: 0, skipped: 5 } },
    ]);
  });

  it("is undecided after Ctrl-C even when the suites that did run passed", async () => {
    let interrupt: () => void = () => {};
    const { repo } = await withModel((text, before) => {
      if (before === 7) interrupt();
      return route(text);
    });
    repo.write("evals/zz-second.yaml", repo.read("evals/triage.yaml").replace(">= 0.9", ">= 0.1"));
    const stopped = await repo.evals("run --concurrency 1 --json", {
      before: (io) => {
        interrupt = () => io.signal("SIGINT");
      },
    });
    expect(stopped.exit).toBe(3);
    expect(stopped.stderr).toContain("zz-second");
  });
});
