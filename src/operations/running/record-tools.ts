import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { RecordedTrial } from "../../agents/tool-recording.ts";
import { everyItem } from "../../domain/pages.ts";
import { readVariantId } from "../../domain/variant-id.ts";
import { repositoryPath } from "../../modules/repository-path.ts";
import { plural } from "../../reports/format-numbers.ts";
import type { Plan } from "../../run/plan.ts";
import { variantRuns } from "../../run/variant-runs.ts";
import type { Store, StoredRun } from "../../store/store.ts";

type RecordedRun = Pick<StoredRun, "no" | "header">;

/** Path of the recording of a suite's tools, if the suite names no other. */
const defaultPath = (suite: string): string => `fixtures/tools/${suite}.jsonl`;

/**
 * `--record` for an agent's tools: writes what the tools answered in a run's trials, and in the variants of these
 * trials, to a file. A suite with `agent: { recorded: … }` reads this file.
 *
 * @returns a message about the result; null without tools
 */
export async function recordTools(
  plan: Plan,
  run: RecordedRun,
  store: Store,
  root: string,
): Promise<string | null> {
  const { suite, name } = plan.suite;
  const offered = await plan.target.conversing?.offered?.();
  if (offered === undefined) return null;
  if (offered.kind === "lost") return `the answers of tools were not recorded: ${offered.message}`;
  if (plan.redaction !== null)
    return "the answers of tools were not recorded: `redact` changes the arguments by which a recorded answer is found";
  const { ToolRecording } = await import("../../agents/tool-recording.ts");
  const path = suite.agent?.recorded ?? defaultPath(name);
  const place = repositoryPath(root, path);
  const recording = new ToolRecording();
  if (existsSync(place)) recording.takeLines(readFileSync(place, "utf8"));
  const calls = await recording.takeRun(offered.tools, trialsOf(run, store));
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, recording.text);
  const use =
    suite.agent?.recorded === undefined ? `; agent: { recorded: ${path} } answers from this file` : "";
  return `recorded ${plural(calls, "answer")} of tools in ${path}${use}`;
}

/** The run's own trials, then their variants. A variant has the id of its case. */
async function* trialsOf({ no, header }: RecordedRun, store: Store): AsyncGenerator<RecordedTrial> {
  yield* trialsIn(no, store);
  for (const variants of await variantRuns(store, header)) yield* trialsIn(variants.no, store);
}

async function* trialsIn(no: number, { read }: Store): AsyncGenerator<RecordedTrial> {
  for await (const { case_no, id } of everyItem((page) => read.cases(no, page))) {
    const case_id = readVariantId(id)?.case ?? id;
    for (const { trial } of await read.trialsOfCase(no, case_no)) {
      const transcript = (await read.transcript(no, case_no, trial))?.transcript;
      if (transcript === undefined) continue;
      const { tool_calls: calls, trajectory } = transcript;
      yield { case_id, calls, cutStep: trajectory?.stopped === "time" ? trajectory.steps : undefined };
    }
  }
}
