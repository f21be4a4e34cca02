import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type GitProject,
  gitProject,
  isolateGit,
  preparedProject,
  projectFiles,
  promptText,
} from "../testing/git-project.ts";

isolateGit();
let repo: GitProject;

const PATH = "evals/baselines/s.jsonl";
const lines = (path = PATH) =>
  repo
    .read(path)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** A model whose answers may be taken from the cache. */
function cacheable(files = projectFiles(4, 2)): Record<string, string> {
  return {
    ...files,
    "evalconfig.yaml": 'models:\n  bot: { provider: module, file: agents/bot.mjs, version: "1" }\n',
  };
}

describe("the baseline that promote writes", () => {
  it("has a header and one sorted line per case, without date or commit, and is the same each time", async () => {
    const ids = ["b", "a", "é", 'with "quotes"', "two\nlines", "z z"];
    repo = gitProject({
      ...projectFiles(4, 2),
      "datasets/d.jsonl": ids
        .map((id, n) => `${JSON.stringify({ id, input: { n }, expected: `item ${n}` })}\n`)
        .join(""),
    });
    await repo.evals(["run"]);
    expect(await repo.evals(["promote"])).toMatchObject({ exit: 0 });
    const text = repo.read(PATH);
    const [header, ...cases] = lines();
    expect(header).toEqual({
      schema: "evals.baseline/1",
      suite: "s",
      target: "prompt 1.0.0 · agents/bot.mjs",
      scorers: { exact: { hash: expect.stringMatching(/^[0-9a-f]{64}$/), required: true } },
    });
    expect(cases.map((one) => one.case)).toEqual([...ids].sort());
    expect(cases[0]).toEqual({
      case: "a",
      content: expect.stringMatching(/^[0-9a-f]{64}$/),
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      runs: [expect.any(String)],
      trials: 2,
      pass: 2,
      scores: { exact: 2 },
    });
    const again = await repo.evals(["promote"]);
    expect(again.stdout).toContain("nothing to commit");
    expect(repo.read(PATH)).toBe(text);
  });

  it("has one file per model", async () => {
    repo = gitProject({
      ...projectFiles(4, 2),
      "evalconfig.yaml":
        "models:\n  one: { provider: module, file: agents/bot.mjs }\n  two: { provider: module, file: agents/bot.mjs, context: { index: 7 } }\n",
      "evals/s.yaml":
        "dataset: d\nprompt: q\nmodels: [one, two]\ntrials: 2\nscorers:\n  - { type: equals, name: exact }\n",
    });
    await repo.evals(["run"]);
    await repo.evals(["promote", "--as", "v1"]);
    expect(repo.git("show", "--name-only", "--format=", "HEAD").split("\n")).toEqual([
      "evals/baselines/s.one.jsonl",
      "evals/baselines/s.two.jsonl",
    ]);
    const { document } = await repo.json(["run"]);
    expect(
      document.runs.map(
        (one: { comparison: { baseline: { side: string } } }) => one.comparison.baseline.side,
      ),
    ).toEqual(["evals/baselines/s.one.jsonl at HEAD", "evals/baselines/s.two.jsonl at HEAD"]);
    const one = await repo.json(["run", "--model", "two"]);
    expect(one.document.runs[0].comparison.baseline.side).toBe("evals/baselines/s.two.jsonl at HEAD");
    expect(await repo.json(["rollback", "v1"])).toMatchObject({
      exit: 0,
      document: {
        proofs: [
          { suite: "s (one)", equal: true },
          { suite: "s (two)", equal: true },
        ],
      },
    });
  });

  it("is described in its tag: fingerprint, metrics with intervals, who, when, why, the run, the files", async () => {
    repo = gitProject(projectFiles(4, 2));
    const run = (await repo.json(["run"])).document.runs[0];
    await repo.evals(["promote", "--as", "release/1.0", "--message", "# first\nrelease"]);
    const message = repo.git("for-each-ref", "--format=%(contents)", "refs/tags/evals/release/1.0");
    expect(message.split("\n")).toEqual(
      expect.arrayContaining([
        "Promote release/1.0",
        "why: # first release",
        "who: Ada <ada@example.com>",
        "when: 2025-03-01T12:00:00.000Z",
        "suite: s",
        "  target: prompt 1.0.0 · agents/bot.mjs",
        `  fingerprint: ${run.fingerprint}`,
        "  pass_rate: 1 (0.283126 to 1)",
        "  pass^2: 1 (0.283126 to 1)",
        "  score.exact: 1 (0.283126 to 1)",
        "  cost_usd: unknown",
        "  cases: 4, trials: 8",
        `  run: ${run.id}`,
        'files: ["agents/bot.mjs","datasets/d.jsonl","evalconfig.yaml","evals/s.yaml","prompts/q/1.0.0.md"]',
      ]),
    );
    expect(repo.git("log", "-1", "--format=%B")).toContain("# first\nrelease");
  });
});

