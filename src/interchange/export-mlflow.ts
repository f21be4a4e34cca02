import { sha256 } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import { isUnfinished, type RunHeader } from "../domain/run.ts";
import type { ReceivingServer, RunExporter, RunToExport, ServerRequest, TracedTrial } from "./exported.ts";
import { assess, assessmentsOfRun, mlflowTrace } from "./mlflow-assessments.ts";
import { mlflowMetrics, mlflowParams } from "./mlflow-values.ts";
import { type JsonObject, objectMember, textMember } from "./reading/json-fields.ts";
import { trialsCsv } from "./run-table.ts";
import { askForObject, objectIn, objectOf, postJson } from "./server-request.ts";
import { otlpDocument } from "./tracing/otlp-document.ts";
import { sendSpans, spansOfRun } from "./tracing/send-spans.ts";
import { mlflowValues } from "./tracing/shown-values.ts";
import type { Attributes, MadeSpan } from "./tracing/span.ts";
import { inParts, listed } from "./writing/listed.ts";

/**
 * Exports a run with metrics, intervals, params and artifacts to an experiment, one trace per trial, and each score
 * as an assessment of its trace.
 */
export const mlflowExporter: RunExporter = {
  file: mlflowFile,
  server: {
    keys: {
      names: ["MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"],
      headers: ({
        MLFLOW_TRACKING_TOKEN: token,
        MLFLOW_TRACKING_USERNAME: name,
        MLFLOW_TRACKING_PASSWORD: password,
      }) =>
        token
          ? { authorization: `Bearer ${token}` }
          : name && password
            ? { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}` }
            : {},
    },
    send: sendToMlflow,
  },
};

const API = "/api/2.0/mlflow";
/** The tag in which an MLflow run or trace has the id of the exported run. */
const RUN_TAG = "evals.run";

async function sendToMlflow(run: RunToExport, server: ReceivingServer): Promise<string> {
  const experiment = await experimentOf(run, server);
  const { id, artifacts, isNew } = await runOf(run, experiment, server);
  await logValues(run, id, server);
  await logDataset(run, id, server);
  await putArtifacts(run, artifacts, server);
  // When an MLflow run is deleted, its traces stay with their assessments. So even when the MLflow run is new, an
  // earlier export may have left traces that are assessed already.
  const mayBeAssessed = !isNew || (await mayHaveTraces(run, experiment, server));
  if (await sendTraces(run, { experiment, id }, server)) {
    await linkTraces(run, id, server);
    await assess(run, server, mayBeAssessed);
  }
  await call(server, "runs/update", {
    run_id: id,
    status: statusOf(run),
    ...(run.ended_at !== null && { end_time: Date.parse(run.ended_at) }),
  });
  return `/#/experiments/${experiment}/runs/${id}`;
}

function call(
  server: ReceivingServer,
  method: string,
  body: unknown,
  { once = false } = {},
): Promise<JsonObject> {
  return askForObject(server, { ...postJson(`${API}/${method}`, body), once });
}

/** The experiment's name: from MLflow's own environment variable, else the suite's name. */
const experimentName = ({ env, header }: RunToExport): string => env.MLFLOW_EXPERIMENT_NAME || header.suite;

/** The id of the experiment. The experiment is created if needed. */
async function experimentOf(run: RunToExport, server: ReceivingServer): Promise<string> {
  const name = experimentName(run);
  const request: ServerRequest = {
    method: "GET",
    path: `${API}/experiments/get-by-name?${new URLSearchParams({ experiment_name: name })}`,
  };
  const reply = await server.ask(request);
  if (reply.status === 404 && objectIn(reply.text)?.error_code === "RESOURCE_DOES_NOT_EXIST") {
    const creation = postJson(`${API}/experiments/create`, { name });
    const created = await server.ask(creation);
    const made = textMember(objectOf(server, creation, created), "experiment_id");
    if (made === undefined) throw server.refused(creation, created);
    return made;
  }
  const experiment = objectMember(objectOf(server, request, reply), "experiment") ?? {};
  if (experiment.lifecycle_stage === "deleted") throw deletedExperiment(name);
  const id = textMember(experiment, "experiment_id");
  if (id === undefined) throw server.refused(request, reply);
  return id;
}

interface MlflowRun {
  readonly id: string;
  /** Address at which the artifacts of the MLflow run are kept; empty when unknown. */
  readonly artifacts: string;
  readonly isNew: boolean;
}

/** The MLflow run that is tagged with the id of the exported run; it is created if needed. */
async function runOf(
  { header }: RunToExport,
  experiment: string,
  server: ReceivingServer,
): Promise<MlflowRun> {
  const search = postJson(`${API}/runs/search`, {
    experiment_ids: [experiment],
    filter: `tags."${RUN_TAG}" = '${header.id}'`,
    max_results: 1,
  });
  const searched = await server.ask(search);
  const { runs } = objectOf(server, search, searched);
  const [found] = Array.isArray(runs) ? (runs as readonly JsonObject[]) : [];
  if (found !== undefined) return { ...runIn(found, () => server.refused(search, searched)), isNew: false };
  const creation = {
    ...postJson(`${API}/runs/create`, {
      experiment_id: experiment,
      run_name: `${header.suite} ${header.id}`,
      start_time: Date.parse(header.started_at),
      tags: runTags(header),
    }),
    once: true,
  };
  const created = await server.ask(creation);
  const run = objectMember(objectOf(server, creation, created), "run") ?? {};
  return { ...runIn(run, () => server.refused(creation, created)), isNew: true };
}

/**
 * The id and the artifact location in MLflow's description of a run. @throws when there is no id, because every
 * later request needs it
 */
function runIn(run: JsonObject, refused: () => Error): Omit<MlflowRun, "isNew"> {
  const info = objectMember(run, "info") ?? {};
  const id = textMember(info, "run_id");
  if (id === undefined) throw refused();
  return { id, artifacts: textMember(info, "artifact_uri") ?? "" };
}

function runTags(header: RunHeader): readonly { key: string; value: string }[] {
  return [
    { key: RUN_TAG, value: header.id },
    { key: "evals.suite", value: header.suite },
    ...(header.commit === null ? [] : [{ key: "mlflow.source.git.commit", value: header.commit }]),
  ];
}

/** Maximum numbers of metrics and of params in one request. */
const MAX_METRICS = 900;
const MAX_PARAMS = 90;

async function logValues(run: RunToExport, id: string, server: ReceivingServer): Promise<void> {
  const metrics = mlflowMetrics(run);
  const params = mlflowParams(run);
  for (let at = 0; at < Math.max(metrics.length, 1); at += MAX_METRICS)
    await call(server, "runs/log-batch", {
      run_id: id,
      metrics: metrics.slice(at, at + MAX_METRICS),
      params: at === 0 ? params.slice(0, MAX_PARAMS) : [],
    });
}

/** Logs the dataset as an input of the MLflow run. The digest changes when a case of the dataset changes. */
async function logDataset(run: RunToExport, id: string, server: ReceivingServer): Promise<void> {
  let digest = "";
  let rows = 0;
  for await (const { id: name, input = null, expected = null } of run.cases()) {
    digest = sha256(`${digest}${JSON.stringify([name, input, expected])}`);
    rows++;
  }
  const dataset = {
    name: run.dataset,
    digest: digest.slice(0, 8),
    source_type: "local",
    source: JSON.stringify({ uri: run.dataset }),
    profile: JSON.stringify({ num_rows: rows }),
  };
  const tags = [{ key: "mlflow.data.context", value: "eval" }];
  await call(server, "runs/log-inputs", { run_id: id, datasets: [{ tags, dataset }] });
}

/** Beginning of the address of artifacts that an MLflow server stores itself and accepts through its API. */
const HELD_BY_SERVER = "mlflow-artifacts:/";

/**
 * Uploads the report and a table of all trials. A server with external artifact storage does not accept uploads
 * through its API, so the user is told that they are missing.
 */
async function putArtifacts(run: RunToExport, place: string, server: ReceivingServer): Promise<void> {
  if (!place.startsWith(HELD_BY_SERVER)) {
    run.notice(
      `The run's artifacts are not exported: this MLflow server keeps artifacts at ${place}, where its API cannot write.`,
    );
    return;
  }
  const folder = place.slice(HELD_BY_SERVER.length).replace(/^\/*([^/]+:\d+\/)?/, "");
  const scorers = run.header.scorers.map(({ name }) => name);
  let table = "";
  for await (const piece of trialsCsv(run.trials(), scorers)) table += piece;
  const files = [
    { name: "report.json", bytes: run.report(), type: "application/json" },
    { name: "trials.csv", bytes: table, type: "text/csv" },
  ];
  for (const { name, bytes, type } of files) {
    const path = `/api/2.0/mlflow-artifacts/artifacts/${folder}/evals/${name}`;
    await server.deliver({ method: "PUT", path, body: { bytes, type } });
  }
}

/** Whether the experiment has traces of the exported run; true when the server cannot tell. */
async function mayHaveTraces(
  { header }: RunToExport,
  experiment: string,
  server: ReceivingServer,
): Promise<boolean> {
  const reply = await server.ask(
    postJson("/api/3.0/mlflow/traces/search", {
      locations: [{ type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: experiment } }],
      filter: `tags."${RUN_TAG}" = '${header.id}'`,
      max_results: 1,
    }),
  );
  const { traces = [] } = (reply.status === 200 ? objectIn(reply.text) : undefined) ?? { traces: null };
  return !Array.isArray(traces) || traces.length > 0;
}

/**
 * Sends one trace per trial. @returns false when the server cannot store traces, because its store is a folder and
 * not a database
 */
async function sendTraces(
  run: RunToExport,
  { experiment, id }: { readonly experiment: string; readonly id: string },
  server: ReceivingServer,
): Promise<boolean> {
  let isKept = true;
  const asking: ReceivingServer = {
    ...server,
    deliver: async (request, known = []) => {
      if (!isKept) return undefined;
      const reply = await server.deliver(request, [...known, 501]);
      if (reply?.status === 501) isKept = false;
      return reply;
    },
  };
  await sendSpans(run, asking, {
    path: "/v1/traces",
    headers: { "x-mlflow-experiment-id": experiment, "x-mlflow-run-id": id },
    more: rootAttributes,
  });
  if (!isKept)
    run.notice(
      "The run's traces are not exported: this MLflow server keeps traces only when its store is a database.",
    );
  return isKept;
}

/** Maximum number of traces in a request. */
const MAX_LINKS = 100;

/**
 * Links the traces to the MLflow run. This is for MLflow before 3.17, which ignores the header `x-mlflow-run-id` of
 * `sendTraces`. The oldest versions cannot link traces at all; they refuse the request, which is no error here.
 */
async function linkTraces(run: RunToExport, id: string, server: ReceivingServer): Promise<void> {
  await server.each(inParts(run.traced(), MAX_LINKS), async (trials) => {
    const body = { trace_ids: trials.map(mlflowTrace), run_id: id };
    await server.deliver(postJson(`${API}/traces/link-to-run`, body), [404, 405, 501]);
  });
}

/** Attributes of the first span: what MLflow's tables show, and the tags of the trace. */
function rootAttributes(span: MadeSpan, traced: TracedTrial, root: MadeSpan): Attributes {
  if (span.id !== root.id) return {};
  const { run, suite, case: id, trial, pass } = traced;
  return {
    ...mlflowValues(traced),
    [`mlflow.traceTag.${RUN_TAG}`]: run,
    "mlflow.traceTag.evals.suite": suite,
    "mlflow.traceTag.evals.case": id,
    "mlflow.traceTag.evals.trial": String(trial),
    "mlflow.traceTag.evals.pass": pass === null ? null : String(pass),
  };
}

function statusOf({ status }: RunToExport): string {
  if (!isUnfinished(status)) return "FINISHED";
  return status === "running" ? "RUNNING" : "KILLED";
}

/** The run as one JSON document: the data that an export sends to an MLflow server. */
async function* mlflowFile(run: RunToExport): AsyncGenerator<string> {
  const head = {
    experiment: experimentName(run),
    status: statusOf(run),
    tags: runTags(run.header),
    params: mlflowParams(run),
    metrics: mlflowMetrics(run),
  };
  yield `${JSON.stringify(head, null, 1).slice(0, -2)},\n"traces": [\n`;
  yield* listed(spansOfRun(run, rootAttributes), (spans) => otlpDocument(spans));
  yield '\n],\n"assessments": [\n';
  yield* listed(assessmentsOfRun(run), (one) => one);
  yield "\n]\n}\n";
}

function deletedExperiment(name: string): EvalsError {
  return new EvalsError({
    code: "EVALS_EXPORT_PLACE",
    what: `MLflow's experiment "${name}" is deleted.`,
    why: "MLflow adds no runs to a deleted experiment, and creates no second experiment with the same name.",
    fix: `Restore the experiment in MLflow, or name another one: MLFLOW_EXPERIMENT_NAME=<name>`,
  });
}
