import { EvalsError } from "../domain/problem.ts";

/**
 * Validates a server address and removes trailing slashes.
 *
 * @param why what the server is used for, as the `why` of the message
 * @param fix a valid example, as the `fix` of the message
 * @throws {EvalsError} EVALS_OPTION_INVALID for an invalid address, or one with a password
 */
export function serverAddress(address: string, why: string, fix: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "")
    return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `--url "${address.replace(/\/\/[^/@]*@/, "//")}" is not the address of a server.`,
    why,
    fix,
  });
}
