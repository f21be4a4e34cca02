/** A value as printed by `{{ … }}`: text unchanged, empty text for null, JSON for lists and objects. */
export function printed(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
