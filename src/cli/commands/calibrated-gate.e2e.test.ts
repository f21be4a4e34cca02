import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { correctedRate } from "../../labels/corrected-rate.ts";
import { partOf } from "../../labels/holdout.ts";
import { readLabels, writeLabels } from "../../labels/label-file.ts";
import { measure } from "../../labels/measures.ts";
import { label } from "../../labels/testing/labels.ts";
import {
  type JudgeServer,
  judgedAnswer,
  judgeServer,
  verdict,
} from "../../providers/testing/judge-server.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

const TARGET = "target-2024-07-18";
const JUDGE = "judge-2024-07-18";
const CASES = Array.from({ length: 40 }, (_, at) => `c${at}`);

const isRude = (id: string): boolean => Number(id.slice(1)) % 2 === 1;
const answerTo = (id: string): string =>
  id.startsWith("rudely") || isRude(id) ? `That is your fault, ${id}.` : `Kindly, ${id}.`;

let server: JudgeServer;
let repo: Scenario;
/** Whether the judge's model judges differently now, under its old name. */
let hasDrifted = false;

beforeEach(async () => {
  hasDrifted = false;
  server = await judgeServer({
    [TARGET]: ({ messages }) => answerTo(messages.at(-1)?.content ?? ""),
    [JUDGE]: (request) =>
      hasDrifted || judgedAnswer(request).startsWith("Kindly")
        ? verdict("pass", "kind")
        : verdict("fail", "blames"),
  });
  repo = scenario(null);
  const model = (name: string): string =>
    `{ provider: openai, model: ${name}, base_url: "http://127.0.0.1:${server.port}/v1" }`;
  const files = {
    "evalconfig.yaml": `models:\n  target: ${model(TARGET)}\n  judge: ${model(JUDGE)}\n`,
    "evals/reply.yaml": `dataset: reply
prompt: reply
model: target
scorers:
  - { type: judge, name: polite, judge: polite }
gate:
  require: { pass_rate: ">= 0.9", error_rate: "<= 0.1" }
  critical: ["case:c1"]
  judge: { min_ac1: 0.6, min_labels: 30 }
`,
    "datasets/reply.jsonl": CASES.map((id) => `${JSON.stringify({ id, input: id })}\n`).join(""),
    "prompts/reply/1.0.0.md": "user:\n{{ input }}\n",
    "judges/polite/1.0.0.md": "---\nkind: binary\nmodel: judge\n---\nPasses when polite.\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repo.root, path)), { recursive: true });
    repo.write(path, text);
  }
});
afterEach(async () => {
  repo.remove();
  await server.close();
});

/** Labels all answers correctly, except those of the cases in `wrong`. */
function labelAll(wrong: readonly string[] = []): void {
  const labels = CASES.map((id) =>
    label(id, isRude(id) === wrong.includes(id) ? "pass" : "fail", { answer: answerTo(id) }),
  );
  writeLabels(repo.root, "reply", labels);
}

interface Rule {
  readonly rule: string;
  readonly outcome: string;
  readonly enforced?: boolean;
  readonly because?: string;
}

async function run() {
  const { exit, stdout } = await repo.evals("run --json --baseline none");
  const [one] = JSON.parse(stdout).runs as [
    {
      gate: { outcome: string; rules: Rule[] };
      metrics: Record<string, { value: number; corrected?: Record<string, unknown> }>;
      notes: string[];
    },
  ];
  const ruleOf = (name: string): Rule | undefined => one.gate.rules.find(({ rule }) => rule === name);
  return { exit, gate: one.gate, metrics: one.metrics, notes: one.notes, ruleOf };
}

