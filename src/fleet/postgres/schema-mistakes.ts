import type { Problem } from "../../domain/problem.ts";

/** The problem of an incompatible schema version. */
export function schemaProblem(found: number, wanted: number): Problem {
  const newer = found > wanted;
  return {
    code: "EVALS_POSTGRES_SCHEMA",
    what: `The tables of evals in this database are of version ${found}, and this program knows version ${wanted}.`,
    why: newer
      ? "A newer version of evals has changed the tables, and could not read what this version writes."
      : "The role in the address has no permission to update the tables.",
    fix: newer
      ? "Update evals here to the version that the other processes run."
      : "Run `evals queue status <postgres>` once with the address of the role that owns the schema; docs/workers.md describes the roles.",
  };
}

/** The problem of tables that are missing and cannot be created. */
export function noSchema(reason: string): Problem {
  return {
    code: "EVALS_POSTGRES_SCHEMA",
    what: `This database has no tables of evals yet, and they cannot be created: ${reason}`,
    why: "The first program that connects creates the tables, and its role needs CREATE on the database.",
    fix: "Run `evals queue status <postgres>` once with the address of the role that is to own the tables; docs/workers.md describes the roles.",
  };
}
