import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import { ONCE } from "../domain/parse-once.ts";
import type { Problem } from "../domain/problem.ts";
import type { LoadedScorer, Places, Registry } from "../domain/project.ts";
import type { ScorerDefinition } from "../domain/scorer.ts";
import type { ScorerEntry } from "../domain/suite.ts";
import { asksWithin } from "./asks-model.ts";
import { describeIssues } from "./describe-issues.ts";

/** Names of the scorers in the suite's order: `name`, or else `type`. */
export function scorerNames(entries: readonly ScorerEntry[]): string[] {
  return entries.map(({ name, type }) => name ?? type);
}

/** The scorers whose entries are valid; the problems of other entries are added to `problems`. */
export async function loadScorers(
  value: unknown,
  places: Places,
  registry: Registry<ScorerDefinition>,
  problems: Problem[],
): Promise<LoadedScorer[]> {
  const entries = (value as { scorers?: unknown } | null)?.scorers;
  if (!Array.isArray(entries)) return [];
  const loaded: LoadedScorer[] = [];
  for (const [index, entry] of entries.entries()) {
    const type = (entry as { type?: unknown } | null)?.type;
    // A type that is missing or not a text is reported by the schema.
    if (typeof type !== "string") continue;
    const definition = registry.names.includes(type) ? await registry.load(type) : undefined;
    if (definition === undefined) {
      problems.push(unknownScorer(type, places, index, registry.names));
      continue;
    }
    const settings = definition.settings.safeParse(entry, ONCE);
    if (settings.success) {
      const asks = definition.asks ?? (await asksWithin(entry, registry));
      loaded.push({ definition, settings: settings.data, index, entry, asks });
    } else {
      const base = ["scorers", index];
      const context = { schema: definition.settings, value: entry, places, base, code: "EVALS_SUITE" };
      problems.push(...describeIssues(settings.error.issues, context));
    }
  }
  return loaded;
}

function unknownScorer(type: string, places: Places, index: number, known: readonly string[]): Problem {
  return {
    code: "EVALS_SCORER_UNKNOWN",
    path: places.path,
    ...places.at(["scorers", index, "type"]),
    what: `Unknown scorer type "${type}".${didYouMean(type, known)}`,
    why: "A suite with a scorer that does not exist would pass without checking anything.",
    fix: `type: ${nearest(type, known) ?? "equals"}        (all types: docs/scorers.md)`,
  };
}

/** Problems of scorers with equal names: a rule about `score.<name>` would not say which scorer it means. */
export function nameProblems(entries: readonly ScorerEntry[], places: Places): Problem[] {
  const names = scorerNames(entries);
  return names.flatMap((name, index) => {
    if (names.indexOf(name) === index) return [];
    const named = entries[index]?.name !== undefined;
    return [
      {
        code: "EVALS_SCORER_DUPLICATE_NAME",
        path: places.path,
        ...places.at(["scorers", index, named ? "name" : "type"]),
        what: `Two scorers of this suite are named "${name}".`,
        why: `A rule about score.${name} could mean either of them.`,
        fix: `name: ${name}-${index + 1}        (a name of its own; it defaults to the type)`,
      },
    ];
  });
}
