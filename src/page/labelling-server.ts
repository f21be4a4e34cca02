import * as z from "zod";
import type { LabellingSession } from "./labelling-session.ts";
import type { ActOutcome, LabellingStep, StepResult } from "./labelling-shapes.ts";
import { type LocalServer, type Reply, startLocalServer } from "./local-server.ts";
import { livePage } from "./view-server.ts";

const Verdict = z.enum(["pass", "fail", "unsure"]);

/** What the page sends. */
const Step = z.discriminatedUnion("act", [
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
export interface LabellingServer extends LocalServer {
  /** Resolves when the user ends the session. */
  readonly ended: Promise<void>;
}

export interface LabellingServerOptions {
  readonly port: number;
  readonly token: string;
  /** Called after each stored step. */
  readonly onStep: () => void;
  /** Called when a label could not be stored; the page reports this and keeps it. */
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
  const state = (outcome: StepResult = "done"): Reply => ({
    kind: "json",
    status: outcome === "not-asked-now" ? 409 : 200,
    value: { outcome, state: session.state() },
  });
  const page = livePage("labels");
  const server = await startLocalServer(options, (method, path, body) => {
    if (method === "GET" && path === "/") return page;
    if (method === "GET" && path === "/state") return state();
    if (method === "GET" && path === "/alive") return { kind: "json", status: 200, value: { alive: true } };
    if (method !== "POST" || path !== "/act")
      return { kind: "json", status: 404, value: { error: "There is nothing here." } };
    const parsed = Step.safeParse(body);
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

function carryOut(session: LabellingSession, step: Exclude<LabellingStep, { act: "end" }>): ActOutcome {
  switch (step.act) {
    case "label":
      return session.judge(step.id, step);
    case "skip":
      return session.skip(step.id);
    case "undo":
      return session.undo(step.done);
    case "again":
      return session.again();
    default:
      return step satisfies never;
  }
}
