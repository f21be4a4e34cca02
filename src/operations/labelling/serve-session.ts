import { EvalsError } from "../../domain/problem.ts";
import { type LabellingServer, serveLabelling } from "../../page/labelling-server.ts";
import type { LabellingSession } from "../../page/labelling-session.ts";
import { plainLine } from "../../reports/plain-text.ts";
import type { Environment } from "../environment.ts";
import type { AddressFile } from "./labelling-address.ts";

export interface ServedSession {
  readonly io: Environment;
  readonly address: AddressFile;
  /** 0 for any free port. */
  readonly port: number;
  /** Ends the session when aborted. The session aborts it itself when nothing is left to label. */
  readonly stop: AbortController;
  /** Called with the page's address once it is served. */
  readonly onAddress: (url: string) => void;
}

/** How long the session goes on after the last label, so that this label can be undone, in milliseconds. */
const LINGER = 30_000;

/**
 * Serves the labelling page until the user ends the session, everything is labelled, or `stop` is aborted.
 *
 * @throws {EvalsError} EVALS_PORT_IN_USE
 */
export async function serveSession(session: LabellingSession, place: ServedSession): Promise<void> {
  const { io, address, stop } = place;
  const server = await serve(session, place, lingerAfterLast(session, io, stop));
  address.write({ port: server.port, token: tokenOf(server) });
  place.onAddress(server.url);
  await Promise.race([server.ended, aborted(stop.signal)]);
  await server.close();
  // If answers are left, the address is kept: the next session uses it again, so that an open page can continue.
  if (session.left === 0) address.remove();
}

/** Ends the session `LINGER` milliseconds after the last answer, unless the user goes back to an answer. */
function lingerAfterLast(session: LabellingSession, io: Environment, stop: AbortController): () => void {
  let waiting = new AbortController();
  return () => {
    waiting.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    if (session.left > 0 || session.state().skipped > 0) return;
    io.sleep(LINGER, AbortSignal.any([signal, stop.signal])).then(
      () => {
        if (!signal.aborted) stop.abort();
      },
      () => {},
    );
  };
}

/** Serves the page under the port and token of the previous session if that session left answers. */
async function serve(
  session: LabellingSession,
  { io, address, port }: ServedSession,
  onStep: () => void,
): Promise<LabellingServer> {
  const before = address.read();
  const options = {
    token: before?.token ?? io.randomHex(16),
    onStep,
    onTrouble: (error: unknown) => io.notice(troubleText(error)),
  };
  if (port !== 0 || before === null) return serveLabelling(session, { ...options, port });
  try {
    return await serveLabelling(session, { ...options, port: before.port });
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    return serveLabelling(session, { ...options, port: 0 });
  }
}

const tokenOf = ({ url }: LabellingServer): string => new URL(url).pathname.replaceAll("/", "");

function troubleText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `A label could not be written; the page keeps it and sends it again. ${plainLine(message)}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
