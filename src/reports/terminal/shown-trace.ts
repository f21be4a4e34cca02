import type { ShownTrace } from "../../domain/shown-run.ts";
import type { TrafficRow } from "../../domain/traffic.ts";
import { dollars } from "../format-numbers.ts";
import { plainLine, plainText } from "../plain-text.ts";
import { transcriptLines, wayFacts } from "./transcript-lines.ts";

/** One exchange of production with its conversation. */
export function shownTraceText({ trace, transcript, scores }: ShownTrace): string {
  const conversation = transcriptLines(transcript, transcript.messages.length > 0);
  return `${[
    `trace:${plainLine(trace.id)}  ${trace.error === null ? "answered" : "failed"}`,
    `  ${[...factsOf(trace), ...wayFacts(transcript)].map(plainLine).join(" · ")}`,
    "",
    ...(trace.error === null ? [] : [...block("error", trace.error), ""]),
    ...(conversation.length === 0
      ? ["The trace has no texts: the application did not record them.", ""]
      : conversation),
    ...trace.feedback.map(
      ({ name, score, label, comment }) =>
        `${plainLine(name)}: ${[score, label, comment].flatMap((one) => (one === null ? [] : plainLine(String(one)))).join("  ")}`,
    ),
    ...scores.map(({ suite, scorer, score, pass, reason }) => {
      const outcome = score === null ? "no score" : `${score} ${pass ? "passes" : "fails"}`;
      return `${plainLine(`${suite}/${scorer}`)}: ${outcome}  ${plainLine(reason)}`;
    }),
  ].join("\n")}\n`;
}

function factsOf(trace: TrafficRow): string[] {
  const { at, session, user, service, environment, arm, model, prompt, prompt_version, tags } = trace;
  const { latency_ms, usage, cost_usd } = trace;
  const named = (name: string, value: string | null): string | null =>
    value === null ? null : `${name} ${value}`;
  return [
    at,
    model,
    latency_ms === null ? null : `${Math.round(latency_ms)} ms`,
    usage.input_tokens === null ? null : `${usage.input_tokens} + ${usage.output_tokens ?? "?"} tokens`,
    cost_usd === null ? null : dollars(cost_usd),
    named("service", service),
    named("environment", environment),
    named(
      "prompt",
      prompt === null ? prompt_version : `${prompt}${prompt_version === null ? "" : `@${prompt_version}`}`,
    ),
    named("arm", arm),
    named("session", session),
    named("user", user),
    tags.length === 0 ? null : `tags ${tags.join(" ")}`,
  ].filter((fact) => fact !== null);
}

function block(title: string, text: string): string[] {
  return [
    title,
    ...plainText(text)
      .split("\n")
      .map((line) => `  ${line}`),
  ];
}
