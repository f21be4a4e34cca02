import * as z from "zod";
import { labellingPage } from "./labelling-page.ts";
import type { LabellingSession } from "./labelling-session.ts";
import type { ActOutcome } from "./labelling-shapes.ts";
import { type LocalServer, type Reply, startLocalServer } from "./local-server.ts";

const Verdict = z.enum(["pass", "fail", "unsure"]);

/** What the page sends. */
const Action = z.discriminatedUnion("act", [
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
type Action = z.output<typeof Action>;

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
  const state = (outcome: ActOutcome | "ended" = "done"): Reply => ({
    kind: "json",
    status: outcome === "not-asked-now" ? 409 : 200,
    value: { told: outcome, state: session.state() },
  });
  const server = await startLocalServer(options, (method, path, body) => {
    if (method === "GET" && path === "/") return { kind: "page", ...labellingPage(options.nonce()) };
    if (method === "GET" && path === "/state") return state();
    if (method === "GET" && path === "/alive") return { kind: "json", status: 200, value: { alive: true } };
    if (method !== "POST" || path !== "/act")
      return { kind: "json", status: 404, value: { error: "There is nothing here." } };
    const parsed = Action.safeParse(body);
    if (!parsed.success)
      return { kind: "json", status: 400, value: { error: z.prettifyError(parsed.error) } };
    if (parsed.data.act === "end") {
      end();
      return state("ended");
    }
    try {
      const outcome = carryOut(session, parsed.data);
      if (outcome === "done") options.onStep();
      return state(outcome);
    } catch (error) {
      options.onTrouble(error);
      throw error;
    }
  });
  return { ...server, ended };
}

function carryOut(session: LabellingSession, action: Exclude<Action, { act: "end" }>): ActOutcome {
  switch (action.act) {
    case "label":
      return session.judge(action.id, action);
    case "skip":
      return session.skip(action.id);
    case "undo":
      return session.undo(action.done);
    case "again":
      return session.again();
    default:
      return action satisfies never;
  }
}
