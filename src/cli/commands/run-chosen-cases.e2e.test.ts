import { beforeEach, describe, expect, it } from "vitest";
import { type GitProject, gitProject, isolateGit } from "../testing/git-project.ts";

const suite = (dataset: string): string =>
  `dataset: ${dataset}\nmodel: bot\ntrials: 2\nscorers:\n  - { type: equals }\n`;
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const golden = (id: string, input: string) => ({ id, input, expected: "ok" });

isolateGit();
let repo: GitProject;
beforeEach(() => {
  repo = gitProject({
    ".gitignore": ".evals/\n",
    "evalconfig.yaml":
      "models:\n  bot: { provider: module, file: bot.mjs, version: '1' }\n  calm: { provider: module, file: calm.mjs, version: '1' }\n",
    "bot.mjs":
      "export default (input) => { if (input.includes('broken')) throw new Error('down'); return input.includes('bad') ? 'no' : 'ok'; };\n",
    "calm.mjs": "export default () => 'ok';\n",
    "datasets/d.jsonl": lines([
      golden("refund-1", "a bad refund"),
      golden("refund-2", "a refund"),
      golden("angry-1", "a broken parcel"),
      golden("angry-2", "a late parcel"),
    ]),
    "datasets/e.jsonl": lines([golden("one", "bad"), golden("two", "fine")]),
    "evals/s.yaml": suite("d"),
    "evals/t.yaml": suite("e"),
  });
});

/** Runs with these options. @returns for each run its suite and the ids of its cases */
async function asked(...args: string[]): Promise<string[]> {
  const { document } = await repo.json(["run", ...args]);
  const shown = [];
  for (const { suite: name, id } of document.runs as { suite: string; id: string }[]) {
    const { document: cases } = await repo.json(["show", id]);
    shown.push(`${name}: ${cases.cases.map((one: { id: string }) => one.id).join(" ")}`);
  }
  return shown;
}

describe("the cases that evals run takes", () => {
  it("match the patterns of --case and the words of -t", async () => {
    expect(await asked("s", "--case", "refund-*")).toEqual(["s: refund-1 refund-2"]);
    expect(await asked("s", "--case", "{angry,refund}-1")).toEqual(["s: refund-1 angry-1"]);
    expect(await asked("s", "-t", "PARCEL late")).toEqual(["s: angry-2"]);
    expect(await asked("-t", "bad", "--case", "*e*")).toEqual(["s: refund-1", "t: one"]);
  });

  it("with --failing did not always pass in the newest run of each suite", async () => {
    await repo.json(["run"]);
    expect(await asked("--failing")).toEqual(["s: refund-1 angry-1", "t: one"]);
    // A word after --failing is a suite; a run can only be given with `=`.
    expect(await asked("--failing", "t")).toEqual(["t: one"]);
    expect(await asked("s", "--failing", "--case", "angry-*")).toEqual(["s: angry-1"]);
  });

  it("are those of the named run, whose suite need not be given", async () => {
    const { document } = await repo.json(["run", "s"]);
    await repo.json(["run", "s", "--case", "refund-2"]);
    const [{ id }] = document.runs;
    expect(await asked(`--failing=${id}`)).toEqual(["s: refund-1 angry-1"]);
    const other = await repo.json(["run", "t", `--failing=${id}`]);
    expect([other.exit, other.document.problems[0].code]).toEqual([2, "EVALS_OPTION_CONFLICT"]);
    const unknown = await repo.json(["run", "--failing=nothing"]);
    expect([unknown.exit, unknown.document.problems[0].code]).toEqual([2, "EVALS_RUN_UNKNOWN"]);
  });

  it("become fewer with each run, until nothing fails; then nothing is run, which is not a pass", async () => {
    await repo.json(["run", "t"]);
    repo.write("bot.mjs", "export default () => 'ok';\n");
    expect(await asked("t", "--failing")).toEqual(["t: one"]);
    const { exit, document } = await repo.json(["run", "t", "--failing"]);
    expect([exit, document.problems[0].code]).toEqual([2, "EVALS_NO_CASES"]);
    expect(document.problems[0].what).toMatch(/failed in run [0-9a-f]{8}: there is nothing to run again/);
  });

  it("are none for a suite without a run, which is reported", async () => {
    await repo.json(["run", "t"]);
    const { stderr } = await repo.evals(["run", "--failing"]);
    expect(stderr).toContain("s: the suite has no run yet");
    repo.write("evals/u.yaml", suite("e"));
    const { document } = await repo.json(["run", "u", "--failing"]);
    expect(document.problems[0].what).toContain("No suite has a run yet");
  });

  it("are those of the newest run of the same model, if there is one", async () => {
    await repo.json(["run", "s", "--model", "calm"]);
    await repo.json(["run", "s", "--case", "refund-1"]);
    const { exit } = await repo.json(["run", "s", "--model", "calm", "--failing"]);
    expect(exit, "calm has failed nowhere").toBe(2);
    expect(await asked("s", "--failing")).toEqual(["s: refund-1"]);
  });

  it("stay the same when such a run is resumed", async () => {
    await repo.json(["run", "s"]);
    const first = (await repo.json(["run", "s", "--failing"])).document.runs[0];
    expect(first.status).toBe("incomplete");
    repo.write("bot.mjs", repo.read("bot.mjs").replace("'broken'", "'nobody'"));
    const again = await repo.json(["run", "s", "--failing", "--resume"]);
    expect(again.document.runs[0]).toMatchObject({ narrowing: first.narrowing });
  });

  it("cannot be promoted, and the report says that the run is narrowed", async () => {
    await repo.json(["run"]);
    const { document } = await repo.json(["run", "t", "--failing"]);
    expect(document.runs[0].narrowing).toMatchObject({ cases: ["one"], tags: [], shard: null });
    const promoted = await repo.json(["promote", document.runs[0].id]);
    expect(promoted.exit).toBe(2);
  });

  it("are none when nothing matches, and the nearest name is suggested", async () => {
    const { exit, document } = await repo.json(["run", "s", "--case", "refnd-1", "-t", "nowhere"]);
    expect([exit, document.problems[0].code]).toEqual([2, "EVALS_NO_CASES"]);
    expect(document.problems[0].what).toContain("--case refnd-1");
    expect((await repo.json(["run", "s", "-t", "nowhere"])).document.problems[0].what).toContain(
      "-t nowhere",
    );
    expect((await repo.json(["run", "s", "-t", " "])).document.problems[0].code).toBe("EVALS_OPTION_INVALID");
  });
});

describe("a project without a suite", () => {
  it.each([["run"], ["run", "--failing"], ["run", "--dry-run"], ["run", "-t", "late"]])(
    "says so: %s %s",
    async (...args) => {
      repo.git("rm", "-q", "evals/s.yaml", "evals/t.yaml");
      repo.write("evals/helper.ts", "export const help = 1;\n");
      const { exit, document } = await repo.json(args);
      expect({ exit, codes: document.problems.map((one: { code: string }) => one.code) }).toEqual({
        exit: 2,
        codes: ["EVALS_NO_SUITE"],
      });
    },
  );
});
