import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EvalsError } from "../../domain/problem.ts";
import { unwritableReason } from "../../project/unwritable-reason.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { EDITED, RELEASED, starterFiles } from "../project/starter-project.ts";

/** `evals init`: a project that runs at once. Files that are there stay as they are. */
export async function initCommand(
  options: Record<string, unknown>,
  directory: string | undefined,
  io: Io,
): Promise<number> {
  const root = resolve(io.cwd, (options.directory as string | undefined) ?? ".", directory ?? ".");
  const lines: string[] = [];
  try {
    for (const [path, text] of Object.entries(starterFiles())) lines.push(writeNew(root, path, text));
    lines.push(ignorePrivate(root));
  } catch (error) {
    throw unwritable(directory ?? ".", error);
  }
  const inGit = findUp(root, ".git");
  const next = [
    ...(directory === undefined ? [] : [`  cd ${directory}`]),
    ...(inGit ? [] : ["  git init            baselines and prompt versions live in git"]),
    "  npx evals run       replays the example's recorded answers; no key is needed",
    "  npx evals check     validates every file",
    "",
    "Messages say evals; type npx evals unless it is installed with --global.",
    "",
    "Then see the edit of a prompt being blocked (exit code 1):",
    `  npx evals run --prompt ${EDITED} --baseline prompt:${RELEASED}`,
  ];
  io.stdout(`${lines.join("\n")}\n\nNext:\n${next.join("\n")}\n`);
  return EXIT.ok;
}

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
