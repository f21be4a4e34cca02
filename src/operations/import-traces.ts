import { resolve } from "node:path";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { Redaction } from "../domain/redaction.ts";
import { parseSince } from "../domain/traffic-filter.ts";
import { tracePages } from "../interchange/trace-pages.ts";
import { loadConfig } from "../project/load-config.ts";
import { redactionOf } from "../project/load-project.ts";
import { workTree } from "../project/work-tree.ts";
import { providers } from "../providers/registry.ts";
import type { Environment } from "./environment.ts";
import { askServer } from "./importing/ask-server.ts";
import { sourceFiles } from "./importing/source-files.ts";
import { locate } from "./project/open-project.ts";
import { openStoredHistory } from "./project/stored-history.ts";
import { traceFile } from "./traffic/trace-sources.ts";
import { type Intake, trafficIntake } from "./traffic/traffic-intake.ts";

export interface ImportTracesInput {
  readonly directory?: string | undefined;
  /** Files and glob patterns, relative to the working directory, and URLs. */
  readonly sources: readonly string[];
  /** An age (`7d`) or a day. From a URL, only traces that started since then are read; files are read completely. */
  readonly since?: string | undefined;
  /** Whether to only report what would be imported, and store nothing. */
  readonly dryRun: boolean;
}

export interface ImportedTraces extends Intake {
  /** Whether the project redacts texts. */
  readonly redacted: boolean;
  /** Why nothing was imported; empty when something was imported. */
  readonly problems: readonly Problem[];
}

/**
 * Imports production traces into the store, from files or servers and in any known convention. Importing the same
 * trace again changes nothing.
 *
 * @throws {EvalsError} for a file that is missing or unreadable
 */
export async function importTraces(
  io: Environment,
  { directory, sources, since, dryRun }: ImportTracesInput,
): Promise<ImportedTraces> {
  const { root, redaction } = await trafficProject(io, directory);
  const cwd = resolve(io.cwd, directory ?? ".");
  const files = sourceFiles(cwd, root);
  const from =
    since === undefined ? undefined : new Date(parseSince(since, io.date().getTime())).toISOString();
  const paths = sources.flatMap((source) =>
    !isAddress(source) && /[*?{[]/.test(source) && files.kind(source) === undefined
      ? files.glob(source)
      : [source],
  );
  const named = paths.filter((path) => !isAddress(path));
  refuseMissing(
    named,
    sources.filter((one) => !isAddress(one)),
    files.kind,
  );
  const store = await openStoredHistory(root, io);
  try {
    const intake = await trafficIntake(store.traffic, redaction, { dryRun });
    for (const path of paths)
      for await (const item of isAddress(path)
        ? tracePages(path, { ask: askServer(io), env: io.env, since: from })
        : traceFile(files, path, cwd))
        await intake.add(item);
    const taken = await intake.end();
    const problems = taken.traces + taken.duplicates === 0 ? [nothingTaken(paths)] : [];
    return { ...taken, redacted: redaction !== undefined, problems };
  } finally {
    store.close();
  }
}

export interface ReceivedTraces {
  readonly port: number;
  /** Stops receiving, and returns what was imported. */
  close(): Promise<ImportedTraces>;
}

/**
 * Receives traces from exporters on this machine until it is closed.
 *
 * @param port 0 for any free port
 * @throws {EvalsError} EVALS_PORT_IN_USE
 */
export async function listenForTraces(
  io: Environment,
  { directory, port }: { readonly directory?: string | undefined; readonly port: number },
): Promise<ReceivedTraces> {
  const { root, redaction } = await trafficProject(io, directory);
  const store = await openStoredHistory(root, io);
  try {
    const intake = await trafficIntake(store.traffic, redaction);
    const { receiveTraces } = await import("./traffic/trace-receiver.ts");
    const receiver = await receiveTraces(port, intake);
    return {
      port: receiver.port,
      close: async () => {
        await receiver.close();
        const taken = await intake.end();
        store.close();
        return { ...taken, redacted: redaction !== undefined, problems: [] };
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** The parts of a project that traffic needs. Mistakes in other parts, such as a suite, do not matter. */
export async function trafficProject(
  io: Environment,
  directory: string | undefined,
): Promise<{ readonly root: string; readonly redaction: Redaction | undefined }> {
  const { root, gitRoot } = locate(io, directory);
  const loaded = await loadConfig(workTree(root, gitRoot ?? root), providers);
  if (loaded.config === undefined) throw new EvalsError(loaded.problems);
  return { root, redaction: await redactionOf(loaded) };
}

const isAddress = (source: string): boolean => /^https?:\/\//i.test(source) && URL.canParse(source);

/** Refuses paths that are no files. All of them are reported together. */
function refuseMissing(
  paths: readonly string[],
  sources: readonly string[],
  kind: (path: string) => "file" | "folder" | undefined,
): void {
  const missing = paths.length === 0 ? sources : paths.filter((path) => kind(path) !== "file");
  if (missing.length === 0) return;
  throw new EvalsError(
    missing.map((path) => ({
      code: "EVALS_IMPORT_NO_FILE",
      path,
      what: kind(path) === "folder" ? "This is a folder." : "There is no such file.",
      why: "Traces are read from files, or received with --listen.",
      fix:
        kind(path) === "folder"
          ? `evals import traces '${path}/*.jsonl'`
          : "Write the path of the file relative to the working directory.",
    })),
  );
}

function nothingTaken(paths: readonly string[]): Problem {
  return {
    code: "EVALS_IMPORT_NOTHING",
    path: paths[0],
    what: "No trace in this source could be imported.",
    why: "A trace needs at least one call of a model, a tool or an agent in a known convention; the list of what was left out gives the reasons.",
    fix: "`evals import traces --help` lists the formats that can be read.",
  };
}
