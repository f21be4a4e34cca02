import { filesAt } from "../../git/tags.ts";

const FOLDER = "evals/baselines";

/** Paths of the promoted baselines in a commit, relative to the project root. */
export async function baselineFiles(root: string, commit: string): Promise<string[]> {
  const files = await filesAt(root, commit, [FOLDER]);
  return [...files.keys()].filter((path) => path.endsWith(".jsonl") && !path.endsWith(".answers.jsonl"));
}
