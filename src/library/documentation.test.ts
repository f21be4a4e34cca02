import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type NumbersProject, numbersProject } from "./testing/numbers-project.ts";

const page = readFileSync(new URL("../../docs/library.md", import.meta.url), "utf8");
const sources = fileURLToPath(new URL("..", import.meta.url));
const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));

/**
 * The example of docs/library.md that begins with a file's name. It imports the sources instead of an installed
 * package.
 */
function example(name: string): string {
  const [, code] =
    new RegExp(`\`\`\`js\\n// ${name.replaceAll(".", "\\.")}\\n(.*?)\`\`\``, "s").exec(page) ?? [];
  if (code === undefined) throw new Error(`docs/library.md has no example ${name}`);
  return code
    .replaceAll('"git-evals"', JSON.stringify(`${sources}index.ts`))
    .replaceAll('"git-evals/vitest"', JSON.stringify(`${sources}vitest.ts`));
}

let project: NumbersProject;
const home = process.cwd();
beforeEach(() => {
  project = numbersProject();
  process.chdir(project.root);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.chdir(home);
  project.remove();
});

/** Runs an example. @returns the lines that it printed */
async function run(name: string): Promise<string[]> {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
  project.write(name, example(name));
  await import(/* @vite-ignore */ `${project.root}/${name}`);
  return lines;
}

it("shows a script that compares two versions of a prompt", async () => {
  expect(await run("compare-prompts.mjs")).toEqual(["regressed: 1 → 0.667, 10 cases broken"]);
  const lines = example("compare-prompts.mjs").trim().split("\n");
  expect(lines.length).toBeLessThanOrEqual(20);
});

it("shows how a run is followed and stopped", async () => {
  expect(await run("watch.mjs")).toEqual(["exit 3, then 0 with all 90 answers"]);
});

it("shows a test that passes for a good suite, and fails for a regressed one with its report", () => {
  const code = example("evals.test.mjs").replace(
    'from "vitest"',
    `from ${JSON.stringify(fileURLToPath(new URL("../../node_modules/vitest/dist/index.js", import.meta.url)))}`,
  );
  project.write("evals.test.mjs", code);
  const tested = () => {
    const { NO_COLOR, VITEST, VITEST_POOL_ID, VITEST_WORKER_ID, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, "run", "--root", project.root], {
      ...{ cwd: project.root, encoding: "utf8" },
      env: { ...env, NO_COLOR: "1" },
    });
    return { status, output: stdout + stderr };
  };
  const good = tested();
  expect(good, good.output).toMatchObject({ status: 0 });
  execFileSync("git", ["switch", "-qc", "change"], { cwd: project.root });
  project.write("bot.mjs", "export default (input) => String(input.n % 3 === 0 ? 0 : input.n);\n");
  const regressed = tested();
  expect(regressed.status).toBe(1);
  expect(regressed.output).toContain("pass rate 70.0 %, required 90.0 % by this test");
});
