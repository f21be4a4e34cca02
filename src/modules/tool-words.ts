import { thrownMessage } from "./returned-value.ts";

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/**
 * The text that the model receives for what a tool threw. A tool may throw any value, such as a string or
 * undefined.
 */
export function errorText(error: unknown): string {
  const message = thrownMessage(error);
  return message === "" ? "the tool failed and did not say why" : message;
}
