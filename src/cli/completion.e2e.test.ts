import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SHELLS } from "../reports/completion/shells.ts";
import { COMMANDS } from "./declarations/registry.ts";
import { type Scenario, scenario } from "./testing/scenario.ts";

const KINDS = ["suites", "prompts", "judges", "models", "runs", "promotions", "sides"];

let repo: Scenario;
beforeAll(async () => {
  repo = scenario(null);
  for (const folder of ["evals", "prompts", "prompts/triage", "datasets", "bin"])
    mkdirSync(join(repo.root, folder));
  repo.write(
    "evalconfig.yaml",
    "models:\n  small: { provider: outputs, file: out.jsonl }\n  large: { provider: outputs, file: out.jsonl }\n",
  );
  repo.write("evals/triage.yaml", "dataset: triage\nmodel: small\nscorers: [{ type: equals }]\n");
  repo.write("datasets/triage.jsonl", '{"id":"a","input":"hi","expected":"hello"}\n');
  repo.write("out.jsonl", '{"case":"a","output":"hello"}\n');
  for (const version of ["1.0.0", "1.1.0"]) repo.write(`prompts/triage/${version}.md`, "Hello\n");
  await repo.evals("run");
  // A fake program with stored outputs, because the tests must not need a build.
  for (const kind of KINDS) repo.write(`bin/${kind}`, (await repo.evals(`completion-words ${kind}`)).stdout);
  repo.write(
    "bin/evals",
    '#!/bin/sh\n[ "$1" = -C ] && shift 2\n[ "$1" = completion-words ] && cat "${0%/*}/$2"\n',
  );
  chmodSync(join(repo.root, "bin/evals"), 0o755);
  for (const shell of SHELLS)
    repo.write(`bin/completion.${shell}`, (await repo.evals(`completion ${shell}`)).stdout);
});
afterAll(() => repo.remove());

/** For each shell, a script that prints the completions of a line, one per line. */
const ASK: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `source bin/completion.bash; COMP_LINE=$LINE COMP_POINT=\${#LINE}; _evals; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: [
    "compdef() { : }; compset() { : }; _files() { print -l -- *(N) }",
    "compadd() { print -l -- ${(P)2} }; _describe() { print -l -- ${${(P)@[-1]}%%:*} }",
    "source bin/completion.zsh",
    // The stubs print all candidates; only those that begin like the last word are kept.
    'words=("${(@s: :)LINE}"); CURRENT=$#words',
    "_evals | while IFS= read -r one; do [[ $one == ${${words[-1]}##*=}* ]] && print -r -- $one; done",
  ].join("\n"),
  fish: "source bin/completion.fish; complete -C $LINE | string replace -r '\\t.*' ''",
};

const has = (shell: string): boolean => spawnSync(shell, ["-c", "true"]).status === 0;

function offered(shell: (typeof SHELLS)[number], line: string): string[] {
  const args = shell === "zsh" ? ["-f", "-c", ASK.zsh] : ["-c", ASK[shell]];
  const env = {
    ...process.env,
    LINE: line,
    PATH: `${join(repo.root, "bin")}:${process.env.PATH}`,
    HOME: repo.root,
  };
  const { stdout, stderr } = spawnSync(shell, args, { cwd: repo.root, env, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout
    .split("\n")
    .filter((one) => one !== "")
    .sort();
}

describe.each(SHELLS)("completion in %s", (shell) => {
  it.skipIf(!has(shell)).each([
    ["evals re", ["record-trace", "report", "rescore"]],
    ["evals run ", ["triage"]],
    ["evals run triage --mod", ["--model"]],
    ["evals run triage --model ", ["large", "small"]],
    ["evals run --trials 3 --model sm", ["small"]],
    ["evals run --reporter m", ["markdown"]],
    ["evals prompt ", ["diff", "list", "new"]],
    ["evals prompt new triage --bump m", ["major", "minor"]],
    ["evals run --prompt triage@1.1", [shell === "bash" ? "1.1.0" : "triage@1.1.0"]],
    ["evals show 00", ["00000001"]],
    ["evals show ", ["00000001", "latest"]],
    ["evals -C . power ", ["triage"]],
    ["evals export labels triage --format c", ["csv"]],
    ["evals completion z", ["zsh"]],
    ["evals help calib", ["calibrate"]],
    ["evals run --trials ", []],
  ])("offers for %j", (line, words) => {
    expect(offered(shell, line)).toEqual([...words].sort());
  });

  it("offers every command and every option", async () => {
    const { stdout: script } = await repo.evals(`completion ${shell}`);
    for (const { words, hidden } of COMMANDS) {
      if (hidden === true) continue;
      expect(script).toContain(`'${words}'`);
      const { stdout } = await repo.evals(`${words} --help`);
      for (const [, option = ""] of stdout.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm))
        expect(script, `${words} --${option}`).toMatch(new RegExp(`(--|-l )${option}\\b`));
    }
    expect(script).not.toContain("completion-words:");
  });
});

it("in bash completes after = and :, at which bash splits words", () => {
  expect(offered("bash", "evals run --model=s")).toEqual(["small"]);
  expect(offered("bash", "evals diff prompt:triage@1.0")).toEqual(["1.0.0"]);
  expect(offered("bash", "evals diff prompt:tri")).toEqual(["triage@1.0.0", "triage@1.1.0"]);
});

describe("the names that a completion asks for", () => {
  it.each(KINDS)("of %s are none outside of a project, which is not a mistake", async (kind) => {
    const empty = scenario(null);
    expect(await empty.evals(`completion-words ${kind}`)).toMatchObject({ exit: 0, stdout: "", stderr: "" });
    expect(readdirSync(empty.root)).toEqual([]);
    empty.remove();
  });

  it("are found without writing, and without files that have mistakes", async () => {
    const broken = scenario(null);
    broken.write("evalconfig.yaml", "models: [\n");
    mkdirSync(join(broken.root, "evals"));
    broken.write("evals/half.yaml", "dataset: [\n");
    for (const kind of [...KINDS, "planets", "toString"])
      expect(await broken.evals(`completion-words ${kind}`)).toMatchObject({ exit: 0, stderr: "" });
    expect((await broken.evals("completion-words suites")).stdout).toBe("half\n");
    expect(existsSync(join(broken.root, ".evals"))).toBe(false);
    broken.remove();
  });

  it("are none for a folder that does not exist, without a message", async () => {
    expect(await repo.evals("completion-words suites -C nowhere")).toMatchObject({
      exit: 0,
      stdout: "",
      stderr: "",
    });
  });

  it("refuses a shell without a script", async () => {
    const { exit, stderr } = await repo.evals("completion fishh");
    expect(exit).toBe(2);
    expect(stderr).toContain('Did you mean "fish"?');
  });
});
