import type * as z from "zod";
import { Gate, ScorerEntry, Suite } from "../domain/suite.ts";

/** A suite as far as it can be understood: enough to look for further mistakes. */
export type SuiteDraft = Suite;

/**
 * What can be understood of a suite that has a mistake, so that all its mistakes are reported at once and not one after the
 * other. Undefined when it is no set of keys at all.
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

/** The members that are valid each by itself; values as they were parsed. */
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
