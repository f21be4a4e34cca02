import type { ToolUse, TranscriptDocument } from "../../domain/describe-transcript.ts";
import { canonicalJson, sha256 } from "../../domain/json.ts";
import type { RunHeader } from "../../domain/run.ts";
import type { Retrieval } from "../../domain/trajectory.ts";
import { UNKNOWN_USAGE, type Usage } from "../../domain/transcript.ts";
import type { TracedTrial } from "../exported.ts";
import { type Attributes, type MadeEvent, type MadeSpan, SPAN_KIND } from "./span.ts";
import { inputMessages, outputMessages } from "./span-messages.ts";
import { asText, type Round, roundsOf } from "./trial-rounds.ts";
import { placedRounds, type Stretch, startOf } from "./trial-times.ts";

/** Providers that have the same name in OpenTelemetry's GenAI conventions as in evalconfig.yaml. */
const KNOWN_PROVIDERS = new Set(["openai", "anthropic"]);

/** The trace id of a trial, equal in every export. 32 hexadecimal digits. */
export function traceId({ run, case: id, trial }: Pick<TracedTrial, "run" | "case" | "trial">): string {
  return sha256(canonicalJson(["trace", run, id, trial])).slice(0, 32);
}

/** Derives the id of a span from its place in the trace. 16 hexadecimal digits. */
const spanId = (trace: string, place: string): string => sha256(`${trace} ${place}`).slice(0, 16);

/** The id of the root span of a trial's trace. */
export const rootSpanId = (trace: string): string => spanId(trace, "trial");

/** Prefix of the attributes that only evals uses. */
const OWN = "evals";

/**
 * Converts a trial to the spans of one trace, root first. A single model call is one span; otherwise a root span
 * contains one span per model call, tool call or retrieval. Scores are events of the root span.
 *
 * The start times of a trial's calls were not measured: they are placed in order within the trial's time, and tools
 * have their measured duration.
 */
export function trialSpans(trial: TracedTrial, header: RunHeader): readonly MadeSpan[] {
  const trace = traceId(trial);
  const root = rootSpanId(trace);
  const { transcript } = trial;
  if (transcript === null) return [failedSpan(trial, header, { trace, id: root })];
  const rounds = roundsOf(transcript, trial.input);
  const { whole, calls } = placedRounds(rounds, trial.at ?? header.started_at, trial.latency_ms);
  const own = { ...ownAttributes(trial, header), "evals.cost_usd": double(trial.cost_usd) };
  const events = scoreEvents(trial, whole.end);
  const [only] = rounds;
  if (only !== undefined && isOneCall(rounds, transcript))
    return [
      chatSpan(only, {
        ...{ trial, header, trace, id: root, parent: "", time: whole, isLast: true, own, events },
      }),
    ];
  const first: MadeSpan = {
    ...{ trace, id: root, parent: "", kind: SPAN_KIND.internal, ...whole },
    name: `invoke_agent ${header.suite}`,
    attributes: {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": header.suite,
      ...targetAttributes(trial, header),
      "gen_ai.input.messages": inputMessages(only?.given ?? []),
      "gen_ai.output.messages": outputMessages(
        [{ role: "assistant", content: transcript.output }],
        trial.finish_reason,
      ),
      ...own,
    },
    events,
    error: undefined,
  };
  const below = rounds.flatMap((round, at) => {
    const placed = calls[at] ?? { model: whole, tools: whole };
    const isLast = at === rounds.length - 1;
    const place = { trace, parent: root };
    return [
      chatSpan(round, {
        ...{ trial, header, ...place, id: spanId(trace, `model ${at}`), time: placed.model, isLast },
        ...{ own: {}, events: [] },
      }),
      ...round.tools.map((tool, n) =>
        toolSpan(tool, { ...place, id: spanId(trace, `tool ${at} ${n}`), start: startOf(placed.tools, n) }),
      ),
      ...round.searches.map((search, n) =>
        searchSpan(search, {
          ...{ ...place, id: spanId(trace, `search ${at} ${n}`) },
          start: startOf(placed.tools, round.tools.length + n),
        }),
      ),
    ];
  });
  return [first, ...below];
}

/** Whether one model span is sufficient: no tools were requested, and the text of the reply is the answer. */
function isOneCall(rounds: readonly Round[], { output }: TranscriptDocument): boolean {
  const [only, ...more] = rounds;
  if (only === undefined || more.length > 0 || only.tools.length + only.searches.length > 0) return false;
  const [message, ...others] = only.added;
  return others.length === 0 && message?.content === output;
}

const double = (value: number | null): { readonly double: number } | null =>
  value === null ? null : { double: value };

function ownAttributes(trial: TracedTrial, header: RunHeader): Attributes {
  return {
    [`${OWN}.run`]: trial.run,
    [`${OWN}.suite`]: trial.suite,
    [`${OWN}.case`]: trial.case,
    [`${OWN}.trial`]: trial.trial,
    [`${OWN}.target`]: header.target,
    [`${OWN}.outcome`]: trial.outcome,
    [`${OWN}.pass`]: trial.pass,
    "tag.tags": trial.tags.length === 0 ? null : trial.tags,
  };
}

/**
 * The model that was asked. If the target is not a model API, this is the model that the answer names, else the
 * alias in evalconfig.yaml.
 */
function askedModel(trial: TracedTrial, header: RunHeader): string {
  if (KNOWN_PROVIDERS.has(header.provider) && header.model !== "") return header.model;
  return answeringModel(trial, header) ?? header.alias;
}

