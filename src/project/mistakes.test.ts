import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { EvalsError, type Problem, SettingMistake } from "../domain/problem.ts";
import type { LoadedSuite } from "../domain/project.ts";
import { providers } from "../providers/registry.ts";
import { scorers } from "../scorers/registry.ts";
import { checkCases } from "./check-cases.ts";
import { checkRendering } from "./check-leaks.ts";
import { collectAsync } from "./file-problems.ts";
import { checkPrompts } from "./find-prompt.ts";
import { formatProblems } from "./format-problems.ts";
import { loadProject } from "./load-project.ts";
import { settingProblem } from "./setting-problem.ts";
import { workTree } from "./work-tree.ts";

const FIXTURES = fileURLToPath(new URL("../../fixtures/mistakes", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "evals-mistakes-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** All problems of a repository that can be found without asking a model. */
async function problemsOf(root: string): Promise<readonly Problem[]> {
  const files = workTree(root);
  try {
    const project = await loadProject({ root, files, env: {}, providers, scorers });
    const problems: Problem[] = [];
    for (const suite of project.suites) problems.push(...(await suiteProblems(suite, root)));
    return [...problems, ...(await checkPrompts(files))];
  } catch (error) {
    if (error instanceof EvalsError) return error.problems;
    throw error;
  }
}

async function suiteProblems(suite: LoadedSuite, root: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  const open = [];
  for (const { definition, settings, index } of suite.scorers) {
    try {
      open.push(await definition.open(settings, { root, env: {}, concurrency: 1 }));
    } catch (error) {
      if (!(error instanceof SettingMistake)) throw error;
      problems.push(settingProblem(suite.places, ["scorers", index], error));
    }
  }
  const cases = await collectAsync(problems, () => suite.openCases());
  if (cases === undefined) return problems;
  problems.push(...(await checkCases(suite, cases, open)));
  if (suite.prompt !== null) problems.push(...checkRendering(suite.prompt, cases, suite));
  cases.close();
  return problems;
}

/** A copy of the good repository, with the files of one mistake added or replaced. */
function repositoryWith(name: string): string {
  const root = join(scratch, name);
  cpSync(join(FIXTURES, "_good"), root, { recursive: true });
  layOver(join(FIXTURES, name), root);
  return root;
}

function layOver(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const target = join(to, entry.name);
    if (entry.isDirectory()) layOver(join(from, entry.name), target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(join(from, entry.name)), target);
    else if (entry.name !== "expected.txt") writeFileSync(target, readFileSync(join(from, entry.name)));
  }
}

describe("a mistake in the repository", () => {
  const names = readdirSync(FIXTURES).filter((name) => !/^[_.]/.test(name));

  it.each(names)("is reported with its location, its reason and its fix: %s", async (name) => {
    const text = formatProblems(await problemsOf(repositoryWith(name)));
    const golden = join(FIXTURES, name, "expected.txt");
    if (process.env.UPDATE_GOLDENS === "1") writeFileSync(golden, text);
    expect(text).toBe(existsSync(golden) ? readFileSync(golden, "utf8") : "");
  });

  it("is not reported for a good repository", async () => {
    const root = join(scratch, "good");
    cpSync(join(FIXTURES, "_good"), root, { recursive: true });
    expect(await problemsOf(root)).toEqual([]);
  });

  it("is found after a line of 5 MB", async () => {
    const root = join(scratch, "long-line");
    cpSync(join(FIXTURES, "_good"), root, { recursive: true });
    const long = JSON.stringify({ id: "long", input: { message: "x".repeat(5_000_000) }, expected: "y" });
    writeFileSync(join(root, "datasets/tickets.jsonl"), `${long}\n${long.slice(0, -2)}\n`);
    const [problem, ...others] = await problemsOf(root);
    expect(problem).toMatchObject({ code: "EVALS_DATASET_SYNTAX", line: 2, column: long.length - 1 });
    expect(others).toEqual([]);
  });

  it("never repeats a key", async () => {
    for (const name of ["key-in-config", "key-in-prompt", "key-as-model"]) {
      const text = readFileSync(join(FIXTURES, name, "expected.txt"), "utf8");
      expect(text).not.toMatch(/sk-(?:proj|ant)|AKIA/);
    }
  });
});
