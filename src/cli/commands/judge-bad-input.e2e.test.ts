import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatLabels } from "../../labels/label-file.ts";
import { label, verdict } from "../../labels/testing/labels.ts";
import { type JudgeServer, judgeServer } from "../../providers/testing/judge-server.ts";
import {
  findsKind,
  JUDGE,
  judgedSuite,
  POLITE,
  repliesPolitely,
  SUITE,
  TARGET,
} from "../testing/judged-suite.ts";
import type { Scenario } from "../testing/scenario.ts";

let server: JudgeServer;
let repo: Scenario;
beforeEach(async () => {
  server = await judgeServer({ [TARGET]: repliesPolitely, [JUDGE]: findsKind });
  repo = judgedSuite(server);
  mkdirSync(join(repo.root, "labels"));
});
afterEach(async () => {
  repo.remove();
  await server.close();
});

const LABELS = "labels/reply.jsonl";
const VERDICTS = "judges/polite/1.0.0.verdicts.jsonl";
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

async function refused(command: string): Promise<string> {
  const { exit, stderr } = await repo.evals(command);
  expect([exit, server.asked.length]).toEqual([2, 0]);
  return stderr;
}

describe("labels", () => {
  it("for cases that no longer exist are a warning, and still count", async () => {
    repo.write(LABELS, formatLabels([label("gone", "pass"), label("b", "fail")]));
    repo.write(VERDICTS, line(verdict("gone", "pass")) + line(verdict("b", "fail")));
    const { exit, stdout, stderr } = await repo.evals("calibrate polite --json");
    expect([exit, JSON.parse(stdout).labels.n]).toEqual([0, 2]);
    expect(stderr).toContain('warning: The dataset has no case "gone", but there are labels of this case.');
    expect((await repo.evals("check")).stderr).toContain('The dataset has no case "gone"');
  });

  it("of one rater for one answer twice are reported with both lines", async () => {
    repo.write(LABELS, line(label("a", "pass")) + line(label("b", "pass")) + line(label("a", "fail")));
    const stderr = await refused("check");
    expect(stderr).toContain('There are two labels of rater "ana" for this answer of case "a".');
    expect(stderr).toContain("Delete line 3 or line 1.");
  });

  it("with an incomplete line are reported, and no figure silently leaves them out", async () => {
    repo.write(LABELS, line(label("a", "pass")) + line(label("b", "pass")).slice(0, 60));
    for (const command of ["check", "calibrate polite"])
      expect(await refused(command)).toMatch(
        /labels\/reply\.jsonl:2:\d+\nerror: The last line is half a label: the program that wrote it was stopped\./,
      );
  });

  it("of another file's cases are not imported", async () => {
    repo.write("l.csv", "case,answer,verdict,rater\nbb,x,pass,ana\n");
    expect(await refused("import labels reply l.csv --format csv")).toMatch(
      /l\.csv:2:1\nerror: This row is of the case "bb", which the dataset does not have\. Did you mean "b"\?/,
    );
    expect(existsSync(join(repo.root, LABELS))).toBe(false);
  });

  it("of raters that the file does not know are not imported under a name", async () => {
    const { answer, answer_hash } = label("a", "pass");
    const annotation = {
      id: 1,
      completed_by: 10,
      result: [{ from_name: "verdict", value: { choices: ["pass"] } }],
    };
    const data = { suite: "reply", case: "a", answer, answer_hash, sample: "random 1" };
    repo.write("ls.json", JSON.stringify([{ id: 1, data, annotations: [annotation] }]));
    const stderr = await refused("import labels reply ls.json --format label-studio --rater 11=ana");
    expect(stderr).toContain('No rater in this file has the id "11", which --rater gives a name.');
    expect(stderr).toContain("Ids in this file: 10");
    repo.write("l.csv", "case,answer,verdict,rater\na,x,pass,ana\nb,x,pass,\n");
    const csv = await refused("import labels reply l.csv --format csv --rater 11=ana");
    expect(csv).toContain('No rater in this file has the id "11"');
    expect(await refused("import labels reply l.csv --format csv")).toContain(
      "This row does not say who judged.",
    );
  });
});

