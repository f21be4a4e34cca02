import type { Message } from "../../domain/message.ts";
import type { TracedTrial } from "../exported.ts";
import type { Attributes, AttributeValue, MadeSpan } from "./span.ts";
import { asText, roundsOf } from "./trial-rounds.ts";

/**
 * What Phoenix shows of a span in its tables, as attributes of OpenInference. The root span has the case's input
 * and the answer; the spans below it have messages, arguments and results. From the attributes of OpenTelemetry
 * alone, Phoenix shows no input, and shows the name of the model as the output.
 */
export function openInferenceValues(span: MadeSpan, trial: TracedTrial, root: MadeSpan): Attributes {
  const { attributes } = span;
  return span.id === root.id
    ? {
        ...shown("input", trial.input === undefined ? undefined : asText(trial.input)),
        ...shown("output", trial.output),
      }
    : {
        ...shown("input", attributes["gen_ai.input.messages"] ?? attributes["gen_ai.tool.call.arguments"]),
        ...shown("output", attributes["gen_ai.output.messages"] ?? attributes["gen_ai.tool.call.result"]),
      };
}

function shown(name: "input" | "output", value: AttributeValue | null | undefined): Attributes {
  if (typeof value !== "string") return {};
  return {
    [`${name}.value`]: value,
    [`${name}.mime_type`]: isJson(value) ? "application/json" : "text/plain",
  };
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * What MLflow shows of a trace in its tables and as a conversation. The values are in OpenAI's chat format, because
 * MLflow finds texts in that format. From the attributes of OpenTelemetry alone, MLflow's tables show the JSON of the
 * messages.
 */
export function mlflowValues({ transcript, input, output }: TracedTrial): Attributes {
  const asked: readonly Message[] =
    transcript === null
      ? input === undefined
        ? []
        : [{ role: "user", content: asText(input) }]
      : (roundsOf(transcript, input)[0]?.given ?? []);
  const message = { role: "assistant", content: output };
  return {
    "mlflow.spanInputs": JSON.stringify({ messages: asked.map(({ role, content }) => ({ role, content })) }),
    "mlflow.spanOutputs": transcript === null ? null : JSON.stringify({ choices: [{ message }] }),
  };
}
