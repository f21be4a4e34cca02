import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EvalsError } from "../../domain/problem.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { starterFiles } from "../project/starter-project.ts";
import { unwritableReason } from "../unwritable-reason.ts";

const IGNORED = ".evals/";

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
    lines.push(ignoreHistory(root));
  } catch (error) {
    throw unwritable(directory ?? ".", error);
  }
  const inGit = findUp(root, ".git");
  const next = [
    ...(directory === undefined ? [] : [`  cd ${directory}`]),
    ...(inGit ? [] : ["  git init            baselines and prompt versions live in git"]),
    "  npx evals run       replays the example's recorded answers; no key is needed",
    "  npx evals check     validates every file",
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

/**
 * The history is this machine's own: its folder goes into .gitignore, below what stands there. A new .gitignore also
 * names installed packages, so that `git add --all` leaves them out.
 */
function ignoreHistory(root: string): string {
  const place = join(root, ".gitignore");
  const before = existsSync(place) ? readFileSync(place, "utf8") : null;
  if (before?.split(/\r?\n/).some((line) => /^\/?\.evals\/?$/.test(line.trim())))
    return "  kept     .gitignore";
  const packages = before === null && existsSync(join(root, "node_modules")) ? "node_modules/\n" : "";
  const gap = before === null || before === "" || before.endsWith("\n") ? "" : "\n";
  writeFileSync(place, `${before ?? ""}${gap}${IGNORED}\n${packages}`);
  return before === null ? "  created  .gitignore" : `  added    ${IGNORED} to .gitignore`;
}

function findUp(folder: string, name: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return true;
    if (dirname(at) === at) return false;
  }
}
