import * as z from "zod";
import { canonicalJson, type Json } from "../domain/json.ts";
import type { ToolCall } from "../domain/message.ts";
import type { OfferedTool } from "../domain/tool.ts";
import { argumentsIn } from "./run-tools.ts";

/** A tool description in a recording. */
export const RecordedTool = z.strictObject({
  tool: z.string().min(1),
  description: z.string(),
  parameters: z.json(),
  reads: z.boolean(),
});

const found = {
  case: z.string(),
  tool: z.string().min(1),
  arguments: z.json(),
  /** The number of this call, from 1, among the trial's calls of the same tool with the same arguments. */
  occurrence: z.int().min(1),
};

/** A recorded tool call with its result. */
export const RecordedCall = z.union([
  z.strictObject({ ...found, result: z.json() }),
  z.strictObject({ ...found, error: z.string() }),
]);
export type RecordedCall = {
  readonly case: string;
  readonly tool: string;
  readonly arguments: Json;
  readonly occurrence: number;
} & ({ readonly result: Json } | { readonly error: string });

/** The key of a recorded call. */
export function callKey({
  case: id,
  tool,
  arguments: given,
  occurrence,
}: Pick<RecordedCall, "case" | "tool" | "arguments" | "occurrence">): string {
  return canonicalJson([id, tool, given as Json, occurrence]);
}

/** Numbers the equal calls of a trial: the first call of a tool with some arguments is 1, its next equal call 2. */
export class Occurrences {
  readonly #seen = new Map<string, number>();

  next(tool: string, given: Json): number {
    const key = canonicalJson([tool, given]);
    const count = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, count);
    return count;
  }
}

/** A trial whose tool calls are recorded. */
export interface RecordedTrial {
  readonly case_id: string;
  readonly calls: readonly ToolCall[];
  /**
   * The step in which the trial ran out of time. Failed calls of this step are not recorded, because the tool may
   * never have answered them.
   */
  readonly cutStep?: number | undefined;
}

/**
 * Collects the lines of a recording: tool descriptions, then answers. If two trials of a run got different answers to
 * the same call, the first answer counts.
 */
export class ToolRecording {
  readonly #tools = new Map<string, string>();
  readonly #calls = new Map<string, string>();

  /** Adds the lines of an earlier recording; invalid lines are skipped. */
  takeLines(text: string): void {
    for (const line of text.split("\n")) {
      const tool = readLine(RecordedTool, line);
      if (tool !== undefined) this.#tools.set(tool.tool, line.trim());
      const call = readLine(RecordedCall, line);
      if (call !== undefined) this.#calls.set(callKey(call), line.trim());
    }
  }

  /** Adds the calls of a run. Its answers replace earlier recorded ones. @returns number of different calls */
  async takeRun(offered: readonly OfferedTool[], trials: AsyncIterable<RecordedTrial>): Promise<number> {
    for (const { name, description, parameters, reads } of offered)
      this.#tools.set(name, JSON.stringify({ tool: name, description, parameters, reads }));
    const names = new Set(offered.map((one) => one.name));
    const own = new Map<string, string>();
    for await (const trial of trials) {
      for (const call of callsOf(trial, names)) {
        const key = callKey(call);
        if (!own.has(key)) own.set(key, JSON.stringify(call));
      }
    }
    for (const [key, line] of own) this.#calls.set(key, line);
    return own.size;
  }

  /** The file's text. Its lines are sorted, so that recordings merge well in git and diffs stay short. */
  get text(): string {
    const lines = [...sorted(this.#tools), ...sorted(this.#calls)];
    return lines.map((line) => `${line}\n`).join("");
  }
}

function* callsOf(
  { case_id, calls, cutStep }: RecordedTrial,
  names: ReadonlySet<string>,
): Generator<RecordedCall> {
  const occurrences = new Occurrences();
  for (const { name, arguments: given, result, error, step } of calls) {
    const sent = argumentsIn(given);
    // A call of an unknown tool, or with invalid arguments, reached no tool: the agent loop itself answered the call.
    if (!names.has(name) || sent === undefined) continue;
    const occurrence = occurrences.next(name, sent);
    const failed = error !== undefined && error !== null;
    if (failed && step !== undefined && step === cutStep) continue;
    const key = { case: case_id, tool: name, arguments: sent, occurrence };
    yield failed ? { ...key, error } : { ...key, result: result ?? null };
  }
}

function sorted(lines: ReadonlyMap<string, string>): string[] {
  return [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}

function readLine<T>(schema: z.ZodType<T>, line: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
