import { isStated } from "../domain/stated-error.ts";

type Members = Readonly<Record<string, unknown>>;

const OF_AN_ERROR = new Set([
  ...[
    "error",
    "errors",
    "message",
    "detail",
    "details",
    "code",
    "status",
    "status_code",
    "statusCode",
    "type",
  ],
  ...["request_id", "requestId", "trace_id", "timestamp", "path", "object", "param", "success", "title"],
]);

/** Whether a value states an error, and has no members but those that error objects usually have. */
export function isBareError(value: Members): boolean {
  const stated = isStated(value.error) || isStated(value.errors);
  return stated && Object.keys(value).every((name) => OF_AN_ERROR.has(name));
}
