import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type JudgeServer, judgeServer } from "../../providers/testing/judge-server.ts";
import { findsKind, JUDGE, judgedSuite, repliesPolitely, SUITE, TARGET } from "../testing/judged-suite.ts";
import type { Scenario } from "../testing/scenario.ts";

const env = { OPENAI_API_KEY: "sk-test-0123456789" };
const PARTS = 3;
const CASES = 10;

let server: JudgeServer;
let repo: Scenario;
let failing: ReadonlySet<string>;

beforeEach(async () => {
  failing = new Set();
  server = await judgeServer({
    [TARGET]: (request, before) =>
      failing.has(request.messages.at(-1)?.content ?? "")
        ? { status: 400, body: { error: { message: "no" } } }
        : repliesPolitely(request, before),
    [JUDGE]: findsKind,
    "second-2024-07-18": repliesPolitely,
  });
  repo = judgedSuite(server, {
    "datasets/reply.jsonl": Array.from(
      { length: CASES },
      (_, index) => `${JSON.stringify({ id: `c${index}`, input: `question ${index} ${"ab"[index % 2]}` })}\n`,
    ).join(""),
    "evals/reply.yaml": SUITE.replace("trials: 1", "trials: 2"),
  });
});
afterEach(async () => {
  repo.remove();
  await server.close();
});

/** Runs one shard in a history of its own. @returns the path of a copy of that history */
async function shard(part: string, options = ""): Promise<string> {
  const fresh = join(repo.root, ".evals");
  const aside = `parts/${part.replace("/", "-of-")}${options.replace(/\W/g, "")}`;
  await repo.evals(`run --shard ${part} --quiet${options}`, { env });
  mkdirSync(join(repo.root, aside), { recursive: true });
  cpSync(fresh, join(repo.root, aside), { recursive: true });
  rmSync(fresh, { recursive: true });
  return aside;
}

async function allParts(): Promise<string[]> {
  const parts: string[] = [];
  for (let part = 1; part <= PARTS; part++) parts.push(await shard(`${part}/${PARTS}`));
  return parts;
}

interface Problems {
  readonly problems: readonly { readonly code: string; readonly what: string }[];
}

interface Merged {
  readonly runs: readonly {
    readonly target: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly gate: unknown;
  }[];
  readonly matrix: {
    readonly targets: readonly { readonly name: string; readonly gated: boolean }[];
    readonly cases: unknown;
  };
}

