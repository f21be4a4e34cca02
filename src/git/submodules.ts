import type { TreeFile } from "./change-journal.ts";
import { git } from "./git-process.ts";

/** Updates submodules to the commits that a change recorded, as far as these are available. */
export async function updateSubmodules(
  root: string,
  files: ReadonlyMap<string, TreeFile | null>,
): Promise<void> {
  const paths = [...files].flatMap(([path, file]) => (file?.mode === "160000" ? [path] : []));
  if (paths.length > 0) await git(root, ["submodule", "--quiet", "update", "--init", "--", ...paths]);
}
