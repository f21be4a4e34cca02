import type { AskServer } from "../../interchange/imported.ts";
import { redactor } from "../../providers/redact.ts";
import { retryWait } from "../../providers/retrying-client.ts";
import { retryAfter } from "../../providers/server-refusal.ts";
import type { Environment } from "../environment.ts";

/** Time limit for one reply, in milliseconds. */
const LONGEST_MS = 60_000;
const ATTEMPTS = 6;
const RETRY = { base_ms: 1000, cap_ms: 30_000 } as const;
/** Longest wait that a server may request, in milliseconds; a longer wait ends the attempts. */
const LONGEST_WAIT_MS = 120_000;
/** Waits of at least this length are reported, in milliseconds. */
const REPORTED_WAIT_MS = 3000;
/** Status codes of a server or gateway that is busy. */
const TOO_BUSY = [408, 425, 429, 502, 503, 504, 529];

/**
 * Sends requests to other tools' servers, through a proxy if the environment names one. A request to a busy server is
 * sent again after a while.
 */
export function askServer(io: Environment): AskServer {
  return async (address, headers, json) => {
    const { openConnectionPools } = await import("../../providers/pooled-fetch.ts");
    const url = new URL(address);
    const clean = redactor(Object.values(headers));
    const pools = await openConnectionPools(1, io.env, url);
    const request =
      json === undefined
        ? { method: "GET", headers, body: null }
        : {
            method: "POST",
            headers: { ...headers, "content-type": "application/json" },
            body: JSON.stringify(json),
          };
    try {
      for (let attempt = 1; ; attempt++) {
        const reply = await pools.request(url, { ...request, signal: AbortSignal.timeout(LONGEST_MS) });
        const { status, text } = reply;
        const asked = retryAfter((name) => reply.headers.get(name), io.date().getTime());
        if (!TOO_BUSY.includes(status) || attempt === ATTEMPTS || (asked ?? 0) > LONGEST_WAIT_MS)
          return { status, text: status === 200 ? text : clean(text) };
        const wait = retryWait({ retry_after_ms: asked }, attempt, RETRY, io.random());
        if (wait >= REPORTED_WAIT_MS)
          io.notice(`${url.origin} is busy: waiting ${Math.round(wait / 1000)} s.`);
        await io.sleep(wait, new AbortController().signal);
      }
    } catch (error) {
      const thrown = (error as { readonly thrown?: unknown }).thrown ?? error;
      return { status: null, text: clean(thrown instanceof Error ? thrown.message : String(thrown)) };
    } finally {
      await pools.close();
    }
  };
}
