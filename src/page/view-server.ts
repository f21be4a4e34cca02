import { type LocalServer, type Reply, startLocalServer } from "./local-server.ts";
import { type PageAssets, readPageAssets } from "./page-assets.ts";
import type { HomeDocument, PageStart } from "./page-documents.ts";
import { dataElement, pageHtml, pagePolicy } from "./page-html.ts";
import { pageJson, scriptJson } from "./page-text.ts";
import { type ViewedHistory, viewAnswers, type Watch } from "./view-answers.ts";

declare const EVALS_VERSION: string;

/** Number of newest runs that are sent within the page; reading more runs would delay its first rendering. */
const FIRST_RUNS = 50;
/** Milliseconds between two polls of the store while a page is open. */
const LOOK = 1_000;

export interface ViewServerOptions {
  /** The port to listen on; 0 for any free port. */
  readonly port: number;
  readonly token: string;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Serves the page to this machine, with live data from the store. @throws {EvalsError} EVALS_PORT_IN_USE,
 * EVALS_PORT_REFUSED
 */
export async function serveView(history: ViewedHistory, options: ViewServerOptions): Promise<LocalServer> {
  const watchers = watching(history, options.sleep);
  const assets = readPageAssets();
  const page = async (): Promise<Reply> => livePage("live", assets, await history.home(FIRST_RUNS));
  const server = await startLocalServer(options, viewAnswers(history, page, watchers.watch));
  return {
    ...server,
    close: async () => {
      watchers.end();
      await server.close();
    },
  };
}

/** A page that requests its data from the program that serves it. @param home the runs that the first rendering lists */
export function livePage(
  mode: "live" | "labels",
  assets: PageAssets = readPageAssets(),
  home: HomeDocument | null = null,
): Reply & { kind: "page" } {
  const start: PageStart = { mode, version: EVALS_VERSION, runs: [], matrices: [] };
  const first = home === null ? [] : [dataElement("home", scriptJson(home))];
  const html = pageHtml(assets, { title: "evals", plain: "evals", start, first, rest: [] });
  return { kind: "page", html, policy: `${pagePolicy(assets, true)}; frame-ancestors 'none'` };
}

/** Polls the store while a page is open, and sends changes to all open pages. */
function watching(history: ViewedHistory, sleep: ViewServerOptions["sleep"]) {
  const pages = new Set<(name: string, json: string) => void>();
  let stop: AbortController | null = null;
  const look = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const moved = await history.changes().catch(() => []);
      if (moved.length > 0) for (const send of pages) send("runs", pageJson(moved));
      await sleep(LOOK, signal).catch(() => {});
    }
  };
  const watch: Watch = (send) => {
    pages.add(send);
    if (stop === null) {
      stop = new AbortController();
      void look(stop.signal);
    }
    return () => {
      pages.delete(send);
      if (pages.size > 0) return;
      stop?.abort();
      stop = null;
    };
  };
  return { watch, end: () => stop?.abort() };
}
