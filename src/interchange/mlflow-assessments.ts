import type { RunHeader } from "../domain/run.ts";
import type { ReceivingServer, RunToExport, ServerRequest, TracedTrial } from "./exported.ts";
import { isObject, listMember, objectMember } from "./reading/json-fields.ts";
import { objectOf, postJson } from "./server-request.ts";
import { traceId } from "./tracing/trial-spans.ts";

/** The source name by which the assessments of evals are recognized. */
const SOURCE = "evals";

/**
 * Sends the scores of every trial, and what was expected of it.
 *
 * @param mayBeAssessed whether an earlier export may have left assessments. They are then read first, because
 * MLflow would store the same assessment a second time
 */
export async function assess(
  run: RunToExport,
  server: ReceivingServer,
  mayBeAssessed: boolean,
): Promise<void> {
  await server.each(run.traced(), async (trial) => {
    const made = assessmentsOf(trial, run.header);
    if (made.length === 0) return;
    const path = `/api/3.0/mlflow/traces/${mlflowTrace(trial)}`;
    const known = mayBeAssessed ? await knownAssessments(server, path) : new Set();
    for (const one of made)
      if (!known.has(nameIn(one)))
        await server.deliver({ ...postJson(`${path}/assessments`, { assessment: one }), once: true });
  });
}

/** MLflow's id of an OTLP trace. */
export const mlflowTrace = (trial: TracedTrial): string => `tr-${traceId(trial)}`;

async function knownAssessments(server: ReceivingServer, path: string): Promise<ReadonlySet<unknown>> {
  const request: ServerRequest = { method: "GET", path };
  const reply = await server.ask(request);
  if (reply.status === 404) return new Set();
  const trace = objectMember(objectOf(server, request, reply), "trace") ?? {};
  const list = listMember(objectMember(trace, "trace_info") ?? {}, "assessments").filter(isObject);
  const ours = list.filter((one) => objectMember(one, "source")?.source_id === SOURCE);
  return new Set(ours.map(nameIn));
}

/**
 * Names an assessment together with its kind. A scorer may be called "expected" as the expectation is: without the
 * kind, one of the two would be taken for sent already.
 */
const nameIn = (one: { readonly assessment_name?: unknown; readonly expectation?: unknown }): string =>
  `${one.expectation === undefined ? "score" : "expectation"} ${one.assessment_name}`;

function assessmentsOf(trial: TracedTrial, header: RunHeader) {
  return [...expectationOf(trial), ...scoresOf(trial, header)];
}

/** The expected value as MLflow keeps it: a plain value as it is, another as JSON. */
function expectationOf(trial: TracedTrial) {
  const { expected } = trial;
  if (expected === undefined || expected === null) return [];
  const value =
    typeof expected === "object"
      ? { serialized_value: { serialization_format: "JSON_FORMAT", value: JSON.stringify(expected) } }
      : { value: expected };
  return [
    {
      assessment_name: "expected",
      trace_id: mlflowTrace(trial),
      source: { source_type: "CODE", source_id: SOURCE },
      expectation: value,
    },
  ];
}

function scoresOf(trial: TracedTrial, { scorers }: RunHeader) {
  return scorers.flatMap(({ name, binary, opinion }) => {
    const score = trial.scores[name] ?? null;
    const why = trial.voids[name];
    if (score === null && why === undefined) return [];
    return [
      {
        assessment_name: name,
        trace_id: mlflowTrace(trial),
        source: { source_type: opinion === true ? "LLM_JUDGE" : "CODE", source_id: SOURCE },
        feedback:
          score === null
            ? { error: { error_code: "VOID", error_message: why } }
            : { value: binary ? score.pass : score.score },
        ...(score !== null && { rationale: score.reason, metadata: { pass: String(score.pass) } }),
      },
    ];
  });
}

export async function* assessmentsOfRun({ header, traced }: RunToExport) {
  for await (const trial of traced()) yield* assessmentsOf(trial, header);
}
