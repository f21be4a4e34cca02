import type { Registry } from "../domain/project.ts";
import type { ScorerDefinition } from "../domain/scorer.ts";
import type { ScorerEntry } from "../domain/suite.ts";

/**
 * `model` when any scorer nested in this entry of `scorers:`, at any depth, asks a model; undefined when none does. The
 * entry's own type does not count.
 */
export async function asksWithin(
  { of }: ScorerEntry,
  registry: Registry<ScorerDefinition>,
): Promise<ScorerDefinition["asks"]> {
  for (const inner of [of].flat()) {
    if (!isScorerEntry(inner) || !registry.names.includes(inner.type)) continue;
    const definition = await registry.load(inner.type);
    if (definition?.asks !== undefined || (await asksWithin(inner, registry)) !== undefined) return "model";
  }
  return undefined;
}

const isScorerEntry = (value: unknown): value is ScorerEntry =>
  value !== null && typeof value === "object" && typeof (value as { type?: unknown }).type === "string";
