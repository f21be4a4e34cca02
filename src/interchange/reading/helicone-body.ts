import type { Json } from "../../domain/json.ts";
import { isObject, type JsonObject } from "./json-fields.ts";

/** A body of a Helicone export as an object; some exports store it as text. */
export function heliconeBody(item: JsonObject, of: "request" | "response"): JsonObject {
  const found = item[`${of}_body`] ?? item[of];
  if (typeof found !== "string") return isObject(found) ? found : {};
  try {
    const parsed = JSON.parse(found) as Json;
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
