import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
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
const WORSE = { "prompts/q/2.0.0.md": promptText("Answer.") };
const IN_CI = { CI: "true", GITHUB_BASE_REF: "main" };
const FILES = projectFiles(20, 2);

/** A project with a promoted baseline on main, and a branch for a change. */
async function promoted(files: Record<string, string> = FILES): Promise<void> {
  repo = await preparedProject(files, [["run"], ["promote"]]);
  repo.git("push", "-q", "origin", "main");
  repo.git("switch", "-q", "-c", "change");
}

/** Makes and pushes commits on main while the branch of the change exists. */
async function onMain(work: () => Promise<void>): Promise<void> {
  repo.git("switch", "-q", "main");
  await work();
  repo.git("push", "-q", "origin", "main");
  repo.git("switch", "-q", "change");
}

interface RuleOfRun {
  readonly rule: string;
  readonly outcome: string;
  readonly said?: string;
}

async function inCi(args: readonly string[] = ["run"], env: Record<string, string> = IN_CI) {
  const { exit, document } = await repo.json(args, env);
  const [run] = document.runs;
  return {
    exit,
    problems: document.problems ?? [],
    rules: (run?.gate.rules ?? []) as RuleOfRun[],
    notes: ((run?.notes ?? []) as string[]).join("\n"),
  };
}

describe("the build of a change", () => {
  it("in a merge queue is compared with the base branch, not with its own copy of the baseline", async () => {
    await promoted();
    const lower = repo.read(PATH).replaceAll('"pass":2', '"pass":0').replaceAll('"exact":2', '"exact":0');
    repo.commit({ ...WORSE, [PATH]: lower });
    const event = join(repo.root, "..", "event.json");
    writeFileSync(event, JSON.stringify({ merge_group: { base_ref: "refs/heads/main" } }));
    const queue = { GITHUB_EVENT_NAME: "merge_group", GITHUB_EVENT_PATH: event, GITHUB_BASE_REF: "" };
    expect((await inCi(["run"], queue)).exit).toBe(1);
    const byName = { CIRCLE_BRANCH: "gh-readonly-queue/main/pr-7-0a1b" };
    expect((await inCi(["run"], byName)).exit).toBe(1);
    expect((await inCi(["run"], {})).exit, "a push build is held against HEAD").toBe(0);
  });

  it("is a mistake with a fix when the target branch is unknown", async () => {
    await promoted();
    repo.commit(WORSE);
    const env = { CIRCLE_PULL_REQUEST: "https://github.com/acme/bot/pull/7" };
    const { exit, problems } = await inCi(["run"], env);
    expect(exit).toBe(2);
    expect(problems).toMatchObject([{ code: "EVALS_BASE_BRANCH_UNKNOWN" }]);
    expect(problems[0].fix).toContain("--baseline ref:origin/main");
    expect((await inCi(["run", "--baseline", "ref:origin/main"], env)).exit).toBe(1);
    expect((await inCi(["run"], { ...env, EVALS_BASE_REF: "main" })).exit).toBe(1);
  });

  it("is a mistake too where a renamed suite has no baseline of its own and the base branch is not in the clone", async () => {
    await promoted();
    repo.git("mv", "evals/s.yaml", "evals/t.yaml");
    repo.commit(WORSE);
    repo.git("push", "-q", "origin", "change");
    const clone = repo.clone("change");
    const { exit, document } = await clone.json(["run"], IN_CI);
    expect({ exit, code: document.problems[0].code }).toEqual({ exit: 2, code: "EVALS_BASE_BRANCH_MISSING" });
  });
});

