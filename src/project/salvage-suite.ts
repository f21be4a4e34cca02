import type * as z from "zod";
import { Gate, ScorerEntry, Suite } from "../domain/suite.ts";

/** The valid parts of a suite, used to look for further mistakes. */
export type SuiteDraft = Suite;

/**
 * The valid parts of a suite with a mistake, so that all its mistakes are reported together. Undefined when the value
 * is not an object.
 */
export function salvageSuite(value: unknown): SuiteDraft | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const source = value as Record<string, unknown>;
  const scorers = Array.isArray(source.scorers) ? source.scorers : [];
  const { scorers: _, gate: __, ...rest } = sound(Suite.shape, source) as Partial<Suite>;
  return {
    ...rest,
    scorers: scorers.flatMap((entry) => {
      const parsed = ScorerEntry.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    }),
    gate: Gate.parse(sound(Gate.shape, (source.gate ?? {}) as Record<string, unknown>)),
  };
}

/** The parsed members of an object that are valid on their own. */
function sound(
  shape: Readonly<Record<string, z.ZodType>>,
  source: Record<string, unknown>,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(shape)) {
    if (source[key] === undefined) continue;
    const parsed = schema.safeParse(source[key]);
    if (parsed.success) kept[key] = parsed.data;
  }
  return kept;
}
