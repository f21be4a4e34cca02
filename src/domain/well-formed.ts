/**
 * Replaces unpaired surrogates (as from a truncated emoji) by U+FFFD, so that all texts can be stored as UTF-8.
 * Returns the same value when nothing changes.
 */
export function wellFormed<T>(value: T): T {
  if (typeof value === "string") return (value.isWellFormed() ? value : value.toWellFormed()) as T;
  if (typeof value !== "object" || value === null) return value;
  return hasHalves(value) ? (rebuilt(value) as T) : value;
}

function hasHalves(value: unknown): boolean {
  if (typeof value === "string") return !value.isWellFormed();
  if (typeof value !== "object" || value === null) return false;
  for (const key in value) {
    if (!key.isWellFormed() || hasHalves((value as Record<string, unknown>)[key])) return true;
  }
  return false;
}

function rebuilt(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(rebuilt);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key.toWellFormed(), rebuilt(one)]));
}
