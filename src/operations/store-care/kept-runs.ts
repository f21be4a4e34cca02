import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { git } from "../../git/git-process.ts";
import { filesAt, readBlobs } from "../../git/tags.ts";

const FOLDER = "evals/baselines";
const isBaseline = (path: string): boolean => path.endsWith(".jsonl") && !path.endsWith(".answers.jsonl");

/**
 * Ids of the runs that a baseline rests on: one of the work tree, of a promoted tag, or of a branch, here or as it was last fetched.
 */
export async function runsUnderBaselines(root: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const text of [...baselinesHere(root), ...(await committedBaselines(root))])
    for (const id of runsOf(text)) ids.add(id);
  return ids;
}

function baselinesHere(root: string): string[] {
  const folder = join(root, FOLDER);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.filter(isBaseline).map((name) => readFileSync(join(folder, name), "utf8"));
}

/** Texts of the baselines of every commit that somebody can go back to by name; none outside of a repository. */
async function committedBaselines(root: string): Promise<string[]> {
  const listed = await git(root, [
    "for-each-ref",
    "--format=%(objectname)%00%(*objectname)",
    "refs/heads/",
    "refs/remotes/",
    "refs/tags/evals/",
  ]).catch(() => null);
  if (listed === null || listed.code !== 0) return [];
  const commits = new Set(
    listed.out.split("\n").flatMap((line) => {
      const [object = "", tagged = ""] = line.split("\0");
      return tagged || object || [];
    }),
  );
  const blobs = new Set<string>();
  for (const commit of commits)
    for (const [path, { id }] of await filesAt(root, commit, [FOLDER])) if (isBaseline(path)) blobs.add(id);
  const texts = await readBlobs(root, [...blobs]);
  return [...texts.values()].map((bytes) => bytes.toString("utf8"));
}

/** A line that cannot be read any more, in a conflict for instance, still names its runs. */
function* runsOf(text: string): Generator<string> {
  for (const [, list = ""] of text.matchAll(/"runs":\[([^\]]*)\]/g))
    for (const [, id = ""] of list.matchAll(/"([^"]+)"/g)) yield id;
}
