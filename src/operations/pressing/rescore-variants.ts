import type { Case } from "../../domain/case.ts";
import type { Speaker } from "../../domain/person-fault.ts";
import type { RunHeader } from "../../domain/run.ts";
import { readVariantId } from "../../domain/variant-id.ts";
import { type RescoreInput, rescoreRun } from "../../run/rescore-run.ts";
import { variantRuns } from "../../run/variant-runs.ts";
import type { RunWriter, Store } from "../../store/store.ts";
import type { Environment } from "../environment.ts";

/** The inputs for scoring the variants of a run again: one for each stored run of its variants. */
export async function variantsToRescore(
  { run, speaker, today, ...scored }: RescoreInput,
  store: Store,
): Promise<readonly RescoreInput[]> {
  return (await variantRuns(store, run.header)).map((variants) => ({
    ...scored,
    run: variants,
    // The message that sycophancy adds comes from this program, so it is not a mistake of the simulated user.
    speaker: (golden: Case): Speaker =>
      readVariantId(golden.id)?.kind === "sycophancy" ? { kind: "written" } : speaker(golden),
    today: (id: string) => today(readVariantId(id)?.case ?? id),
  }));
}

/** Scores the answers of variants again, as variants of the rescored run. */
export async function rescoreVariants(
  inputs: readonly RescoreInput[],
  of: Pick<RunHeader, "id">,
  {
    store,
    io,
    onStart,
  }: {
    readonly store: Store;
    readonly io: Pick<Environment, "randomHex" | "date">;
    readonly onStart: (header: RunHeader, writer: RunWriter) => void;
  },
): Promise<void> {
  for (const input of inputs) {
    const own = { id: io.randomHex(4), started_at: io.date().toISOString(), pressure_of: of.id };
    const { tally, unjudged, writer } = await rescoreRun(input, own, store, onStart);
    const isWhole = input.run.status === "complete" && tally.totalErrored + unjudged === 0;
    writer.end(isWhole ? "complete" : "incomplete", null, io.date().toISOString());
  }
}
