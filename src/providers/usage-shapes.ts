import { type Usage, usageOf } from "../domain/transcript.ts";
import { countOf, membersOf } from "./chat-shapes.ts";

type Members = Readonly<Record<string, unknown>>;

/** Token counts as an API reports them, before normalization. A missing count is null. */
interface Reported {
  readonly input: number | null;
  readonly output: number | null;
  readonly total: number | null;
  /** Input tokens read from the cache. */
  readonly cached: number | null;
  /** Input tokens written to the cache. */
  readonly written: number | null;
  readonly reasoning: number | null;
}

const first = (...values: readonly unknown[]): number | null =>
  values.map(countOf).find((one) => one !== null) ?? null;

/** The counts of OpenAI's chat completions and embeddings, also by the names that compatible servers use. */
function chatCounts(usage: Members): Reported {
  const input = membersOf(usage.prompt_tokens_details);
  const output = membersOf(usage.completion_tokens_details);
  return {
    input: countOf(usage.prompt_tokens),
    output: countOf(usage.completion_tokens),
    total: countOf(usage.total_tokens),
    cached: first(
      input?.cached_tokens,
      usage.prompt_cache_hit_tokens,
      usage.cache_read_input_tokens,
      usage.cached_tokens,
    ),
    written: first(
      input?.cache_write_tokens,
      input?.cache_creation_tokens,
      usage.cache_creation_input_tokens,
    ),
    reasoning: first(output?.reasoning_tokens, usage.reasoning_tokens),
  };
}

/** The counts of OpenAI's responses API. */
function responsesCounts(usage: Members): Reported {
  const input = membersOf(usage.input_tokens_details);
  return {
    input: countOf(usage.input_tokens),
    output: countOf(usage.output_tokens),
    total: countOf(usage.total_tokens),
    cached: countOf(input?.cached_tokens),
    written: first(input?.cache_write_tokens, input?.cache_creation_tokens),
    reasoning: countOf(membersOf(usage.output_tokens_details)?.reasoning_tokens),
  };
}

/** The counts of Anthropic's messages API, whose `input_tokens` exclude tokens read from or written to the cache. */
function anthropicCounts(usage: Members): Reported {
  const fresh = countOf(usage.input_tokens);
  const cached = countOf(usage.cache_read_input_tokens);
  const created = membersOf(usage.cache_creation);
  const short = countOf(created?.ephemeral_5m_input_tokens);
  const long = countOf(created?.ephemeral_1h_input_tokens);
  const written =
    countOf(usage.cache_creation_input_tokens) ??
    (short === null && long === null ? null : (short ?? 0) + (long ?? 0));
  return {
    input: fresh === null ? null : fresh + (cached ?? 0) + (written ?? 0),
    output: countOf(usage.output_tokens),
    total: null,
    cached,
    written,
    reasoning: countOf(membersOf(usage.output_tokens_details)?.thinking_tokens),
  };
}

/**
 * The counts of Google's `usageMetadata`. Its output tokens (`candidatesTokenCount`) exclude reasoning, and its input
 * tokens (`promptTokenCount`) exclude tool results.
 */
function googleCounts(usage: Members): Reported {
  const prompt = countOf(usage.promptTokenCount);
  const answer = first(usage.candidatesTokenCount, usage.responseTokenCount);
  const thoughts = countOf(usage.thoughtsTokenCount);
  return {
    input: prompt === null ? null : prompt + (countOf(usage.toolUsePromptTokenCount) ?? 0),
    output: answer === null && thoughts === null ? null : (answer ?? 0) + (thoughts ?? 0),
    total: countOf(usage.totalTokenCount),
    cached: countOf(usage.cachedContentTokenCount),
    written: null,
    reasoning: thoughts,
  };
}

/**
 * Normalizes reported counts: input includes cached and cache-written tokens, output includes reasoning tokens.
 * When the total is larger than input and output together, the rest counts as output. Undefined when no count is
 * known.
 */
function normalized({ input, output, total, cached, written, reasoning }: Reported): Usage | undefined {
  const parts = (cached ?? 0) + (written ?? 0);
  // More cached than input tokens: this server counts the two separately.
  const read = input !== null && parts > input ? input + parts : input;
  const known = {
    input_tokens: read,
    cached_input_tokens: cached,
    cache_write_tokens: written,
    ...writtenTokens({ output, reasoning, rest: total === null || read === null ? null : total - read }),
  };
  const usage = usageOf(known);
  return Object.values(usage).every((one) => one === null) ? undefined : usage;
}

/**
 * The output and reasoning tokens that follow from the reported counts.
 *
 * @param rest the total minus the input; null when one of them is unknown
 */
function writtenTokens({
  output,
  reasoning,
  rest,
}: Pick<Reported, "output" | "reasoning"> & { readonly rest: number | null }) {
  if (output === null)
    return { output_tokens: rest !== null && rest >= 0 ? rest : null, reasoning_tokens: reasoning };
  const hidden = rest === null ? 0 : Math.max(0, rest - output);
  if (hidden === 0) {
    // More reasoning than output tokens: this server counts the two separately.
    const beside = reasoning !== null && reasoning > output ? reasoning : 0;
    return { output_tokens: output + beside, reasoning_tokens: reasoning };
  }
  const apart = reasoning === null || reasoning === hidden || reasoning > output;
  return {
    output_tokens: output + hidden,
    reasoning_tokens: apart ? Math.max(hidden, reasoning ?? 0) : hidden + reasoning,
  };
}

/**
 * Reads the usage of a reply body. The names of its members tell the format, because a gateway may reply in that of
 * another provider.
 * Undefined when there is none.
 */
export function usageOfBody(body: unknown): Usage | undefined {
  const reply = membersOf(body);
  const google = membersOf(reply?.usageMetadata);
  if (google !== undefined) return normalized(googleCounts(google));
  const usage = membersOf(reply?.usage) ?? membersOf(membersOf(reply?.response)?.usage);
  if (usage === undefined) return undefined;
  return normalized(countsOf(usage));
}

function countsOf(usage: Members): Reported {
  if ("prompt_tokens" in usage || "completion_tokens" in usage) return chatCounts(usage);
  if ("promptTokenCount" in usage) return googleCounts(usage);
  const anthropic = ["cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation"];
  return anthropic.some((name) => name in usage) ? anthropicCounts(usage) : responsesCounts(usage);
}

/** Normalizes counts that a service reports under the names of evals; undefined when there is none. */
export function usageOfCounts(counts: Usage): Usage | undefined {
  return normalized({
    input: counts.input_tokens,
    output: counts.output_tokens,
    total: null,
    cached: counts.cached_input_tokens,
    written: counts.cache_write_tokens,
    reasoning: counts.reasoning_tokens,
  });
}
