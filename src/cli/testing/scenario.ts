import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { Io } from "../io.ts";
import { main } from "../main.ts";
import { countedIds, type FakeIo, fakeIo } from "./fake-io.ts";

const REPOSITORIES = fileURLToPath(new URL("../../../fixtures/repos", import.meta.url));
const EXPECTED = fileURLToPath(new URL("../expected", import.meta.url));

/** The exit code and output of a command. */
export interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunCommandOptions extends Partial<Io> {
  /** Called with the fake environment before the command starts, so that a test can send signals. */
  readonly before?: (io: FakeIo) => void;
}

/**
 * A copy of a fixture repository in a temporary folder, with a transcript of the commands that were run in it.
 */
export interface Scenario {
  readonly root: string;
  /** Runs a command, and checks what must be true for every command. */
  evals(args: string, options?: RunCommandOptions): Promise<Ended>;
  read(path: string): string;
  write(path: string, text: string): void;
  /** Replaces a text in a file. @throws when the file does not contain it */
  edit(path: string, from: string, to: string): void;
  /** Compares the transcript of all commands and their output with `src/cli/expected/<name>.txt`. */
  matches(name: string): void;
  remove(): void;
}

/** @param repository a folder of fixtures/repos; null for an empty directory */
export function scenario(repository: string | null): Scenario {
  const root = mkdtempSync(join(tmpdir(), "evals-cli-"));
  if (repository !== null) cpSync(join(REPOSITORIES, repository), root, { recursive: true });
  const randomHex = countedIds();
  let transcript = "";
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const write = (path: string, text: string): void => writeFileSync(join(root, path), text);
  return {
    root,
    read,
    write,
    evals: async (args, { before, ...changes } = {}) => {
      const io = fakeIo(root, { randomHex, ...changes });
      before?.(io);
      const exit = await main(words(args), io);
      const ended = { exit, ...io.printed };
      transcript += block(args, ended);
      checkEveryCommand(args, ended, io);
      return ended;
    },
    edit: (path, from, to) => {
      const text = read(path);
      if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
      write(path, text.replace(from, to));
    },
    matches: (name) => {
      const golden = join(EXPECTED, `${name}.txt`);
      expect(transcript, "a golden names no folder of this machine").not.toContain(dirname(root));
      if (process.env.UPDATE_GOLDENS === "1") writeFileSync(golden, transcript);
      expect(transcript).toBe(readFileSync(golden, "utf8"));
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Splits a command line into words; double quotes keep spaces together. */
function words(line: string): string[] {
  return Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? "");
}

function block(args: string, { exit, stdout, stderr }: Ended): string {
  const part = (title: string, text: string): string =>
    text === ""
      ? ""
      : `--- ${title}\n${text.endsWith("\n") ? text : `${text}\n--- (no line feed at the end)\n`}`;
  return `${`$ evals ${args}`.trimEnd()}\n${part("stdout", stdout)}${part("stderr", stderr)}--- exit ${exit}\n\n`;
}

/** Checks that apply to every command. */
function checkEveryCommand(args: string, ended: Ended, io: FakeIo): void {
  const { exit, stderr } = ended;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is written with control characters
  const stdout = io.stdoutIsTerminal ? ended.stdout.replace(/\u001b\[[0-9;]*m/g, "") : ended.stdout;
  const all = stdout + stderr;
  expect(all, "no control character is printed").not.toMatch(
    /[^\P{Cc}\n\t]|[\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
  );
  // Only the GitHub reporter may print workflow commands, at most ten annotations.
  const wanted = /(^| )--reporter github( |$)/.test(args);
  const ours = wanted ? all.match(/^::(error|warning|notice) [^\n]*$/gm) : null;
  expect(ours?.filter((line) => !line.startsWith("::notice ")).length ?? 0).toBeLessThanOrEqual(10);
  const others = (ours ?? []).reduce((text, line) => text.replace(`${line}\n`, ""), all);
  expect(others, "no workflow command is printed").not.toMatch(/^\s*::|##\[|##vso\[/m);
  if (/(^| )--json( |$)/.test(args)) checkDocument(ended);
  else if (/^run\b/.test(args) && /^[A-Z]{4,}\b/.test(stdout)) {
    expect(exit, "the exit code agrees with the headings").toBe(exitOfHeadings(stdout, exit));
    for (const line of stdout.split("\n")) {
      const unbreakable = line.split(" ").some((word) => word.length > 40);
      if (!unbreakable) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  }
}

function checkDocument({ exit, stdout }: Ended): void {
  const document = JSON.parse(stdout) as { schema: string; exit: number };
  expect(document.schema).toMatch(/^evals\.[a-z-]+\/1$/);
  expect(document.exit).toBe(exit);
}

/** The exit code that the first words of the reports suggest. */
function exitOfHeadings(stdout: string, exit: number): number {
  const headings = Array.from(
    stdout.matchAll(/^(PASSED|FAILED|INCOMPLETE|UNDECIDED|DONE|PLAN)\b/gm),
    ([word]) => word,
  );
  if (exit === 130 || exit === 143) return exit;
  if (headings.includes("FAILED")) return 1;
  return headings.includes("INCOMPLETE") || headings.includes("UNDECIDED") || headings.length === 0 ? 3 : 0;
}