describe("a change that is behind its base branch", () => {
  const better = async () => {
    repo.commit({ "prompts/q/1.1.0.md": promptText("Answer carefully."), ...NEW_CASE });
    await repo.evals(["run", "--baseline", "none"]);
    await repo.evals(["promote"]);
  };
  const NEW_CASE = {
    "datasets/d.jsonl": `${FILES["datasets/d.jsonl"]}{"id":"c9","input":{"n":2},"expected":"item 2"}\n`,
  };
  const START = { ...FILES, "prompts/q/1.0.0.md": promptText("Answer.") };

  it("is not blamed for what the base branch gained: undecided, until it is rebased", async () => {
    await promoted(START);
    repo.commit({ "README.md": "words\n" });
    await onMain(better);
    const { exit, rules, notes } = await inCi();
    expect(exit).toBe(3);
    expect(rules).toMatchObject([{ rule: "regression pass_rate", outcome: "undecided" }]);
    expect(rules[0]?.said).toContain("behind main: rebase");
    expect(notes).toContain("Rebase your branch (git rebase origin/main)");
    expect(notes).not.toContain("This change edits");
    repo.git("rebase", "-q", "origin/main");
    expect(await inCi()).toMatchObject({ exit: 0, notes: "" });
  });

  it("still fails for the cases that it removed itself", async () => {
    await promoted(START);
    repo.commit({ "datasets/d.jsonl": FILES["datasets/d.jsonl"]?.split("\n").slice(1).join("\n") ?? "" });
    await onMain(better);
    const { exit, rules } = await inCi();
    expect(exit).toBe(1);
    expect(rules.find((one) => one.rule === "removed cases")).toMatchObject({
      outcome: "failed",
      said: "c000",
    });
  });

  it("reports nothing where the base branch has the same baseline as when it left", async () => {
    await promoted();
    repo.commit(WORSE);
    await onMain(async () => {
      repo.commit({ "README.md": "words\n" });
    });
    const { exit, notes } = await inCi();
    expect(exit).toBe(1);
    expect(notes).not.toContain("Behind");
  });
});

