import { plural } from "../format-numbers.ts";

/** The report of `evals check` for a valid project: what was read, and which models have no known price. */
export function checkedProjectText({
  suites,
  cases,
  warnings,
  unpriced,
}: {
  readonly suites: number;
  readonly cases: number;
  readonly warnings: readonly unknown[];
  /** Aliases of models with an unknown price. */
  readonly unpriced: readonly string[];
}): string {
  const warned = warnings.length === 0 ? "" : `, ${plural(warnings.length, "warning")}`;
  const known = `OK  ${plural(suites, "suite")}, ${plural(cases, "case")}${warned}\n`;
  if (unpriced.length === 0) return known;
  return `${known}No price is known for ${unpriced.join(", ")}: costs are unknown, and a budget in dollars cannot be enforced.\n`;
}