describe("evals merge", () => {
  it("makes from the shards, in any order, the document of one run, and asks nothing", async () => {
    failing = new Set(["question 4 a"]);
    const parts = await allParts();
    const asked = server.asked.length;
    const merged = await repo.evals(`merge ${[...parts].reverse().join(" ")} --json`);
    expect(server.asked).toHaveLength(asked);
    const [run] = JSON.parse(merged.stdout).runs;
    rmSync(join(repo.root, ".evals"), { recursive: true });
    const whole = JSON.parse((await repo.evals("run --no-cache --json --quiet", { env })).stdout).runs[0];
    for (const key of ["suite", "target", "fingerprint", "counts", "errors", "gate"])
      expect(run[key], key).toEqual(whole[key]);
    for (const [name, metric] of Object.entries(whole.metrics))
      if (!name.startsWith("latency")) expect(run.metrics[name], name).toEqual(metric);
    expect(run.counts).toMatchObject({ trials: 2 * CASES, answered: 2 * CASES - 2, errored: 2 });
  });

  it("knows which answers a shard took from its cache, which are no new evidence", async () => {
    const parts: string[] = [];
    for (let part = 1; part <= PARTS; part++) {
      await repo.evals("run --quiet", { env });
      parts.push(await shard(`${part}/${PARTS}`, " --baseline none --all-trials"));
    }
    const [run] = JSON.parse((await repo.evals(`merge ${parts.join(" ")} --json`)).stdout).runs;
    expect(run.counts).toMatchObject({ answered: 2 * CASES, cached: 2 * CASES });
  });

  it.each(["in the suite", "in the config"])(
    "takes parts of which only one has a case with more trials of its own, others %s",
    async (where) => {
      if (where === "in the config") {
        repo.write("evals/reply.yaml", SUITE.replace("trials: 1\n", ""));
        repo.write("evalconfig.yaml", `${repo.read("evalconfig.yaml")}defaults: { trials: 2 }\n`);
      }
      repo.write(
        "datasets/reply.jsonl",
        Array.from(
          { length: CASES },
          (_, index) =>
            `${JSON.stringify({ id: `c${index}`, input: `question ${index} a`, ...(index === 4 ? { trials: 5 } : {}) })}\n`,
        ).join(""),
      );
      const parts = await allParts();
      const merged = await repo.evals(`merge ${parts.join(" ")} --json`);
      expect(merged.exit).toBe(0);
      expect(JSON.parse(merged.stdout).runs[0].counts).toMatchObject({ trials: 23, answered: 23 });
      repo.write(
        "datasets/reply.jsonl",
        repo.read("datasets/reply.jsonl").replace('"trials":5', '"trials":4'),
      );
      const foreign = await repo.evals(`merge ${parts.join(" ")} --json`);
      expect((JSON.parse(foreign.stdout) as Problems).problems.map(({ code }) => code)).toEqual([
        "EVALS_MERGE_FOREIGN",
      ]);
    },
  );

  it("tells a scorer that a case does not name from one that could not score, as the whole run does", async () => {
    repo.write(
      "datasets/reply.jsonl",
      Array.from(
        { length: CASES },
        (_, index) =>
          `${JSON.stringify({ id: `c${index}`, input: `question ${index}`, scorers: index % 2 === 0 ? ["own"] : ["own", "odd"] })}\n`,
      ).join(""),
    );
    repo.write(
      "evals/reply.yaml",
      `${SUITE.split("scorers:")[0]}scorers:
  - { type: length, name: own, min: 1 }
  - { type: length, name: odd, min: 1 }
gate: { require: { score.odd: ">= 0.9" } }
`,
    );
    const parts = await allParts();
    const merged = await repo.evals(`merge ${parts.join(" ")} --json`);
    expect(merged.exit).toBe(0);
    const [run] = JSON.parse(merged.stdout).runs;
    rmSync(join(repo.root, ".evals"), { recursive: true });
    const whole = JSON.parse((await repo.evals("run --no-cache --json --quiet", { env })).stdout).runs[0];
    for (const key of ["gate", "notes", "counts"]) expect(run[key], key).toEqual(whole[key]);
    expect(run.metrics["score.odd"]).toEqual(whole.metrics["score.odd"]);
  });

  it("keeps answers, scores and the judge's replies, which can be shown", async () => {
    const parts = await allParts();
    const [run] = JSON.parse((await repo.evals(`merge ${parts.join(" ")} --json`)).stdout).runs;
    const shown = await repo.evals(`show ${run.id}/c1/2`);
    expect(shown.stdout).toContain("That is your fault.");
    expect(shown.stdout).toContain("blames");
    expect(run.metrics.judge_cost_usd ?? run.metrics.cost_usd).toBeDefined();
  });

  it.each([" --case c1 --case c4 --case c7", " -t b"])(
    "keeps the choice of shards that ran with%s",
    async (options) => {
      const parts = [await shard("1/2", options), await shard("2/2", options)];
      const whole = JSON.parse((await repo.evals(`run --json --quiet${options}`, { env })).stdout).runs[0];
      const [run] = JSON.parse((await repo.evals(`merge ${parts.join(" ")} --json`)).stdout).runs;
      for (const key of ["narrowing", "counts"]) expect(run[key], key).toEqual(whole[key]);
    },
  );

  it("merges the parts of other targets than the suite's own where the command names them too", async () => {
    repo.write("prompts/reply/1.1.0.md", "user:\n{{ input }} Please.\n");
    const both = " --prompt reply@1.0.0 --prompt reply@1.1.0";
    const parts = [await shard("1/2", both), await shard("2/2", both)].join(" ");
    const asked = server.asked.length;
    const merge = async (options: string) =>
      JSON.parse((await repo.evals(`merge ${parts} --json${options}`)).stdout);
    const shown = ({ runs, matrix }: Merged) => ({
      runs: runs.map(({ target, counts: { trials, answered }, gate }) => ({
        target,
        trials,
        answered,
        gate,
      })),
      targets: matrix.targets.map(({ name, gated }) => ({ name, gated })),
      cases: matrix.cases,
    });
    const merged = await merge(both);
    expect(server.asked).toHaveLength(asked);
    const whole = JSON.parse((await repo.evals(`run --json --quiet${both}`, { env })).stdout);
    expect(shown(merged)).toEqual(shown(whole));
    const [unnamed] = (await merge("")).problems;
    expect(unnamed.code).toBe("EVALS_MERGE_OVERLAP");
    expect(unnamed.fix).toContain("--prompt reply@1.0.0");
    const [absent] = (await merge(`${both} --model target --model second`)).problems;
    expect(absent).toMatchObject({
      code: "EVALS_MERGE_HOLE",
      what: "No history has a part of reply (reply@1.0.0, second).",
    });
  });

  it.each([" --prompt reply@1.0.0", " --model second"])(
    "names the option that is missing:%s",
    async (option) => {
      repo.write("prompts/reply/1.1.0.md", "user:\n{{ input }} Please.\n");
      const parts = [await shard("1/2", option), await shard("2/2", option)].join(" ");
      const refused = JSON.parse((await repo.evals(`merge ${parts} --json`)).stdout);
      expect(refused.exit).toBe(2);
      expect(refused.problems[0].fix).toContain(`evals merge …${option}`);
      const [run] = JSON.parse((await repo.evals(`merge ${parts} --json${option}`)).stdout).runs;
      expect(run.counts).toMatchObject({ trials: 2 * CASES, calls: expect.any(Number) });
    },
  );

  it("reports like a run, and promotes nothing by itself", async () => {
    const parts = await allParts();
    const { exit, stdout } = await repo.evals(`merge ${parts.join(" ")}`);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^(PASSED|NOT GATED) +reply/m);
    expect(existsSync(join(repo.root, "baselines"))).toBe(false);
  });

  it.each([
    ["EVALS_MERGE_HOLE", async () => [await shard("1/3"), await shard("3/3")]],
    ["EVALS_MERGE_OVERLAP", async () => [...(await allParts()), await shard("2/3", " --no-cache")]],
    ["EVALS_MERGE_SPLIT", async () => [await shard("1/2"), await shard("2/3"), await shard("3/3")]],
    [
      "EVALS_MERGE_FOREIGN",
      async () => {
        const parts = [await shard("1/3"), await shard("2/3")];
        repo.edit("datasets/reply.jsonl", "question 0 a", "question zero a");
        // The changed case is in the first shard. The third shard has another dataset all the same.
        parts.push(await shard("3/3"));
        repo.edit("datasets/reply.jsonl", "question zero a", "question 0 a");
        return parts;
      },
    ],
    ["EVALS_MERGE_SOURCE", async () => [await shard("1/1"), "datasets"]],
    [
      "EVALS_MERGE_SOURCE",
      async () => {
        await repo.evals("run --quiet", { env });
        return [".evals"];
      },
    ],
  ])("refuses (%s), keeps nothing of it and reports what to do", async (code, make) => {
    const sources = await make();
    const { exit, stdout } = await repo.evals(`merge ${sources.join(" ")} --json`);
    expect(exit).toBe(2);
    const { problems } = JSON.parse(stdout) as Problems;
    expect(problems.map((one) => one.code)).toContain(code);
    const { stdout: history } = await repo.evals("history --json");
    expect(JSON.parse(history).runs.filter((one: { shard?: string }) => one.shard === undefined).length).toBe(
      code === "EVALS_MERGE_SOURCE" && sources.includes(".evals") ? 1 : 0,
    );
  });

  it("does not write to what it merges", async () => {
    const { readdirSync, readFileSync } = await import("node:fs");
    const { createHash } = await import("node:crypto");
    const parts = await allParts();
    const hashes = () =>
      parts.flatMap((part) =>
        readdirSync(join(repo.root, part))
          .sort()
          .map((name) => [
            name,
            createHash("sha256")
              .update(readFileSync(join(repo.root, part, name)))
              .digest("hex"),
          ]),
      );
    const before = hashes();
    await repo.evals(`merge ${parts.join(" ")} --json`);
    expect(hashes()).toEqual(before);
  });
});
