import { keptInTab } from "./kept-texts.ts";
import { type AskServer, LabellingClient } from "./labelling-client.ts";

/**
 * Opens a labelling session on the server of this page.
 *
 * @param base path of the session, ending in a slash
 * @param command the words after "If the server was stopped, " in a message, for instance "run evals view again"
 */
export function openLabelling(base: string, command: string): LabellingClient {
  const ask: AskServer = async (path, step) => {
    const sent =
      step === undefined
        ? {}
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(step) };
    const reply = await fetch(`${base}${path}`, { ...sent, cache: "no-store", credentials: "omit" });
    return { status: reply.status, value: await reply.json() };
  };
  return new LabellingClient(ask, keptInTab(base), command);
}