test("a combinator around a judge is calibrated under its own name, then decides", async () => {
  repo.edit(
    "evals/reply.yaml",
    "{ type: judge, name: polite, judge: polite }",
    "{ type: all-of, name: polite-and-short, of: [{ type: judge, judge: polite }, { type: length, max: 99 }] }",
  );
  const before = await run();
  expect(before.exit).toBe(0);
  expect(before.ruleOf("require pass_rate")?.because).toBe(
    "judge polite-and-short was never calibrated on reply",
  );
  labelAll();
  const asked = server.of(JUDGE).length;
  expect((await repo.evals("calibrate polite-and-short --repeats 2")).exit).toBe(0);
  // The first opinions are those of the run; the second ones are asked for.
  expect(server.of(JUDGE)).toHaveLength(asked + CASES.length);
  expect((await run()).exit).toBe(1);

  hasDrifted = true;
  const check = await repo.evals("calibrate polite-and-short --check --json");
  expect(check.exit).toBe(1);
  expect(JSON.parse(check.stdout).check).toMatchObject({ answers: CASES.length, to_pass: 20, drifted: true });
});

describe("a judge that says a change is bad", () => {
  test("blocks nothing before it is calibrated, and reports that; after calibration it blocks", async () => {
    const before = await run();
    expect(before.exit).toBe(0);
    expect(before.gate.outcome).toBe("passed");
    expect(before.ruleOf("require error_rate")).toMatchObject({ outcome: "passed" });
    expect(before.ruleOf("require error_rate")?.enforced).toBeUndefined();
    const because = "judge polite 1.0.0 was never calibrated on reply";
    expect(before.ruleOf("require pass_rate")).toMatchObject({ outcome: "failed", enforced: false, because });
    expect(before.ruleOf("critical case:c1")).toMatchObject({ outcome: "failed", enforced: false, because });
    expect(before.metrics.pass_rate?.corrected).toBeUndefined();
    const shown = await repo.evals("run --baseline none");
    expect(shown.stdout).toContain("not enforced: pass_rate 50.0 %, required ≥ 90 %: missed");
    expect(shown.stdout).toContain("Judge polite is advisory only and cannot fail the gate");

    labelAll();
    const asked = server.of(JUDGE).length;
    const calibrated = await repo.evals("calibrate polite");
    expect(calibrated.exit).toBe(0);
    expect(calibrated.stdout).toContain("BELIEVED");
    // Its verdicts of the run count again: nothing is asked or paid for a second time.
    expect(server.of(JUDGE)).toHaveLength(asked);

    const after = await run();
    expect(after.exit).toBe(1);
    expect(after.gate.outcome).toBe("failed");
    expect(after.gate.rules.filter((one) => one.enforced === false)).toEqual([]);
    // 34 of the 40 cases are held out, which is enough: only they count.
    expect(after.metrics.pass_rate?.corrected).toMatchObject({ method: "ppi++", labels: 34 });
    expect(after.metrics.pass_rate?.corrected?.value).toBeCloseTo(0.5, 2);
    expect(after.metrics["score.polite"]?.corrected).toEqual(after.metrics.pass_rate?.corrected);
  });

  test("a changed label or a changed judge makes the calibration stale, so the judge is advisory again", async () => {
    labelAll();
    await repo.evals("calibrate polite");
    expect((await run()).exit).toBe(1);

    const labels = readLabels(repo.root, "reply");
    labelAll(["c3"]);
    const stale = await run();
    expect(stale.exit).toBe(0);
    expect(stale.ruleOf("require pass_rate")?.because).toContain("1 of the 40 labels");

    writeLabels(repo.root, "reply", [...labels, label("c0", "fail", { answer: "Another answer." })]);
    const more = await run();
    expect(more.exit).toBe(1);
    expect(more.notes.join("\n")).toContain("1 new label: evals calibrate polite --suite reply");

    repo.edit("judges/polite/1.0.0.md", "Passes when polite.", "Passes when polite and short.");
    const changed = await run();
    expect(changed.exit).toBe(0);
    expect(changed.ruleOf("require pass_rate")?.because).toContain("has changed since it was calibrated");
  });

  test("below the required agreement it is advisory only; a label file with mistakes is reported before anything is asked", async () => {
    labelAll(CASES.slice(0, 14));
    await repo.evals("calibrate polite");
    const under = await run();
    expect(under.exit).toBe(0);
    expect(under.ruleOf("require pass_rate")?.because).toContain("gate.judge.min_ac1 is 0.6");
    const asked = server.of(TARGET).length;
    repo.write("labels/reply.jsonl", '{"case":"c1",\n');
    const broken = await repo.evals("run --no-cache");
    expect(broken.exit).toBe(2);
    expect(broken.stderr).toContain("labels/reply.jsonl:1:");
    expect(server.of(TARGET)).toHaveLength(asked);
  });

  test.each([
    ["this run", "ppi++"],
    ["an earlier run", "rogan-gladen"],
  ])(
    "with labels of %s a run prints the corrected rate that the simulations check: %s",
    async (where, method) => {
      const wrong = ["c2", "c4", "c5", "c9"];
      labelAll(wrong);
      const mine = where === "this run";
      // Labels of other answers, from an earlier run, on which the judge gave the same verdicts.
      if (!mine)
        writeLabels(
          repo.root,
          "reply",
          CASES.map((id) =>
            label(id, isRude(id) === wrong.includes(id) ? "pass" : "fail", {
              answer: `${answerTo(id)} Then.`,
            }),
          ),
        );
      await repo.evals("calibrate polite");
      const { metrics } = await run();
      const labelled = CASES.map((id, index) => {
        const judged = !isRude(id);
        return { place: index, id, judged, truth: judged !== wrong.includes(id) };
      }).filter(({ id }) => partOf(id) === "test");
      const word = (pass: boolean) => (pass ? ("pass" as const) : ("fail" as const));
      const expected = correctedRate({
        run: { count: CASES.map(() => 1), sum: CASES.map((id) => (isRude(id) ? 0 : 1)) },
        measures: measure(
          labelled.map(({ truth, judged }) => ({ truth: word(truth), verdict: word(judged), weight: 1 })),
          true,
        ),
        sample: mine
          ? labelled.map(({ place: index, truth, judged }) => ({
              place: index,
              answers: [{ truth, judged }],
            }))
          : null,
        others: false,
      });
      expect(expected.method).toBe(method);
      expect(metrics.pass_rate?.corrected).toEqual(expected);
    },
  );

  test("labels of answers from another run correct the rate by the judge's error rates", async () => {
    labelAll(["c2", "c4", "c5"]);
    const labels = readLabels(repo.root, "reply").map((one, at) =>
      at === 0 ? label("c0", "pass", { answer: "Kindly, of an earlier run." }) : one,
    );
    writeLabels(repo.root, "reply", labels);
    await repo.evals("calibrate polite");
    const { metrics } = await run();
    expect(metrics.pass_rate?.corrected).toMatchObject({ method: "rogan-gladen" });
    const { value, low, high } = metrics.pass_rate?.corrected ?? {};
    expect(low).toBeLessThanOrEqual(Number(value));
    expect(high).toBeGreaterThan(Number(value));
    const shown = await repo.evals("run --baseline none");
    expect(shown.stdout).toMatch(/pass rate \d\d\.\d % \(.*\) after correction for the judge's error/);
  });
});

describe("a judge that nobody has compared with people", () => {
  test("stops no run early, and fails none, whatever it says of the answers", async () => {
    repo.edit(
      "evals/reply.yaml",
      "scorers:\n",
      "trials: 2\nscorers:\n  - { type: length, name: short, max: 99 }\n",
    );
    repo.edit("evals/reply.yaml", "judge: polite }", "judge: polite, required: false }");
    repo.edit(
      "evals/reply.yaml",
      /gate:[\s\S]*/.exec(repo.read("evals/reply.yaml"))?.[0] ?? "",
      "gate:\n  regression:\n    - { metric: score.short, max_drop: 0.1 }\n    - { metric: score.polite, max_drop: 0.1 }\n",
    );
    const first = JSON.parse((await repo.evals("run --json --baseline none")).stdout).runs[0].id;
    // With the new prompt every answer is rude, but as short as before.
    repo.write("prompts/reply/2.0.0.md", "user:\nrudely {{ input }}\n");
    for (const early of ["", "--all-trials"]) {
      const { exit, stdout } = await repo.evals(`run --json --no-cache --baseline run:${first} ${early}`);
      const [one] = JSON.parse(stdout).runs;
      expect([exit, one.gate.outcome]).toEqual([0, "passed"]);
      expect(one.counts.answered).toBeGreaterThanOrEqual(CASES.length);
      expect(one.metrics["score.polite"].value).toBe(0);
      const polite = one.gate.rules.find(({ rule }: Rule) => rule === "regression score.polite");
      expect(polite).toMatchObject({ outcome: "failed", enforced: false });
    }
  });
});

test("a judge names the class of failures that no rule explains only while its calibration holds", async () => {
  repo.edit("evals/reply.yaml", "judge: polite }", "judge: polite, blames: instruction }");
  const failures = async (): Promise<unknown> => {
    const document = JSON.parse((await repo.evals("run --json --baseline none")).stdout);
    const counted: Readonly<Record<string, { readonly trials: number }>> = document.runs[0].failures;
    return Object.entries(counted).map(([name, { trials }]) => [name, trials]);
  };
  const shown = async (): Promise<unknown> =>
    JSON.parse((await repo.evals("show latest/c1/1 --json")).stdout).trial.failure;
  expect(await failures()).toEqual([["unknown", 20]]);
  labelAll();
  expect((await repo.evals("calibrate polite --repeats 1")).exit).toBe(0);
  expect(await failures()).toEqual([["instruction", 20]]);
  expect(await shown()).toMatchObject({ class: "instruction", evidence: "polite: blames" });
  labelAll(CASES.slice(0, 20));
  expect(await failures()).toEqual([["unknown", 20]]);
});

test("a judge that only names classes is paid for failed trials that no rule explains, in runs, rescored and merged ones", async () => {
  repo.edit(
    "evals/reply.yaml",
    "  - { type: judge, name: polite, judge: polite }",
    `  - { type: judge, name: polite, judge: polite, required: false, blames: instruction }
  - { type: contains, name: kind, value: Kindly, required: false }
  - { type: not-contains, name: blame, value: your fault }
  - { type: length, name: short, max: 23 }`,
  );
  const asked = async (command: string) => {
    const before = server.of(JUDGE).length;
    const { stdout } = await repo.evals(`${command} --json`);
    return { document: JSON.parse(stdout), calls: server.of(JUDGE).length - before };
  };
  const shownOf = async (run: string, id: string): Promise<unknown> =>
    JSON.parse((await repo.evals(`show ${run}/${id}/1 --json`)).stdout).trial.failure;
  const named = { class: "instruction", evidence: "polite: blames" };
  // The answers with two digits are too long, which says why they fail.
  const unexplained = CASES.filter((id) => isRude(id) && id.length === 2);

  expect((await asked("run --all-trials --baseline none")).calls).toBe(unexplained.length);
  labelAll();
  expect((await repo.evals("calibrate polite --repeats 1")).exit).toBe(0);

  const [ran] = (await asked("run --no-cache --all-trials --baseline none")).document.runs;
  expect(ran.metrics["score.polite"]).toMatchObject({ value: 0 });
  expect(ran.failures).toMatchObject({ instruction: { trials: CASES.filter(isRude).length } });
  expect(await shownOf(ran.id, "c1")).toMatchObject(named);
  expect(await shownOf(ran.id, "c11")).toMatchObject({
    class: "instruction",
    evidence: expect.stringMatching(/^short: /),
  });
  for (const [id, words] of [
    ["c0", "not judged, because the trial passed"],
    ["c11", "not judged, because a rule explains why the trial failed"],
  ])
    expect((await repo.evals(`show ${ran.id}/${id}/1`)).stdout).toContain(words);

  const again = await asked(`rescore ${ran.id}`);
  expect(again.calls).toBe(0);
  expect(await shownOf(again.document.run.id, "c1")).toMatchObject(named);

  rmSync(join(repo.root, ".evals"), { recursive: true });
  // One part has only polite answers, none of which is judged.
  for (const part of ["1", "2"]) {
    await repo.evals(`run --shard ${part}/2 --no-cache --all-trials --baseline none`);
    cpSync(join(repo.root, ".evals"), join(repo.root, `part-${part}`), { recursive: true });
    rmSync(join(repo.root, ".evals"), { recursive: true });
  }
  const merged = await asked("merge part-1 part-2");
  expect(merged.calls).toBe(0);
  expect(await shownOf(merged.document.runs[0].id, "c1")).toMatchObject(named);
});
