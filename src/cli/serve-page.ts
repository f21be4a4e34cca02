import { openLiveView } from "../operations/live-view.ts";
import { serveView } from "../page/view-server.ts";
import type { Io } from "./io.ts";
import { keepHeapSmall } from "./v8-flags.ts";

/** What the page shows first, and where it is served. */
interface ServedPage {
  readonly directory?: string | undefined;
  /** The port; default: any free port. */
  readonly port?: number | undefined;
  readonly open: boolean;
  /** The run that the page shows first; undefined when the page shows the list of runs first. */
  readonly run: string | undefined;
}

/** Prints the address of the page, and serves the page until the returned server is closed. */
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
    io.stdout(`Open ${url}\nNew runs appear while they are under way. Ctrl-C stops.\n`);
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
