import { EvalsError } from "../domain/problem.ts";
import type { AddressFile } from "../operations/labelling/labelling-address.ts";
import { type LabellingServer, serveLabelling } from "../page/labelling-server.ts";
import type { LabellingSession } from "../page/labelling-session.ts";
import { plainLine } from "../reports/plain-text.ts";
import { EXIT } from "./exit-code.ts";
import type { Io } from "./io.ts";

export interface LabellingPlace {
  readonly io: Io;
  readonly address: AddressFile;
  /** 0: any that is free. */
  readonly port: number;
  readonly open: boolean;
}

/** Milliseconds in which the last label can be taken back before the program ends by itself. */
const LINGER = 30_000;

/**
 * Serves the page until the person ends it, everything is judged, or a signal comes.
 * @returns the exit code
 */
export async function runLabelling(session: LabellingSession, place: LabellingPlace): Promise<number> {
  const { io, address } = place;
  const stop = new AbortController();
  let code: number = EXIT.ok;
  const lingering = lingerAfterLast(session, io, stop);
  const quiet = io.onSignal((name) => {
    if (name === "SIGTERM") code = EXIT.terminated;
    stop.abort();
  });
  try {
    const server = await serve(session, place, lingering);
    address.write({ port: server.port, token: tokenOf(server) });
    io.stdout(`Open ${server.url}\n`);
    if (place.open && io.stdoutIsTerminal) io.openPage(server.url);
    await Promise.race([server.ended, aborted(stop.signal)]);
    await server.close();
    // Who stopped with answers left comes back, and the page that is open then goes on.
    if (session.left === 0) address.remove();
    return code;
  } finally {
    quiet();
  }
}

/** Ends the program some time after the last answer was judged, unless the person goes back. */
function lingerAfterLast(session: LabellingSession, io: Io, stop: AbortController): () => void {
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

/** On the port and with the token of the session before, when that one broke off. */
async function serve(
  session: LabellingSession,
  { io, address, port }: LabellingPlace,
  onStep: () => void,
): Promise<LabellingServer> {
  const before = address.read();
  const options = {
    token: before?.token ?? io.randomHex(16),
    nonce: () => io.randomHex(16),
    onStep,
    onTrouble: (error: unknown) => io.stderr(`${troubleText(error)}\n`),
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
  const said = error instanceof Error ? error.message : String(error);
  return `A label could not be written; the page keeps it and sends it again. ${plainLine(said)}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
