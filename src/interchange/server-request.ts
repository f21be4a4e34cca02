import type { ReceivingServer, ServerReply, ServerRequest } from "./exported.ts";
import { isObject, type JsonObject } from "./reading/json-fields.ts";

export const postJson = (path: string, json: unknown): ServerRequest => ({
  method: "POST",
  path,
  body: { json },
});

/** Parses a JSON object; undefined for any other text. */
export function objectIn(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Requests an object. @throws {EvalsError} for any other reply */
export async function askForObject(server: ReceivingServer, request: ServerRequest): Promise<JsonObject> {
  return objectOf(server, request, await server.ask(request));
}

/** The object in a successful reply. @throws {EvalsError} for any other reply */
export function objectOf(server: ReceivingServer, request: ServerRequest, reply: ServerReply): JsonObject {
  const answer = reply.status < 300 ? objectIn(reply.text) : undefined;
  if (answer === undefined) throw server.refused(request, reply);
  return answer;
}