describe("promote --add", () => {
  it("adds a later run's own trials to unchanged cases, each run once", async () => {
    repo = await preparedProject(projectFiles(3, 2), [["run"], ["promote"]]);
    const second = (await repo.json(["run"])).document.runs[0].id;
    expect((await repo.evals(["promote", "--add"])).stdout).toContain("3 cases got more trials");
    expect(
      lines()
        .slice(1)
        .map((one) => [one.trials, one.pass, one.runs.length, one.scores.exact]),
    ).toEqual([
      [4, 4, 2, 4],
      [4, 4, 2, 4],
      [4, 4, 2, 4],
    ]);
    const twice = await repo.evals(["promote", second, "--add"]);
    expect(twice.exit).toBe(2);
    expect(twice.stderr).toContain("EVALS_PROMOTE_NOTHING_TO_ADD");
  });

  it("starts changed cases anew, adds new ones, and drops removed ones", async () => {
    repo = await preparedProject(projectFiles(4, 2), [["run"], ["promote"]]);
    const [a, b, c] = repo.read("datasets/d.jsonl").trimEnd().split("\n");
    repo.commit({
      "datasets/d.jsonl": `${a}\n${b?.replace("item 1", "item one")}\n${c}\n{"id":"new","input":{"n":9},"expected":"item 9"}\n`,
    });
    await repo.evals(["run", "--baseline", "none"]);
    expect((await repo.evals(["promote", "--add"])).stdout).toContain(
      "2 cases got more trials, 1 changed and start again with this run's trials, 1 are new, 1 are gone",
    );
    expect(
      lines()
        .slice(1)
        .map((one) => [one.case, one.trials]),
    ).toEqual([
      ["c000", 4],
      ["c001", 2],
      ["c002", 4],
      ["new", 2],
    ]);
  });

  it("never counts an answer from the cache, whichever of the runs is promoted first", async () => {
    repo = gitProject(cacheable());
    await repo.evals(["run"]);
    const [first] = (await repo.json(["history"])).document.runs;
    const second = (await repo.json(["run", "--trials", "4"])).document.runs[0];
    expect(second.counts).toMatchObject({ answered: 16, cached: 8 });
    await repo.evals(["promote", second.id]);
    expect(lines()[1]).toMatchObject({ trials: 4, runs: [second.id, first.id] });
    expect((await repo.evals(["promote", first.id, "--add"])).stderr).toContain(
      "EVALS_PROMOTE_NOTHING_TO_ADD",
    );

    await repo.evals(["promote", first.id]);
    await repo.evals(["promote", second.id, "--add"]);
    expect(lines()[1]).toMatchObject({ trials: 4, runs: [first.id, second.id] });
  });

  it("adds no recorded answers, because they are the same as before", async () => {
    repo = gitProject({
      ...projectFiles(2, 1),
      "evalconfig.yaml": "models:\n  bot: { provider: outputs, file: fixtures/o.jsonl }\n",
      "fixtures/o.jsonl": '{"case":"c000","output":"item 0"}\n{"case":"c001","output":"no"}\n',
    });
    await repo.evals(["run"]);
    await repo.evals(["promote"]);
    const again = (await repo.json(["run"])).document.runs[0].id;
    const head = repo.git("rev-parse", "HEAD");
    const passedOver = await repo.json(["promote", "--add", "--as", "v1"]);
    expect(passedOver).toMatchObject({ exit: 0, document: { commit: null, promoted: [], tag: "evals/v1" } });
    expect(repo.git("rev-parse", "HEAD", "evals/v1^{commit}").split("\n")).toEqual([head, head]);
    expect(repo.git("for-each-ref", "--format=%(contents)", "refs/tags/evals/v1")).toContain("suite: s");
    expect((await repo.evals(["promote", "--add"])).stderr).toMatch(
      /its answers were recorded by another run, and the same recorded answers .*It is skipped/,
    );
    expect((await repo.evals(["promote", again, "--add"])).exit).toBe(2);
  });

  it("keeps the scores of a scorer that only got another name", async () => {
    repo = await preparedProject(projectFiles(2, 2), [["run"], ["promote"]]);
    repo.commit({ "evals/s.yaml": repo.read("evals/s.yaml").replace("name: exact", "name: same") });
    await repo.evals(["run"]);
    await repo.evals(["promote", "--add"]);
    expect(lines()[1]).toMatchObject({ trials: 4, scores: { same: 4 } });
    expect(Object.keys(lines()[1].scores)).toEqual(["same"]);
  });
});

