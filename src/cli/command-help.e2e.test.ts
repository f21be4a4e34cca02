import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { afterAll, describe, expect, it } from "vitest";
import { IMPORTERS } from "../operations/importing/importers.ts";
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

/** Commands that take any number of arguments and use each of them. */
const TAKES_MANY = [
  "run",
  "merge",
  "prompt diff",
  "export corrections",
  "import traces",
  ...IMPORTERS.map(({ name }) => `import ${name}`),
];

describe("an argument too many", () => {
  /** Values that let a command's required options be parsed; nothing runs, because the argument is refused first. */
  const required = (program: Command): string[] =>
    program.options.flatMap(({ mandatory, long }) => (mandatory && long ? [long, "x"] : []));

  it.each(DECLARED.map(({ words }) => words))("is refused by evals %s", async (name) => {
    const declared = DECLARED.find(({ words }) => words === name);
    const command = new Command();
    declared?.type(command);
    const declaredArgs = command.registeredArguments;
    if (declaredArgs.at(-1)?.variadic === true) {
      expect(TAKES_MANY, `${name} takes any number of arguments: does it use all?`).toContain(name);
      return;
    }
    const words = [...name.split(" "), ...declaredArgs.map((_, at) => `word${at}`), "excess"];
    const { exit, stderr } = await repo.evals([...words, ...required(command)].join(" "));
    expect(exit).toBe(2);
    expect(stderr).toMatch(/EVALS_USAGE|EVALS_COMMAND_UNKNOWN/);
    expect(existsSync(join(repo.root, ".evals"))).toBe(false);
  });

  it.each(["help run excess", "help prompt excess", "help prompt diff excess", "help excess"])(
    "is refused by evals %s",
    async (words) => {
      const { exit, stdout, stderr } = await repo.evals(words);
      expect([exit, stdout]).toEqual([2, ""]);
      expect(stderr).toContain("EVALS_COMMAND_UNKNOWN");
    },
  );

  it("is none when it names a command of two words: evals help prompt diff is evals prompt diff --help", async () => {
    const { exit, stdout } = await repo.evals("help prompt diff");
    expect([exit, stdout]).toEqual([0, (await repo.evals("prompt diff --help")).stdout]);
    expect((await repo.evals("help")).stdout).toBe((await repo.evals("--help")).stdout);
  });
});

/** The commands in code blocks of README and docs: the text after `evals`, up to the end of the command. */
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
  it("names only commands and options that exist", async () => {
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

describe("an incomplete command", () => {
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
    expect(stderr).toContain('"evals import" needs one more word: labels, promptfoo, openai-evals');
  });
});
