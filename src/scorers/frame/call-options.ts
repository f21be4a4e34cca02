import * as z from "zod";
import { ARGUMENT_MODES, type ArgumentMode, CALL_ORDERS, type WantedCall } from "../../domain/align-calls.ts";
import { membersIn } from "../../domain/found-documents.ts";
import type { Json } from "../../domain/json.ts";
import { SettingMistake } from "../../domain/problem.ts";
import { toolValue } from "../../domain/tool-text.ts";
import { OperandMistake } from "./scorer-mistakes.ts";

const Mode = z.enum(ARGUMENT_MODES);

/** How actual calls are compared with wanted ones; shared by all scorers that align calls. */
export const callOptions = {
  order: z
    .enum(CALL_ORDERS)
    .default("in-order")
    .describe(
      "any: in any order; in-order: in this order, other calls may be between; exact: these calls and no others, in this order",
    ),
  arguments: z
    .union([Mode, z.record(z.string(), Mode)])
    .default("equal")
    .describe(
      'equal: all arguments are equal; partial: each expected argument is there and equal; ignore: no argument counts; or one of these for each tool: {"*": equal, search: ignore}',
    ),
  only: z.array(z.string().min(1)).min(1).optional().describe("Only calls of these tools are checked"),
  extra: z
    .enum(["count", "allow-reads"])
    .default("count")
    .describe(
      "Calls beyond the expected ones. count: each lowers the score; allow-reads: calls of tools that only read do not",
    ),
  reads: z
    .array(z.string().min(1))
    .default([])
    .describe("Tools that only read; tools that the agent itself marks with `reads: true` need not be named"),
};

export type CallOptions = z.output<z.ZodObject<typeof callOptions>>;

/** @throws {SettingMistake} when `reads` has no effect, because `extra: allow-reads` is missing */
export function checkReads({ extra, reads }: Pick<CallOptions, "extra" | "reads">): void {
  if (reads.length === 0 || extra === "allow-reads") return;
  throw new SettingMistake(["reads"], {
    code: "EVALS_SCORER_READS",
    what: "`reads` is given without `extra: allow-reads`.",
    why: "`reads` names tools that only read. Without `extra: allow-reads`, calls of such tools lower the score like any other unexpected call.",
    fix: "Add `extra: allow-reads`, or delete `reads`.",
  });
}

/**
 * How the arguments of a tool's calls are compared: the mode set for the tool, else the mode of `*`, else `equal`.
 */
export function modeFor(modes: CallOptions["arguments"]): (tool: string) => ArgumentMode {
  if (typeof modes === "string") return () => modes;
  return (tool) => (Object.hasOwn(modes, tool) ? modes[tool] : modes["*"]) ?? "equal";
}

/** Reads the expected calls: a list of `{name, arguments}`. A tool's name alone allows any arguments. */
export function callsOperand(value: Json): readonly WantedCall[] {
  const given = toolValue(value);
  if (!Array.isArray(given))
    throw new OperandMistake("it is not a list of calls", 'Give [{"name": "refund", "arguments": {…}}].');
  return given.map((one: Json) => {
    if (typeof one === "string" && one !== "") return { name: one };
    const call = membersIn(one);
    if (typeof call.name !== "string" || call.name === "")
      throw new OperandMistake(
        `${JSON.stringify(one)} names no tool`,
        'Give each call as {"name": "refund", "arguments": {…}}.',
      );
    return call.arguments === undefined
      ? { name: call.name }
      : { name: call.name, arguments: toolValue(call.arguments) };
  });
}
