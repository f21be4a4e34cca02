import { readdirSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { didYouMean, nearest } from "../domain/did-you-mean.ts";

/**
 * ` Did you mean "data/answers.jsonl"?` for a file that does not exist, when a file beside it has a similar name; else
 * empty text.
 *
 * @param path as the user named it, for the message
 */
export function didYouMeanFile(place: string, path: string): string {
  const name = basename(place);
  const near = filesIn(dirname(place)).filter((one) => nearest(stem(name), [stem(one)]) !== undefined);
  const inFolder = (one: string): string => join(dirname(path), one);
  return didYouMean(inFolder(name), near.filter((one) => nearest(name, [one]) !== undefined).map(inFolder));
}

const stem = (name: string): string => basename(name, extname(name));

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
