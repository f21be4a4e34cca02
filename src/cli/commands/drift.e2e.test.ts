import { utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type JudgeServer,
  judgedAnswer,
  judgeServer,
  verdict,
} from "../../providers/testing/judge-server.ts";
import { main } from "../main.ts";
import { fakeIo } from "../testing/fake-io.ts";
import { type GitProject, gitProject, ownGit } from "../testing/git-project.ts";
import { JUDGE, TARGET } from "../testing/judged-suite.ts";

let restore: () => void;
let repo: GitProject;
const servers: JudgeServer[] = [];
beforeEach(() => {
  restore = ownGit();
});
afterEach(async () => {
  repo.remove();
  restore();
  for (const one of servers.splice(0)) await one.close();
});

const jsonl = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const CASES = 30;
const ids = Array.from({ length: CASES }, (_, i) => `c${i}`);

/** Recorded answers: every tenth trial of a case fails, and all trials of the first `broken` cases fail. */
const outputs = (trials: number, broken = 0): string =>
  jsonl(
    ids.flatMap((id, i) =>
      Array.from({ length: trials }, (_, t) => ({
        case: id,
        output: i < broken || (i + t) % 10 === 0 ? "no" : "yes",
      })),
    ),
  );

const recorded = (): GitProject =>
  gitProject({
    ".gitignore": ".evals/\n",
    "evalconfig.yaml": "models:\n  m: { provider: outputs, file: out.jsonl }\n",
    "evals/s.yaml": "dataset: d\nmodel: m\ntrials: 3\nscorers:\n  - { type: equals, name: exact }\n",
    "datasets/d.jsonl": jsonl(ids.map((id) => ({ id, input: id, expected: "yes" }))),
  });

async function promoted(trials = 60): Promise<string> {
  repo.commit({ "out.jsonl": outputs(trials) });
  const { document } = await repo.json(["run", "s", "--trials", String(trials), "--baseline", "none"]);
  expect((await repo.evals(["promote", document.runs[0].id])).exit).toBe(0);
  return document.runs[0].id;
}

async function night(broken = 0) {
  repo.write("out.jsonl", outputs(3, broken));
  return repo.json(["drift", "s"]);
}

