import { resolve } from "node:path";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { commitNames } from "../../git/find-commit.ts";
import { didYouMeanFile } from "../../project/near-file.ts";
import { listVersions, PROMPTS } from "../../project/version-files.ts";
import { workTree } from "../../project/work-tree.ts";
import { runWords } from "../project/find-run.ts";
import type { SideContext } from "./outputs-side.ts";
import { PREFIXES, type Prefix } from "./side-meaning.ts";

/**
 * ` Did you mean "main"?` for a word that names no side; empty text when no name is similar.
 *
 * @param prefix the kind of side that the word must be; null for any kind
 */
export async function didYouMeanSide(
  word: string,
  prefix: Prefix | null,
  { store, root, io, directory }: SideContext,
): Promise<string> {
  const names: Readonly<
    Record<Exclude<Prefix, "file">, () => Promise<readonly string[]> | readonly string[]>
  > = {
    run: () => runWords(store),
    prompt: () => promptWords(root),
    ref: () => commitNames(root, word),
  };
  const file = (): string => didYouMeanFile(resolve(io.cwd, directory ?? ".", word), word);
  if (prefix !== null) return prefix === "file" ? file() : didYouMean(word, await names[prefix]());
  const [, rest] = /^\w+:(.+)$/s.exec(word) ?? [];
  const prefixed = rest === undefined ? [] : PREFIXES.map((one) => `${one}:${rest}`);
  const all = await Promise.all([names.run(), names.prompt(), names.ref()]);
  return didYouMean(word, [...all.flat(), ...prefixed]) || file();
}

/** Each prompt alone and with each of its versions. */
function promptWords(root: string): string[] {
  return listVersions(workTree(root), PROMPTS).versions.flatMap(({ name, version }) => [
    name,
    `${name}@${version}`,
  ]);
}
