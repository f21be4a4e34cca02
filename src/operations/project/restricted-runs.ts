import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRestricted } from "../../domain/classification.ts";
import { EvalConfig } from "../../domain/config.ts";
import type { RunHeader } from "../../domain/run.ts";
import { CONFIG_FILE } from "../../project/find-project-root.ts";
import { parseYaml } from "../../project/parse-yaml.ts";

/** Whether a run's texts must stay in the store, because its dataset was restricted during the run, or is now. */
export function restrictedRuns(root: string): (header: Pick<RunHeader, "restricted" | "parts">) => boolean {
  let datasets: EvalConfig["datasets"] | null = null;
  return ({ restricted, parts }) => {
    if (restricted === true) return true;
    datasets ??= restrictedNow(root);
    return parts !== undefined && isRestricted(datasets, parts.dataset);
  };
}

/** The config's `datasets`. Empty when the config cannot be read; then only what the run recorded counts. */
function restrictedNow(root: string): NonNullable<EvalConfig["datasets"]> {
  let text: string;
  try {
    text = readFileSync(join(root, CONFIG_FILE), "utf8");
  } catch {
    return {};
  }
  if (!text.includes("restricted")) return {};
  const { value } = parseYaml(text, CONFIG_FILE);
  const { datasets } = (value ?? {}) as { readonly datasets?: unknown };
  const read = EvalConfig.shape.datasets.safeParse(datasets);
  return read.success ? (read.data ?? {}) : {};
}
