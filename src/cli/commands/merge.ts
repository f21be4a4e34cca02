import { mergeShards } from "../../operations/merge-shards.ts";
import type { Io } from "../io.ts";
import { openReporters } from "../reporting/reporters.ts";
import { readRunOptions } from "../run-options.ts";
import { runView } from "../run-view.ts";

/** Options of `evals merge`, as typed. */
export interface MergeOptions {
  readonly baseline?: string | undefined;
  readonly reporter?: string[] | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly color?: boolean | undefined;
  readonly directory?: string | undefined;
}

/** `evals merge`: merges shards into one run, reported like `evals run`. */
export async function mergeCommand(typed: MergeOptions, sources: readonly string[], io: Io): Promise<number> {
  const options = readRunOptions(typed);
  const reporters = await openReporters(options, io);
  const view = runView(io, { quiet: true, ended: reporters.run });
  const { directory, baseline } = options;
  try {
    return await mergeShards(io, { request: { sources, directory, baseline }, ...view }, ({ runs, exit }) =>
      reporters.end(runs, view.exitCode() ?? exit),
    );
  } finally {
    view.close();
  }
}
