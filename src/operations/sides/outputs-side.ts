import { isAbsolute, relative, resolve } from "node:path";
import { EvalsError } from "../../domain/problem.ts";
import { scoredFileAlias } from "../../domain/scored-file.ts";
import { providers } from "../../providers/registry.ts";
import { executeRun } from "../../run/execute-run.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { openProject } from "../project/open-project.ts";
import { closeRuns, prepareRuns } from "../running/prepare-runs.ts";

/** What is needed to find the side of a comparison that a word means. */
export interface SideContext {
  readonly store: Store;
  readonly root: string;
  readonly io: Environment;
  readonly directory: string | undefined;
}

/**
 * Makes a side of a file of outputs: scores the outputs with the suite's current scorers, and stores them as a run.
 */
export async function runOutputsFile(
  path: string,
  suite: string,
  { store, io, root, directory }: SideContext,
): Promise<StoredRun> {
  const project = await openProject(io, { directory, suites: [suite] });
  const provider = await providers.load("outputs");
  if (provider === undefined) throw new Error("the outputs provider is not registered");
  const file = relative(root, resolve(io.cwd, directory ?? ".", path));
  const entry = { provider: "outputs", file: isAbsolute(file) ? path : file };
  const model = { alias: scoredFileAlias(file), entry, provider, settings: provider.settings.parse(entry) };
  const prepared = await prepareRuns(project, project.suites, { narrowing: null, judges: "ask" }, () => [
    model,
  ]);
  const [one] = prepared;
  if (one === undefined) throw noSuite(suite);
  try {
    const ran = await executeRun(
      one.plan,
      { concurrency: one.concurrency, budget: project.budget, useCache: false, resume: null, early: null },
      {
        store,
        wrap: (client) => client,
        judging: { sleep: io.sleep, random: io.random, now: io.now },
        control: { stopping: () => false, signal: new AbortController().signal },
        onStart: () => {},
        onTrial: () => {},
        now: io.now,
        today: () => io.date().toISOString(),
        newId: () => io.randomHex(4),
        commit: null,
        branch: null,
        dirty: null,
      },
    );
    ran.writer.end(ran.status, null, io.date().toISOString());
    const stored = await store.read.run(ran.writer.no);
    if (stored === undefined) throw new Error("a run that was just stored is not in the store");
    return stored;
  } finally {
    await closeRuns(prepared);
  }
}

function noSuite(suite: string): EvalsError {
  return new EvalsError({
    code: "EVALS_SUITE_UNKNOWN",
    what: `There is no suite "${suite}" in this project.`,
    why: "The outputs in the file are scored with the scorers of this suite.",
    fix: `Restore evals/${suite}.yaml`,
  });
}
