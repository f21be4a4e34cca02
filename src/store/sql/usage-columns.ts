import { UNKNOWN_USAGE, USAGE_FIELDS, type Usage, usageOf } from "../../domain/transcript.ts";

/** The columns of a usage, named after its members, in their order. */
export function usageColumns(table?: string): string {
  return USAGE_FIELDS.map((field) => (table === undefined ? field : `${table}.${field}`)).join(", ");
}

/** As many placeholders as a usage has columns. */
export const USAGE_PLACES = USAGE_FIELDS.map(() => "?").join(", ");

const UNKNOWN = USAGE_FIELDS.map(() => null);

/** Values for those columns. */
export function usageValues(usage: Usage): readonly (number | null)[] {
  if (usage === UNKNOWN_USAGE) return UNKNOWN;
  return USAGE_FIELDS.map((field) => usage[field]);
}

/** A row that has those columns. */
export type UsageColumns = { readonly [field in keyof Usage]: number | null };

export function readUsage(row: UsageColumns): Usage {
  return usageOf(row);
}

/** The same from the values of a raw row, the first of them at `from`. */
export function readUsageAt(row: readonly unknown[], from: number): Usage {
  const usage: Record<string, number | null> = {};
  for (const [index, field] of USAGE_FIELDS.entries())
    usage[field] = (row[from + index] ?? null) as number | null;
  return usage as Usage;
}