describe("promote --with-answers", () => {
  const ANSWERS = "evals/baselines/s.answers.jsonl";
  it("writes distinct answers with counts, adds to them, and deletes them when they would be stale", async () => {
    repo = gitProject({ ...projectFiles(2, 2), "prompts/q/1.0.0.md": promptText("Answer.") });
    await repo.evals(["run"]);
    expect((await repo.evals(["promote", "--with-answers"])).stdout).toContain(`and ${ANSWERS}`);
    const answer = (output: string, trials: number, pass: number) => ({
      answer_hash: expect.any(String),
      output,
      trials,
      pass,
    });
    expect(lines(ANSWERS)).toEqual([
      { case: "c000", answers: [answer("item 0", 2, 2)] },
      { case: "c001", answers: [answer("I do not know", 2, 0)] },
    ]);
    await repo.evals(["run"]);
    await repo.evals(["promote", "--add", "--with-answers"]);
    expect(lines(ANSWERS)[1]).toEqual({ case: "c001", answers: [answer("I do not know", 4, 0)] });
    await repo.evals(["run"]);
    expect((await repo.evals(["promote"])).stdout).toContain(`removed ${ANSWERS}`);
    expect(existsSync(join(repo.root, ANSWERS))).toBe(false);
    expect(repo.git("status", "--porcelain")).toBe("");
  });
});

describe("promote --dry-run", () => {
  it("shows what would be written and touches nothing", async () => {
    repo = await preparedProject(projectFiles(2, 2), [["run"]]);
    const head = repo.git("rev-parse", "HEAD");
    const dry = await repo.evals(["promote", "--dry-run", "--as", "v1"]);
    expect(dry.stdout).toContain(`would write ${PATH}`);
    expect(dry.stdout).toContain("the tag would be evals/v1");
    expect([repo.git("rev-parse", "HEAD"), repo.git("tag"), repo.git("status", "--porcelain")]).toEqual([
      head,
      "",
      "",
    ]);
    expect(existsSync(join(repo.root, PATH))).toBe(false);
  });
});

