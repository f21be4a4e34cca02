import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { openLiveView } from "../../operations/live-view.ts";
import { serveView } from "../../page/view-server.ts";
import type { Io } from "../io.ts";
import { keepHeapSmall } from "../small-heap.ts";

/** Options of `evals view`, as typed. */
export interface ViewOptions {
  readonly directory?: string | undefined;
  readonly port?: string | undefined;
  readonly open: boolean;
}

/** `evals view [run]`: the page, live from the history, for this machine alone, until it is stopped. */
export async function viewCommand(options: ViewOptions, run: string | undefined, io: Io): Promise<number> {
  const page = await servePage({ ...options, run, port: readPort(options.port) }, io);
  const code = await stopped(io);
  await page.close();
  return code;
}

/** What is shown, and where. */
interface ServedPage {
  readonly directory?: string | undefined;
  /** Any free one when left out. */
  readonly port?: number | undefined;
  readonly open: boolean;
  /** A word for the run at which it opens. */
  readonly run: string | undefined;
}

/** Serves the page and says where, until it is closed. */
export async function servePage(
  { directory, port = 0, open, run }: ServedPage,
  io: Io,
): Promise<{ close(): Promise<void> }> {
  keepHeapSmall();
  const view = await openLiveView(io, { directory });
  try {
    const opened = run === undefined ? null : (await view.run(run)).report.header.id;
    const server = await serveView(view, { port, token: io.randomHex(16), sleep: io.sleep });
    const url = `${server.url}${opened === null ? "" : `#/run/${opened}`}`;
    io.stdout(`Open ${url}\nRuns appear while they are under way. Ctrl-C ends.\n`);
    if (open && io.stdoutIsTerminal) io.openPage(url);
    return {
      close: async () => {
        await server.close();
        view.close();
      },
    };
  } catch (error) {
    view.close();
    throw error;
  }
}

/** Settles at the first signal. */
export function stopped(io: Io): Promise<number> {
  return new Promise((resolve) => {
    const quiet = io.onSignal((name) => {
      quiet();
      resolve(name === "SIGTERM" ? EXIT.terminated : EXIT.ok);
    });
  });
}

/** @throws {EvalsError} EVALS_OPTION_INVALID */
function readPort(written: string | undefined): number {
  const port = written === undefined ? 0 : Number(written);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && written !== "") return port;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: "--port is not a whole number from 0 to 65535.",
    why: "The page is served on a port of this machine.",
    fix: "--port 4173, or leave it out: any free port will do.",
  });
}
