import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EvalsError } from "../../domain/problem.ts";
import {
  foldersReadFromNowOn,
  freeStarterName,
  refuseStarter,
} from "../../operations/project/place-for-starter.ts";
import { EDITED, RELEASED, starterFiles } from "../../operations/project/starter-project.ts";
import { CONFIG_FILE } from "../../project/find-project-root.ts";
import { unwritableReason } from "../../project/unwritable-reason.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";

/**
 * `evals init`: a project that runs at once. Files that are there stay as they are, and beside a config that is there no
 * example is written: it would need a model that the config does not have.
 */
export async function initCommand(
  options: Record<string, unknown>,
  directory: string | undefined,
  io: Io,
): Promise<number> {
  const root = resolve(io.cwd, (options.directory as string | undefined) ?? ".", directory ?? ".");
  refuseStarter(root);
  try {
    const isThere = existsSync(join(root, CONFIG_FILE));
    io.stdout(isThere ? keepProject(root, directory) : makeProject(root, directory));
  } catch (error) {
    throw unwritable(directory ?? ".", error);
  }
  return EXIT.ok;
}

function keepProject(root: string, directory: string | undefined): string {
  return [
    `  kept     ${CONFIG_FILE}`,
    ignorePrivate(root),
    "",
    "There is a project here already. The example was not added: it answers from a model of its own, which this",
    `${CONFIG_FILE} does not have. In a folder of its own it runs: npx evals init <new folder>`,
    "",
    "Next:",
    ...enter(directory),
    "  npx evals check     validates every file",
    "",
  ].join("\n");
}

function makeProject(root: string, directory: string | undefined): string {
  const name = freeStarterName(root);
  const others = foldersReadFromNowOn(root, name);
  const lines = Object.entries(starterFiles(name)).map(([path, text]) => writeNew(root, path, text));
  lines.push(ignorePrivate(root));
  const run = others.length === 0 ? "npx evals run" : `npx evals run ${name}`;
  const width = Math.max(19, run.length + 1);
  const next = (command: string, about: string): string => `  ${command.padEnd(width)} ${about}`;
  return [
    ...lines,
    "",
    ...(others.length === 0
      ? []
      : [
          `What stood in ${others.map((folder) => `${folder}/`).join(" and ")} before belongs to this project now; check tells what it lacks.`,
          "",
        ]),
    "Next:",
    ...enter(directory),
    ...(findUp(root, ".git") ? [] : [next("git init", "baselines and prompt versions live in git")]),
    next(run, "replays the example's recorded answers; no key is needed"),
    next("npx evals check", "validates every file"),
    "",
    "Messages say evals; type npx evals unless it is installed with --global.",
    "",
    "Then see the edit of a prompt being blocked (exit code 1):",
    `  npx evals run ${others.length === 0 ? "" : `${name} `}--prompt ${name}@${EDITED} --baseline prompt:${name}@${RELEASED}`,
    "",
  ].join("\n");
}

const enter = (directory: string | undefined): string[] =>
  directory === undefined ? [] : [`  cd ${directory}`];

function unwritable(folder: string, cause: unknown): EvalsError {
  if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
  return new EvalsError(
    {
      code: "EVALS_INIT_UNWRITABLE",
      what: `A project cannot be written in ${folder}: ${unwritableReason(cause)}.`,
      why: "Its files have to stand together in one folder.",
      fix: "Name a folder that can be written: evals init <dir>",
    },
    { cause },
  );
}

function writeNew(root: string, path: string, text: string): string {
  const place = join(root, path);
  if (existsSync(place)) return `  kept     ${path}`;
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  return `  created  ${path}`;
}

/** What never belongs into git: the history is this machine's own, and .env is where a key may stand. */
const PRIVATE: readonly (readonly [line: string, covered: RegExp])[] = [
  [".evals/", /^\/?\.evals\/?$/],
  [".env", /^\/?(\*\*\/)?\.env\*?$/],
];

/**
 * Adds to .gitignore, below what stands there, what must not be committed. A new .gitignore also names installed packages, so
 * that `git add --all` leaves them out.
 */
function ignorePrivate(root: string): string {
  const place = join(root, ".gitignore");
  const before = existsSync(place) ? readFileSync(place, "utf8") : null;
  const present = before?.split(/\r?\n/).map((line) => line.trim()) ?? [];
  const missing = PRIVATE.filter(([, covered]) => !present.some((line) => covered.test(line))).map(
    ([line]) => line,
  );
  if (missing.length === 0) return "  kept     .gitignore";
  const packages = before === null && existsSync(join(root, "node_modules")) ? ["node_modules/"] : [];
  const gap = before === null || before === "" || before.endsWith("\n") ? "" : "\n";
  writeFileSync(place, `${before ?? ""}${gap}${[...missing, ...packages].join("\n")}\n`);
  return before === null ? "  created  .gitignore" : `  added    ${missing.join(" and ")} to .gitignore`;
}

function findUp(folder: string, name: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return true;
    if (dirname(at) === at) return false;
  }
}