describe("a run that failed its gate", () => {
  const WORSE = { "prompts/q/2.0.0.md": promptText("Answer.") };
  /** Stands for: rename the scorer and score the newest run's answers again. */
  const OTHER_SCORERS: string[] = [];
  const MISSED: readonly [rule: string, files: Record<string, string>, accepted: boolean][] = [
    ["regression pass_rate", WORSE, true],
    [
      "require score.exact",
      { "evals/s.yaml": suiteWith('{ require: { score.exact: ">= 1" } }'), ...WORSE },
      false,
    ],
    ["critical case:c001", { "evals/s.yaml": suiteWith('{ critical: ["case:c001"] }'), ...WORSE }, false],
    ["removed cases", { "datasets/d.jsonl": '{"id":"c000","input":{"n":0},"expected":"item 0"}\n' }, false],
  ];
  it.each(MISSED)("by %s cannot become a baseline without a reason", async (rule, files, isCleared) => {
    repo = await preparedProject(projectFiles(30, 2), [["run"], ["promote"]]);
    repo.git("push", "-q", "origin", "main");
    repo.git("switch", "-q", "-c", "change");
    repo.commit(files);
    expect((await repo.evals(["run", "--all-trials"])).exit).toBe(1);
    const text = repo.read(PATH);
    const refused = await repo.json(["promote"]);
    expect(refused).toMatchObject({
      exit: 2,
      document: { problems: [{ code: "EVALS_PROMOTE_GATE_FAILED" }] },
    });
    const [problem] = refused.document.problems;
    expect(problem.what).toContain(rule);
    expect(problem.fix).toContain("--accept");
    expect(repo.read(PATH)).toBe(text);
    const accepted = await repo.evals(["promote", "--accept", "half the price"]);
    expect(accepted.exit).toBe(0);
    expect(lines()[0].accepted.why).toBe("half the price");
    // After the promotion, a tag can be added later.
    expect(await repo.evals(["promote", "--as", "v2"])).toMatchObject({ exit: 0 });
    const inCi = await repo.json(["run", "--all-trials"], { EVALS_BASE_REF: "origin/main" });
    expect({ rule, exit: inCi.exit }).toEqual({ rule, exit: isCleared ? 0 : 1 });
    expect(accepted.stderr.includes(`still misses ${rule}`)).toBe(!isCleared);
  });

  it("is reported and skipped when another run passed", async () => {
    repo = gitProject(projectFiles(30, 2));
    repo.commit({ "evals/t.yaml": `${repo.read("evals/s.yaml").replace("prompt: q", "prompt: q@1.0.0")}` });
    await repo.evals(["run"]);
    await repo.evals(["promote"]);
    repo.commit({
      ...WORSE,
      "datasets/d.jsonl": `${repo.read("datasets/d.jsonl")}{"id":"new","input":{"n":2},"expected":"item 2"}\n`,
    });
    await repo.evals(["run", "--all-trials"]);
    const ended = await repo.evals(["promote"]);
    expect(ended.exit).toBe(0);
    expect(ended.stderr).toMatch(
      /\(s\) cannot be promoted: its gate failed \(regression pass_rate\)\. It is skipped/,
    );
    expect(repo.git("show", "--name-only", "--format=", "HEAD")).toBe("evals/baselines/t.jsonl");
  });

  it("still counts as failed after its answers are rescored by the same scorers", async () => {
    repo = await preparedProject(projectFiles(30, 2), [["run"], ["promote"]]);
    repo.commit(WORSE);
    await repo.evals(["run", "--all-trials"]);
    await repo.evals(["rescore", "latest"]);
    expect((await repo.evals(["promote"])).stderr).toContain("EVALS_PROMOTE_GATE_FAILED");
  });

  it.each([
    ["compared with nothing", [["run", "--all-trials", "--baseline", "none"]]],
    [
      "compared with another run",
      [
        ["run", "--all-trials", "--baseline", "none"],
        ["run", "--all-trials", "--no-cache", "--baseline", "latest"],
      ],
    ],
    ["of answers that other scorers scored", [["run", "--all-trials", "--baseline", "none"], OTHER_SCORERS]],
  ])("also counts where the run was only %s", async (_, commands) => {
    repo = await preparedProject(projectFiles(30, 2), [["run"], ["promote"]]);
    repo.commit(WORSE);
    for (const args of commands) {
      if (args === OTHER_SCORERS) {
        repo.commit({ "evals/s.yaml": repo.read("evals/s.yaml").replace("name: exact", "name: same") });
        await repo.evals(["rescore", "latest"]);
      } else await repo.evals(args);
    }
    const text = repo.read(PATH);
    const refused = await repo.evals(["promote"]);
    expect(refused).toMatchObject({ exit: 2 });
    expect(refused.stderr).toMatch(/EVALS_PROMOTE_GATE_FAILED/);
    expect(refused.stderr).toContain("regression pass_rate");
    expect((await repo.evals(["promote", "--add"])).exit).toBe(2);
    expect(repo.read(PATH)).toBe(text);
    expect(await repo.evals(["promote", "--accept", "half the price"])).toMatchObject({ exit: 0 });
    expect(lines()[0].accepted.why).toBe("half the price");
  });

  it("is not said of a run as good as the baseline that it was not compared with", async () => {
    repo = await preparedProject(projectFiles(30, 2), [["run"], ["promote"]]);
    repo.commit({ "prompts/q/1.1.0.md": promptText("Answer carefully.") });
    await repo.evals(["run", "--baseline", "none"]);
    expect(await repo.evals(["promote"])).toMatchObject({ exit: 0 });
  });

  it("may become a first baseline with a reason, which is written to the commit", async () => {
    repo = gitProject({
      ...projectFiles(4, 2),
      ...WORSE,
      "evals/s.yaml": suiteWith('{ require: { pass_rate: ">= 1" } }'),
    });
    await repo.evals(["run"]);
    expect((await repo.evals(["promote"])).exit).toBe(2);
    expect(await repo.evals(["promote", "--accept", "we start low"])).toMatchObject({ exit: 0 });
    expect(repo.git("log", "-1", "--format=%b")).toContain("we start low");
    expect(lines()[0].accepted).toBeUndefined();
  });
});

