import type { RunHeader } from "../domain/run.ts";
import type { Store, StoredRun } from "../store/store.ts";

/** The runs of a run's variants, oldest first. */
export function variantRuns(store: Pick<Store, "runs">, { id }: Pick<RunHeader, "id">): readonly StoredRun[] {
  return store.runs({ pressure_of: id }).reverse();
}
