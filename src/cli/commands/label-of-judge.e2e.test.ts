import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Label } from "../../domain/label.ts";
import { openPage } from "../../page/testing/page-client.ts";
import {
  type JudgeServer,
  judgedAnswer,
  judgeServer,
  verdict,
} from "../../providers/testing/judge-server.ts";
import {
  findsKind,
  JUDGE,
  judgedSuite,
  type Models,
  POLITE,
  repliesPolitely,
  SUITE,
  TARGET,
} from "../testing/judged-suite.ts";
import type { Scenario } from "../testing/scenario.ts";

let server: JudgeServer;
let repo: Scenario;
beforeEach(async () => {
  const findsShort: Models[string] = (request) =>
    judgedAnswer(request).startsWith("Kindly") ? verdict("fail", "long") : verdict("pass", "short");
  server = await judgeServer({
    ...{ [TARGET]: repliesPolitely, [JUDGE]: findsKind, "second-2024-07-18": findsShort },
  });
  repo = judgedSuite(server, {
    "judges/brief/1.0.0.md": POLITE.replace("polite", "brief"),
    "evals/reply.yaml": `${SUITE}  - { type: judge, judge: brief, name: length }\n`,
  });
  await repo.evals("run --quiet");
});
afterEach(async () => {
  repo.remove();
  await server.close();
});

const PATH = "labels/reply.jsonl";
const labels = (): Label[] =>
  repo
    .read(PATH)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const ofs = (): (string | undefined)[] => labels().map((one) => one.of);

/** Judges every answer on the page. */
async function labelAll(args: string): Promise<void> {
  const page = await openPage(repo, `label reply --no-open --rater ana ${args}`);
  let { question } = await page.state();
  while (question !== null) ({ question } = await page.judge("pass"));
  page.io.signal("SIGINT");
  await page.ended;
}

/** Removes the judge from the stored labels, as earlier versions wrote them. */
function unnamed(): void {
  mkdirSync(join(repo.root, "labels"), { recursive: true });
  repo.write(
    PATH,
    labels()
      .map(({ of: _, ...label }) => `${JSON.stringify(label)}\n`)
      .join(""),
  );
}