/** The suite of the project with another gate. */
function suiteWith(gate: string): string {
  return `dataset: d\nprompt: q\nmodel: bot\ntrials: 2\nscorers:\n  - { type: equals, name: exact }\ngate: ${gate}\n`;
}

describe("a baseline line whose result did not change", () => {
  const added = (id: string): string => `{"id":"${id}","input":{"n":2},"expected":"item 2"}\n`;
  it("stays byte for byte, and so does the header", async () => {
    repo = await preparedProject(projectFiles(6, 2), [["run"], ["promote"]]);
    const [header, ...before] = repo.read(PATH).trimEnd().split("\n");
    const [first = "", second = "", ...rest] = repo.read("datasets/d.jsonl").trimEnd().split("\n");
    const changed = second.replace('"expected":"item 1"', '"expected":"item one"');
    repo.commit({ "datasets/d.jsonl": `${[first, changed, ...rest].join("\n")}\n${added("c9")}` });
    await repo.evals(["run", "--baseline", "none"]);
    expect(await repo.evals(["promote"])).toMatchObject({ exit: 0 });
    const [now, ...after] = repo.read(PATH).trimEnd().split("\n");
    expect(now).toBe(header);
    expect(after.filter((line) => !before.includes(line)).map((line) => JSON.parse(line).case)).toEqual([
      "c001",
      "c9",
    ]);
    // A run without changed results changes no byte of the baseline.
    await repo.evals(["run", "--all-trials"]);
    expect((await repo.evals(["promote"])).stdout).toContain("nothing to commit");
  });

  it("lets two branches that changed different cases merge, also after an acceptance and with stored answers", async () => {
    repo = await preparedProject(
      { ...projectFiles(8, 2), "prompts/q/1.0.0.md": promptText("Answer carefully.") },
      [["run"], ["promote"]],
    );
    repo.commit({ "prompts/q/2.0.0.md": promptText("Answer.") });
    await repo.evals(["run", "--all-trials"]);
    await repo.evals(["promote", "--accept", "half the price", "--with-answers"]);
    const data = repo.read("datasets/d.jsonl");
    for (const [branch, text] of [
      ["one", added("a-new") + data],
      ["two", data + added("z-new")],
    ] as const) {
      repo.git("switch", "-q", "-c", branch, "main");
      repo.commit({ "datasets/d.jsonl": text });
      await repo.evals(["run", "--all-trials"]);
      expect(await repo.evals(["promote", "--with-answers"])).toMatchObject({ exit: 0 });
    }
    repo.git("merge", "-q", "one", "-m", "merge");
    const { exit, document } = await repo.json(["run", "--all-trials"]);
    expect({ exit, paired: document.runs[0].comparison.cases.paired }).toEqual({ exit: 0, paired: 10 });
  });

  it("stays byte for byte when trials of other cases are added", async () => {
    repo = await preparedProject(projectFiles(6, 2), [["run"], ["promote"]]);
    const before = repo.read(PATH).trimEnd().split("\n");
    repo.commit({ "datasets/d.jsonl": repo.read("datasets/d.jsonl") + added("c9") });
    const run = (await repo.json(["run", "--baseline", "none"])).document.runs[0].id;
    await repo.evals(["promote"]);
    const grown = repo.read(PATH);
    expect(grown.split("\n").slice(0, 7)).toEqual(before);
    // The new case has the trials of this run already; the other cases get them now.
    await repo.evals(["promote", run, "--add"]);
    const lines = repo.read(PATH).trimEnd().split("\n");
    expect(lines.filter((line) => !grown.includes(line)).map((line) => JSON.parse(line).trials)).toEqual(
      Array(6).fill(4),
    );
  });
});

