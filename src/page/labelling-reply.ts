import * as z from "zod";
import type { LabellingSession } from "./labelling-session.ts";
import type { ActOutcome, LabellingStep, StepResult } from "./labelling-shapes.ts";
import type { Reply } from "./local-server.ts";

const Verdict = z.enum(["pass", "fail", "unsure"]);

/** A step of the session, as the page sends it. */
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

export interface LabellingEvents {
  /** Called after each stored step. */
  readonly onStep?: () => void;
  /** Called when a label could not be stored. The page then shows the error, and keeps the label to send it again. */
  readonly onTrouble?: (error: unknown) => void;
  /** Called when the user ends the session. */
  readonly onEnd: () => void;
}

/** Answers a page's requests for one session: `/state`, `/alive`, and `/act` with a step. */
export function labellingReply(
  session: LabellingSession,
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: unknown },
  { onStep, onTrouble, onEnd }: LabellingEvents,
): Reply {
  const state = (outcome: StepResult = "done"): Reply => ({
    kind: "json",
    status: outcome === "not-asked-now" ? 409 : 200,
    value: { outcome, state: session.state() },
  });
  if (method === "GET" && path === "/state") return state();
  if (method === "GET" && path === "/alive") return { kind: "json", status: 200, value: { alive: true } };
  if (method !== "POST" || path !== "/act")
    return { kind: "json", status: 404, value: { error: "There is nothing at this address." } };
  const parsed = Step.safeParse(body);
  if (!parsed.success) return { kind: "json", status: 400, value: { error: z.prettifyError(parsed.error) } };
  if (parsed.data.act === "end") {
    onEnd();
    return state("ended");
  }
  try {
    const outcome = carryOut(session, parsed.data);
    if (outcome === "done") onStep?.();
    return state(outcome);
  } catch (error) {
    onTrouble?.(error);
    throw error;
  }
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
