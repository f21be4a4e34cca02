import { type PrepareOptions, prepareRuns } from "../../operations/running/prepare-runs.ts";
import { loadProject } from "../../project/load-project.ts";
import { memoryFiles } from "../../project/testing/memory-files.ts";
import { providers } from "../../providers/registry.ts";
import { scorers } from "../../scorers/registry.ts";
import type { Plan } from "../plan.ts";

/** The files of a small project that asks a chat model, by path. */
export const repository: Readonly<Record<string, string>> = {
  "evalconfig.yaml": `models:
  small:
    provider: openai
    model: small-2024-07-18
    base_url: http://127.0.0.1:9/v1
    params: { temperature: 0, max_tokens: 60 }
    price: { input: 0.15, output: 0.60 }
    timeout: 30s
`,
  "evals/triage.yaml": `dataset: triage
prompt: triage
model: small
trials: 2
scorers:
  - { type: equals, name: queue, select: { json: $.queue }, against: expected.queue }
  - { type: contains, value: please, required: false }
gate: { require: { pass_rate: ">= 0.9" } }
`,
  "datasets/triage.jsonl": `{"id":"a","input":{"message":"charged twice"},"expected":{"queue":"billing"},"tags":["money"]}
{"id":"b","input":{"message":"parcel late"},"expected":{"queue":"shipping"},"tags":["parcel"],"metadata":{"source":"ticket 1"}}
{"id":"c","input":{"message":"password"},"expected":{"queue":"account"}}
`,
  "prompts/triage/1.0.0.md": `---
description: Route the ticket.
---
system:
You route tickets.
user:
{{ input.message }}
`,
};

/** The project with a text replaced in one of its files. @throws if the file does not contain the text */
export function edited(path: string, from: string | RegExp, to: string): Readonly<Record<string, string>> {
  const before = repository[path] ?? "";
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${path} does not contain ${from}`);
  return { ...repository, [path]: after };
}

/** The plan of the only suite of a project in memory. */
export async function planOf(
  files: Readonly<Record<string, string>> = repository,
  options: PrepareOptions = { narrowing: null },
): Promise<Plan> {
  const project = await loadProject({
    root: "/nowhere",
    files: memoryFiles(files),
    env: {},
    providers,
    scorers,
  });
  const [prepared] = await prepareRuns(project, project.suites, options);
  if (prepared === undefined) throw new Error("nothing was planned");
  return prepared.plan;
}

/** Each case's key by its id. */
export function keysOf(plan: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: plan.count }, (_, caseNo) => [plan.id(caseNo), plan.key(caseNo)]),
  );
}
