import { mergeShards } from "../../operations/merge-shards.ts";
import type { MergeCall } from "../declarations/merge.ts";
import { openReporters } from "../reporting/reporters.ts";
import { readRunOptions } from "../run-options.ts";
import { runView } from "../run-view.ts";

/** `evals merge`: merges the parts of a run that `--shard` made into one run, and reports it as `evals run` does. */
export async function mergeCommand({ io, options: typed, args: [sources] }: MergeCall): Promise<number> {
  const options = readRunOptions(typed);
  const reporters = await openReporters(options, io);
  const view = runView(io, { quiet: true, ended: reporters.run });
  const { directory, baseline, model, prompt } = options;
  try {
    const request = { sources, directory, baseline, model, prompt };
    return await mergeShards(io, { request, ...view }, ({ runs, exit }) =>
      reporters.end(runs, view.exitCode() ?? exit),
    );
  } finally {
    view.close();
  }
}
