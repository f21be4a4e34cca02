import type { Json } from "../../domain/json.ts";
import type { Span } from "../../traces/span.ts";
import {
  isObject,
  type JsonObject,
  listMember,
  numberMember,
  objectMember,
  textMember,
} from "../reading/json-fields.ts";
import { AGENT, CHAT, feedbackEvent, platformSpan, TOOL } from "./platform-span.ts";

const NAME = "Braintrust";

/** Converts a row of Braintrust's logs to spans; undefined for anything else. */
export function braintrustSpans(item: JsonObject): readonly Span[] | undefined {
  const id = textMember(item, "span_id");
  const trace = textMember(item, "root_span_id");
  if (id === undefined || trace === undefined) return undefined;
  const metrics = objectMember(item, "metrics") ?? {};
  const { name, type } = objectMember(item, "span_attributes") ?? {};
  const parent = listMember(item, "span_parents")[0];
  return [
    platformSpan(NAME, {
      ...{ trace, id, name: typeof name === "string" ? name : undefined },
      parent: typeof parent === "string" && parent !== id ? parent : undefined,
      ...{ start: metrics.start ?? item.created, end: metrics.end },
      attributes: {
        ...contentsOf(String(type ?? ""), String(name ?? ""), item),
        "gen_ai.usage.input_tokens": numberMember(metrics, "prompt_tokens"),
        "gen_ai.usage.output_tokens": numberMember(metrics, "completion_tokens"),
        "gen_ai.usage.cache_read.input_tokens": numberMember(metrics, "prompt_cached_tokens"),
        "gen_ai.usage.cache_creation.input_tokens": numberMember(metrics, "prompt_cache_creation_tokens"),
        "gen_ai.usage.reasoning.output_tokens": numberMember(metrics, "completion_reasoning_tokens"),
        "gen_ai.usage.cost": numberMember(metrics, "estimated_cost"),
        "tag.tags": item.tags,
        ...promptOf(objectMember(item, "metadata") ?? {}),
      },
      events: Object.entries(objectMember(item, "scores") ?? {}).flatMap(([score, value]) =>
        value === null ? [] : [feedbackEvent(score, value)],
      ),
      error: errorText(item.error),
    }),
  ];
}

function contentsOf(
  type: string,
  name: string,
  { input, output, metadata }: JsonObject,
): Record<string, unknown> {
  if (type === "tool")
    return {
      ...TOOL,
      "gen_ai.tool.name": name,
      "gen_ai.tool.call.arguments": input,
      "gen_ai.tool.call.result": output,
    };
  if (type !== "llm")
    return {
      ...(type === "task" ? AGENT : { "openinference.span.kind": "CHAIN" }),
      "input.value": input,
      "output.value": output,
    };
  return {
    ...CHAT,
    "gen_ai.input.messages": input,
    "gen_ai.output.messages": withChoices(output),
    "gen_ai.response.model": isObject(metadata) ? metadata.model : undefined,
  };
}

/** Of a reply with choices, Braintrust logs only the list of choices. This puts the list back into an object. */
function withChoices(output: Json | undefined): Json | undefined {
  const list = Array.isArray(output) ? (output as readonly Json[]) : [];
  return list.length > 0 && list.every((one) => isObject(one) && isObject(one.message))
    ? { choices: list }
    : output;
}

/**
 * Reads the name and version of Braintrust's own prompts, which are objects; any other prompt stays in the
 * metadata.
 */
function promptOf(metadata: JsonObject): Record<string, unknown> {
  const { prompt, ...others } = metadata;
  if (!isObject(prompt)) return { metadata };
  return { metadata: others, "prompt.name": prompt.key ?? prompt.id, "prompt.version": prompt.version };
}

function errorText(error: Json | undefined): string | undefined {
  if (error === null || error === undefined || error === "") return undefined;
  return typeof error === "string" ? error : JSON.stringify(error);
}
