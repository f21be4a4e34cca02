import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeEach } from "vitest";
import type { Io } from "../io.ts";
import { main } from "../main.ts";
import { countedIds, fakeIo } from "./fake-io.ts";
import type { Ended } from "./scenario.ts";

/** A work tree with a project in it. */
export interface Checkout {
  /** The project's root. */
  readonly root: string;
  /** Runs git. @returns its output without trailing line breaks. @throws when git fails */
  git(...args: string[]): string;
  evals(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Runs a command with `--json`. @returns its document and exit code */
  json(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<JsonEnded>;
  read(path: string): string;
  write(path: string, text: string): void;
  /** Writes files and commits everything. @returns the commit */
  commit(files: Readonly<Record<string, string>>, message?: string): string;
}

export interface JsonEnded {
  readonly exit: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test may read any member of the document
  readonly document: any;
}

export interface GitProject extends Checkout {
  /** A fresh clone of the remote, as CI makes one: one branch, one commit deep, no history of runs. */
  clone(branch: string, depth?: number): Checkout;
  readonly remote: string;
  remove(): void;
}

/** Environment for git in tests, independent of this machine's settings. */
const IDENTITY = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  // Without this, each commit starts another process for git's maintenance.
  GIT_CONFIG_COUNT: "1",
  GIT_CONFIG_KEY_0: "maintenance.auto",
  GIT_CONFIG_VALUE_0: "false",
};

/** Hides the machine's git settings from git. @returns a function that restores the environment */
export function ownGit(more: Readonly<Record<string, string>> = {}): () => void {
  const before = { ...process.env };
  Object.assign(process.env, IDENTITY, more);
  return () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  };
}

/** The projects that the current test has made. */
const made: GitProject[] = [];

/**
 * For all tests of a file: hides the machine's git settings, and removes the projects that a test made after
 * it.
 */
export function isolateGit(): void {
  let restore = (): void => {};
  beforeEach(() => {
    restore = ownGit();
  });
  afterEach(() => {
    for (const project of made.splice(0)) project.remove();
    restore();
  });
}

/**
 * The source of an agent. With "carefully" in the prompt it answers every case correctly, else every second
 * one.
 */
const BOT = `export default (input, { messages }) => {
  const careful = messages[0].content.includes("carefully");
  return careful || input.n % 2 === 0 ? "item " + input.n : "I do not know";
};
`;

export function promptText(words: string): string {
  return `system:\n${words}\nuser:\n{{ input.n }}\n`;
}

/** Files of a project with one suite, \`s\`, of \`cases\` cases. */
export function projectFiles(cases = 40, trials = 4): Record<string, string> {
  const lines = Array.from({ length: cases }, (_, n) =>
    JSON.stringify({ id: `c${String(n).padStart(3, "0")}`, input: { n }, expected: `item ${n}` }),
  );
  return {
    ".gitignore": ".evals/\n",
    "evalconfig.yaml": "models:\n  bot: { provider: module, file: agents/bot.mjs }\n",
    "evals/s.yaml": `dataset: d\nprompt: q\nmodel: bot\ntrials: ${trials}\nscorers:\n  - { type: equals, name: exact }\n`,
    "datasets/d.jsonl": `${lines.join("\n")}\n`,
    "prompts/q/1.0.0.md": promptText("Answer carefully."),
    "agents/bot.mjs": BOT,
  };
}

interface Place {
  /** The project's folder in the repository; default: its root. */
  readonly folder?: string;
}

/** A project in a repository on branch `main`, with one commit that is pushed to a bare remote. */
export function gitProject(
  files: Readonly<Record<string, string>> = projectFiles(),
  { folder = "." }: Place = {},
): GitProject {
  return projectAt(copied(startOf(files, folder)), folder, countedIds());
}

/**
 * Like `gitProject`, with commands of evals already run in it. Within one test file the commands are run only
 * once, and the result is copied.
 *
 * @throws when a command does not end with 0
 */