describe("a baseline of the base branch that a change takes away", () => {
  const TWO =
    "models:\n  one: { provider: module, file: agents/bot.mjs }\n  two: { provider: module, file: agents/bot.mjs, context: { index: 7 } }\n  three: { provider: module, file: agents/bot.mjs, context: { index: 8 } }\n";
  const suite = (models: string): string =>
    `dataset: d\nprompt: q\n${models}\ntrials: 2\nscorers:\n  - { type: equals, name: exact }\n`;
  const ONE_MODEL = { ...FILES, "evalconfig.yaml": TWO, "evals/s.yaml": suite("model: one") };
  const TWO_MODELS = { ...ONE_MODEL, "evals/s.yaml": suite("models: [one, two]") };
  const beside = { "evals/t.yaml": suite("model: three") };

  const CHANGES: readonly [name: string, start: Record<string, string>, change: () => void, path: string][] =
    [
      ["a renamed suite", ONE_MODEL, () => void repo.git("mv", "evals/s.yaml", "evals/r.yaml"), PATH],
      ["a deleted suite", { ...ONE_MODEL, ...beside }, () => void repo.git("rm", "-q", "evals/s.yaml"), PATH],
      [
        "another alias",
        TWO_MODELS,
        () => repo.write("evals/s.yaml", suite("models: [one, three]")),
        "evals/baselines/s.two.jsonl",
      ],
      [
        "several models for one",
        ONE_MODEL,
        () => repo.write("evals/s.yaml", suite("models: [one, two]")),
        PATH,
      ],
      [
        "one model for several",
        TWO_MODELS,
        () => repo.write("evals/s.yaml", suite("model: two")),
        "evals/baselines/s.one.jsonl",
      ],
    ];
  it.each(CHANGES)(
    "by %s fails, unless the change removes the file too",
    async (_name, start, change, path) => {
      await promoted(start);
      change();
      repo.commit(WORSE);
      const { exit, rules } = await inCi();
      expect(exit).toBe(1);
      const missed = rules.filter((one) => one.rule === "removed baselines");
      expect(missed.some((one) => one.said?.includes(path))).toBe(true);
      const narrowed = await inCi(["run", "--case", "c000"]);
      expect(narrowed.rules.some((one) => one.rule === "removed baselines")).toBe(false);
      expect(narrowed.notes).toContain(path);

      for (const one of repo.git("ls-files", "evals/baselines").split("\n")) repo.git("rm", "-q", one);
      repo.git("commit", "-q", "-m", "let go of");
      const let_go = await inCi();
      expect(let_go.rules.filter((one) => one.rule === "removed baselines")).toEqual([]);
      expect(let_go.notes).toContain(`This change removes ${path}`);
    },
  );

  const MOVES: readonly [from: string, to: string][] = [
    ["", "app ü"],
    ["app", ""],
    ["app", "services/app"],
  ];
  it.each(MOVES)(
    "by a project moved from '%s' to '%s' fails, unless the baseline moves too",
    async (from, to) => {
      const at = (folder: string, path: string): string => (folder === "" ? path : `${folder}/${path}`);
      const parts = ["agents", "datasets", "evals/s.yaml", "evalconfig.yaml", "prompts"];
      repo = gitProject(ONE_MODEL);
      const move = (start: string, end: string, paths: readonly string[]): void => {
        for (const path of paths) {
          mkdirSync(join(repo.root, dirname(at(end, path))), { recursive: true });
          repo.git("mv", at(start, path), at(end, path));
        }
        repo.git("commit", "-q", "-m", "move");
      };
      if (from !== "") move("", from, parts);
      await repo.evals([...(from === "" ? [] : ["-C", from]), "run"]);
      await repo.evals([...(from === "" ? [] : ["-C", from]), "promote"]);
      repo.git("push", "-q", "origin", "main");
      repo.git("switch", "-q", "-c", "change");
      move(from, to, parts);
      repo.commit(Object.fromEntries(Object.entries(WORSE).map(([path, text]) => [at(to, path), text])));
      const here = ["run", ...(to === "" ? [] : ["-C", to])];
      const { exit, rules } = await inCi(here);
      expect(exit).toBe(1);
      const [missed] = rules.filter((one) => one.rule === "removed baselines");
      const place = relative(to, at(from, PATH));
      expect(missed?.said).toContain(`compares suite s with ${place}, and nothing`);
      expect((await inCi([...here, "--case", "c000"])).notes).toContain(place);
      move(from, to, [PATH]);
      const moved = await inCi(here);
      expect(moved.rules.filter((one) => one.rule === "removed baselines")).toEqual([]);
      expect(moved.notes).toContain(`This change removes ${place}`);
    },
  );

  it("is not looked for in another project of the repository", async () => {
    await promoted(ONE_MODEL);
    repo.commit(Object.fromEntries(Object.entries(ONE_MODEL).map(([path, text]) => [`new/${path}`, text])));
    expect(await inCi(["run", "-C", "new"])).toMatchObject({ exit: 0, rules: [] });
  });

  it("is reported by a run of another suite, which does not fail because of it", async () => {
    await promoted({ ...ONE_MODEL, ...beside });
    repo.git("mv", "evals/s.yaml", "evals/r.yaml");
    repo.commit({});
    const { exit, notes } = await inCi(["run", "t"]);
    expect(exit).toBe(0);
    expect(notes).toContain(`compares suite s with ${PATH}`);
  });

  it("is not blamed on the change when the base branch had removed the suite, or added it later", async () => {
    await promoted({ ...ONE_MODEL, ...beside });
    await onMain(async () => {
      repo.git("rm", "-q", "evals/s.yaml");
      repo.commit({ "evals/u.yaml": suite("model: three") });
      await repo.evals(["run", "u"]);
      await repo.evals(["promote"]);
    });
    repo.git("rm", "-q", "evals/s.yaml");
    repo.commit({});
    const { exit, notes } = await inCi();
    expect({ exit, notes }).toEqual({ exit: 0, notes: "" });
  });
});
