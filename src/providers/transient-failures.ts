/** Which failures of one service are worth another try, in addition to those of every service. */
interface ServiceRow {
  readonly service: string;
  readonly host: RegExp;
  /** Statuses that are worth asking again. */
  readonly again?: readonly number[];
  /** Statuses that are not, though all others of their hundred are. */
  readonly never?: readonly number[];
  /** Codes and types by which it says that it has no room just now, whatever the status. */
  readonly codes?: readonly string[];
  /** What a refusal says that no wait of minutes mends: the quota of a day is used up. */
  readonly used_up?: RegExp;
}

/** Worth asking again wherever they come from; so is every other status from 500 on but those below. */
const AGAIN: readonly number[] = [408, 409, 425, 429];
/** The server will never do that. */
const NEVER: readonly number[] = [501, 505, 506, 508, 510, 511];

/**
 * One row a service. Codes hold wherever they are met: a gateway passes on what the service behind it said. Sources: the services'
 * pages of errors and the retry rules of their own clients.
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
    // The deployment is being moved.
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
    // A cancelled call.
    again: [499],
    codes: ["resource_exhausted"],
    used_up: /"quotaId"\s*:\s*"[^"]*PerDay/,
  },
  {
    service: "Bedrock",
    host: /^bedrock[\w-]*\.[\w-]+\.amazonaws\.com$/,
    // A model that is not loaded.
    again: [424],
    codes: [
      ...["throttlingexception", "throttledexception", "toomanyrequestsexception"],
      ...["serviceunavailableexception", "modelnotreadyexception"],
    ],
  },
  { service: "Mistral", host: /(^|\.)api\.mistral\.ai$/, codes: ["service_tier_capacity_exceeded"] },
  // A model whose capacity is used up for now.
  { service: "Groq", host: /(^|\.)api\.groq\.com$/, again: [498] },
  // Its provider sent nothing, or is down.
  { service: "OpenRouter", host: /(^|\.)openrouter\.ai$/, again: [524, 529] },
  { service: "Hugging Face", host: /(^|\.)(huggingface\.co|hf\.space)$/, again: [424] },
];

const CODES: ReadonlySet<string> = new Set(SERVICES.flatMap(({ codes = [] }) => codes));

/** Whether asking again may help. @param where host of the service, perhaps with a path */
export function isTransient(status: number, codes: readonly string[], where: string): boolean {
  const row = rowOf(where);
  if (row?.never?.includes(status) || NEVER.includes(status)) return false;
  if (AGAIN.includes(status) || row?.again?.includes(status) || status >= 500) return true;
  return isTemporary(codes);
}

/** Whether a code says that it is only for now. */
export function isTemporary(codes: readonly string[]): boolean {
  return codes.some((code) => CODES.has(code.toLowerCase().replace(/^.*[#:]/, "")));
}

/** Whether a refusal says that the quota of a day is used up: what it names as a wait does not help then. */
export function isUsedUp(status: number, body: string): boolean {
  return status === 429 && SERVICES.some(({ used_up }) => used_up?.test(body.slice(0, 8000)) === true);
}

function rowOf(where: string): ServiceRow | undefined {
  const host = where.replace(/[:/].*$/, "");
  return SERVICES.find((one) => one.host.test(host));
}
