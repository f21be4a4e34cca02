import * as z from "zod";
import { modelFrame } from "../domain/config.ts";
import type { Json } from "../domain/json.ts";
import type { OpenTarget, ProviderDefinition, ProviderHost } from "../domain/provider.ts";
import { OUTCOME_NAMES } from "../domain/stated-error.ts";
import { recordedReply, replyFrom } from "./given-answer.ts";
import type { MisspeltMembers } from "./misspelt-members.ts";
import { indexOutputs } from "./outputs-index.ts";
import { placeOfFile } from "./project-file.ts";

const Settings = z.strictObject({
  ...modelFrame,
  file: z
    .string()
    .min(1)
    .describe('JSONL, one line per trial: {"case","output"} and, when known, trial, usage, latency_ms…'),
});
type Settings = z.output<typeof Settings>;

/**
 * Members of a line that are notes of a person or another tool about the task. In other answers they say whether the
 * reply itself failed; in an outputs file they do not.
 */
const NOTES: ReadonlySet<string> = OUTCOME_NAMES;

async function openOutputs(settings: Settings, host: ProviderHost): Promise<OpenTarget> {
  const { file } = settings;
  const place = placeOfFile(host.root, file, {
    code: "EVALS_OUTPUTS_FILE",
    why: "The file contains the answers of this model.",
    fix: "Write the answers to that file, one JSON object per line, or correct the path (relative to the project root).",
  });
  // The code that finds misspelt members is loaded only where somebody wants to know of them.
  const Misspelt = host.warns === true ? (await import("./misspelt-members.ts")).MisspeltMembers : null;
  let misspelt: MisspeltMembers | undefined;
  const startReader =
    Misspelt === null
      ? undefined
      : () => {
          misspelt = new Misspelt(file);
          return misspelt;
        };
  const index = await indexOutputs(place, file, host.caseIds(), startReader);
  return {
    client: {
      immediate: true,
      // The request contains a hash of the case's lines. So the case's key in the fingerprint changes when these lines
      // change, and not when other lines do.
      prepare: ({ case_id }) => ({ case: case_id, answers: index.hash(case_id) }),
      send: (_request, { case_id }, trial) => {
        const answer = index.answer(case_id, trial);
        if (answer !== undefined)
          return recordedReply(
            replyFrom(answer, `${file}, trial ${trial} of case "${case_id}",`, index.readTrace, NOTES),
          );
        const message = `${file} has no answer for trial ${trial} of case "${case_id}"`;
        return { kind: "failed", error: "not-recorded", message, transient: false, unsent: true };
      },
      available: index.count,
      close: async () => index.close(),
    },
    identity: {
      provider: "outputs",
      ...(settings.version !== undefined && { version: settings.version }),
      ...(settings.context !== undefined && { context: settings.context as Json }),
    },
    label: file,
    warnings: misspelt?.warnings() ?? [],
    files: [file],
    cacheable: false,
    price: settings.price ?? null,
  };
}

export const outputsProvider: ProviderDefinition<Settings> = {
  kind: "outputs",
  about: "Answers that were made elsewhere, from a JSONL file",
  settings: Settings,
  prompt: "optional",
  answersFrom: "outputs",
  open: openOutputs,
};
