import { type LabellingEvents, labellingReply } from "./labelling-reply.ts";
import type { LabellingSession } from "./labelling-session.ts";
import { type LocalServer, startLocalServer } from "./local-server.ts";
import { livePage } from "./view-server.ts";

export interface LabellingServer extends LocalServer {
  /** Resolves when the user ends the session. */
  readonly ended: Promise<void>;
}

export interface LabellingServerOptions extends Required<Omit<LabellingEvents, "onEnd">> {
  readonly port: number;
  readonly token: string;
}

/** Serves the labelling page for one session. @throws {EvalsError} EVALS_PORT_IN_USE */
export async function serveLabelling(
  session: LabellingSession,
  options: LabellingServerOptions,
): Promise<LabellingServer> {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const page = livePage("labels");
  const server = await startLocalServer(options, (method, path, body) => {
    if (method === "GET" && path === "/") return page;
    return labellingReply(session, { method, path, body }, { ...options, onEnd: () => end() });
  });
  return { ...server, ended };
}
