import type { ModelListRequest } from "../domain/provider.ts";
import { membersOf } from "./chat-shapes.ts";
import { failureOfNetwork } from "./network-failure.ts";
import { openConnectionPools } from "./pooled-fetch.ts";
import { redactor } from "./redact.ts";
import { failureOfStatus } from "./refused-request.ts";

/** The current state of a model according to its provider. */
export type ModelToday =
  | { readonly kind: "listed"; readonly shutdown: string | null }
  | { readonly kind: "missing" }
  /** The model list could not be fetched or read, so the model's state is unknown. */
  | { readonly kind: "unasked"; readonly why: string };

/** Members of a model list that may hold the shutdown date. */
const SHUTDOWN = [
  ...["deprecation_date", "shutdown_date", "shutdown_at", "retirement_date", "retires_at"],
  ...["deprecated_at", "deprecation", "sunset_at"],
];

/** Converts a date text or seconds since 1970 to a day such as `2027-01-14`; null for anything else. */
function dayOf(value: unknown): string | null {
  const at =
    typeof value === "number" ? value * 1000 : typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) || Math.abs(at) > 8e15 ? null : new Date(at).toISOString().slice(0, 10);
}

function readList(text: string, model: string): ModelToday {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { kind: "unasked", why: "the list of models is not JSON" };
  }
  const data = membersOf(body)?.data;
  if (!Array.isArray(data)) return { kind: "unasked", why: 'the list of models has no member "data"' };
  const entry = data.map(membersOf).find((one) => one?.id === model);
  if (entry === undefined) return { kind: "missing" };
  const days = SHUTDOWN.flatMap((name) => dayOf(entry[name]) ?? []);
  return { kind: "listed", shutdown: days[0] ?? null };
}

/** Fetches the provider's model list and looks up one model. Failures are returned, not thrown. */
export async function modelToday(
  { url, headers, secrets }: ModelListRequest,
  model: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<ModelToday> {
  const address = new URL(url);
  const where = address.host + address.pathname;
  const redact = redactor(secrets);
  const pools = await openConnectionPools(1, env, address);
  try {
    const { status, text } = await pools.request(address, { method: "GET", headers, body: null, signal });
    if (status >= 200 && status < 300) return readList(text, model);
    const failed = failureOfStatus({ status, header: () => null, body: text, where, redact, now: 0 });
    return { kind: "unasked", why: failed.message };
  } catch (error) {
    if (signal.aborted) return { kind: "unasked", why: `no answer from ${where} in time` };
    const failed = failureOfNetwork(error, where, redact);
    if (failed === undefined) throw error;
    return { kind: "unasked", why: failed.message };
  } finally {
    await pools.close();
  }
}
