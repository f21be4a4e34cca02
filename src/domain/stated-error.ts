const NOTHING_WRONG = new Set(["", "0", "200", "none", "null", "ok", "success", "no error", "false"]);

/** What is nested deeper than any error is something, whatever it is. */
const DEEPEST = 16;

/** Whether a member that is there for errors holds one: a mark of success, or nothing, is none. */
export function isStated(error: unknown, depth = 0): boolean {
  if (error !== null && typeof error === "object")
    return depth > DEEPEST || Object.values(error).some((one) => isStated(one, depth + 1));
  return error != null && !NOTHING_WRONG.has(String(error).trim().toLowerCase());
}

/** A state by which a reply says that it failed, whatever else it holds. */
export const FAILED_STATES: ReadonlySet<string> = new Set(["error", "failed", "failure", "fail"]);

/**
 * What a value says of its own failure: an error, `success: false`, `status: failed`. Undefined where it says of none.
 *
 * @param asked members that are read for what they say, and so are no word about the reply itself
 */
export function ownFailure(value: unknown, asked: ReadonlySet<string>): string | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const failed =
      ((name === "error" || name === "errors") && isStated(member)) ||
      (name === "success" && member === false) ||
      (name === "status" && typeof member === "string" && FAILED_STATES.has(member.trim().toLowerCase()));
    if (failed && !asked.has(name)) return `${name}: ${JSON.stringify(member)}`;
  }
  return undefined;
}