describe("promote refuses", () => {
  const refusals: [string, () => Promise<readonly string[]>, string, RegExp][] = [
    [
      "a narrowed run",
      async () => {
        await repo.evals(["run", "--case", "c000"]);
        return [];
      },
      "EVALS_PROMOTE_NARROWED",
      /evals run s && evals promote/,
    ],
    [
      "a run that stopped early",
      async () => {
        repo.commit({ "prompts/q/1.1.0.md": promptText("Answer.") });
        await repo.evals(["run"]);
        return [];
      },
      "EVALS_PROMOTE_STOPPED_EARLY",
      /--resume --run [0-9a-f]+ --all-trials/,
    ],
    [
      "a run with errors",
      async () => {
        repo.commit({
          "agents/down.mjs": "export default () => { throw new Error('down'); };\n",
          "evalconfig.yaml": repo.read("evalconfig.yaml").replace("bot.mjs", "down.mjs"),
        });
        await repo.evals(["run"]);
        return [];
      },
      "EVALS_PROMOTE_INCOMPLETE",
      /--resume --run/,
    ],
    [
      "a changed prompt that is not committed",
      async () => {
        repo.write("prompts/q/1.1.0.md", promptText("Answer carefully, please."));
        await repo.evals(["run", "--all-trials"]);
        return [];
      },
      "EVALS_PROMOTE_UNCOMMITTED",
      /prompts\/q\/1\.1\.0\.md/,
    ],
    [
      "a dataset that git ignores",
      async () => {
        repo.commit({
          ".gitignore": ".evals/\ndatasets/other.jsonl\n",
          "evals/s.yaml": repo.read("evals/s.yaml").replace("dataset: d", "dataset: other"),
        });
        repo.write("datasets/other.jsonl", repo.read("datasets/d.jsonl"));
        await repo.evals(["run", "--all-trials"]);
        return [];
      },
      "EVALS_PROMOTE_UNCOMMITTED",
      /datasets\/other\.jsonl/,
    ],
    [
      "a change hidden by assume-unchanged",
      async () => {
        repo.git("update-index", "--assume-unchanged", "datasets/d.jsonl");
        repo.write("datasets/d.jsonl", repo.read("datasets/d.jsonl").replace("item 0", "item zero"));
        await repo.evals(["run", "--all-trials"]);
        return [];
      },
      "EVALS_PROMOTE_UNCOMMITTED",
      /datasets\/d\.jsonl/,
    ],
    [
      "a run of an older prompt",
      async () => {
        const { document } = await repo.json(["run", "--all-trials"]);
        repo.commit({ "prompts/q/1.1.0.md": promptText("Answer carefully, please.") });
        return [document.runs[0].id];
      },
      "EVALS_PROMOTE_OTHER_INPUTS",
      /evals run s && evals promote/,
    ],
    [
      "a run with another model than the suite's",
      async () => {
        repo.commit({
          "evalconfig.yaml": `${repo.read("evalconfig.yaml")}  other: { provider: module, file: agents/bot.mjs, version: "2" }\n`,
        });
        const { document } = await repo.json(["run", "--model", "other", "--all-trials"]);
        return [document.runs[0].id];
      },
      "EVALS_PROMOTE_OTHER_MODEL",
      /model: other/,
    ],
    [
      "a named run of a suite that is gone",
      async () => {
        const { document } = await repo.json(["run", "--all-trials"]);
        repo.git("rm", "-q", "evals/s.yaml");
        repo.commit({
          "evals/t.yaml": "dataset: d\nprompt: q\nmodel: bot\nscorers: [{ type: equals, name: exact }]\n",
        });
        return [document.runs[0].id];
      },
      "EVALS_PROMOTE_SUITE_GONE",
      /evals history/,
    ],
    [
      "a tag that exists",
      async () => {
        await repo.evals(["run", "--all-trials"]);
        return ["--as", "v1"];
      },
      "EVALS_TAG_EXISTS",
      /--as/,
    ],
    [
      "a tag's name that git refuses",
      async () => {
        await repo.evals(["run"]);
        return ["--as", "a..b"];
      },
      "EVALS_TAG_NAME",
      /--as/,
    ],
    [
      "an acceptance without a reason",
      async () => {
        await repo.evals(["run", "--all-trials"]);
        return ["--accept", " "];
      },
      "EVALS_ACCEPT_REASON",
      /--accept/,
    ],
    [
      "a conflicted baseline at HEAD",
      async () => {
        await repo.evals(["run", "--all-trials"]);
        repo.commit({ [PATH]: `${repo.read(PATH)}<<<<<<< HEAD\n` });
        return ["--add"];
      },
      "EVALS_BASELINE_CONFLICT",
      /git checkout/,
    ],
  ];
  it.each(refusals)("%s, and changes nothing", async (_name, prepare, code, fix) => {
    repo = await preparedProject(projectFiles(30, 2), [["run"], ["promote", "--as", "v1"]]);
    const words = await prepare();
    const head = repo.git("rev-parse", "HEAD");
    const refused = await repo.json(["promote", ...words]);
    expect(refused).toMatchObject({ exit: 2, document: { problems: [{ code }] } });
    const [problem] = refused.document.problems;
    expect(`${problem.what} ${problem.fix}`).toMatch(fix);
    expect([repo.git("rev-parse", "HEAD"), repo.git("tag")]).toEqual([head, "evals/v1"]);
  });

  it("a failed run that stopped early, with commands that accept its drop when they are typed as they stand", async () => {
    repo = await preparedProject(projectFiles(30, 2), [["run"], ["promote", "--as", "v1"]]);
    repo.commit({ "prompts/q/1.1.0.md": promptText("Answer at once.") });
    expect((await repo.evals(["run"])).exit).toBe(1);
    const { fix } = (await repo.json(["promote"])).document.problems[0];
    const [run = "", promote = ""] = fix.replace(/^.*: (?=evals run)/, "").split(" || ");
    const words = (command: string) => command.replace('"<why>"', "cheaper").split(" ").slice(1);
    expect((await repo.evals(words(run))).exit).toBe(1);
    expect(await repo.evals(words(promote))).toMatchObject({ exit: 0 });
    expect(lines()[0].accepted.why).toBe("cheaper");
  });

  it.each([1, 4, 9])("%i changed files, with a command that adds each of them", async (count) => {
    const names = Array.from({ length: count }, (_, at) => `notes ${at} é.ts`);
    const bot = `${names.map((name) => `import "./${name}";\n`).join("")}export default ({ n }) => \`item \${n}\`;\n`;
    const notes = (text: string) => Object.fromEntries(names.map((name) => [`agents/${name}`, text]));
    repo = gitProject({ ...projectFiles(4, 2), "agents/bot.mjs": bot, ...notes("export {};\n") });
    for (const [path, text] of Object.entries(notes("export {}; // edited\n"))) repo.write(path, text);
    expect((await repo.evals(["run"])).exit).toBe(0);
    const { document } = await repo.json(["promote"]);
    expect(document.problems).toMatchObject([{ code: "EVALS_PROMOTE_UNCOMMITTED" }]);
    const add = /^git add .*(?= && git commit, then)/.exec(document.problems[0].fix)?.[0] ?? "false";
    execFileSync("sh", ["-c", add], { cwd: repo.root });
    repo.git("commit", "-q", "-m", "edit");
    expect(await repo.evals(["promote"])).toMatchObject({ exit: 0 });
  });

  it("all suites when one is gone, and reports which run it skipped", async () => {
    repo = gitProject(projectFiles(4, 2));
    repo.commit({
      "evals/gone.yaml": repo.read("evals/s.yaml"),
      "evals/t.yaml": repo.read("evals/s.yaml"),
    });
    await repo.evals(["run"]);
    repo.git("rm", "-q", "evals/gone.yaml");
    repo.git("commit", "-q", "-m", "gone");
    await repo.evals(["run", "t", "--case", "c000"]);
    const ended = await repo.evals(["promote"]);
    expect(ended.exit).toBe(0);
    expect(repo.git("show", "--name-only", "--format=", "HEAD")).toBe(PATH);
    expect(ended.stderr).toMatch(/\(t\) cannot be promoted: it ran only some of the cases\. It is skipped/);
  });
});

