import { posix } from "node:path";
import { git, gitText } from "./git-process.ts";

/**
 * Object ids that git would store for files of the work tree, with line ends and filters applied.
 *
 * @param folder a folder of the repository, to which the paths are relative
 * @returns object ids by path; paths that cannot be read are left out
 */
export async function hashFiles(
  folder: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  const where = paths.length === 0 ? null : await gitText(folder, WHERE);
  if (where === null) return ids;
  // Git reads these paths relative to the top, wherever it is started.
  const [top = "", prefix = ""] = where.split("\n");
  for (let from = 0; from < paths.length; ) {
    const rest = paths.slice(from);
    const input = rest.map((path) => `${quoted(posix.normalize(prefix + path))}\n`).join("");
    const { code, out } = await git(top, ["hash-object", "--stdin-paths"], { input });
    const got = out.split("\n").slice(0, -1);
    for (const [index, id] of got.entries()) ids.set(rest[index] ?? "", id);
    if (code === 0) break;
    // Git stops at the first path that it cannot read, so that path is skipped.
    from += got.length + 1;
  }
  return ids;
}

const WHERE = ["rev-parse", "--show-toplevel", "--show-prefix"];

/** Escapes a path for a line of git's input: git reads a line that starts with a quote as a C string. */
function quoted(path: string): string {
  if (!/^"|[\n\r]/.test(path)) return path;
  return `"${path.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r")}"`;
}
