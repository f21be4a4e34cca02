import { resolve } from "node:path";
import { sha256 } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import type { RunExporter, RunToExport } from "../interchange/exported.ts";
import { serverAddress } from "../interchange/server-address.ts";
import type { Environment } from "./environment.ts";
import type { ExporterEntry } from "./exporting/exporters.ts";
import { runToExport } from "./exporting/run-to-export.ts";
import { shownFrom, writeBytes, writePieces } from "./exporting/write-export.ts";
import { findRun } from "./project/find-run.ts";
import { locate } from "./project/open-project.ts";
import { openStoredHistory } from "./project/stored-history.ts";
import { storedOrMeasured } from "./report-of.ts";

export interface ExportRunInput {
  readonly directory?: string | undefined;
  /** A run id, a prefix of it, or latest. */
  readonly run: string;
  readonly format: ExporterEntry;
  /** Path of the file to write, relative to the working directory; by default in `.evals/exports/`. */
  readonly out?: string | undefined;
  /** URL of a server to which the run is sent, instead of a file. */
  readonly url?: string | undefined;
  /** Receives the text in chunks when neither `out` nor `url` is given; never used for binary formats. */
  readonly print?: ((text: string) => void) | undefined;
}

/** The result of an export. */
export interface RunExport {
  readonly run: string;
  readonly suite: string;
  readonly format: string;
  /** Number of exported trials. */
  readonly rows: number;
  /** Path of the written file, relative to the working directory; null when the run was printed or sent. */
  readonly file: string | null;
  /** The URL to which the run was sent; absent when it was not sent. */
  readonly url?: string;
  /** The URL of the other tool's page that shows the run; absent when unknown. */
  readonly page?: string;
  /** Number of requests that the server answered; absent when the run was not sent. */
  readonly requests?: number;
}

/**
 * Exports every trial of a run, to a file or to another tool's API. A repeated export has the same content and ids.
 *
 * @throws {EvalsError} for an unknown run, a file that cannot be written, a server that refuses the run, and a server
 * that stops responding when it has a part of the run
 */
export async function exportRun(io: Environment, input: ExportRunInput): Promise<RunExport> {
  const { format, out, url, directory, print } = input;
  if (out !== undefined && url !== undefined) throw twoPlaces(format.name);
  const { root } = locate(io, directory);
  const cwd = resolve(io.cwd, directory ?? ".");
  const exporter = await format.load();
  const store = await openStoredHistory(root, io);
  try {
    const stored = await findRun(store, input.run);
    const { id, suite } = stored.header;
    let rows = 0;
    const report = await storedOrMeasured(store, stored);
    const run = counting(runToExport(store, root, stored, report, io), (trials) => {
      rows = trials;
    });
    const exported = () => ({ run: id, suite, format: format.name, rows });
    if (url !== undefined) {
      const sent = await sendRun(io, { exporter, format, run, url, root });
      return { ...exported(), file: null, ...sent };
    }
    const toStdout = out === undefined && print !== undefined && format.isText;
    const file = toStdout
      ? null
      : out === undefined
        ? resolve(root, ".evals/exports", `${suite}-${id}.${format.ending}`)
        : resolve(cwd, out);
    const content = exporter.file(run);
    if (content instanceof Promise) writeBytes(file ?? "", await content);
    else if (file !== null) await writePieces(file, content);
    else for await (const piece of content) print?.(piece);
    return { ...exported(), file: file === null ? null : shownFrom(cwd, file) };
  } finally {
    store.close();
  }
}

/** Wraps a run: `counted` is called each time an exporter has iterated over all trials of the run. */
function counting(run: RunToExport, counted: (trials: number) => void): RunToExport {
  const count = <T>(items: () => AsyncIterable<T>) =>
    async function* (): AsyncGenerator<T> {
      let trials = 0;
      for await (const item of items()) {
        yield item;
        trials++;
      }
      counted(trials);
    };
  return { ...run, trials: count(run.trials), traced: count(run.traced) };
}

interface Sending {
  readonly exporter: RunExporter;
  readonly format: ExporterEntry;
  readonly run: RunToExport;
  readonly url: string;
  readonly root: string;
}

async function sendRun(
  io: Environment,
  { exporter, format, run, url, root }: Sending,
): Promise<Pick<RunExport, "page"> & { readonly url: string; readonly requests: number }> {
  const { server } = exporter;
  if (server === undefined) throw fileOnly(format.name);
  const address = serverAddress(
    url,
    "The run is sent to this address.",
    `--url ${format.server?.example ?? ""}`,
  );
  const base = server.base?.(address) ?? address;
  const [{ openReceivingServer }, { openDeliveredRequests }] = await Promise.all([
    import("./exporting/receiving-server.ts"),
    import("./exporting/delivered-requests.ts"),
  ]);
  const place = `${format.name}-${run.header.id}-${sha256(base).slice(0, 8)}.sent`;
  const delivered = openDeliveredRequests(resolve(root, ".evals/exports", place));
  if (delivered.earlier > 0)
    io.notice(
      `An earlier export was interrupted: the ${delivered.earlier} requests that it delivered are not sent again.`,
    );
  let isWhole = false;
  try {
    const open = await openReceivingServer({ format: format.name, base, keys: server.keys, delivered }, io);
    try {
      const page = await server.send(run, open);
      isWhole = true;
      return {
        url: address,
        ...(page === undefined ? {} : { page: `${base}${page}` }),
        requests: open.requests(),
      };
    } finally {
      await open.close();
    }
  } finally {
    delivered.close(isWhole);
  }
}

function twoPlaces(format: string): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_CONFLICT",
    what: "--out and --url exclude each other.",
    why: "--out writes a file, --url sends the run to a server.",
    fix: `Type one command for each: evals export ${format} --out <file>, then evals export ${format} --url <address>`,
  });
}

function fileOnly(format: string): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `The format ${format} can be written to a file, but not sent to a server.`,
    why: "No server is known that accepts this format.",
    fix: `evals export ${format} --out <file>`,
  });
}
