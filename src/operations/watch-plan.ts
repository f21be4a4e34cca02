import { statSync } from "node:fs";
import { join } from "node:path";
import { hashJson } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import type { Project } from "../domain/project.ts";
import { isRecording } from "../domain/recorded-provider.ts";
import type { Plan } from "../run/plan.ts";
import type { Environment } from "./environment.ts";
import { closeRuns, prepareRuns } from "./running/prepare-runs.ts";
import { openRunPlace } from "./running/run-place.ts";
import { narrowingOf, type RunRequest } from "./running/run-request.ts";
import { openTargets, targetsOf } from "./running/target-matrix.ts";
import { withoutKeys } from "./running/without-keys.ts";

/**
 * A text that changes when a run would ask, score or gate differently. It is made from the fingerprints, the gates'
 * rules, and the files with recorded answers. If the project has mistakes, the text is made from the mistakes.
 */
export async function planSignature(io: Environment, request: RunRequest): Promise<string> {
  try {
    return await readSignature(io, request);
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    return hashJson(error.problems.map(({ code, path = "", line = 0, what }) => [code, path, line, what]));
  }
}

async function readSignature(io: Environment, request: RunRequest): Promise<string> {
  const place = await openRunPlace(io, {
    ref: request.at,
    directory: request.directory,
    suites: request.suites,
    overrides: targetsOf(request)[0],
  });
  try {
    const { suites } = await openTargets(place.project, request, place.load);
    const prepared = await prepareRuns(withoutKeys(place.project), suites, {
      narrowing: narrowingOf(request),
      trials: request.trials,
    });
    try {
      return hashJson(prepared.map(({ plan }) => signatureOf(plan, place.project)));
    } finally {
      await closeRuns(prepared);
    }
  } finally {
    place.remove();
  }
}

function signatureOf({ hash, suite, model }: Plan, { root, config }: Project): string[] {
  return [hash, JSON.stringify(suite.suite), JSON.stringify(config), recordingOf(root, model)];
}

/**
 * A text that changes when the file of a recording changes; empty for a model without a recording. The fingerprint
 * does not change with this file, because it is the fingerprint of the model that was recorded.
 */
function recordingOf(root: string, { provider, settings }: Plan["model"]): string {
  const { file } = settings as { readonly file?: unknown };
  if (!isRecording(provider.kind) || typeof file !== "string") return "";
  const found = statSync(join(root, file), { throwIfNoEntry: false });
  return found === undefined ? "" : `${found.mtimeMs} ${found.size}`;
}