describe("a judge's files", () => {
  it.each([
    ["a rubric with no criteria", "kind: rubric\nmodel: judge", "A judge of kind rubric needs criteria."],
    [
      "a rubric with an empty list",
      "kind: rubric\nmodel: judge\ncriteria: []",
      "A judge of kind rubric needs criteria.",
    ],
    [
      "weights that sum to 0",
      "kind: rubric\nmodel: judge\ncriteria: [{ name: a, text: t, weight: 0 }]",
      "The weights of the criteria sum to 0.",
    ],
    ["an even ensemble", "kind: binary\nmodel: judge\nsamples: 4", "A majority of 4 opinions can be a draw."],
    ["no word on what a verdict is", "model: judge", "kind: binary        or rubric"],
    [
      "a scale with one number twice",
      "kind: ordinal\nmodel: judge\nthreshold: 0.5\nscale: [{ score: 1, means: a }, { score: 1, means: b }]",
      "Two levels of the scale have the score 1.",
    ],
  ])("%s", async (_, settings, what) => {
    repo.write("judges/polite/1.0.0.md", `---\n${settings}\n---\nGood?\n`);
    const stderr = await refused("check");
    expect(stderr).toMatch(/judges\/polite\/1\.0\.0\.md:\d+:\d+/);
    expect(stderr).toContain(what);
  });

  it("verdicts without a verdict", async () => {
    const { verdict: _, ...rest } = verdict("a", "pass");
    repo.write(LABELS, line(label("a", "pass")));
    repo.write(VERDICTS, line(rest));
    for (const command of ["check", "calibrate polite"])
      expect(await refused(command)).toMatch(
        /judges\/polite\/1\.0\.0\.verdicts\.jsonl:1:\d+\nerror: "verdict" is missing\./,
      );
  });

  it("a judge that judges itself is reported before anything is asked", async () => {
    repo.write("judges/polite/1.0.0.md", POLITE.replace("model: judge", "model: target"));
    expect((await repo.evals("check")).stderr).toContain(
      'evals/reply.yaml:5:1\nwarning: The model "target" judges its own answers in this suite.',
    );
  });

  it("a scale that changed makes the calibration stale and asks for the verdicts again", async () => {
    const ordinal = (last: number): string =>
      `---\nkind: ordinal\nmodel: judge\nthreshold: 0.5\nscale: [{ score: 1, means: bad }, { score: ${last}, means: good }]\n---\n`;
    await server.close();
    server = await judgeServer({
      [TARGET]: repliesPolitely,
      [JUDGE]: ({ messages }) =>
        `{"reason":"r","score":${JSON.stringify(messages).includes("5: good") ? 5 : 3}}`,
    });
    repo.remove();
    repo = judgedSuite(server, {
      "judges/polite/1.0.0.md": ordinal(3),
      "evals/reply.yaml": `${SUITE}gate: { require: { pass_rate: ">= 0.5" } }\n`,
    });
    mkdirSync(join(repo.root, "labels"));
    repo.write(LABELS, formatLabels(["a", "b", "c"].map((id) => label(id, "pass"))));
    await repo.evals("calibrate polite");
    writeFileSync(join(repo.root, "judges/polite/1.0.0.md"), ordinal(5));
    const run = JSON.parse((await repo.evals("run --json --baseline none")).stdout).runs[0];
    expect(run.gate.rules[0]).toMatchObject({ enforced: false });
    expect(run.gate.rules[0].because).toMatch(/polite.* has changed/);
    const before = server.of(JUDGE).length;
    const again = await repo.evals("calibrate polite");
    expect(again.stderr).toContain("Asking polite 1.0.0 about 3 answers.");
    expect(server.of(JUDGE).length - before).toBe(3);
  });
});
