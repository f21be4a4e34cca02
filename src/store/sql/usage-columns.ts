import { UNKNOWN_USAGE, USAGE_FIELDS, type Usage, usageOf } from "../../domain/transcript.ts";

/** The usage columns, named and ordered like the members of Usage. */
export function usageColumns(table?: string): string {
  return USAGE_FIELDS.map((field) => (table === undefined ? field : `${table}.${field}`)).join(", ");
}

/** One placeholder per usage column. */
export const USAGE_PLACES = USAGE_FIELDS.map(() => "?").join(", ");

const UNKNOWN = USAGE_FIELDS.map(() => null);

/** Values for the usage columns. */
export function usageValues(usage: Usage): readonly (number | null)[] {
  if (usage === UNKNOWN_USAGE) return UNKNOWN;
  return USAGE_FIELDS.map((field) => usage[field]);
}

/** A row with the usage columns. */
export type UsageColumns = { readonly [field in keyof Usage]: number | null };

export function readUsage(row: UsageColumns): Usage {
  return usageOf(row);
}

/** Reads a usage from a row of values, starting at index `from`. */
export function readUsageAt(row: readonly unknown[], from: number): Usage {
  const usage: Record<string, number | null> = {};
  for (const [index, field] of USAGE_FIELDS.entries())
    usage[field] = (row[from + index] ?? null) as number | null;
  return usage as Usage;
}
