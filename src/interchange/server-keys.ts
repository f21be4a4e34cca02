import { EvalsError } from "../domain/problem.ts";
import type { ServerKeys } from "./exported.ts";
import type { ImportRequest } from "./imported.ts";

/** A server of another tool, with its keys. */
export interface KeyedServer {
  /** The platform's name. */
  readonly name: string;
  readonly keys: ServerKeys;
}

/** Langfuse's keys, which belong to one project. */
export const LANGFUSE_KEYS: ServerKeys = {
  names: ["LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"],
  headers: ({ LANGFUSE_PUBLIC_KEY: key, LANGFUSE_SECRET_KEY: secret }) =>
    key && secret
      ? { authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}` }
      : undefined,
};

/** Phoenix's key. It is optional, because a self-hosted server may not require one. */
export const PHOENIX_KEYS: ServerKeys = {
  names: ["PHOENIX_API_KEY"],
  headers: ({ PHOENIX_API_KEY: key }) => (key ? { authorization: `Bearer ${key}` } : {}),
};

/** Request headers with the keys. @throws {EvalsError} EVALS_IMPORT_KEY when a required key is not set */
export function keyHeaders(
  { name, keys: { names, headers } }: KeyedServer,
  env: ImportRequest["env"],
): Record<string, string> {
  const found = headers(env);
  if (found !== undefined) return { accept: "application/json", ...found };
  const variable = names.join(" or ");
  throw new EvalsError({
    code: "EVALS_IMPORT_KEY",
    what: `${variable} is not set.`,
    why: `${name} gives the data of a project only to the keys of that project.`,
    fix: `Set ${names.join(" and ")}, from the settings of the project in ${name}, then give the command again.`,
  });
}

/** The error when the server rejects the keys. @param base the server's URL */
export function wrongKey({ name, keys: { names } }: KeyedServer, status: number, base: string): EvalsError {
  const variables = names.join(" and ");
  return new EvalsError({
    code: "EVALS_IMPORT_KEY",
    what: `${base} refuses the key in ${variables} (HTTP ${status}).`,
    why: `${name} gives the data of a project only to the keys of that project.`,
    fix: `Take the key from the settings of that project, and check that the address is that of the project's region.`,
  });
}
