import { EvalsError } from "../domain/problem.ts";

/**
 * The address of a server, without slashes at its end.
 * @param why what it is wanted for
 * @param fix an address that would do
 * @throws {EvalsError} EVALS_OPTION_INVALID for anything else, and for one that holds a password
 */
export function serverAddress(address: string, why: string, fix: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "")
    return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `--url "${address.replace(/\/\/[^/@]*@/, "//")}" is no address of a server.`,
    why,
    fix,
  });
}
