import { EvalsError } from "../domain/problem.ts";
import type { ImportRequest } from "./imported.ts";

/** Langfuse's authorization headers with a project's keys. @throws {EvalsError} EVALS_IMPORT_KEY */
export function langfuseHeaders(env: ImportRequest["env"]): Record<string, string> {
  const [key, secret] = [env.LANGFUSE_PUBLIC_KEY, env.LANGFUSE_SECRET_KEY];
  if (key === undefined || key === "" || secret === undefined || secret === "") throw noKey();
  const authorization = `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;
  return { authorization, accept: "application/json" };
}

function noKey(): EvalsError {
  return new EvalsError({
    code: "EVALS_IMPORT_KEY",
    what: "LANGFUSE_PUBLIC_KEY or LANGFUSE_SECRET_KEY is not set.",
    why: "Langfuse hands out what a project holds only to the keys of that project.",
    fix: "Set both, from the project's settings in Langfuse, then give the command again.",
  });
}

/** The error when the server rejects the keys. */
export function wrongKey(status: number, base: string): EvalsError {
  return new EvalsError({
    code: "EVALS_IMPORT_KEY",
    what: `${base} refuses the keys of LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY (HTTP ${status}).`,
    why: "Langfuse hands out what a project holds only to the keys of that project.",
    fix: "Take both keys from the settings of that project, and check that the address is its region.",
  });
}
