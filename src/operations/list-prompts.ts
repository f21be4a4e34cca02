import { isAside } from "../domain/aside-run.ts";
import { didYouMean } from "../domain/did-you-mean.ts";
import { everyItem } from "../domain/pages.ts";
import { EvalsError } from "../domain/problem.ts";
import type { LoadedSuite } from "../domain/project.ts";
import type { ListedVersion } from "../domain/prompt-versions.ts";
import { storedSummary } from "../domain/stored-summary.ts";
import type { FileSource } from "../project/file-source.ts";
import { heldBySuite, readPromptFile } from "../project/find-prompt.ts";
import { workTree } from "../project/work-tree.ts";
import type { Store } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { type KnownVersion, promptVersions } from "./project/known-versions.ts";
import { locate, openProject } from "./project/open-project.ts";
import { openStoredHistory } from "./project/stored-history.ts";

/**
 * All versions of all prompts, or of one prompt, with author, reason, uses and latest results.
 *
 * @throws {EvalsError} EVALS_PROMPT_UNKNOWN
 */
export async function listPrompts(
  io: Environment,
  { directory, name }: { readonly directory?: string | undefined; readonly name?: string | undefined },
): Promise<readonly ListedVersion[]> {
  const { root, gitRoot } = locate(io, directory);
  const files = workTree(root, gitRoot ?? root);
  const known = await promptVersions(root, files);
  const chosen = known.filter((one) => name === undefined || one.name === name);
  if (name !== undefined && chosen.length === 0) {
    const inline = heldBySuite(files, name);
    throw inline === undefined ? unknown(name, known) : new EvalsError(inline);
  }
  const suites = await suitesOf(directory, io);
  const store = await openStoredHistory(root, io);
  try {
    const measured = await measuredVersions(store, chosen);
    return chosen.map((one) => listed(one, { files, suites, measured }));
  } finally {
    store.close();
  }
}

/** The project's suites; none when a file has a mistake, because prompts must be listed even then. */
async function suitesOf(directory: string | undefined, io: Environment): Promise<readonly LoadedSuite[]> {
  try {
    return (await openProject(io, { directory })).suites;
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    io.notice(
      "Which suites use the prompts is unknown, because a file has a mistake; `evals check` reports it.",
    );
    return [];
  }
}

interface Sources {
  readonly files: FileSource;
  readonly suites: readonly LoadedSuite[];
  readonly measured: ReadonlyMap<string, ListedVersion["measured"]>;
}

function listed(
  { name, version, path, state }: KnownVersion,
  { files, suites, measured }: Sources,
): ListedVersion {
  return {
    name,
    version,
    path,
    state,
    ...(state === "removed" ? { author: null, rationale: null } : aboutOf(files, { name, version, path })),
    used_by: suites
      .filter(({ prompt }) => prompt?.version.name === name && prompt.version.version === version)
      .map((suite) => ({ suite: suite.name, as: suite.suite.prompt ?? name })),
    measured: measured.get(versionKey({ name, version })) ?? [],
  };
}

function aboutOf(files: FileSource, file: { name: string; version: string; path: string }) {
  try {
    const { author, rationale } = readPromptFile(files, file);
    return { author, rationale };
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    return { author: null, rationale: null };
  }
}

const versionKey = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  `${name}@${version}`;

/**
 * For each prompt version, the newest complete run of each suite over its whole dataset. Runs that stopped early are
 * left out, because their rates are biased.
 */
async function measuredVersions(
  store: Store,
  versions: readonly KnownVersion[],
): Promise<Map<string, ListedVersion["measured"][number][]>> {
  const found = new Map(versions.map((one) => [versionKey(one), [] as ListedVersion["measured"][number][]]));
  const seen = new Set<string>();
  for await (const run of everyItem((page) => store.read.runs({ status: ["complete"] }, page))) {
    const { id, prompt, suite, alias, started_at, narrowing } = run.header;
    const measured = prompt === null ? undefined : found.get(versionKey(prompt));
    if (prompt === null || measured === undefined || narrowing !== null || isAside(run)) continue;
    const key = JSON.stringify([versionKey(prompt), suite, run.header.one_of_several ? alias : ""]);
    if (seen.has(key)) continue;
    const whole = await store.read.run(run.no);
    const rate = whole && storedSummary(whole).metrics?.pass_rate;
    if (rate === undefined) continue;
    seen.add(key);
    measured.push({ suite, alias, run: id, started_at, pass_rate: rate });
  }
  return found;
}

function unknown(name: string, known: readonly KnownVersion[]): EvalsError {
  const names = [...new Set(known.map((one) => one.name))];
  return new EvalsError({
    code: "EVALS_PROMPT_UNKNOWN",
    what: `Unknown prompt "${name}".${didYouMean(name, names)}`,
    why: "A prompt is found by the name of its folder in prompts/.",
    fix: names.length === 0 ? `Write prompts/${name}/1.0.0.md.` : `One of: ${names.join(", ")}`,
  });
}
