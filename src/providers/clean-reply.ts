import type { BatchService } from "../domain/batch.ts";
import type { Client, Reply } from "../domain/provider.ts";
import { clientWithSend } from "./client-with-send.ts";

/** Applies `change` to every string in a value. Returns the same object when no string changes. */
function withTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (value === null || typeof value !== "object" || !holdsChange(value, change)) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => withTexts(item, change)) as T;
  const entries = Object.entries(value).map(([key, member]) => [change(key), withTexts(member, change)]);
  return Object.fromEntries(entries) as T;
}

/**
 * Whether `change` alters any string in a value. Few replies need a change, so this is checked before copying.
 */
function holdsChange(value: unknown, change: (text: string) => string): boolean {
  if (typeof value === "string") return change(value) !== value;
  if (value === null || typeof value !== "object") return false;
  if (Array.isArray(value)) return value.some((item: unknown) => holdsChange(item, change));
  for (const key in value)
    if (change(key) !== key || holdsChange((value as Record<string, unknown>)[key], change)) return true;
  return false;
}

/** Wraps a client so that `clean` is applied to every reply, including failures. */
export function cleanClient(client: Client, clean: (text: string) => string): Client {
  const cleaned = (reply: Reply): Reply => withTexts(reply, clean);
  return clientWithSend(client, (...call) => {
    const reply = client.send(...call);
    return reply instanceof Promise ? reply.then(cleaned) : cleaned(reply);
  });
}

/** Wraps a batch service so that `clean` is applied to everything that it returns. */
export function cleanBatches(service: BatchService, clean: (text: string) => string): BatchService {
  return {
    ...service,
    look: async (id, signal) => {
      const look = withTexts(await service.look(id, signal), clean);
      return look.kind === "ended"
        ? { ...look, read: async (until) => withTexts(await look.read(until), clean) }
        : look;
    },
  };
}
