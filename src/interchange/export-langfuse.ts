import { sha256 } from "../domain/json.ts";
import type { ExportedCase, ReceivingServer, RunExporter, RunToExport, TracedTrial } from "./exported.ts";
import { ownItem } from "./own-metadata.ts";
import { isNothing, textMember } from "./reading/json-fields.ts";
import { LANGFUSE_KEYS } from "./server-keys.ts";
import { objectOf, postJson } from "./server-request.ts";
import { otlpDocument } from "./tracing/otlp-document.ts";
import { sendSpans, spansOfRun } from "./tracing/send-spans.ts";
import type { Attributes, MadeSpan } from "./tracing/span.ts";
import { asText } from "./tracing/trial-rounds.ts";
import { rootSpanId, traceId } from "./tracing/trial-spans.ts";
import { listed } from "./writing/listed.ts";

/**
 * Exports the dataset with its cases as items, one experiment for each trial number (Langfuse stores one answer per
 * item and experiment), and the scores. All ids are derived from the run, so a second export overwrites the first.
 */
export const langfuseExporter: RunExporter = {
  file: langfuseFile,
  server: {
    keys: LANGFUSE_KEYS,
    send: sendToLangfuse,
  },
};

async function sendToLangfuse(run: RunToExport, server: ReceivingServer): Promise<string | undefined> {
  const { dataset, project } = await makeDataset(run, server);
  await server.each(run.cases(), async (one) => {
    await server.deliver(postJson("/api/public/dataset-items", item(run, one)));
  });
  await sendSpans(run, server, {
    path: "/api/public/otel/v1/traces",
    headers: { "x-langfuse-ingestion-version": "4" },
    more: experimentAttributes(run, dataset),
  });
  await server.each(scoresOf(run), async (score) => {
    await server.deliver(postJson("/api/public/scores", score));
  });
  return project === undefined ? undefined : `/project/${project}/datasets/${dataset}`;
}

/** @returns the dataset's id in Langfuse, and that of its project */
async function makeDataset(
  run: RunToExport,
  server: ReceivingServer,
): Promise<{ readonly dataset: string; readonly project: string | undefined }> {
  const request = postJson("/api/public/v2/datasets", { name: run.dataset });
  const reply = await server.ask(request);
  const made = objectOf(server, request, reply);
  const dataset = textMember(made, "id");
  if (dataset === undefined) throw server.refused(request, reply);
  return { dataset, project: textMember(made, "projectId") };
}

/**
 * The id of a case's item in Langfuse, where item ids must be unique in a whole project and have at most 255
 * characters.
 */
export function itemId(dataset: string, id: string): string {
  const whole = `${dataset}:${id}`;
  return whole.length <= 255 && !/\p{Cc}/u.test(whole)
    ? whole
    : `${sha256(dataset).slice(0, 16)}:${sha256(id)}`;
}

function item({ dataset }: RunToExport, golden: ExportedCase): object {
  const { input = null, expected = null, metadata } = ownItem(golden, (value) => !isNothing(value));
  return {
    id: itemId(dataset, golden.id),
    datasetName: dataset,
    input,
    expectedOutput: expected,
    metadata,
    status: "ACTIVE",
  };
}

/** Assigns a span to an experiment; Langfuse needs these attributes on every span. */
function experimentAttributes(
  { header, dataset: name }: RunToExport,
  dataset: string,
): (span: MadeSpan, trial: TracedTrial, root: MadeSpan) => Attributes {
  return (span, trial, root) => {
    const isRoot = span.id === root.id;
    return {
      "langfuse.experiment.id": sha256(`${header.id} ${trial.trial}`).slice(0, 32),
      "langfuse.experiment.name": experimentName(header.suite, header.id, header.trials, trial.trial),
      "langfuse.experiment.dataset.id": dataset,
      "langfuse.experiment.item.id": itemId(name, trial.case),
      "langfuse.experiment.item.root_observation_id": root.id,
      "langfuse.experiment.metadata.run": header.id,
      "langfuse.experiment.metadata.target": header.target,
      ...(isRoot && {
        "langfuse.trace.name": `${header.suite}/${trial.case}`,
        "langfuse.observation.input": asText(trial.input),
        "langfuse.observation.output": trial.output,
        "langfuse.experiment.item.expected_output":
          trial.expected === undefined ? null : asText(trial.expected),
      }),
    };
  };
}

function experimentName(suite: string, run: string, trials: number, trial: number): string {
  return trials === 1 ? `${suite} ${run}` : `${suite} ${run} #${trial}`;
}

async function* scoresOf({ header, traced }: RunToExport): AsyncGenerator<object> {
  const isBinary = new Map(header.scorers.map(({ name, binary }) => [name, binary]));
  for await (const trial of traced()) {
    const trace = traceId(trial);
    const at = { traceId: trace, observationId: rootSpanId(trace) };
    for (const [name, score] of Object.entries(trial.scores)) {
      if (score === null) continue;
      const binary = isBinary.get(name) === true;
      yield {
        id: sha256(`${trace} ${name}`).slice(0, 32),
        ...at,
        name,
        value: binary ? Number(score.pass) : score.score,
        dataType: binary ? "BOOLEAN" : "NUMERIC",
        comment: score.reason,
        metadata: { pass: score.pass },
      };
    }
  }
}

/**
 * The run as a file: first the items, in the format of Langfuse's API, which `evals import langfuse` reads; then
 * the traces and the scores.
 */
async function* langfuseFile(run: RunToExport): AsyncGenerator<string> {
  yield `{\n"dataset": ${JSON.stringify(run.dataset)},\n"data": [\n`;
  yield* listed(run.cases(), (one) => item(run, one));
  yield '\n],\n"traces": [\n';
  yield* listed(spansOfRun(run, experimentAttributes(run, run.dataset)), (spans) => otlpDocument(spans));
  yield '\n],\n"scores": [\n';
  yield* listed(scoresOf(run), (score) => score);
  yield "\n]\n}\n";
}
