import type { Client, Reply } from "../domain/provider.ts";
import { clientWithSend } from "./client-with-send.ts";

/** The same value with every text in it changed; the very same one where no text changes. */
function withTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => withTexts(item, change));
    return items.some((item, index) => item !== value[index]) ? (items as T) : value;
  }
  const entries = Object.entries(value);
  const changed = entries.map(([key, member]) => [change(key), withTexts(member, change)] as const);
  return changed.some(([key, member], index) => key !== entries[index]?.[0] || member !== entries[index]?.[1])
    ? (Object.fromEntries(changed) as T)
    : value;
}

/** A client none of whose replies, failures included, holds a text that `clean` takes out. */
export function cleanClient(client: Client, clean: (text: string) => string): Client {
  const cleaned = (reply: Reply): Reply => withTexts(reply, clean);
  return clientWithSend(client, (...call) => {
    const reply = client.send(...call);
    return reply instanceof Promise ? reply.then(cleaned) : cleaned(reply);
  });
}
