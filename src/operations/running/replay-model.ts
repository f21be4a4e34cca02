import type { LoadedModel, LoadedSuite } from "../../domain/project.ts";
import { answersFrom, isRecording } from "../../domain/recorded-provider.ts";
import type { RunHeader } from "../../domain/run.ts";
import { providers } from "../../providers/registry.ts";
import type { RunRequest } from "./run-request.ts";

/** Returns a function that replaces a model by its recording in `fixtures/<alias>.jsonl`. */
export async function replayOf(): Promise<(model: LoadedModel) => LoadedModel> {
  const provider = await providers.load("replay");
  if (provider === undefined) throw new Error("the replay provider is not registered");
  return (model) => {
    if (isRecording(model.provider.kind)) return model;
    const { alias } = model;
    const settings = provider.settings.parse({
      provider: "replay",
      of: alias,
      file: `fixtures/${alias}.jsonl`,
    });
    return { alias, entry: model.entry, provider, settings };
  };
}

/** Whether recordings answer instead of the models: with `--replay`, or if they did in the run that is resumed. */
export function answersFromRecordings(
  { replay }: Pick<RunRequest, "replay">,
  suites: readonly LoadedSuite[],
  resumed: Pick<RunHeader, "provider"> | undefined,
): boolean {
  if (replay || resumed === undefined || answersFrom(resumed.provider) !== "recording") return replay;
  return suites.every(({ models }) => models.every(({ provider }) => !isRecording(provider.kind)));
}

/** For `--replay`: returns a function that gives the models of a suite, each replaced by its recording. */
export async function replaying(): Promise<(suite: LoadedSuite) => readonly LoadedModel[]> {
  const replay = await replayOf();
  return (suite) => suite.models.map(replay);
}
