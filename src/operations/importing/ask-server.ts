import type { AskServer } from "../../interchange/imported.ts";
import type { Environment } from "../environment.ts";

/** Time limit for one reply, in milliseconds. */
const LONGEST_MS = 60_000;

/** Sends requests to other tools' servers, through the environment's proxy if there is one. */
export function askServer({ env }: Pick<Environment, "env">): AskServer {
  return async (url, headers) => {
    const { openConnectionPools } = await import("../../providers/pooled-fetch.ts");
    const pools = await openConnectionPools(1, env, new URL(url));
    try {
      const signal = AbortSignal.timeout(LONGEST_MS);
      const { status, text } = await pools.request(new URL(url), {
        method: "GET",
        headers,
        body: null,
        signal,
      });
      return { status, text };
    } catch (error) {
      const thrown = (error as { readonly thrown?: unknown }).thrown ?? error;
      return { status: null, text: thrown instanceof Error ? thrown.message : String(thrown) };
    } finally {
      await pools.close();
    }
  };
}
