const NOTHING_WRONG = new Set(["", "0", "200", "none", "null", "ok", "success", "no error", "false"]);

/** Maximum depth to which a value in an error is searched. A value that is nested deeper counts as an error. */
const DEEPEST = 16;

/** Whether the value of an error member reports an error; a success marker or an empty value does not. */
export function isStated(error: unknown, depth = 0): boolean {
  if (error !== null && typeof error === "object")
    return depth > DEEPEST || Object.values(error).some((one) => isStated(one, depth + 1));
  return error != null && !NOTHING_WRONG.has(String(error).trim().toLowerCase());
}

/** Status values of a failed reply, whatever else it contains. */
export const FAILED_STATES: ReadonlySet<string> = new Set(["error", "failed", "failure", "fail"]);

/**
 * The failure that a value reports: an error, `success: false`, `status: failed`. Undefined when it reports no
 * failure.
 *
 * @param asked names of members that are read as data, so they are not a status of the reply
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
