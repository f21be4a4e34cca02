import type { Json } from "../../domain/json.ts";

type Members = { readonly [name: string]: Json };

const isObject = (value: Json | undefined): value is Members =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The stored report of a run, without questions, answers and comments. Its numbers stay. */
export function reportWithoutTexts(report: Json): Json {
  if (!isObject(report)) return report;
  const { worst, notes, comparison, error_examples: errors, ...numbers } = report;
  return {
    ...numbers,
    ...(worst === undefined ? {} : { worst: [] }),
    ...(notes === undefined ? {} : { notes: [] }),
    ...(comparison === undefined
      ? {}
      : { comparison: isObject(comparison) ? { ...comparison, examples: [] } : null }),
    ...(Array.isArray(errors)
      ? { error_examples: errors.map((one) => (isObject(one) ? { ...one, message: "" } : one)) }
      : {}),
  };
}