describe("a suite with two judges", () => {
  it("is not labelled until one of the judges is named", async () => {
    for (const command of ["label reply --no-open --rater ana", "export labels reply --format csv"]) {
      const { exit, stderr } = await repo.evals(command);
      expect([exit, stderr]).toEqual([2, expect.stringContaining("evals label reply --judge polite")]);
    }
    const { exit, stderr } = await repo.evals("label reply --judge polit");
    expect([exit, stderr]).toEqual([2, expect.stringMatching(/no judge "polit"\. Did you mean "polite"\?/)]);
  });

  it("has labels that count only for their judge, which is named by its own name or the scorer's", async () => {
    await labelAll("--judge polite");
    expect(ofs()).toEqual(["polite", "polite", "polite"]);
    expect((await repo.evals("calibrate polite")).stdout).toContain("3 labelled answers");
    const other = await repo.evals("calibrate brief");
    expect([other.exit, other.stderr]).toEqual([
      2,
      expect.stringContaining("evals label reply --judge brief"),
    ]);
    await labelAll("--judge length");
    expect(ofs().filter((of) => of === "length")).toHaveLength(3);
    expect((await repo.evals("calibrate brief")).stdout).toContain("3 labelled answers");
    expect((await repo.evals("check")).stderr).not.toContain("label");
    const { stdout } = await repo.evals("run --json");
    expect(JSON.parse(stdout).runs[0].notes.join("\n")).not.toMatch(/never calibrated/);
  });

  it("picks answers by the verdicts of the named judge alone", async () => {
    // The two judges say the opposite of each other: that is no dispute, because they answer different questions.
    repo.edit("judges/brief/1.0.0.md", "model: judge", "model: second");
    await repo.evals("run --quiet");
    const { stdout } = await repo.evals("label reply --disputed --judge brief --rater ana --no-open");
    expect(stdout).toContain("has judged all answers in dispute");
    await repo.evals("export labels reply --format csv --judge length --stratified --count 2 --output l.csv");
    const [head = "", ...rows] = repo.read("l.csv").trim().split(/\r?\n/);
    const column = head.split(",").indexOf("weight");
    expect(rows.map((row) => row.split(",")[column]).sort()).toEqual(["1", "2"]);
  });

  it("has one label of a rater for an answer, by whichever of its judge's two names it is asked for", async () => {
    await labelAll("--judge brief");
    const { stdout } = await repo.evals("label reply --no-open --rater ana --judge length");
    expect(stdout).toContain("has judged all 3 answers");
    expect(ofs()).toEqual(["brief", "brief", "brief"]);
  });

  it("is calibrated by the scorer's name too, and names the judge in the command that adds labels", async () => {
    await labelAll("--judge length");
    const { stdout } = await repo.evals("calibrate length");
    expect(stdout).toMatch(/brief 1\.0\.0 on reply/);
    expect(stdout).toMatch(/^ {2}evals label reply --judge brief$/m);
    const { stderr } = await repo.evals("calibrate polite@1.0.0 --suite reply");
    expect(stderr).toContain("evals label reply --judge polite");
  });

  it("is calibrated where no run in the history has an answer, or only runs of other sides", async () => {
    await labelAll("--judge polite");
    rmSync(join(repo.root, ".evals"), { recursive: true });
    for (const arm of ["a", "b"]) repo.write(`${arm}.jsonl`, '{"case":"a","output":"Kindly: yes"}\n');
    expect((await repo.evals("ab file:a.jsonl file:b.jsonl --suite reply")).exit).toBe(0);
    expect((await repo.evals("calibrate polite")).stdout).toContain("3 labelled answers");
  });

  it("has older labels that count for no judge, until the command that check suggests assigns them", async () => {
    await labelAll("--judge polite");
    unnamed();
    const { stderr } = await repo.evals("check");
    expect(stderr).toContain(
      "3 labels do not name the judge that they measure, and the suite has several: polite, brief.",
    );
    expect(stderr).toContain("evals label reply --assign polite");
    for (const judge of ["polite", "brief"])
      expect((await repo.evals(`calibrate ${judge}`)).stderr).toContain(`--assign ${judge}`);
    expect((await repo.evals("label reply --assign nobody")).exit).toBe(2);
    expect((await repo.evals("label reply --assign brief")).stdout).toContain("3 labels assigned to brief");
    expect(ofs()).toEqual(["brief", "brief", "brief"]);
    expect((await repo.evals("label reply --assign polite")).stdout).toContain("nothing was changed");
    expect((await repo.evals("calibrate brief")).stdout).toContain("3 labelled answers");
    expect((await repo.evals("check")).stderr).not.toContain("label");
  });

  it("reports labels of a judge that it does not have", async () => {
    await labelAll("--judge polite");
    repo.edit("evals/reply.yaml", "  - { type: judge, judge: polite }\n", "");
    expect((await repo.evals("check")).stderr).toContain('There are labels for "polite"');
  });

  it.each(["csv", "label-studio"])("keeps the judge on the way through %s and back", async (format) => {
    const file = format === "csv" ? "l.csv" : "l.json";
    await repo.evals(`export labels reply --format ${format} --judge brief --output ${file}`);
    if (format === "csv") {
      expect(repo.read(file).split("\n")[0]).toMatch(/,of$/);
      repo.write(file, repo.read(file).replaceAll(",,,,,random", ",ana,pass,,,random"));
    } else {
      const tasks = JSON.parse(repo.read(file)) as object[];
      const annotations = [
        { id: 1, completed_by: 1, result: [{ from_name: "verdict", value: { choices: ["pass"] } }] },
      ];
      repo.write(file, JSON.stringify(tasks.map((task) => ({ ...task, annotations }))));
    }
    const { exit, stderr } = await repo.evals(`import labels reply ${file} --format ${format}`);
    expect([exit, stderr]).toEqual([0, ""]);
    expect(ofs()).toEqual(["brief", "brief", "brief"]);
  });

  it("takes the judge of a table that names none from --judge", async () => {
    await labelAll("--judge polite");
    const [first] = labels();
    repo.write("own.csv", `case,answer,verdict,rater\n${first?.case},"${first?.answer}",fail,ben\n`);
    expect((await repo.evals("import labels reply own.csv --format csv --judge lengt")).exit).toBe(2);
    expect((await repo.evals("import labels reply own.csv --format csv --judge length")).exit).toBe(0);
    expect(ofs().sort()).toEqual(["length", "polite", "polite", "polite"]);
  });

  it("is told which imported labels measure none of its judges", async () => {
    const rows = ["a,x,pass,ben,polit", "b,x,pass,ben,", "c,x,pass,ben,length"];
    repo.write("own.csv", `case,answer,verdict,rater,of\n${rows.join("\n")}\n`);
    const { exit, stdout } = await repo.evals("import labels reply own.csv --format csv");
    expect([exit, stdout]).toEqual([0, expect.stringContaining("3 added")]);
    expect(stdout).toContain('There are labels for "polit"');
    expect(stdout).toContain('Did you mean "polite"?');
    expect(stdout).toContain("One label does not name the judge that it measures");
    expect(stdout).not.toContain('labels for "length"');
    const again = await repo.evals("import labels reply own.csv --format csv --judge polite --json");
    expect(JSON.parse(again.stdout).notes).toEqual([expect.stringContaining('labels for "polit"')]);
  });
});

it("a suite with one judge is labelled, measured and kept as before, without a name", async () => {
  repo.edit("evals/reply.yaml", "  - { type: judge, judge: brief, name: length }\n", "");
  await repo.evals("run --quiet");
  await labelAll("");
  expect(ofs()).toEqual([undefined, undefined, undefined]);
  expect((await repo.evals("calibrate polite")).stdout).toContain("3 labelled answers");
  expect((await repo.evals("check")).stderr).not.toContain("label");
});
