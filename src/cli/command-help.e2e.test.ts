import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS as DECLARED } from "./declarations/registry.ts";
import { type Scenario, scenario } from "./testing/scenario.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const repo: Scenario = scenario(null);
afterAll(() => repo.remove());

const COMMANDS = ["", ...DECLARED.filter(({ hidden }) => hidden !== true).map(({ words }) => words)];

describe("the help of", () => {
  it.each(COMMANDS)("evals %s fits 80 columns, and its examples use what it lists", async (command) => {
    const { exit, stdout } = await repo.evals(`${command} --help`.trim());
    expect(exit).toBe(0);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    const [listed = "", examples = ""] = stdout.split(/^(?:Examples|Start here):\n/m);
    expect(examples).toMatch(/^ {2}evals /);
    for (const [, word = "", option] of examples.matchAll(/^ {2}evals (.*?)(?:(?= --)|$)|( --[\w-]+)/gm)) {
      if (option === undefined) expect(word).toMatch(new RegExp(`^${command}`));
      else if (command !== "" && command !== "export" && command !== "import")
        expect(listed).toContain(`${option.trim()} `);
    }
  });

  it("lists every command there is", async () => {
    const { stdout } = await repo.evals("--help");
    const listed = Array.from(stdout.matchAll(/^ {2}([a-z][a-z-]*)(?: \[| {4})/gm), ([, name]) => name);
    const names = COMMANDS.filter((one) => one !== "" && !one.includes(" "));
    expect(new Set(listed)).toEqual(new Set([...names, "help"]));
  });
});

/** Commands in the code of README and docs: what is after `evals`, up to the end of the command. */
function documented(): { readonly page: string; readonly typed: string }[] {
  const docs = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" });
  const pages = [
    "README.md",
    ...docs.filter((path) => path.endsWith(".md")).map((path) => join("docs", path)),
  ];
  return pages.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), "utf8");
    const code = Array.from(
      text.matchAll(/^```\w*\n(.*?)^```|`([^`\n]+)`/gms),
      ([, block, span]) => block ?? span,
    );
    return code.flatMap((one = "") =>
      Array.from(one.matchAll(/(?<![\w./-]|<!-- )evals ([a-z][^\n#|&;<>]*)/g), ([, typed = ""]) => ({
        page,
        typed,
      })),
    );
  });
}

describe("the documentation", () => {
  it("names no command and no option that there is not", async () => {
    const all = documented();
    expect(all.length).toBeGreaterThan(100);
    const helps = new Map<string, string>();
    for (const name of COMMANDS) helps.set(name, (await repo.evals(`${name} --help`.trim())).stdout);
    const wrong = all.filter(({ typed }) => {
      const [first = "", second = ""] = typed.split(" ");
      const help = helps.get(`${first} ${second}`) ?? helps.get(first);
      const options = typed.match(/(?<= )--[a-z-]+/g) ?? [];
      return help === undefined || !options.every((option) => new RegExp(`${option}[ ,]`).test(help));
    });
    expect(wrong).toEqual([]);
  });
});

describe("a command that is half typed", () => {
  it.each([
    ["show", "For instance: evals show latest; evals show --help says more"],
    ["diff", "For instance: evals diff latest; evals diff --help says more"],
    ["prompt new x", "For instance: evals prompt new support-triage --bump minor; evals prompt new --help"],
    ["export", "For instance: evals export labels support-triage --format csv; evals export --help"],
    ["rum", "fix: evals run\n"],
    ["rum tickets --trials 3", "fix: evals run tickets --trials 3\n"],
    ["run tickets --trails 3", "fix: evals run tickets --trials 3\n"],
    ["run --trails=3", "fix: evals run --trials=3\n"],
    ["export label", "fix: evals export labels\n"],
    ["--trials 3 run tickets", "fix: evals run --trials 3 tickets\n"],
    ['--message "first release" promote', 'fix: evals promote --message "first release"\n'],
    ["--trials 3", "fix: evals --help\n"],
  ])("evals %s: suggests a command that works", async (args, fix) => {
    const { exit, stderr } = await repo.evals(args);
    expect(exit).toBe(2);
    expect(stderr).toContain(fix);
  });

  it("names the words that can follow", async () => {
    const { stderr } = await repo.evals("import");
    expect(stderr).toContain('"evals import" needs one word more: labels, promptfoo, openai-evals');
  });
});