export async function preparedProject(
  files: Readonly<Record<string, string>>,
  commands: readonly (readonly string[])[],
  env?: Readonly<Record<string, string>>,
): Promise<GitProject> {
  const key = JSON.stringify([files, commands]);
  const { place, ids } = prepared.get(key) ?? (await prepare(files, commands, env));
  prepared.set(key, { place, ids });
  return projectAt(copied(place), ".", countedIds(ids));
}

/** Repositories to copy, by their content: copying a repository is much faster than creating one with git. */
const started = new Map<string, string>();
const prepared = new Map<string, { readonly place: string; readonly ids: number }>();
afterAll(() => {
  for (const place of [...started.values(), ...Array.from(prepared.values(), (one) => one.place)])
    rmSync(place, { recursive: true, force: true });
});

function startOf(files: Readonly<Record<string, string>>, folder: string): string {
  const key = JSON.stringify([files, folder]);
  const place = started.get(key) ?? start(files, folder);
  started.set(key, place);
  return place;
}

function start(files: Readonly<Record<string, string>>, folder: string): string {
  const place = newPlace();
  const [remote, top] = [join(place, "remote.git"), join(place, "work")];
  execFileSync("git", ["init", "-q", "--template=", "--bare", "-b", "main", remote]);
  execFileSync("git", ["init", "-q", "--template=", "-b", "main", top]);
  for (const name of ["hooks", "info"]) mkdirSync(join(top, ".git", name));
  const own = checkout(join(top, folder));
  own.commit(files, "start");
  own.git("remote", "add", "origin", "../remote.git");
  own.git("push", "-q", "-u", "origin", "main");
  return place;
}

async function prepare(
  files: Readonly<Record<string, string>>,
  commands: readonly (readonly string[])[],
  env?: Readonly<Record<string, string>>,
): Promise<{ place: string; ids: number }> {
  const place = copied(startOf(files, "."));
  const randomHex = countedIds();
  const own = checkout(join(place, "work"), randomHex);
  for (const command of commands) {
    const { exit, stderr } = await own.evals(command, env);
    if (exit !== 0) throw new Error(`evals ${command.join(" ")} ended with ${exit}: ${stderr}`);
  }
  return { place, ids: Number.parseInt(randomHex(8), 16) };
}

const newPlace = (): string => mkdtempSync(join(tmpdir(), "evals git "));

function copied(from: string): string {
  const place = newPlace();
  cpSync(from, place, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return place;
}

function projectAt(place: string, folder: string, randomHex: Io["randomHex"]): GitProject {
  const remote = join(place, "remote.git");
  let clones = 0;
  const project: GitProject = {
    ...checkout(join(place, "work", folder), randomHex),
    remote,
    clone: (branch, depth = 1) => {
      const target = join(place, `clone ${++clones}`);
      const deep = depth === 0 ? [] : ["--depth", String(depth)];
      execFileSync("git", ["clone", "-q", ...deep, "--branch", branch, `file://${remote}`, target]);
      return checkout(join(target, folder), randomHex);
    },
    remove: () => rmSync(place, { recursive: true, force: true }),
  };
  made.push(project);
  return project;
}

/** @param randomHex shared by all clones, so that no two runs have the same id */
export function checkout(root: string, randomHex = countedIds()): Checkout {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trimEnd();
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const evals: Checkout["evals"] = async (args, env = {}) => {
    const io = fakeIo(root, { randomHex, env });
    const exit = await main(args, io);
    return { exit, ...io.printed };
  };
  return {
    root,
    git,
    evals,
    json: async (args, env) => {
      const { exit, stdout } = await evals([...args, "--json"], env);
      return { exit, document: JSON.parse(stdout) };
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    write,
    commit: (files, message = "change") => {
      for (const [path, text] of Object.entries(files)) write(path, text);
      git("add", "-A");
      git("commit", "-q", "-m", message);
      return git("rev-parse", "HEAD");
    },
  };
}
