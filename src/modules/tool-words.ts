import { thrownMessage } from "./returned-value.ts";

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** The text of a thrown value for the model; it may be a string or nothing. */
export function errorText(error: unknown): string {
  const message = thrownMessage(error);
  return message === "" ? "the tool failed and did not say why" : message;
}