describe("a broken baseline at HEAD", () => {
  it("is replaced by the command that its message names", async () => {
    repo = await preparedProject(projectFiles(4, 2), [["run"], ["promote"]]);
    const text = repo.read(PATH);
    repo.commit({ [PATH]: text.slice(0, -20) });
    expect((await repo.evals(["run"])).stderr).toContain("evals run --baseline none && evals promote");
    expect(await repo.evals(["run", "--baseline", "none"])).toMatchObject({ exit: 0 });
    expect(await repo.evals(["promote"])).toMatchObject({ exit: 0 });
    expect(lines().length).toBe(5);
  });
});

describe("where the project is", () => {
  it("a folder of the repository with spaces and Unicode in its name", async () => {
    repo = gitProject(projectFiles(4, 2), { folder: "apps/Über bot" });
    await repo.evals(["run"]);
    expect(await repo.evals(["promote", "--as", "v1"])).toMatchObject({ exit: 0 });
    expect(repo.git("show", "--name-only", "--format=", "-z", "HEAD").replaceAll("\0", "")).toBe(
      `apps/Über bot/${PATH}`,
    );
    repo.git("push", "-q", "origin", "main");
    const clone = repo.clone("main");
    const { document } = await clone.json(["run"]);
    expect(document.runs[0].comparison.baseline.side).toBe(`${PATH} at HEAD`);
    repo.commit({ "prompts/q/1.1.0.md": promptText("Answer.") });
    expect(await repo.json(["rollback", "v1"])).toMatchObject({
      exit: 0,
      document: { removed: ["prompts/q/1.1.0.md"] },
    });
  });

  it("a detached HEAD is reported, and the promotion made", async () => {
    repo = gitProject(projectFiles(2, 2));
    repo.git("checkout", "-q", "--detach");
    await repo.evals(["run"]);
    const ended = await repo.evals(["promote"]);
    expect(ended.exit).toBe(0);
    expect(ended.stderr).toContain("git switch -c <name>");
  });

  it("a linked worktree and a submodule's dataset", async () => {
    repo = gitProject(projectFiles(2, 2));
    const data = join(repo.root, "..", "data");
    mkdirSync(data);
    const inData = (...args: string[]): string => repo.git("-C", data, ...args);
    inData("init", "-q", "-b", "main");
    writeFileSync(join(data, "d.jsonl"), repo.read("datasets/d.jsonl"));
    inData("add", "-A");
    inData("commit", "-q", "-m", "data");
    repo.git("rm", "-q", "datasets/d.jsonl");
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", data, "datasets/shared");
    repo.commit({
      "evals/s.yaml": repo.read("evals/s.yaml").replace("dataset: d", "dataset: datasets/shared/d.jsonl"),
    });
    await repo.evals(["run"]);
    expect(await repo.evals(["promote", "--as", "v1"])).toMatchObject({ exit: 0 });
    writeFileSync(
      join(repo.root, "datasets/shared/d.jsonl"),
      repo.read("datasets/shared/d.jsonl").replace("item 0", "item 1"),
    );
    await repo.evals(["run", "--baseline", "none"]);
    expect((await repo.evals(["promote"])).stderr).toContain("datasets/shared/d.jsonl differs from HEAD");
  });

  it("no repository, and one without a commit", async () => {
    repo = gitProject(projectFiles(2, 2));
    rmSync(join(repo.root, ".git"), { recursive: true });
    for (const command of [["promote"], ["rollback", "v1"], ["log"]])
      expect(await repo.json(command)).toMatchObject({
        exit: 2,
        document: { problems: [{ code: "EVALS_GIT_NO_REPOSITORY" }] },
      });
    expect(await repo.json(["run"])).toMatchObject({ exit: 0 });
    repo.git("init", "-q");
    for (const command of [["promote"], ["rollback", "v1"], ["log"]])
      expect(await repo.json(command)).toMatchObject({
        exit: 2,
        document: { problems: [{ code: "EVALS_GIT_NO_COMMIT" }] },
      });
    expect(await repo.json(["run"])).toMatchObject({ exit: 0 });
  });

  it("a git that is missing, too old, or refuses to read", async () => {
    repo = await preparedProject(projectFiles(2, 2), [["run"], ["promote"]]);
    const tools = join(repo.root, "..", "tools");
    mkdirSync(tools);
    const path = process.env.PATH ?? "";
    const fake = (script: string): void => {
      writeFileSync(join(tools, "git"), `#!/bin/sh\n${script}\n`);
      chmodSync(join(tools, "git"), 0o755);
      process.env.PATH = `${tools}:${path}`;
    };
    const codes = async (): Promise<string[]> => {
      const found = [];
      for (const command of [["promote"], ["rollback", "v1"], ["log"], ["run"]])
        found.push((await repo.json(command)).document.problems?.[0]?.code);
      return found;
    };
    fake('[ "$*" = "${*%version}" ] || { echo "git version 2.25.1"; exit; }\nexec /usr/bin/git "$@"');
    // A run only reads from git, which every version of git can do.
    expect(await codes()).toEqual([...Array(3).fill("EVALS_GIT_OLD"), undefined]);
    fake(
      "echo \"fatal: detected dubious ownership in repository at '/x'\" >&2\necho 'git config --global --add safe.directory /x' >&2\ncase \"$*\" in *version) echo git version 2.45.0; exit;; esac\nexit 128",
    );
    expect(await codes()).toEqual(Array(4).fill("EVALS_GIT_UNREADABLE"));
    expect((await repo.evals(["promote"])).stderr).toContain("git config --global --add safe.directory /x");
    process.env.PATH = "/nowhere";
    expect(await codes()).toEqual(Array(4).fill("EVALS_GIT_MISSING"));
    process.env.PATH = path;
  });
});
