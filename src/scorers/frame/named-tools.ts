import type { Case } from "../../domain/case.ts";
import { type NamedTool, type OpenScorer, ScorerFailure } from "../../domain/scorer.ts";
import type { TextPlace } from "../../domain/suite.ts";
import type { CallOptions } from "./call-options.ts";
import type { Operand } from "./scorer-operand.ts";

/**
 * The tools that a scorer names. Without a case: under `on`, in its options, and in a literal `value`. With a case: in
 * files of the case, and in the value to compare with that the case contains.
 */
export function namedTools<O>(
  { toolsIn }: { toolsIn?(operand: O): readonly Omit<NamedTool, "at" | "place">[] },
  { on, value }: { readonly on?: TextPlace; readonly value?: unknown },
  operand: Operand<O>,
  work: Pick<OpenScorer, "tools">,
): Pick<OpenScorer, "tools"> {
  const read = typeof on === "object" && "tool" in on ? [{ name: on.tool, at: ["on", "tool"] }] : [];
  if (read.length === 0 && toolsIn === undefined && work.tools === undefined) return {};
  const isLiteral = value !== undefined;
  const inOperand = (golden: Case | null): readonly NamedTool[] => {
    if (toolsIn === undefined || isLiteral !== (golden === null)) return [];
    const named = toolsIn(operand.of(golden as Case));
    if (golden !== null) return named;
    return named.map((one, index) => ({ ...one, at: Array.isArray(value) ? ["value", index] : ["value"] }));
  };
  return {
    tools: (golden) => {
      try {
        return [...(golden === null ? read : []), ...(work.tools?.(golden) ?? []), ...inOperand(golden)];
      } catch (error) {
        // The scorer's `refuses` reports a case that cannot be scored.
        if (error instanceof ScorerFailure) return [];
        throw error;
      }
    },
  };
}

/** The tools that are named in the options of a scorer that compares calls. */
export function toolsOfOptions(options: Partial<CallOptions>): readonly NamedTool[] {
  const { only = [], reads = [], arguments: modes } = options;
  const keys = typeof modes === "object" ? Object.keys(modes).filter((name) => name !== "*") : [];
  return [
    ...only.map((name, index) => ({ name, at: ["only", index] })),
    ...keys.map((name) => ({ name, at: ["arguments", name] })),
    ...reads.map((name, index) => ({ name, at: ["reads", index] })),
  ];
}
