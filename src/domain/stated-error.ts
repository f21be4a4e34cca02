const NOTHING_WRONG = new Set(["", "0", "200", "none", "null", "ok", "success", "no error", "false"]);

/** What is nested deeper than any error is something, whatever it is. */
const DEEPEST = 16;

/** Whether a member that is there for errors holds one: a mark of success, or nothing, is none. */
export function isStated(error: unknown, depth = 0): boolean {
  if (error !== null && typeof error === "object")
    return depth > DEEPEST || Object.values(error).some((one) => isStated(one, depth + 1));
  return error != null && !NOTHING_WRONG.has(String(error).trim().toLowerCase());
}
