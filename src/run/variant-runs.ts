import { allItems } from "../domain/pages.ts";
import type { RunHeader } from "../domain/run.ts";
import type { Store, StoredRun } from "../store/store.ts";

/** The runs that asked the variants of a run, oldest first. */
export async function variantRuns(
  { read }: Pick<Store, "read">,
  { id }: Pick<RunHeader, "id">,
): Promise<readonly StoredRun[]> {
  const listed = await allItems((page) => read.runs({ pressure_of: id }, page));
  const runs = await Promise.all(listed.map(({ no }) => read.run(no)));
  return runs.filter((run) => run !== undefined).reverse();
}
