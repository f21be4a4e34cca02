import type { Json } from "../domain/json.ts";
import type { ExportedCase, ReceivingServer, RunExporter, RunToExport } from "./exported.ts";
import { ownItem } from "./own-metadata.ts";
import { isObject, objectMember, textMember } from "./reading/json-fields.ts";
import { PHOENIX_KEYS } from "./server-keys.ts";
import { objectIn, postJson } from "./server-request.ts";
import { otlpDocument } from "./tracing/otlp-document.ts";
import { sendSpans, spansOfRun } from "./tracing/send-spans.ts";
import { openInferenceValues } from "./tracing/shown-values.ts";
import { rootSpanId, traceId } from "./tracing/trial-spans.ts";
import { inParts, listed } from "./writing/listed.ts";

/**
 * Exports a dataset with examples under fixed ids, one trace per trial in a project, and each score as an annotation
 * of the trace's first span.
 */
export const phoenixExporter: RunExporter = {
  file: phoenixFile,
  server: {
    keys: PHOENIX_KEYS,
    send: sendToPhoenix,
  },
};

/** Maximum examples or annotations in one request. */
const MAX = 500;

async function sendToPhoenix(run: RunToExport, server: ReceivingServer): Promise<string | undefined> {
  for await (const cases of inParts(run.cases(), MAX))
    await server.deliver(postJson("/v1/datasets/upload?sync=true", upload(run, cases)));
  await sendSpans(run, server, {
    path: "/v1/traces",
    resource: resourceOf(run),
    more: openInferenceValues,
  });
  await server.each(inParts(annotationsOf(run), MAX), async (data) => {
    await server.deliver(postJson("/v1/span_annotations", { data }));
  });
  const reply = await server.ask({
    method: "GET",
    path: `/v1/projects/${encodeURIComponent(projectOf(run))}`,
  });
  const project = textMember(objectMember(objectIn(reply.text) ?? {}, "data") ?? {}, "id");
  // Phoenix creates a new project only after it has replied to the request with the traces. So the first export into a
  // project may not find the project yet, and gives the page of all projects instead.
  return project === undefined ? "/projects" : `/projects/${encodeURIComponent(project)}`;
}

/** The project's name: from Phoenix's own environment variable, else the suite's name. */
const projectOf = ({ env, header }: RunToExport): string => env.PHOENIX_PROJECT_NAME || header.suite;

const resourceOf = (run: RunToExport) => ({ "openinference.project.name": projectOf(run) });

/** The body of an upload. Phoenix adds or overwrites its examples, and keeps all other examples of the dataset. */
function upload({ dataset }: RunToExport, cases: readonly ExportedCase[]): object {
  const examples = cases.map(exampleOf);
  return {
    action: "append",
    name: dataset,
    inputs: examples.map(({ input }) => input),
    outputs: examples.map(({ output }) => output),
    metadata: examples.map(({ metadata }) => metadata),
    example_ids: examples.map(({ id }) => id),
  };
}

/**
 * Whether Phoenix keeps a value unchanged: Phoenix accepts only objects, and treats an object without members as no
 * value.
 */
const isKept = (value: Json): boolean => isObject(value) && Object.keys(value).length > 0;

function exampleOf(golden: ExportedCase) {
  const { input = {}, expected = {}, metadata } = ownItem(golden, isKept);
  return { id: golden.id, input, output: expected, metadata };
}

async function* annotationsOf({ header, traced }: RunToExport): AsyncGenerator<object> {
  const byModel = new Set(header.scorers.filter(({ opinion }) => opinion === true).map(({ name }) => name));
  for await (const trial of traced())
    for (const [name, score] of Object.entries(trial.scores)) {
      if (score === null) continue;
      yield {
        span_id: rootSpanId(traceId(trial)),
        name,
        annotator_kind: byModel.has(name) ? "LLM" : "CODE",
        result: { label: score.pass ? "pass" : "fail", score: score.score, explanation: score.reason },
        // An annotation with the same name and identifier is replaced.
        identifier: "evals",
      };
    }
}

/**
 * The run as a file: first the examples, in the format of Phoenix's API, which `evals import phoenix` reads; then
 * the traces and the annotations.
 */
async function* phoenixFile(run: RunToExport): AsyncGenerator<string> {
  yield `{\n"dataset": ${JSON.stringify(run.dataset)},\n"data": {"examples": [\n`;
  yield* listed(run.cases(), exampleOf);
  yield '\n]},\n"traces": [\n';
  yield* listed(spansOfRun(run, openInferenceValues), (spans) => otlpDocument(spans, resourceOf(run)));
  yield '\n],\n"annotations": [\n';
  yield* listed(annotationsOf(run), (one) => one);
  yield "\n]\n}\n";
}
