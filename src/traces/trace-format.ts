import { membersIn } from "../domain/found-documents.ts";

/** Whether a value is an OTLP trace document, or a list of them (a file of batches). */
export function isOtlp(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every((one) => isBatch(one));
  return isBatch(value);
}

const isBatch = (value: unknown): boolean => Array.isArray(membersIn(value).resourceSpans);

/** Whether a value is a document of the Agent Trajectory Interchange Format, of any version. */
export function isAtif(value: unknown): boolean {
  const { schema_version, steps } = membersIn(value);
  return typeof schema_version === "string" && /^ATIF\b/i.test(schema_version) && Array.isArray(steps);
}
