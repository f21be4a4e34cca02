import { hashFiles } from "../../git/hash-files.ts";
import { publishedFiles } from "../../git/published-files.ts";
import type { FileSource } from "../../project/file-source.ts";
import { versionOfPath } from "../../project/prompt-versions.ts";
import { newestFirst } from "../../project/version-change.ts";
import { listVersions, PROMPTS } from "../../project/version-files.ts";

/** A version of a prompt, in the work tree or in published history. */
export interface KnownVersion {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  /**
   * `draft`: never published. `edited`: published, but the file has another text now. `removed`: published, but no
   * longer in the work tree.
   */
  readonly state: "draft" | "published" | "edited" | "removed";
}

/** All versions of all prompts (or of one), newest first within a name. */
export async function promptVersions(
  root: string,
  files: FileSource,
  only: string | null = null,
): Promise<KnownVersion[]> {
  const published = await publishedFiles(root, ["prompts"]);
  const here = listVersions(files, PROMPTS).versions;
  const now = await hashFiles(
    root,
    here.map(({ path }) => path).filter((path) => published.has(path)),
  );
  const known = here.map(({ name, version, path }): KnownVersion => {
    const texts = published.get(path);
    const state = texts === undefined ? "draft" : texts.has(now.get(path) ?? "") ? "published" : "edited";
    return { name, version, path, state };
  });
  const present = new Set(here.map(({ path }) => path));
  const removed = [...published.keys()].flatMap((path): KnownVersion[] => {
    const one = present.has(path) ? null : versionOfPath(path);
    return one === null ? [] : [{ ...one, path, state: "removed" }];
  });
  return newestFirst([...known, ...removed].filter(({ name }) => only === null || name === only));
}
