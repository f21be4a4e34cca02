import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { WordKind } from "../domain/word-kind.ts";
import { listRefs } from "../git/repository.ts";
import { CONFIG_FILE, type ProjectRoot } from "../project/find-project-root.ts";
import { parseYaml } from "../project/parse-yaml.ts";
import { JUDGES, listVersions, PROMPTS, type VersionedKind } from "../project/version-files.ts";
import { workTree } from "../project/work-tree.ts";
import type { Environment } from "./environment.ts";
import { locate } from "./project/open-project.ts";
import { hasStoredHistory, openStoredHistory } from "./project/stored-history.ts";
import { suiteNames } from "./project/suite-names.ts";
import { requireDirectory } from "./project/working-directory.ts";

/** Maximum number of run ids to suggest. */
const MAX_RUNS = 50;

type Sources = (place: ProjectRoot, io: Environment) => readonly string[] | Promise<readonly string[]>;

const SOURCES: Readonly<Record<WordKind, Sources>> = {
  suites: ({ root }) => suiteNames(root),
  prompts: (place) => versionNames(place, PROMPTS),
  judges: (place) => versionNames(place, JUDGES),
  models: ({ root }) => modelAliases(readFileSync(join(root, CONFIG_FILE), "utf8")),
  runs: ({ root }, io) => runIds(root, io),
  promotions: async ({ root }) =>
    (await listRefs(root, "refs/tags/evals/")).map((ref) => ref.replace("refs/tags/evals/", "")),
  sides: async (place, io) => [
    ...(await runIds(place.root, io)),
    ...versionNames(place, PROMPTS)
      .filter((name) => name.includes("@"))
      .map((name) => `prompt:${name}`),
  ],
};

/**
 * Names for a shell's completion, for instance of suites or runs. Checks no file and writes nothing. Returns no name
 * for an unknown `kind`, and when something cannot be read.
 */
export async function completionWords(
  io: Environment,
  { directory, kind }: { readonly directory?: string | undefined; readonly kind: string },
): Promise<readonly string[]> {
  if (!Object.hasOwn(SOURCES, kind)) return [];
  try {
    requireDirectory(io, directory);
    return [...new Set(await SOURCES[kind as WordKind](locate(io, directory), io))];
  } catch {
    // Completion must not report errors: the completed command reports them when it is run.
    return [];
  }
}

/** Each name alone and with each version, sorted: `triage`, `triage@1.0.0`. */
function versionNames({ root, gitRoot }: ProjectRoot, kind: VersionedKind): string[] {
  const { versions } = listVersions(workTree(root, gitRoot ?? root), kind);
  return versions.flatMap(({ name, version }) => [name, `${name}@${version}`]).sort();
}

function modelAliases(config: string): string[] {
  const { models } = (parseYaml(config, CONFIG_FILE).value ?? {}) as { readonly models?: object };
  return Object.keys(models ?? {});
}

async function runIds(root: string, io: Environment): Promise<string[]> {
  if (!hasStoredHistory(root, io)) return [];
  const store = await openStoredHistory(root, io);
  try {
    const { items } = await store.read.runs({}, { limit: MAX_RUNS });
    return ["latest", ...items.map(({ header }) => header.id)];
  } finally {
    store.close();
  }
}
