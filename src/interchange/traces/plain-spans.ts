import type { Json } from "../../domain/json.ts";
import type { Attributes, Span, SpanEvent } from "../../traces/span.ts";
import { isObject, type JsonObject, listMember, objectMember, textMember } from "../reading/json-fields.ts";
import { feedbackEvent, platformSpan } from "./platform-span.ts";

/**
 * A span with plain attributes, from Phoenix or from the console exporter of OpenTelemetry's Python SDK; undefined
 * for anything else.
 */
export function plainSpans(item: JsonObject): readonly Span[] | undefined {
  const context = objectMember(item, "context");
  const trace = hexOf(context?.trace_id);
  const id = hexOf(context?.span_id);
  if (trace === undefined || id === undefined) return undefined;
  const kind = textMember(item, "span_kind");
  const status = objectMember(item, "status");
  const made = platformSpan("Phoenix (OpenInference)", {
    ...{ trace, id, parent: hexOf(item.parent_id), name: textMember(item, "name") },
    ...{ start: item.start_time, end: item.end_time },
    attributes: {
      ...flatAttributes(item),
      ...(kind === undefined ? {} : { "openinference.span.kind": kind.toUpperCase() }),
    },
    events: [...listMember(item, "events").filter(isObject).map(eventOf), ...annotations(item)],
    error: errorOf(
      textMember(item, "status_code") ?? (status && textMember(status, "status_code")),
      item,
      status,
    ),
  });
  const resource = objectMember(objectMember(item, "resource") ?? {}, "attributes") ?? {};
  // Only Phoenix has `span_kind` outside of the attributes. For other exports the names of the attributes show the
  // convention.
  const { convention, ...span } = made;
  return [kind === undefined ? { ...span, resource } : { ...span, convention, resource }];
}

const hexOf = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value.replace(/^0x/, "") : undefined;

/** The attributes with their full names. Phoenix nests objects where a name has dots: `a.b` is `{a: {b: …}}`. */
function flatAttributes(item: JsonObject): Attributes {
  const made: Record<string, unknown> = {};
  const put = (value: Json, name: string, depth: number): void => {
    const inner =
      Array.isArray(value) && value.some(isObject)
        ? Object.entries(value)
        : isObject(value)
          ? Object.entries(value)
          : [];
    if (inner.length === 0 || depth > 12 || WHOLE.has(name)) made[name] = value;
    else
      for (const [key, member] of inner) put(member as Json, name === "" ? key : `${name}.${key}`, depth + 1);
  };
  put(objectMember(item, "attributes") ?? {}, "", 0);
  return made;
}

/** Attributes whose value stays an object: the names of its members do not become parts of attribute names. */
const WHOLE: ReadonlySet<string> = new Set(["metadata"]);

function eventOf(event: JsonObject): SpanEvent {
  return { name: textMember(event, "name") ?? "", attributes: objectMember(event, "attributes") ?? {} };
}

/** Annotations of a span by people and evaluators, if the export has them. */
function annotations(item: JsonObject): readonly SpanEvent[] {
  return listMember(item, "annotations")
    .filter(isObject)
    .flatMap((one) => {
      const name = textMember(one, "name");
      const result = objectMember(one, "result") ?? one;
      return name === undefined ? [] : [feedbackEvent(name, result.score, result.label, result.explanation)];
    });
}

function errorOf(
  code: string | undefined,
  item: JsonObject,
  status: JsonObject | undefined,
): string | undefined {
  if (code?.toUpperCase() !== "ERROR") return undefined;
  return textMember(item, "status_message") ?? (status && textMember(status, "description")) ?? "it failed";
}
