import type { LoadedModel, LoadedSuite } from "../../domain/project.ts";
import { isRecording } from "../../domain/recorded-provider.ts";
import { providers } from "../../providers/registry.ts";

/** The returned function replaces a model by its recording in `fixtures/<alias>.jsonl`. */
export async function replayOf(): Promise<(model: LoadedModel) => LoadedModel> {
  const provider = await providers.load("replay");
  if (provider === undefined) throw new Error("the replay provider is registered");
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

/** `--replay`: the returned function gives the models of a suite, each replaced by its recording. */
export async function replaying(): Promise<(suite: LoadedSuite) => readonly LoadedModel[]> {
  const replay = await replayOf();
  return (suite) => suite.models.map(replay);
}
