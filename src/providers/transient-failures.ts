/** Which failures of one service are worth a retry, in addition to the general rules. */
interface ServiceRow {
  readonly service: string;
  readonly host: RegExp;
  /** Statuses that are retried. */
  readonly again?: readonly number[];
  /** Statuses that are not retried, although other statuses of the same class are. */
  readonly never?: readonly number[];
  /** Error codes and types that mean a temporary lack of capacity, whatever the status. */
  readonly codes?: readonly string[];
  /** Matches an error body that means a used-up daily quota. Waiting some minutes does not help then. */
  readonly used_up?: RegExp;
}

/** Statuses that are retried for every service. Statuses from 500 on are also retried, except those in `NEVER`. */
const AGAIN: readonly number[] = [408, 409, 425, 429];
/** Statuses that are never retried, because the server will not support the request later either. */
const NEVER: readonly number[] = [501, 505, 506, 508, 510, 511];

/**
 * One row per service. Codes apply to all services, because a gateway passes on the codes of the service behind it.
 * Sources: the services' error documentation and the retry rules of their official clients.
 */
export const SERVICES: readonly ServiceRow[] = [
  {
    service: "OpenAI",
    host: /(^|\.)api\.openai\.com$/,
    codes: ["rate_limit_exceeded", "engine_overloaded"],
  },
  {
    service: "Azure",
    host: /\.(openai\.azure|services\.ai\.azure|cognitiveservices\.azure)\.com$/,
    // 424: the deployment is being moved.
    again: [424],
    codes: ["nocapacity", "toomanyrequests", "deploymentbusy"],
  },
  {
    service: "Anthropic",
    host: /(^|\.)api\.anthropic\.com$/,
    codes: ["overloaded_error", "rate_limit_error"],
  },
  {
    service: "Google",
    host: /(^|\.)googleapis\.com$/,
    // 499: the call was cancelled.
    again: [499],
    codes: ["resource_exhausted"],
    used_up: /"quotaId"\s*:\s*"[^"]*PerDay/,
  },
  {
    service: "Bedrock",
    host: /^bedrock[\w-]*\.[\w-]+\.amazonaws\.com$/,
    // 424: the model is not loaded.
    again: [424],
    codes: [
      ...["throttlingexception", "throttledexception", "toomanyrequestsexception"],
      ...["serviceunavailableexception", "modelnotreadyexception"],
    ],
  },
  { service: "Mistral", host: /(^|\.)api\.mistral\.ai$/, codes: ["service_tier_capacity_exceeded"] },
  // 498: the model is over capacity.
  { service: "Groq", host: /(^|\.)api\.groq\.com$/, again: [498] },
  // 524 and 529: the upstream provider returned nothing or is down.
  { service: "OpenRouter", host: /(^|\.)openrouter\.ai$/, again: [524, 529] },
  { service: "Hugging Face", host: /(^|\.)(huggingface\.co|hf\.space)$/, again: [424] },
];

const CODES: ReadonlySet<string> = new Set(SERVICES.flatMap(({ codes = [] }) => codes));

/** Whether a retry may help. @param where host of the service, optionally with a path */
export function isTransient(status: number, codes: readonly string[], where: string): boolean {
  const row = rowOf(where);
  if (row?.never?.includes(status) || NEVER.includes(status)) return false;
  if (AGAIN.includes(status) || row?.again?.includes(status) || status >= 500) return true;
  return isTemporary(codes);
}

/** Whether one of the error codes means a temporary failure. */
export function isTemporary(codes: readonly string[]): boolean {
  return codes.some((code) => CODES.has(code.toLowerCase().replace(/^.*[#:]/, "")));
}

/** Whether the daily quota is used up; then the retry time in the reply does not help. */
export function isUsedUp(status: number, body: string): boolean {
  return status === 429 && SERVICES.some(({ used_up }) => used_up?.test(body.slice(0, 8000)) === true);
}

function rowOf(where: string): ServiceRow | undefined {
  const host = where.replace(/[:/].*$/, "");
  return SERVICES.find((one) => one.host.test(host));
}
