import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { FleetDatabase, KeptRun } from "../../fleet/database.ts";

/**
 * Finds a run in the shared database by its id, or by the beginning of its id.
 *
 * @throws {EvalsError} when no run, or several runs, begin with `prefix`
 */
export async function requireKeptRun({ kept }: FleetDatabase, prefix: string): Promise<KeptRun> {
  const found = await kept.find(prefix);
  const [first] = found;
  if (first !== undefined && (found.length === 1 || first.run === prefix)) return first;
  throw new EvalsError({
    code: "EVALS_WORKERS_RUN_UNKNOWN",
    what:
      first === undefined
        ? `There is no run "${prefix}" in this database.${didYouMean(
            prefix,
            (await kept.status()).runs.map(({ run }) => run),
          )}`
        : `Several runs in this database begin with "${prefix}": ${found.map(({ run }) => run).join(", ")}.`,
    why: "The database has only runs that were planned with `evals run --workers`.",
    fix: "`evals queue status` lists the runs in the database",
  });
}