describe("evals drift", () => {
  it("without a baseline prints how to make one", async () => {
    repo = recorded();
    repo.write("out.jsonl", outputs(3));
    const { exit, document } = await repo.json(["drift", "s"]);
    expect([exit, document]).toMatchObject([
      2,
      { schema: "evals.drift/1", verdict: null, problems: [{ code: "EVALS_DRIFT_NO_BASELINE" }] },
    ]);
    expect(document.problems[0].fix).toContain("evals promote");
    expect(await repo.json(["drift", "s", "--dry-run"])).toMatchObject({
      exit: 2,
      document: { problems: [{ code: "EVALS_DRIFT_NO_BASELINE" }] },
    });
  });

  it("reports which answers are missing, and how much of the baseline is compared", async () => {
    repo = recorded();
    await promoted();
    repo.write("out.jsonl", jsonl(ids.slice(0, 20).map((id) => ({ case: id, output: "yes" }))));
    const missing = await repo.json(["drift", "s"]);
    expect(missing.document.notes.slice(1)).toEqual([
      "10 of the 30 trials of this run have no answer (10 not-recorded); they count neither for nor against drift.",
      "20 of the baseline's 30 cases are compared in this run: the others have no answer, have changed or are no longer asked.",
    ]);
    repo.write("datasets/d.jsonl", jsonl(ids.slice(0, 29).map((id) => ({ id, input: id, expected: "yes" }))));
    repo.write("out.jsonl", jsonl(ids.slice(0, 29).map((id) => ({ case: id, output: "yes" }))));
    const { notes } = (await repo.json(["drift", "s"])).document;
    expect(notes).toEqual([expect.stringMatching(/^29 of the baseline's 30 cases are compared/)]);
  });

  it("collects a series, detects a drop, and keeps its runs apart from the suite's", async () => {
    repo = recorded();
    const baseline = await promoted();
    const first = await night();
    expect(first).toMatchObject({
      exit: 0,
      document: {
        verdict: "not_enough_evidence",
        threshold: 5,
        judge: null,
        finds: { change: 0.03 },
        notes: [expect.stringContaining("first run of a series")],
      },
    });
    expect(first.document.false_alarm.runs).toBe(30);
    expect(first.document.false_alarm.probability).toBeGreaterThan(0.08);
    expect(first.document.false_alarm.probability).toBeLessThan(0.17);
    await night();
    const fallen = await night(8);
    const [, , third] = fallen.document.series;
    expect(fallen).toMatchObject({
      exit: 1,
      document: { verdict: "drift", direction: "worse", since: third.run, exit: 1 },
    });
    expect(third.delta).toBeLessThan(-0.15);
    const again = await night(8);
    expect([again.exit, again.document.series.length]).toEqual([1, 4]);

    // Runs of a series are stored, but commands that mean the suite's own runs do not show them.
    const listed = (await repo.json(["history", "s"])).document.runs.map((one: { id: string }) => one.id);
    expect(listed).toContain(third.run);
    expect((await repo.json(["show", "latest"])).document.run.id).toBe(baseline);
    const refused = await repo.json(["promote", third.run]);
    expect(refused).toMatchObject({ exit: 2, document: { problems: [{ code: "EVALS_PROMOTE_DRIFT" }] } });
    expect((await repo.json(["promote"])).document.promoted?.[0]?.runs ?? [baseline]).toContain(baseline);
  });

  it("reports the drop on a terminal, with the command that shows which cases changed", async () => {
    repo = recorded();
    await promoted();
    repo.write("out.jsonl", outputs(3, 15));
    const { exit, stdout } = await repo.evals(["drift", "s"]);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^DRIFT, worse {3}s, /);
    const [, run = ""] = /evals diff (\w{8}) shows which cases moved/.exec(stdout.replace(/\s+/g, " ")) ?? [];
    const moved = await repo.json(["diff", run]);
    expect(moved).toMatchObject({
      exit: 1,
      document: { comparisons: [{ verdict: "regressed", baseline: { run: null, trials: 60 } }] },
    });
    expect(moved.document.comparisons[0].cases.broken).toEqual(expect.arrayContaining(["c0", "c14"]));
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it("begins a new series with a new baseline, and lets the old one be pruned", async () => {
    repo = recorded();
    await promoted();
    const [old] = (await night()).document.series;
    await promoted(40);
    const { document } = await night();
    expect(document.series).toHaveLength(1);
    // Each run is compared with the baseline of its own series.
    for (const [run, trials] of [
      [old.run, 60],
      [document.series[0].run, 40],
    ])
      expect((await repo.json(["diff", run])).document.comparisons).toMatchObject([{ baseline: { trials } }]);
    const io = fakeIo(repo.root, { date: () => new Date("2025-06-01T12:00:00.000Z") });
    await main(["store", "prune", "--older-than", "7d", "--dry-run", "--json"], io);
    const pruned = JSON.parse(io.printed.stdout);
    // The old series is deleted with the run of its baseline; the new series is kept.
    expect([pruned.removed.runs, pruned.kept.length]).toEqual([2, 2]);
  });

  it.each([
    ["as they were committed", () => repo.commit({ "out.jsonl": outputs(3, 3) })],
    [
      "older than the runs before",
      () => {
        repo.write("out.jsonl", outputs(3, 3));
        utimesSync(join(repo.root, "out.jsonl"), 1, 1);
      },
    ],
  ])("counts outputs once that are %s, however often it is called", async (_, write) => {
    repo = recorded();
    await promoted();
    write();
    const first = (await repo.json(["drift", "s"])).document;
    await repo.json(["drift", "s"]);
    const { document } = await repo.json(["drift", "s"]);
    const [one, two, three] = document.series;
    expect([two, three]).toMatchObject([
      { z: null, statistic: one.statistic, delta: one.delta, same_answers_as: one.run },
      { z: null, statistic: one.statistic, same_answers_as: one.run },
    ]);
    expect(document).toMatchObject({ statistic: first.statistic, verdict: first.verdict });
    expect(document.notes).toEqual([
      `These are the same recorded answers as in run ${one.run}: the same answers are no new evidence.`,
    ]);
    // A program that asks a model and always gets the same answers writes them anew.
    repo.write("out.jsonl", `${outputs(3, 3)}\n`);
    const [last] = (await repo.json(["drift", "s"])).document.series.slice(-1);
    expect(last).not.toHaveProperty("same_answers_as");
    expect(last.z).toBe(one.z);
  });

  it("counts the answers of a recording once, and those of the baseline for nothing", async () => {
    const server = await judgeServer({ [TARGET]: () => "yes" });
    servers.push(server);
    const suite = (model: string) =>
      `dataset: d\nprompt: p\nmodel: ${model}\ntrials: 3\nscorers:\n  - { type: equals, name: exact }\n`;
    repo = recorded();
    repo.commit({
      "evalconfig.yaml": `models:\n  live: { provider: openai, model: ${TARGET}, base_url: "http://127.0.0.1:${server.port}/v1" }\n  m: { provider: replay, of: live, file: fixtures/live.jsonl }\n`,
      "prompts/p/1.0.0.md": "user:\n{{ input }}\n",
      "evals/s.yaml": suite("live"),
    });
    expect((await repo.json(["run", "s", "--trials", "9", "--baseline", "none", "--record"])).exit).toBe(0);
    repo.commit({ "evals/s.yaml": suite("m") });
    const { document } = await repo.json(["run", "s", "--trials", "9", "--baseline", "none"]);
    expect((await repo.evals(["promote", document.runs[0].id])).exit).toBe(0);
    const own = await repo.json(["drift", "s"]);
    expect(own.document.series).toMatchObject([{ z: null, same_answers_as: "baseline" }]);
    const file = repo.read("fixtures/live.jsonl").replaceAll('"yes"', '"no"');
    repo.write("fixtures/live.jsonl", file);
    await repo.json(["drift", "s"]);
    utimesSync(join(repo.root, "fixtures/live.jsonl"), 1, 1);
    const { series } = (await repo.json(["drift", "s"])).document;
    expect(series[1].z).toBeLessThan(-3);
    expect(series[2]).toMatchObject({ z: null, same_answers_as: series[1].run });
  });

  it("keeps the series of a suite's prompts and models apart, also where their baselines have the same counts", async () => {
    const always = { provider: "module", file: "bot.mjs" };
    repo = gitProject({
      ".gitignore": ".evals/\n",
      "bot.mjs": 'export default () => "yes";\n',
      "evalconfig.yaml": JSON.stringify({ models: { m: always, n: always } }),
      "evals/s.yaml":
        "dataset: d\nprompts: [p@1.0.0, p@1.1.0]\nmodels: [m, n]\ntrials: 2\nscorers: [{ type: equals }]\n",
      "prompts/p/1.0.0.md": "user:\n{{ input }}\n",
      "prompts/p/1.1.0.md": "user:\nplease {{ input }}\n",
      "datasets/d.jsonl": jsonl(ids.map((id) => ({ id, input: id, expected: "yes" }))),
    });
    await repo.json(["run", "s", "--trials", "6", "--baseline", "none"]);
    expect((await repo.evals(["promote"])).exit).toBe(0);
    const unclear = await repo.json(["drift", "s"]);
    expect(unclear.document.problems).toMatchObject([
      {
        code: "EVALS_DRIFT_TARGETS",
        what: 'Suite "s" lists 4 targets: p@1.0.0.m, p@1.0.0.n, p@1.1.0.m, p@1.1.0.n.',
        fix: "evals drift s --prompt p@1.0.0 --model m",
      },
    ]);
    for (const prompt of ["p@1.0.0", "p@1.1.0"])
      for (const model of ["m", "n"]) {
        const { document } = await repo.json(["drift", "s", "--prompt", prompt, "--model", model]);
        expect(document.series).toHaveLength(1);
        expect(document.notes[0]).toContain("first run of a series");
      }
  });

  it("counts recorded answers that are the baseline's own for nothing", async () => {
    repo = recorded();
    await promoted();
    const { document } = await repo.json(["drift", "s"]);
    expect(document).toMatchObject({
      verdict: "not_enough_evidence",
      series: [{ z: null, same_answers_as: "baseline" }],
    });
    expect((await repo.evals(["drift", "s"])).stdout).toContain("there are 0 so far");
  });

  it("is refused when scorers or cases differ from the baseline's", async () => {
    repo = recorded();
    await promoted();
    repo.write("evals/s.yaml", "dataset: d\nmodel: m\nscorers:\n  - { type: contains, name: exact }\n");
    expect(await repo.json(["drift", "s"])).toMatchObject({
      exit: 2,
      document: { problems: [{ code: "EVALS_DRIFT_CHANGED" }] },
    });
  });

  it("ignores a run with too few answers", async () => {
    repo = recorded();
    await promoted();
    repo.write("out.jsonl", jsonl(ids.slice(0, 5).map((id) => ({ case: id, output: "no" }))));
    const { exit, document } = await repo.json(["drift", "s"]);
    expect([exit, document]).toMatchObject([
      0,
      {
        verdict: "not_enough_evidence",
        statistic: 0,
        series: [{ delta: null }],
        false_alarm: { probability: null },
      },
    ]);
  });

  describe("with a judge", () => {
    /** An answer states its own quality from 0 to 100; the judge passes an answer of at least `bar`. */
    const world = {
      bar: 50,
      shift: 0,
      asked: 0,
      waiting: 0,
      mute: false,
      held: null as Promise<void> | null,
    };
    const quality = (text: string): number => Number(/quality (\d+)/.exec(text)?.[1] ?? 0);
    beforeEach(async () => {
      Object.assign(world, { bar: 50, shift: 0, asked: 0, waiting: 0, mute: false, held: null });
      const server = await judgeServer({
        [TARGET]: async ({ messages }) => {
          if (world.held !== null) {
            world.waiting++;
            await world.held;
          }
          const number = Number(/(\d+)/.exec(messages.at(-1)?.content ?? "")?.[1] ?? 0);
          return `answer ${world.asked++} of quality ${30 + number * 2 - world.shift + (world.asked % 3)}`;
        },
        [JUDGE]: (request) =>
          world.mute ? "…" : verdict(quality(judgedAnswer(request)) >= world.bar ? "pass" : "fail"),
      });
      servers.push(server);
      const at = `base_url: "http://127.0.0.1:${server.port}/v1", price: { input: 1, output: 2 }`;
      repo = gitProject({
        ".gitignore": ".evals/\n",
        "evalconfig.yaml": `models:\n  target: { provider: openai, model: ${TARGET}, ${at} }\n  judge: { provider: openai, model: ${JUDGE}, ${at} }\n`,
        "evals/s.yaml":
          "dataset: d\nprompt: p\nmodel: target\ntrials: 2\nscorers:\n  - { type: judge, name: good, judge: good }\n",
        "datasets/d.jsonl": jsonl(ids.map((id, i) => ({ id, input: i }))),
        "prompts/p/1.0.0.md": "user:\nquestion {{ input }}\n",
        "judges/good/1.0.0.md": "---\nkind: binary\nmodel: judge\n---\nIs it good?\n",
      });
      const run = await repo.json(["run", "s", "--trials", "6", "--baseline", "none"]);
      expect((await repo.evals(["promote", run.document.runs[0].id, "--with-answers"])).exit).toBe(0);
    });

    it("attributes a stricter judge's change to the judge, and does not fail while the judge is not calibrated", async () => {
      await repo.json(["drift", "s"]);
      world.bar = 76;
      await repo.json(["drift", "s"]);
      const { exit, document } = await repo.json(["drift", "s"]);
      expect(document.judge).toMatchObject({ verdict: "drift", calibrated: false, newest: { answers: 60 } });
      expect(document.judge.newest.delta).toBeLessThan(-0.2);
      expect(document.verdict).not.toBe("drift");
      expect(exit).toBe(0);
      expect(document.notes.join(" ")).toContain("To calibrate it: evals calibrate good --suite s");
    });

    it("attributes a worse target's change to the target, and asks the target anew each time", async () => {
      const before = servers[0]?.of(TARGET).length ?? 0;
      await repo.json(["drift", "s"]);
      expect((servers[0]?.of(TARGET).length ?? 0) - before).toBe(2 * CASES);
      world.shift = 16;
      const { exit, document } = await repo.json(["drift", "s"]);
      expect(document).toMatchObject({ verdict: "drift", direction: "worse", exit: 1 });
      expect(document.judge.verdict).not.toBe("drift");
      expect(document.judge.newest.delta).toBe(0);
      expect(exit).toBe(1);
    });

    it("asks only the judges that decide what passes about stored answers, and tells why none could be judged", async () => {
      repo.write("judges/kind/1.0.0.md", "---\nkind: binary\nmodel: judge\n---\nIs it kind?\n");
      const scorer = "  - { type: judge, name: kind, judge: kind, required: false }\n";
      repo.write("evals/s.yaml", repo.read("evals/s.yaml") + scorer);
      repo.commit({});
      const run = await repo.json(["run", "s", "--trials", "2", "--baseline", "none"]);
      expect((await repo.evals(["promote", run.document.runs[0].id])).exit).toBe(0);
      world.mute = true;
      const { notes } = (await repo.json(["drift", "s"])).document;
      expect(notes.join(" ")).toContain("None of the 60 stored answers could be judged again");
      expect(notes.join(" ")).not.toContain("--with-answers");
      world.mute = false;
      const before = servers[0]?.of(JUDGE).length ?? 0;
      await repo.json(["drift", "s"]);
      // Of the run's own answers two judges are asked, of the stored ones one.
      expect((servers[0]?.of(JUDGE).length ?? 0) - before).toBe(2 * 2 * CASES + 2 * CASES);
    });

    it("counts a run only when its process has ended it", async () => {
      let release = (): void => {};
      world.held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const slow = repo.json(["drift", "s"]);
      await expect.poll(() => world.waiting, { timeout: 20_000 }).toBeGreaterThan(0);
      world.held = null;
      const { document: meanwhile } = await repo.json(["drift", "s"]);
      expect(meanwhile.series).toHaveLength(1);
      expect(meanwhile.notes[0]).toContain("first run of a series");
      release();
      const { document } = await slow;
      expect(document.series.map((one: { run: string }) => one.run)).toContain(meanwhile.series[0].run);
      expect(document.series).toHaveLength(2);
    });

    it("in a fresh clone judges the answers that are stored with the baseline", async () => {
      repo.git("push", "-q", "origin", "main");
      const clone = repo.clone("main");
      const { document } = await clone.json(["drift", "s"]);
      expect(document.judge.newest).toMatchObject({ answers: 60, delta: 0 });
    });

    it("asks nothing in a dry run, and keeps rejudging and asking within one budget", async () => {
      const before = servers[0]?.asked.length ?? 0;
      const plan = await repo.json(["drift", "s", "--dry-run"]);
      expect(plan).toMatchObject({
        exit: 0,
        document: { schema: "evals.plan/1", runs: [{ calls: 2 * CASES }] },
      });
      expect(servers[0]?.asked.length).toBe(before);
      const { exit, document } = await repo.json(["drift", "s", "--budget", "0.0003"]);
      expect([exit, document.verdict]).toEqual([0, "not_enough_evidence"]);
      expect((servers[0]?.asked.length ?? 0) - before).toBeLessThan(40);
      expect(document.series).toHaveLength(1);
    });
  });
});
