import type { Case } from "../domain/case.ts";
import { membersIn } from "../domain/found-documents.ts";
import type { Json } from "../domain/json.ts";
import type { ToolCall } from "../domain/message.ts";
import type { OfferedTool, ToolOutcome } from "../domain/tool.ts";

/** Time limit of a call, and the signal that aborts it. */
export interface CallBounds {
  /** Milliseconds. */
  readonly timeout_ms: number;
  readonly signal: AbortSignal;
}

/** The tools of one trial. No other trial changes their state. */
export interface TrialTools {
  readonly offered: readonly OfferedTool[];
  /** Never rejects. */
  call(name: string, given: Readonly<Record<string, Json>>, bounds: CallBounds): Promise<ToolOutcome>;
  /** Closes the tools and reads their final state, undefined when it cannot be read. No call may follow. */
  leave(): Promise<LeftWorld>;
}

/** How the tools of a trial ended: with their final state, or without one because their server or thread was lost. */
export type LeftWorld =
  | { readonly kind: "left"; readonly state: Json | undefined }
  | Extract<ToolOutcome, { kind: "lost" | "begin-again" }>;

/** The trial that tools are opened for. */
export interface ToolTrial {
  readonly golden: Case;
  /** From 1. */
  readonly trial: number;
  /** The calls of the earlier trial whose conversation this trial continues; empty when it continues none. */
  readonly before: readonly ToolCall[];
  /** Names of the tools that the case's scorers mention; each must exist. Undefined when this was checked before. */
  readonly named?: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/** Where tools come from. */
export interface ToolProvider {
  /** Opens the tools for one trial. */
  open(trial: ToolTrial): Promise<TrialTools | Extract<ToolOutcome, { kind: "lost" }>>;
  /** Stops all processes and connections. */
  close(): Promise<void>;
}

/** The message for a call that timed out. */
export function noAnswer({ timeout_ms }: Pick<CallBounds, "timeout_ms">): string {
  return `no answer within ${Math.max(1, Math.round(timeout_ms / 100)) / 10} s`;
}

export const lost = (message: string): Extract<ToolOutcome, { kind: "lost" }> => ({ kind: "lost", message });

/** The initial state of a case's tools; empty when the case has none. */
export function initialState({ input }: Pick<Case, "input">): Json {
  return (membersIn(input).state as Json | undefined) ?? {};
}