/**
 * The model that answered. Null when the target is not a model API and the answer names no model of its own.
 */
function answeringModel({ model }: TracedTrial, header: RunHeader): string | null {
  return KNOWN_PROVIDERS.has(header.provider) || model !== header.model ? model : null;
}

function targetAttributes(trial: TracedTrial, header: RunHeader): Attributes {
  return {
    "gen_ai.provider.name": KNOWN_PROVIDERS.has(header.provider) ? header.provider : "_OTHER",
    "gen_ai.request.model": askedModel(trial, header),
    "gen_ai.response.model": answeringModel(trial, header),
  };
}

function usageAttributes(usage: Usage): Attributes {
  return {
    [`${OWN}.usage_of`]: "trial",
    "gen_ai.usage.input_tokens": usage.input_tokens,
    "gen_ai.usage.output_tokens": usage.output_tokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cached_input_tokens,
    "gen_ai.usage.cache_creation.input_tokens": usage.cache_write_tokens,
    "gen_ai.usage.reasoning.output_tokens": usage.reasoning_tokens,
  };
}

interface Placed {
  readonly trace: string;
  readonly id: string;
  readonly parent: string;
}

interface Started extends Placed {
  /** Nanoseconds since 1970. */
  readonly start: bigint;
}

interface ChatPlace extends Placed {
  readonly time: Stretch;
  readonly trial: TracedTrial;
  readonly header: RunHeader;
  /**
   * Whether this is the trial's last call. Only the last call gets token counts, because only the total of the
   * trial is known.
   */
  readonly isLast: boolean;
  readonly own: Attributes;
  readonly events: readonly MadeEvent[];
}

function chatSpan(round: Round, { trial, header, isLast, own, events, time, ...place }: ChatPlace): MadeSpan {
  const finish = isLast ? trial.finish_reason : null;
  return {
    ...place,
    ...time,
    name: `chat ${askedModel(trial, header)}`,
    kind: SPAN_KIND.client,
    attributes: {
      "gen_ai.operation.name": "chat",
      ...targetAttributes(trial, header),
      ...(isLast ? usageAttributes(trial.usage ?? UNKNOWN_USAGE) : {}),
      "gen_ai.input.messages": inputMessages(round.given),
      "gen_ai.output.messages": outputMessages(round.added, finish),
      ...own,
    },
    events,
    error: undefined,
  };
}

function toolSpan(tool: ToolUse, { start, ...place }: Started): MadeSpan {
  const took = BigInt(Math.round((tool.latency_ms ?? 0) * 1e6));
  return {
    ...place,
    start,
    end: start + took,
    name: `execute_tool ${tool.name}`,
    kind: SPAN_KIND.internal,
    attributes: {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": tool.name,
      "gen_ai.tool.call.id": tool.id,
      "gen_ai.tool.call.arguments": asText(tool.arguments),
      "gen_ai.tool.call.result": tool.result === null ? null : asText(tool.result),
      "error.type": tool.error === null ? null : "tool",
    },
    events: [],
    error: tool.error ?? undefined,
  };
}

function searchSpan({ query, documents }: Retrieval, { start, ...place }: Started): MadeSpan {
  return {
    ...place,
    start,
    end: start,
    name: "retrieval",
    kind: SPAN_KIND.internal,
    attributes: {
      "gen_ai.operation.name": "retrieval",
      "gen_ai.retrieval.query.text": query,
      "gen_ai.retrieval.documents": JSON.stringify(
        documents.map(({ id, text, score }) => ({
          id,
          ...(text === null ? {} : { content: text }),
          ...(score === null ? {} : { score }),
        })),
      ),
    },
    events: [],
    error: undefined,
  };
}

/** The span of a trial without an answer. */
function failedSpan(trial: TracedTrial, header: RunHeader, place: { trace: string; id: string }): MadeSpan {
  const at = BigInt(Date.parse(header.started_at)) * 1_000_000n;
  const asked = trial.input === undefined ? [] : [{ role: "user" as const, content: asText(trial.input) }];
  return {
    ...place,
    ...{ parent: "", start: at, end: at, kind: SPAN_KIND.client },
    name: `chat ${askedModel(trial, header)}`,
    attributes: {
      "gen_ai.operation.name": "chat",
      ...targetAttributes(trial, header),
      "gen_ai.input.messages": inputMessages(asked),
      "error.type": trial.error ?? "_OTHER",
      ...ownAttributes(trial, header),
    },
    events: [],
    error: trial.message ?? trial.error ?? "no answer",
  };
}

/** One event per scorer; a scorer that could not score has its reason instead of a score. */
function scoreEvents({ scores, voids }: TracedTrial, at: bigint): readonly MadeEvent[] {
  const made = Object.entries(scores).flatMap(([name, score]): Attributes[] => {
    const named = { "gen_ai.evaluation.name": name };
    if (score !== null)
      return [
        {
          ...named,
          "gen_ai.evaluation.score.value": { double: score.score },
          "gen_ai.evaluation.score.label": score.pass ? "pass" : "fail",
          "gen_ai.evaluation.explanation": score.reason === "" ? null : score.reason,
        },
      ];
    const why = voids[name];
    return why === undefined
      ? []
      : [{ ...named, "error.type": "_OTHER", "gen_ai.evaluation.explanation": why }];
  });
  return made.map((attributes) => ({ name: "gen_ai.evaluation.result", at, attributes }));
}
