import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openPage } from "../../page/testing/page-client.ts";
import { answersProject, plainAnswers } from "../testing/answers-project.ts";
import type { Scenario } from "../testing/scenario.ts";

const open: Scenario[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.remove();
});

async function project(): Promise<Scenario> {
  const repo = answersProject(plainAnswers(4));
  open.push(repo);
  await repo.evals("run --quiet");
  return repo;
}

/** Lets two raters judge all answers on the page. */
async function judged(repo: Scenario): Promise<void> {
  for (const rater of ["ana", "ben"]) {
    const page = await openPage(repo, `label triage --no-open --rater ${rater}`);
    for (const verdict of ["pass", "fail", "unsure", "pass"] as const)
      await page.judge(verdict, { comment: `${rater}, "${verdict}"` });
    await page.ended;
  }
}

describe("evals export labels and evals import labels", () => {
  it("carry every label through a table and back, and a second import changes nothing", async () => {
    const repo = await project();
    await judged(repo);
    const before = repo.read("labels/triage.jsonl").trim().split("\n").sort();
    await repo.evals("export labels triage --format csv --output out/labels.csv");
    repo.write("labels/triage.jsonl", "");
    const first = await repo.evals("import labels triage out/labels.csv --format csv");
    expect(first.stdout).toBe(
      "labels/triage.jsonl: 8 added\n  ana: 4 labels\n  ben: 4 labels\nCommit the file.\n",
    );
    const text = repo.read("labels/triage.jsonl");
    expect(text.trim().split("\n").sort()).toEqual(before);
    const again = await repo.evals("import labels triage out/labels.csv --format csv --json");
    expect(JSON.parse(again.stdout)).toMatchObject({
      ...{ schema: "evals.import/1", exit: 0, added: 0, updated: 0, unchanged: 8, older: 0, open: 0 },
      raters: [
        { rater: "ana", labels: 4, skipped: 0 },
        { rater: "ben", labels: 4, skipped: 0 },
      ],
    });
    expect(repo.read("labels/triage.jsonl")).toBe(text);
  });

  it("write what Label Studio needs, and print what to do with it", async () => {
    const repo = await project();
    const { exit, stdout, stderr } = await repo.evals("export labels triage --format label-studio --count 3");
    expect([exit, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("wrote .evals/exports/triage.label-studio.json");
    expect(stderr).toContain("evals import labels triage <file> --format label-studio");
    expect(repo.read(".evals/exports/triage.label-studio.config.xml")).toContain('<Choices name="verdict"');
    const tasks = JSON.parse(repo.read(".evals/exports/triage.label-studio.json"));
    expect(tasks).toHaveLength(3);
    expect(tasks[0].data).toMatchObject({ suite: "triage", answer: expect.stringContaining("sorry") });
    const result = [{ from_name: "verdict", value: { choices: ["fail"] } }];
    const annotated = tasks.map((task: object, at: number) => ({
      ...task,
      annotations: [{ id: at, completed_by: 10, was_cancelled: at === 2, result: at === 2 ? [] : result }],
    }));
    repo.write("back.json", JSON.stringify(annotated));
    const read = await repo.evals("import labels triage back.json --format label-studio --rater 10=ana");
    expect(read.stdout).toContain("labels/triage.jsonl: 2 added\n  ana: 2 labels, 1 skipped\n");
    const labels = repo.read("labels/triage.jsonl").trim().split("\n");
    expect(labels.map((line) => JSON.parse(line).picked)).toEqual(["random", "random"]);
  });

  it("write a table to a file instead of the terminal, because answers in it are not escaped", async () => {
    const repo = await project();
    const { stdout, stderr } = await repo.evals("export labels triage --format csv", {
      stdoutIsTerminal: true,
    });
    expect(stdout).toBe("");
    expect(stderr).toContain("wrote .evals/exports/triage.csv\n");
    expect(repo.read(".evals/exports/triage.csv")).toMatch(/^suite,case,/);
  });

  it("print a table where no file is named", async () => {
    const repo = await project();
    const { stdout } = await repo.evals("export labels triage --format csv");
    expect(stdout.split("\n")[0]).toBe(
      "suite,case,answer_hash,input,expected,answer,rater,verdict,comment,at,picked,weight",
    );
    expect(stdout.trim().split("\n").length).toBeGreaterThan(4);
  });

  it("import nothing from a file with a mistake", async () => {
    const repo = await project();
    repo.write(
      "in.csv",
      "case,answer,rater,verdict\nt01,We are sorry.,ana,pass\nt99,x,ana,pass\nt02,y,ana,good\n",
    );
    const { exit, stderr } = await repo.evals("import labels triage in.csv --format csv");
    expect(exit).toBe(2);
    expect(stderr).toContain(
      'in.csv:3:1\nerror: This row is of the case "t99", which the dataset does not have.',
    );
    expect(stderr).toContain('in.csv:4:1\nerror: Verdict is "good".');
    expect(existsSync(join(repo.root, "labels"))).toBe(false);
  });

  it("refuse unknown formats and suites, and files that are not there", async () => {
    const repo = await project();
    const code = async (args: string): Promise<string | undefined> =>
      /\[(EVALS_\w+)\]/.exec((await repo.evals(args)).stderr)?.[1];
    expect(await code("export labels triage --format label-studo")).toBe("EVALS_FORMAT_UNKNOWN");
    expect(await code("export labels nothing --format csv")).toBe("EVALS_RUN_UNKNOWN");
    expect(await code("export labels triage --format csv --output datasets")).toBe("EVALS_EXPORT_UNWRITABLE");
    expect(await code("import labels triage gone.csv --format csv")).toBe("EVALS_FILE_MISSING");
    expect(await code("import labels tirage in.csv --format csv")).toBe("EVALS_SUITE_UNKNOWN");
    expect(await code("import labels triage in.csv")).toBe("EVALS_USAGE");
    expect(await code("import label triage")).toBe("EVALS_COMMAND_UNKNOWN");
    expect((await repo.evals("export")).stderr).toContain('"evals export" needs one more word: labels, ');
  });
});

describe("evals export labels in a fresh clone", () => {
  it("writes the committed labels, though there is no run", async () => {
    const repo = await project();
    await judged(repo);
    rmSync(join(repo.root, ".evals"), { recursive: true });
    const { exit, stdout } = await repo.evals("export labels triage --format csv");
    expect(exit).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(9);
    expect((await repo.evals("export labels triage --format label-studio")).exit).toBe(2);
  });
});
