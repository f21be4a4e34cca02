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
const FAILED_STATES: ReadonlySet<string> = new Set(["error", "failed", "failure", "fail"]);

const isFalse = (value: unknown) => value === false;
const isTrue = (value: unknown) => value === true;
const isFailedState = (value: unknown) =>
  typeof value === "string"
    ? FAILED_STATES.has(value.trim().toLowerCase())
    : typeof value === "number" && value >= 400 && value < 600;

/** For each member by which a value reports its own failure: which of its values do so. */
const REPORTS: ReadonlyMap<string, (value: unknown) => boolean> = new Map<
  string,
  (value: unknown) => boolean
>([
  ...["error", "errors", "err", "error_message", "errorMessage", "error_msg", "errorMsg"].map(
    (name) => [name, isStated] as const,
  ),
  ...["error_code", "errorCode", "exception", "fault"].map((name) => [name, isStated] as const),
  ...["success", "ok", "succeeded"].map((name) => [name, isFalse] as const),
  ...["is_error", "isError", "has_error", "hasError", "failed"].map((name) => [name, isTrue] as const),
  ...["status", "status_code", "statusCode"].map((name) => [name, isFailedState] as const),
]);

/** Names of members that hold an error, or its words or code. */
export const ERROR_NAMES: ReadonlySet<string> = new Set(
  [...REPORTS].filter(([, reports]) => reports === isStated).map(([name]) => name),
);

/** Names of members that tell whether something succeeded, without words for an error. */
export const OUTCOME_NAMES: ReadonlySet<string> = new Set(
  [...REPORTS].filter(([, reports]) => reports !== isStated).map(([name]) => name),
);

/** A member by which a value reports its own failure. */
export interface FailureMember {
  readonly name: string;
  readonly value: unknown;
}

/**
 * The member by which a value reports its own failure: an error, `success: false`, `status: failed`. Undefined when
 * it reports none.
 *
 * @param asked names of members that are read as data, so they are not a status of the reply
 */
export function failureMember(value: unknown, asked: ReadonlySet<string>): FailureMember | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  for (const name in value) {
    const reports = REPORTS.get(name);
    if (reports === undefined || asked.has(name) || !Object.hasOwn(value, name)) continue;
    const member = (value as Record<string, unknown>)[name];
    if (reports(member)) return { name, value: member };
  }
  return undefined;
}

/** The failure that a value reports, as text; see `failureMember`. */
export function ownFailure(value: unknown, asked: ReadonlySet<string>): string | undefined {
  const failed = failureMember(value, asked);
  return failed && `${failed.name}: ${JSON.stringify(failed.value)}`;
}
