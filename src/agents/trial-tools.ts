import type { Case } from "../domain/case.ts";
import { membersIn } from "../domain/found-documents.ts";
import type { Json } from "../domain/json.ts";
import type { ToolCall } from "../domain/message.ts";
import type { OfferedTool, ToolOutcome } from "../domain/tool.ts";

/** How long a call may take, and what gives it up. */
export interface CallBounds {
  /** Milliseconds. */
  readonly timeout_ms: number;
  readonly signal: AbortSignal;
}

/** The tools of one trial: a world of its own, which nobody else changes. */
export interface TrialTools {
  readonly offered: readonly OfferedTool[];
  /** Never rejects. */
  call(name: string, given: Readonly<Record<string, Json>>, bounds: CallBounds): Promise<ToolOutcome>;
  /** What the world looks like now; undefined for tools whose world cannot be seen. Nothing is called afterwards. */
  leave(): Promise<LeftWorld>;
}

export type LeftWorld =
  | { readonly kind: "left"; readonly state: Json | undefined }
  | Extract<ToolOutcome, { kind: "lost" | "begin-again" }>;

/** The trial that tools are opened for. */
export interface ToolTrial {
  readonly golden: Case;
  /** From 1. */
  readonly trial: number;
  /** What was called before the trial goes on from there; empty for one that begins. */
  readonly before: readonly ToolCall[];
  readonly signal: AbortSignal;
}

/** Where tools come from. */
export interface ToolProvider {
  /** Opens them for one trial. */
  open(trial: ToolTrial): Promise<TrialTools | Extract<ToolOutcome, { kind: "lost" }>>;
  /** Ends whatever runs. */
  close(): Promise<void>;
}

/** The message for a call that had no more time. */
export function noAnswer({ timeout_ms }: Pick<CallBounds, "timeout_ms">): string {
  return `no answer within ${Math.max(1, Math.round(timeout_ms / 100)) / 10} s`;
}

export const lost = (message: string): Extract<ToolOutcome, { kind: "lost" }> => ({ kind: "lost", message });

/** What the tools of a case start from; an empty world where it does not say. */
export function initialState({ input }: Pick<Case, "input">): Json {
  return (membersIn(input).state as Json | undefined) ?? {};
}
