import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseBaseline, sideOfBaseline } from "../../baselines/baseline-file.ts";
import { seriesOf } from "../../baselines/drift-night.ts";
import { EvalsError } from "../../domain/problem.ts";
import { git } from "../../git/git-process.ts";
import { filesAt, readBlobs } from "../../git/tags.ts";

const FOLDER = "evals/baselines";
const BRANCHES = ["refs/heads/", "refs/remotes/"];
const PROMOTED = "refs/tags/evals/";
const isBaseline = (path: string): boolean => path.endsWith(".jsonl") && !path.endsWith(".answers.jsonl");

/**
 * Ids of the runs that any baseline names: one in the work tree, in a promoted tag, or in a local or fetched branch.
 */
export async function runsUnderBaselines(root: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const text of [...baselinesHere(root), ...(await committedBaselines(root, [...BRANCHES, PROMOTED]))])
    for (const id of runsOf(text)) ids.add(id);
  return ids;
}

/** Names of the active series of `evals drift`: their baseline is still in the work tree or in a branch. */
export async function liveSeries(root: string): Promise<ReadonlySet<string>> {
  const series = new Set<string>();
  for (const text of [...baselinesHere(root), ...(await committedBaselines(root, BRANCHES))]) {
    try {
      const baseline = parseBaseline(text, "");
      series.add(seriesOf(sideOfBaseline(baseline, { path: "", at: "" }, "")));
    } catch (error) {
      // No run can be compared with an unreadable baseline, so such a baseline has no active series.
      if (!(error instanceof EvalsError)) throw error;
    }
  }
  return series;
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

/** Texts of the baselines in the commits of all matching branches and tags; empty outside of a repository. */
async function committedBaselines(root: string, refs: readonly string[]): Promise<string[]> {
  const listed = await git(root, ["for-each-ref", "--format=%(objectname)%00%(*objectname)", ...refs]).catch(
    () => null,
  );
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

/**
 * Ids of the runs that a baseline names, even on lines that cannot be parsed, for instance after a merge conflict.
 */
function* runsOf(text: string): Generator<string> {
  for (const [, list = ""] of text.matchAll(/"runs":\[([^\]]*)\]/g))
    for (const [, id = ""] of list.matchAll(/"([^"]+)"/g)) yield id;
}
