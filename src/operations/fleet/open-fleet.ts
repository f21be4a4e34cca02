import { EvalsError } from "../../domain/problem.ts";
import type { FleetDatabase } from "../../fleet/database.ts";
import { readEnvFile } from "../../project/read-env-file.ts";
import { workTree } from "../../project/work-tree.ts";
import type { Environment } from "../environment.ts";

/**
 * Connects to the database that is shared with workers, and creates its tables if needed.
 *
 * @param address `postgres://…`, or `env:NAME` for a variable of the environment or `.env`
 * @param root root of the project whose `.env` is used; null when there is none
 * @throws {EvalsError} for anything that makes the database unusable
 */
export async function openFleet(
  address: string,
  root: string | null,
  io: Environment,
): Promise<FleetDatabase> {
  const { openFleetDatabase } = await import("../../fleet/open-database.ts");
  return openFleetDatabase(urlOf(address, root, io), io.notice);
}

function urlOf(address: string, root: string | null, io: Environment): string {
  const name = address.startsWith("env:") ? address.slice("env:".length) : null;
  const env = root === null ? io.env : { ...readEnvFile(workTree(root)), ...io.env };
  const url = name === null ? address : env[name];
  if (url && /^postgres(ql)?:\/\//.test(url)) return url;
  throw new EvalsError({
    code: "EVALS_POSTGRES_ADDRESS",
    what:
      name === null
        ? "This is not the address of a PostgreSQL database."
        : url
          ? `${name} is not the address of a PostgreSQL database.`
          : `${name} is not set.`,
    why: "Workers, and the process that plans a run, share this database.",
    fix: "postgres://user:password@host:5432/database, or env:NAME for an environment variable that holds it",
  });
}
