import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A project in a temporary git repository, with all files committed. */
export interface NumbersProject {
  readonly root: string;
  write(path: string, text: string): void;
  git(...args: string[]): void;
  remove(): void;
}

const CASES = 30;

const cases = Array.from({ length: CASES }, (_, n) =>
  JSON.stringify({ id: `c${String(n).padStart(2, "0")}`, input: { n }, expected: String(n) }),
);

/**
 * The source of an agent that answers with the number of its case. With prompt 1.1.0 it answers every third case
 * wrongly.
 */
const AGENT = `export default (input, { messages }) =>
  String(/worse/.test(messages[0].content) && input.n % 3 === 0 ? "x" : input.n);
`;

/**
 * Makes the suite "numbers": 30 cases, each asked in 3 trials. With prompt p@1.0.0 every case passes; with p@1.1.0
 * two of every three cases do.
 */
export function numbersProject(): NumbersProject {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "evals-library-")));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const git = (...args: string[]): void => {
    execFileSync("git", ["-c", "commit.gpgsign=false", ...args], { cwd: root, stdio: "pipe" });
  };
  write(".gitignore", ".evals/\n");
  write("evalconfig.yaml", "models:\n  bot: { provider: module, file: bot.mjs }\ndefaults: { trials: 3 }\n");
  write("bot.mjs", AGENT);
  write("datasets/numbers.jsonl", `${cases.join("\n")}\n`);
  write("prompts/p/1.0.0.md", "system:\nSay the number.\nuser:\n{{ input.n }}\n");
  write("prompts/p/1.1.0.md", "system:\nSay it worse.\nuser:\n{{ input.n }}\n");
  write(
    "evals/numbers.yaml",
    "dataset: numbers\nprompt: p@1.0.0\nmodel: bot\nscorers:\n  - { type: equals, name: exact }\n",
  );
  git("init", "-q", "-b", "main");
  git("config", "user.name", "Dana");
  git("config", "user.email", "dana@example.com");
  git("add", "-A");
  git("commit", "-qm", "start");
  return { root, write, git, remove: () => rmSync(root, { recursive: true, force: true }) };
}
