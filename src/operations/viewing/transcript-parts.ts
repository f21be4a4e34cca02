import {
  describeTranscript,
  type ToolUse,
  type TranscriptDocument,
} from "../../domain/describe-transcript.ts";
import { dollars } from "../../domain/dollars.ts";
import type { Json } from "../../domain/json.ts";
import type { JudgeExchange } from "../../domain/judge-exchange.ts";
import type { StoredTrial } from "../../domain/run.ts";
import type { TrafficTrace } from "../../domain/traffic.ts";
import type { Retrieval } from "../../domain/trajectory.ts";
import { type PartKind, viewedText } from "../../domain/viewed-run.ts";
import { wholeTranscript } from "../project/whole-transcript.ts";

/** One part of a transcript with its whole text. */
export interface TranscriptPart {
  readonly kind: PartKind;
  readonly title: string;
  readonly text: string;
}

export interface TranscriptSources {
  readonly trial: StoredTrial;
  /** The prepared request; null for recorded outputs. */
  readonly request: Json;
  readonly judged: readonly JudgeExchange[];
  /** The case's input. */
  readonly input: Json;
}

/**
 * All parts of one trial in order: the request, the conversation, the answer, the judges, the raw reply. Where nothing
 * shows what was asked, as for recorded answers alone, the case's input comes first.
 */
export function transcriptParts({ trial, request, judged, input }: TranscriptSources): TranscriptPart[] {
  const { answer, message, error } = trial;
  const asked = requestParts(request);
  const said = conversationParts(answer?.messages ?? null, wholeTranscript(answer, request));
  const shown = asked.length > 0 || said.some(({ kind }) => kind === "message");
  return [
    ...(shown ? asked : [part("request", "input", viewedText(input))]),
    ...said,
    ...(error === null ? [] : [part("error", error, message ?? "")]),
    ...(answer === null ? [] : [part("answer", "", answer.output)]),
    ...(answer === null || answer.refusal === null ? [] : [part("refusal", "", answer.refusal)]),
    ...judged.flatMap(judgeParts),
    ...(answer === null || answer.raw === null ? [] : [part("raw reply", "", indented(answer.raw))]),
  ];
}

/** All parts of a trace of production in order. */
export function traceParts({ transcript, error }: TrafficTrace): TranscriptPart[] {
  const { messages, output, refusal } = transcript;
  return [
    ...conversationParts(messages as unknown as Json, describeTranscript(transcript)),
    ...(error === null ? [] : [part("error", "", error)]),
    part("answer", "", output),
    ...(refusal === null ? [] : [part("refusal", "", refusal)]),
  ];
}

function conversationParts(messages: Json, whole: TranscriptDocument | null): TranscriptPart[] {
  const fromMessages = listOf(messages).flatMap(messageParts);
  const callsInMessages = fromMessages.some(({ kind }) => kind === "tool call");
  return [
    ...fromMessages,
    ...(callsInMessages ? [] : (whole?.tool_calls ?? []).flatMap(toolUseParts)),
    ...(whole?.retrievals ?? []).map(retrievalPart),
    ...(whole === null || whole.state === null ? [] : [part("state", "afterwards", viewedText(whole.state))]),
    ...(whole === null || whole.stopped === null ? [] : [part("error", "ended by a limit", whole.stopped)]),
  ];
}

/** The parts for a tool call that is in no message, and for its result. */
function toolUseParts({
  name,
  arguments: asked,
  result,
  error,
  latency_ms,
  step,
}: ToolUse): TranscriptPart[] {
  const facts = [
    step === null ? null : `step ${step}`,
    latency_ms === null ? null : `${Math.round(latency_ms)} ms`,
  ];
  const title = [name, ...facts.filter((fact) => fact !== null)].join(" · ");
  return [
    part("tool call", title, viewedText(asked)),
    ...(error === null ? [] : [part("tool result", `${name}: an error`, error)]),
    ...(result === null ? [] : [part("tool result", name, viewedText(result))]),
  ];
}

function retrievalPart({ step, query, documents }: Retrieval): TranscriptPart {
  const title = [query ?? "unknown query", step === null ? null : `step ${step}`];
  const lines = documents.map(({ id, text, score }) =>
    [`${id}${score === null ? "" : ` (${score})`}`, ...(text === null ? [] : [text])].join("\n"),
  );
  return part("retrieval", title.filter((word) => word !== null).join(" · "), lines.join("\n\n"));
}

const part = (kind: PartKind, title: string, text: string): TranscriptPart => ({ kind, title, text });

const listOf = (value: Json): readonly Json[] => (Array.isArray(value) ? value : []);

type Fields = { readonly [key: string]: Json };

const fieldsOf = (value: Json | undefined): Fields =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Fields) : {};

const words = (value: Json | undefined): string =>
  value === undefined || value === null ? "" : viewedText(value);

/**
 * The messages of a request in any provider's format, then its other parts. Without messages, the request as a whole.
 */
function requestParts(request: Json): TranscriptPart[] {
  if (request === null) return [];
  const { messages, input, system, instructions, ...others } = fieldsOf(request);
  const list = Array.isArray(messages) ? messages : Array.isArray(input) ? input : null;
  if (list === null) return [part("request", "", viewedText(request))];
  const preface = words(system) || words(instructions);
  return [
    ...(preface === "" ? [] : [part("request", "system", preface)]),
    ...list.map((one) => {
      const { role, content, ...rest } = fieldsOf(one);
      return part("request", words(role), words(content) || viewedText(rest));
    }),
    ...(Object.keys(others).length === 0 ? [] : [part("request", "settings", viewedText(others))]),
  ];
}

/** The parts for a message, and for its tool calls. */
function messageParts(message: Json): TranscriptPart[] {
  const { role, content, tool_calls, name, tool_call_id } = fieldsOf(message);
  const calls = listOf(tool_calls ?? null).map(toolCallPart);
  const text = words(content);
  const title = [words(role), words(name) || words(tool_call_id)].filter((word) => word !== "").join(" ");
  if (role === "tool") return [part("tool result", words(name) || words(tool_call_id), text)];
  return [...(text === "" && calls.length > 0 ? [] : [part("message", title, text)]), ...calls];
}

function toolCallPart(call: Json): TranscriptPart {
  const { name, arguments: given, function: named } = fieldsOf(call);
  const inner = fieldsOf(named);
  return part("tool call", words(name) || words(inner.name), words(given ?? inner.arguments));
}

function judgeParts({ scorer, request, reply }: JudgeExchange): TranscriptPart[] {
  const cost = reply.cost_usd === null ? "cost unknown" : dollars(reply.cost_usd);
  const facts = [scorer, reply.model, reply.draw === 1 ? null : `opinion ${reply.draw}`];
  const title = facts.filter((fact) => fact !== null).join(" · ");
  return [
    ...requestParts(request).map((one) =>
      part("judge's question", [title, one.title].filter((word) => word !== "").join(": "), one.text),
    ),
    part("judge's reply", `${title} · ${cost}`, reply.refusal ?? reply.output),
  ];
}

/** Indents JSON; other text is unchanged. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
