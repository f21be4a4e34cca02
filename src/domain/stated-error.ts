const NOTHING_WRONG = new Set(["", "0", "200", "none", "null", "ok", "success", "no error", "false"]);

/** Whether a member that is there for errors holds one: a mark of success, or nothing, is none. */
export function isStated(error: unknown): boolean {
  if (Array.isArray(error)) return error.some(isStated);
  if (error !== null && typeof error === "object") return Object.values(error).some(isStated);
  return error != null && !NOTHING_WRONG.has(String(error).trim().toLowerCase());
}
