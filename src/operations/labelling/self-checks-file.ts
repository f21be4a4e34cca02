import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Check } from "../../page/self-check.ts";

export interface SelfChecksFile {
  read(): Check[];
  add(check: Check): void;
  remove(check: Check): void;
}

/**
 * The file of the verdicts that raters gave a second time on the same answer. They are no labels: they show how
 * consistent a rater is, and stay on this machine. A line that a crash left incomplete is skipped.
 */
export function selfChecksFile(root: string, suite: string): SelfChecksFile {
  const place = join(root, ".evals", "labelling", `${suite}.checks.jsonl`);
  const read = (): Check[] =>
    existsSync(place) ? readFileSync(place, "utf8").split("\n").flatMap(checkOf) : [];
  const write = (checks: readonly Check[]): void => {
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(`${place}.new`, checks.map((one) => `${JSON.stringify(one)}\n`).join(""), { flush: true });
    renameSync(`${place}.new`, place);
  };
  return {
    read,
    add: (check) => write([...read(), check]),
    remove: (check) => write(read().filter((one) => JSON.stringify(one) !== JSON.stringify(check))),
  };
}

function checkOf(line: string): Check[] {
  try {
    return [JSON.parse(line) as Check];
  } catch {
    return [];
  }
}
