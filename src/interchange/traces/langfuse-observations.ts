import type { Span } from "../../traces/span.ts";
import {
  isObject,
  type JsonObject,
  listMember,
  numberMember,
  objectMember,
  textMember,
} from "../reading/json-fields.ts";
import { AGENT, CHAT, feedbackEvent, platformSpan, RETRIEVAL, TOOL } from "./platform-span.ts";

const NAME = "Langfuse";
const OPERATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  GENERATION: CHAT,
  TOOL,
  RETRIEVER: RETRIEVAL,
  AGENT,
  CHAIN: { "openinference.span.kind": "CHAIN" },
};

/** Converts an observation, score or whole trace of Langfuse to spans; undefined for anything else. */
export function langfuseSpans(item: JsonObject): readonly Span[] | undefined {
  const trace = textMember(item, "traceId") ?? textMember(item, "trace_id");
  const id = textMember(item, "id");
  if (id === undefined) return undefined;
  if (Array.isArray(item.observations) && trace === undefined) return wholeTrace(id, item);
  if (trace === undefined) return undefined;
  if (typeof item.type === "string" && (item.startTime ?? item.start_time) !== undefined)
    return [observation(trace, id, item)];
  const name = textMember(item, "name");
  if (name !== undefined && (item.value !== undefined || item.stringValue !== undefined))
    return [score(trace, id, name, item)];
  return undefined;
}

function aboutTrace(item: JsonObject): Record<string, unknown> {
  const { metadata } = item;
  return {
    "langfuse.session.id": item.sessionId ?? item.session_id,
    "langfuse.user.id": item.userId ?? item.user_id,
    "langfuse.trace.tags": item.tags ?? item.traceTags,
    "langfuse.environment": item.environment,
    metadata: isObject(metadata) && Object.keys(metadata).length > 0 ? metadata : undefined,
  };
}

function observation(trace: string, id: string, item: JsonObject): Span {
  const type = String(item.type).toUpperCase();
  const { input, output } = item;
  const isChat = type === "GENERATION";
  const contents = isChat
    ? { "gen_ai.input.messages": input, "gen_ai.output.messages": output }
    : type === "TOOL"
      ? {
          "gen_ai.tool.name": item.name,
          "gen_ai.tool.call.arguments": input,
          "gen_ai.tool.call.result": output,
        }
      : { "input.value": input, "output.value": output };
  return platformSpan(NAME, {
    ...{ trace, id, parent: textMember(item, "parentObservationId"), name: textMember(item, "name") },
    ...{ start: item.startTime ?? item.start_time, end: item.endTime ?? item.end_time },
    attributes: {
      ...OPERATIONS[type],
      ...contents,
      ...aboutTrace(item),
      "gen_ai.response.model": item.providedModelName ?? item.model,
      ...usageOf(objectMember(item, "usageDetails") ?? objectMember(item, "usage")),
      "gen_ai.usage.cost": isChat ? costOf(item) : undefined,
      "langfuse.observation.prompt.name": item.promptName,
      "langfuse.observation.prompt.version": item.promptVersion,
    },
    error:
      String(item.level).toUpperCase() === "ERROR"
        ? (textMember(item, "statusMessage") ?? "it failed")
        : undefined,
  });
}

function costOf(item: JsonObject): number | undefined {
  const details = objectMember(item, "costDetails");
  return numberMember(item, "totalCost") ?? numberMember(details, "total");
}

/**
 * Token counts by kind. In Langfuse the kinds are usually disjoint and add up to the total. If the total is only
 * input plus output, the other kinds are parts of the input or the output.
 */
function usageOf(usage: JsonObject | undefined): Record<string, number | undefined> {
  if (usage === undefined) return {};
  const counts = Object.entries(usage).flatMap(([name, count]) =>
    typeof count === "number" && !/^(?:total|unit|input_?cost|output_?cost|total_?cost)/i.test(name)
      ? [[name, count] as const]
      : [],
  );
  const sumOf = (names: RegExp): number | undefined => {
    const found = counts.filter(([name]) => names.test(name));
    return found.length === 0 ? undefined : found.reduce((sum, [, count]) => sum + count, 0);
  };
  const [input, output] = [
    sumOf(/^(?:input|prompt|prompt_tokens|input_tokens)$/),
    sumOf(/^(?:output|completion|completion_tokens|output_tokens)$/),
  ];
  const inclusive = numberMember(usage, "total") === (input ?? 0) + (output ?? 0);
  return {
    "gen_ai.usage.input_tokens": inclusive ? input : sumOf(/^(?:input|prompt|cache)/),
    "gen_ai.usage.output_tokens": inclusive ? output : sumOf(/^(?:output|completion)/),
    "gen_ai.usage.cache_read.input_tokens": sumOf(
      /^(?:input_cached_tokens|input_cache_read|cache_read_input_tokens)$/,
    ),
    "gen_ai.usage.cache_creation.input_tokens": sumOf(
      /^(?:input_cache_creation|input_cache_write|cache_creation_input_tokens)$/,
    ),
    "gen_ai.usage.reasoning.output_tokens": sumOf(/^output_reasoning(?:_tokens)?$/),
  };
}

function score(trace: string, id: string, name: string, item: JsonObject): Span {
  const isText = item.dataType === "CATEGORICAL" || item.dataType === "BOOLEAN" || item.dataType === "TEXT";
  const label = textMember(item, "stringValue") ?? (typeof item.value === "string" ? item.value : undefined);
  return platformSpan(NAME, {
    ...{ trace, id: `score ${id}`, parent: textMember(item, "observationId") },
    attributes: {},
    events: [
      feedbackEvent(
        name,
        item.dataType === "CATEGORICAL" ? undefined : item.value,
        isText ? label : undefined,
        item.comment,
      ),
    ],
  });
}

/** A trace with its observations and scores, as exported from Langfuse's web pages before Langfuse 4. */
function wholeTrace(trace: string, item: JsonObject): readonly Span[] {
  const members = (name: string): JsonObject[] => listMember(item, name).filter(isObject);
  const root = platformSpan(NAME, {
    ...{ trace, id: `trace ${trace}`, name: textMember(item, "name"), start: item.timestamp },
    attributes: {
      ...AGENT,
      ...aboutTrace(item),
      "input.value": item.input,
      "output.value": item.output,
    },
  });
  const inner = [...members("observations"), ...members("scores")].flatMap(
    (one) => langfuseSpans({ ...one, traceId: trace } as JsonObject) ?? [],
  );
  return [root, ...inner.map((span) => (span.parent === "" ? { ...span, parent: root.id } : span))];
}
