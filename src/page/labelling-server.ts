import * as z from "zod";
import { labellingPage } from "./labelling-page.ts";
import type { LabellingSession } from "./labelling-session.ts";
import type { Told } from "./labelling-shapes.ts";
import { type LocalServer, type Reply, startLocalServer } from "./local-server.ts";

const Verdict = z.enum(["pass", "fail", "unsure"]);

/** What the page sends. */
const Said = z.discriminatedUnion("act", [
  z.strictObject({
    act: z.literal("label"),
    id: z.string(),
    verdict: Verdict,
    criteria: z.record(z.string(), Verdict).optional(),
    comment: z.string().optional(),
  }),
  z.strictObject({ act: z.literal("skip"), id: z.string() }),
  z.strictObject({ act: z.literal("undo"), done: z.int().min(0) }),
  z.strictObject({ act: z.literal("again") }),
  z.strictObject({ act: z.literal("end") }),
]);
type Said = z.output<typeof Said>;

export interface LabellingServer extends LocalServer {
  /** Settles when the person says that they are done. */
  readonly ended: Promise<void>;
}

export interface LabellingServerOptions {
  readonly port: number;
  readonly token: string;
  /** Base64, fresh for each page. */
  readonly nonce: () => string;
  /** Called after each step that was kept. */
  readonly onStep: () => void;
  /** A label could not be kept; the page has told so and keeps it. */
  readonly onTrouble: (error: unknown) => void;
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
  const state = (told: Told | "ended" = "done"): Reply => ({
    kind: "json",
    status: told === "not-asked-now" ? 409 : 200,
    value: { told, state: session.state() },
  });
  const server = await startLocalServer(options, (method, path, body) => {
    if (method === "GET" && path === "/") return { kind: "page", ...labellingPage(options.nonce()) };
    if (method === "GET" && path === "/state") return state();
    if (method === "GET" && path === "/alive") return { kind: "json", status: 200, value: { alive: true } };
    if (method !== "POST" || path !== "/act")
      return { kind: "json", status: 404, value: { error: "There is nothing here." } };
    const said = Said.safeParse(body);
    if (!said.success) return { kind: "json", status: 400, value: { error: z.prettifyError(said.error) } };
    if (said.data.act === "end") {
      end();
      return state("ended");
    }
    try {
      const told = carryOut(session, said.data);
      if (told === "done") options.onStep();
      return state(told);
    } catch (error) {
      options.onTrouble(error);
      throw error;
    }
  });
  return { ...server, ended };
}

function carryOut(session: LabellingSession, said: Exclude<Said, { act: "end" }>): Told {
  switch (said.act) {
    case "label":
      return session.judge(said.id, said);
    case "skip":
      return session.skip(said.id);
    case "undo":
      return session.undo(said.done);
    case "again":
      return session.again();
    default:
      return said satisfies never;
  }
}
